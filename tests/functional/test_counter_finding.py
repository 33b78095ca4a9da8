"""Who is found at the counter, what of them is shown, and what staff may do for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.test_earning import published
from tests.service import Merchant, Reply, Service

STAFF = {"x-regulars": "staff"}


def found(cafe: Merchant, asked: str) -> list[str]:
    cafe.service.list_members(cafe.id)
    reply = cafe.service.request(
        "GET", "/staff/api/member", query={"q": asked}, cookies=cafe.staff_cookies()
    )
    assert reply.status == 200, reply.text
    return [str(one["name"]) for one in reply.json["members"]]


def shown(cafe: Merchant, member_id: str) -> dict[str, Any]:
    reply = cafe.service.request(
        "GET", "/staff/api/member", query={"id": member_id}, cookies=cafe.staff_cookies()
    )
    guest: dict[str, Any] = reply.json["member"]
    return guest


def call(cafe: Merchant, cookies: dict[str, str], path: str, body: Any, key: str = "k") -> Reply:
    headers = {"idempotency-key": key, **STAFF}
    return cafe.service.request("POST", path, body=body, cookies=cookies, headers=headers)


@pytest.mark.parametrize(
    "asked",
    ["Réka", "reka kovacs", "KOVÁCS réka", "Kovács R", "kov", "Re\u0301ka", "rek kov"],
)
def test_people_are_found_as_they_are_spoken_of(cafe: Merchant, asked: str) -> None:
    for name in ("Kovács Réka", "Nagy Anna"):
        cafe.join(name=name)
    assert found(cafe, asked) == ["Kovács Réka"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [("Seán O’Brien", "obrien"), ("Seán O’Brien", "o'brien sean"), ("Łukasz Żak", "lukasz zak"),
     ("Weiß Jörg", "weiss"), ("Søren", "soren"), ("Анна Ким", "ким анна"), ("Дана", "ДАНА")],
)  # fmt: skip
def test_strokes_apostrophes_and_other_scripts(cafe: Merchant, name: str, asked: str) -> None:
    cafe.join(name=name)
    assert found(cafe, asked) == [name]


def test_a_telephone_s_last_four_digits(cafe: Merchant) -> None:
    cafe.join(name="Anna", phone="+36301234567")
    cafe.join(name="Béla", phone="+36301234568")
    assert found(cafe, "4567") == ["Anna"]
    assert found(cafe, "+36 30 123 4568") == ["Béla"]
    assert (
        shown(cafe, cafe.card(cafe.join(phone="+36301234567")["member_id"])["member_id"])[
            "phone_end"
        ]
        == "567"
    )


@pytest.mark.parametrize("asked", ["", " ", "a", "\u200b", "'"])
def test_nobody_is_listed_for_fewer_than_two_signs(cafe: Merchant, asked: str) -> None:
    cafe.join(name="Anna")
    assert found(cafe, asked) == []


def test_nobody_is_found_by_signs_that_no_name_has(cafe: Merchant) -> None:
    cafe.join(name="Anna")
    assert found(cafe, "--") == []


def test_the_usual_order_and_who_booked_last(service: Service) -> None:
    club = service.new_merchant("supper-club")
    anna = club.join(name="Anna")["member_id"]
    for _ in range(2):
        club.earn(anna, items=[{"category": "main", "quantity": 1, "amount_minor": 1800}])
    guest = shown(club, anna)
    assert guest["usual"] == "main"
    assert guest["last"]["at"] == club.card(anna)["last_visit_at"]


def test_a_member_s_chosen_reward_is_taken_and_redeemed_at_the_counter(service: Service) -> None:
    club = service.new_merchant("mug-club")
    anna = club.join(name="Anna")["member_id"]
    club.earn(anna, spend_minor=6000)
    staff = club.counter(name="Kata")
    (coffee,) = shown(club, anna)["take"]
    assert (coffee["reward_id"], coffee["cost"]) == ("free-coffee", 50)
    body = {"member_id": anna, "reward_id": "free-coffee"}
    taken = call(club, staff, "/v1/vouchers", body)
    assert taken.status == 201, taken.text
    assert shown(club, anna)["take"] == []
    used = call(club, staff, f"/v1/vouchers/{taken.json['code']}/redeem", {}, key="r")
    assert (used.status, used.json["status"]) == (200, "redeemed")
    newest, issued, *_ = club.call("GET", f"/v1/members/{anna}/entries").json["items"]
    assert (newest["source"], issued["source"]) == ("staff", "staff")
    assert newest["unverified"] is True, "nobody has seen the card"


class TestMemberships:
    @pytest.fixture
    def club(self, service: Service) -> Merchant:
        return service.new_merchant("mug-club")

    def test_staff_sell_and_renew_what_was_paid(self, club: Merchant) -> None:
        anna = club.join(name="Anna")["member_id"]
        staff = club.counter(name="Kata")
        offers = {one["tier"]: one for one in shown(club, anna)["memberships"]}
        assert {tier: one["price_minor"] for tier, one in offers.items()} == {
            "espresso-fan": 1500, "connoisseur": 15000,
        }  # fmt: skip
        body = {"tier": "espresso-fan", "by": "membership", "paid_minor": 1500}
        sold = call(club, staff, f"/v1/members/{anna}/tier", body)
        assert sold.json["tier_change"]["to"] == "espresso-fan", sold.text
        first = club.card(anna)["tier"]["until"]
        (renewal, _) = shown(club, anna)["memberships"]
        assert renewal["runs_until"]["en"]
        call(club, staff, f"/v1/members/{anna}/tier", body, key="again")
        assert club.card(anna)["tier"]["until"] > first

    @pytest.mark.parametrize(
        "change",
        [{"paid_minor": 1}, {"paid_minor": None}, {"by": "hand"}, {"until": "2099-01-01"},
         {"tier": "daily-drip"}],
    )  # fmt: skip
    def test_staff_give_nothing_that_was_not_paid(
        self, club: Merchant, change: dict[str, Any]
    ) -> None:
        anna = club.join(name="Anna")["member_id"]
        staff = club.counter(name="Kata")
        body = {"tier": "espresso-fan", "by": "membership", "paid_minor": 1500, **change}
        sent = {name: value for name, value in body.items() if value is not None}
        assert call(club, staff, f"/v1/members/{anna}/tier", sent).status == 403


def test_a_manager_goes_beyond_the_cool_down_and_the_entry_says_so(cafe: Merchant) -> None:
    published(cafe, limits={"cooldown_minutes": 60, "visits_per_day": 1})
    anna = cafe.join(name="Anna")["member_id"]
    staff, manager = cafe.counter(name="Kata"), cafe.counter(name="Éva", role="manager")
    body = {"member_id": anna, "visits": 1}
    assert call(cafe, staff, "/v1/earn", body, "1").status == 200
    assert call(cafe, staff, "/v1/earn", body, "2").status == 409
    assert call(cafe, staff, "/v1/earn", {**body, "override": True}, "3").status == 403
    assert call(cafe, manager, "/v1/earn", {**body, "override": True}, "4").status == 200
    newest = cafe.call("GET", f"/v1/members/{anna}/entries").json["items"][0]
    assert newest["override"] is True
    assert cafe.card(anna)["visits"] == 2


def test_a_phone_is_confirmed_without_being_seen(cafe: Merchant) -> None:
    from tests.functional.test_card_devices import as_script, joined, own

    phone, card = joined(cafe, name="Anna", phone="+36301234567")
    path = f"/v1/members/{card['member_id']}/confirm"
    staff = cafe.counter(name="Kata")
    assert shown(cafe, card["member_id"])["claims"] == ["phone"]
    assert call(cafe, staff, path, {"contact": "phone"}).json["code_in"] == "card"
    code = as_script(cafe, phone, f"{own(cafe)}/code").json["code"]
    assert call(cafe, staff, path, {"contact": "phone", "code": code}).status == 200
    assert shown(cafe, card["member_id"])["phone_end"] == "567"


@pytest.mark.parametrize(
    ("template", "shown"), [("corner-cafe", True), ("supper-club", False), ("mug-club", False)]
)
def test_a_code_for_a_visit_is_offered_where_a_visit_earns(
    service: Service, template: str, *, shown: bool
) -> None:
    club = service.new_merchant(template)
    page = service.request("GET", "/staff/counter", cookies=club.counter()).text
    for way in ('id="showCode"', 'id="display"'):
        assert (f"{way} hidden" not in page) is shown
