"""Visits and sales over the API: by whom, how often, and orders that come again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.service import Merchant, Service


def published(cafe: Merchant, **changes: Any) -> None:
    """Publish the café's programme with other sections."""
    document = cafe.call("GET", "/v1/program").json["program"]
    version = cafe.call("GET", "/v1/program").json["version"]
    reply = cafe.call(
        "PUT", "/v1/program", {**document, **changes}, headers={"if-match": str(version)}
    )
    assert reply.status == 200, reply.text


def balance(card: dict[str, Any], unit: str = "stamp") -> int:
    available: int = card["balances"][unit]["available"]
    return available


def test_a_member_is_named_by_id_contact_or_code(service: Service, cafe: Merchant) -> None:
    card = cafe.join(email="anna@example.com", phone="+36301234567")
    path = card["card_url"].removeprefix("https://cards.example")
    code = service.request("GET", f"{path}/code").json["code"]
    for who in ({"member_id": card["member_id"]}, {"contact": "Anna@example.com"},
                {"contact": "06 30 123 4567"}, {"code": code}, {"code": code.lower()}):  # fmt: skip
        reply = cafe.call("POST", "/v1/earn", who)
        assert (reply.status, reply.json["card"]["member_id"]) == (200, card["member_id"]), who
    assert balance(cafe.card(card["member_id"])) == 6


@pytest.mark.parametrize(
    "who", [{"contact": "nobody@example.com"}, {"contact": "+36309999999"},
            {"code": "ABCDEFGH"}, {"code": "short"}, {"member_id": "cnobody"}],
)  # fmt: skip
def test_who_is_not_enrolled_is_not_found(cafe: Merchant, who: dict[str, str]) -> None:
    reply = cafe.call("POST", "/v1/earn", who)
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    "who",
    [{}, {"member_id": "a", "contact": "b"}, {"member_id": None}, {"member_id": "a", "code": "b"}],
)
def test_exactly_one_member_is_named(cafe: Merchant, who: dict[str, str]) -> None:
    reply = cafe.call("POST", "/v1/earn", who)
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "member_id")


def test_a_visit_is_one_unless_told(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    assert cafe.earn(member_id)["card"]["visits"] == 1
    assert cafe.earn(member_id, visits=0)["card"]["visits"] == 1
    answer = cafe.earn(member_id, visits=3)
    assert (answer["card"]["visits"], balance(answer["card"])) == (4, 5)
    assert answer["explain"] == ["3\N{NO-BREAK SPACE}stamps: for 3 visits"]


def test_a_sale_is_the_sum_of_its_items_unless_told(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    items = [{"quantity": 2, "amount_minor": 640}, {"quantity": 1, "amount_minor": 350}]
    assert cafe.earn(member_id, items=items)["card"]["spend_minor"] == 990
    assert cafe.earn(member_id, items=items, spend_minor=900)["card"]["spend_minor"] == 1890


def test_an_order_is_booked_once_whatever_the_key(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    body = {"member_id": member_id, "order_id": "bill-7", "spend_minor": 500}
    first = cafe.call("POST", "/v1/earn", body, key="one")
    other_key = cafe.call("POST", "/v1/earn", body, key="two")
    somebody = cafe.join(name="Ben")["member_id"]
    assert (other_key.status, other_key.replayed, other_key.text) == (200, True, first.text)
    other_member = cafe.call("POST", "/v1/earn", {**body, "member_id": somebody}, key="three")
    assert (other_member.status, other_member.code) == (409, "order_of_another_member")
    assert cafe.card(member_id)["seq"] == 2
    assert cafe.card(somebody)["seq"] == 1


def test_a_till_is_told_of_a_cap_and_staff_are_refused(service: Service, cafe: Merchant) -> None:
    published(cafe, limits={"visits_per_day": 2})
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id, visits=2)
    answer = cafe.earn(member_id)
    assert (answer["entry"]["lines"], answer["refused"][0]["rule"]) == ([], "limits")
    reply = service.request(
        "POST", "/v1/earn", body={"member_id": member_id}, cookies=cafe.staff_cookies(),
        headers={"idempotency-key": "k", "x-regulars": "staff"}, acting_as=cafe.id,
    )  # fmt: skip
    assert (reply.status, reply.code) == (409, "cap_reached")


def test_a_cap_ends_with_the_merchants_day(service: Service, frozen: Any) -> None:
    cafe = service.new_merchant(timezone="Europe/Budapest")
    published(cafe, limits={"visits_per_day": 1})
    member_id = cafe.join()["member_id"]
    frozen.now = frozen.now.replace(hour=22, minute=58)  # 23:58 in Budapest
    assert balance(cafe.earn(member_id)["card"]) == 2
    assert balance(cafe.earn(member_id)["card"]) == 2
    frozen.now += timedelta(minutes=3)
    assert balance(cafe.earn(member_id)["card"]) == 3


def test_a_visit_reported_late_is_held_against_those_around_it(cafe: Merchant) -> None:
    """A till that was offline: what counts does not depend on which visit came last."""
    published(cafe, limits={"cooldown_minutes": 30})
    member_id = cafe.join()["member_id"]

    def report(time: str, order: str) -> int:
        at = f"2026-01-15T{time}:00Z"
        answer = cafe.earn(member_id, effective_at=at, order_id=order)
        stamps: int = sum(line["amount"] for line in answer["entry"]["lines"])
        assert [one["rule"] for one in answer["refused"]] == ([] if stamps else ["limits"])
        return stamps

    counted = [report(time, time) for time in ("10:00", "12:00", "10:29", "11:31", "11:30")]
    assert counted == [1, 1, 0, 0, 1]
    reply = cafe.call("POST", "/v1/refunds", {"order_id": "10:00", "refund_id": "r1"})
    assert reply.status == 200, reply.text
    assert report("10:29", "again") == 1
    assert (cafe.card(member_id)["visits"], cafe.card(member_id)["last_visit_at"]) == (
        3, "2026-01-15T12:00:00Z",
    )  # fmt: skip


def test_what_has_happened_may_be_reported_later_but_not_before(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    answer = cafe.earn(member_id, effective_at="2026-01-31T23:30:00+01:00")
    assert answer["entry"]["effective_at"] == "2026-01-31T22:30:00Z"
    reply = cafe.call(
        "POST", "/v1/earn", {"member_id": member_id, "effective_at": "2099-01-01T00:00:00Z"}
    )
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "effective_at")


@pytest.mark.parametrize(
    ("field", "value"),
    [("visits", -1), ("visits", 51), ("visits", True), ("visits", 1.0), ("visits", "1"),
     ("spend_minor", -(10**12) - 1), ("spend_minor", 10**12 + 1), ("spend_minor", 8.4),
     ("order_id", ""),
     ("order_id", "x" * 201), ("order_id", 7), ("location", "\x00"), ("note", "x" * 501),
     ("effective_at", "yesterday"), ("effective_at", "2026-11-22"),
     ("effective_at", "1999-12-31T23:59:59Z"), ("items", {}), ("items", [7]),
     ("items", [{}] * 201), ("member", "x"), ("balances", {})],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(cafe: Merchant, field: str, value: Any) -> None:
    reply = cafe.call("POST", "/v1/earn", {"member_id": "c", field: value})
    assert (reply.status, reply.code) == (422, "invalid")
    assert reply.json["errors"][0]["path"].partition(".")[0] == field


def test_a_field_of_an_item_is_named_by_its_path(cafe: Merchant) -> None:
    items = [{"quantity": 1, "amount_minor": 1}, {"quantity": 0, "amount_minor": 1, "price": 2}]
    reply = cafe.call("POST", "/v1/earn", {"member_id": "c", "items": items})
    paths = {error["path"] for error in reply.json["errors"]}
    assert paths == {"items.1.quantity", "items.1.price"}


def test_who_stamped_where_is_in_the_ledger(service: Service, cafe: Merchant) -> None:
    published(cafe, locations=[{"id": "main-street", "name": "Main Street"}])
    member_id = cafe.join()["member_id"]
    service.request(
        "POST", "/v1/earn", body={"member_id": member_id}, cookies=cafe.staff_cookies(),
        headers={"idempotency-key": "k", "x-regulars": "staff"}, acting_as=cafe.id,
    )  # fmt: skip
    by_staff, _ = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    assert (by_staff["source"], bool(by_staff["staff"])) == ("staff", True)
    cafe.earn(member_id, staff=by_staff["staff"], location="main-street", note="with a dog")
    by_till, *_ = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    assert (by_till["staff"], by_till["location"], by_till["source"]) == (
        by_staff["staff"], "main-street", "api",
    )  # fmt: skip


class TestNamed:
    @pytest.fixture
    def shops(self, cafe: Merchant) -> Merchant:
        published(cafe, locations=[{"id": "main", "name": "Main"}, {"id": "port", "name": "Port"}])
        return cafe

    def test_a_location_that_is_none_is_refused_with_those_there_are(self, shops: Merchant) -> None:
        card = shops.join()
        body = {"member_id": card["member_id"], "location": "harbour"}
        reply = shops.call("POST", "/v1/earn", body)
        assert (reply.status, reply.json["errors"]) == (
            422, [{"path": "location", "message": "must be one of: main, port"}],
        )  # fmt: skip
        assert shops.card(card["member_id"])["seq"] == card["seq"]

    def test_staff_that_are_none_are_refused_with_those_there_are(
        self, service: Service, cafe: Merchant
    ) -> None:
        member_id = cafe.join()["member_id"]
        service.request(
            "POST", "/v1/earn", body={"member_id": member_id}, cookies=cafe.staff_cookies(),
            headers={"idempotency-key": "k", "x-regulars": "staff"}, acting_as=cafe.id,
        )  # fmt: skip
        newest, *_ = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"]
        known = sorted(one["staff_id"] for one in cafe.call("GET", "/v1/staff").json["items"])
        reply = cafe.call("POST", "/v1/earn", {"member_id": member_id, "staff": "nobody"})
        assert (reply.status, reply.json["errors"]) == (
            422, [{"path": "staff", "message": f"must be one of: {', '.join(known)}"}],
        )  # fmt: skip
        assert newest["staff"] in known

    def test_a_voucher_is_redeemed_where_there_is_a_place(self, shops: Merchant) -> None:
        member_id = shops.join()["member_id"]
        for _ in range(9):
            shops.earn(member_id)
        (voucher,) = shops.card(member_id)["vouchers"]
        path = f"/v1/vouchers/{voucher['code']}/redeem"
        reply = shops.call("POST", path, {"location": "harbour"})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "location")
        assert shops.call("POST", path, {"location": "port"}).status == 200

    def test_a_call_come_again_is_answered_as_before_though_the_place_is_gone(
        self, shops: Merchant
    ) -> None:
        member_id = shops.join()["member_id"]
        for _ in range(8):
            shops.earn(member_id)
        body = {"member_id": member_id, "location": "port"}
        earned = shops.call("POST", "/v1/earn", body, key="sale")
        (voucher,) = earned.json["unlocked"]
        path = f"/v1/vouchers/{voucher['code']}/redeem"
        redeemed = shops.call("POST", path, {"location": "port"}, key="redeem")
        published(shops, locations=[{"id": "main", "name": "Main"}])
        again = shops.call("POST", "/v1/earn", body, key="sale")
        assert (again.replayed, again.json) == (True, earned.json)
        again = shops.call("POST", path, {"location": "port"}, key="redeem")
        assert (again.replayed, again.json) == (True, redeemed.json)
        assert shops.call("POST", "/v1/earn", body, key="new").status == 422


def test_a_tier_is_reached_within_the_sale_that_earns_it(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    below = cafe.earn(member_id, spend_minor=14_999)
    there = cafe.earn(member_id, spend_minor=1)
    assert below["tier_change"] is None
    assert there["tier_change"] == {"from": "guest", "to": "regular"}
    assert there["card"]["tier"]["next"] == {
        "id": "friend", "metric": "spend", "value": 15_000, "target": 40_000, "window": "year",
    }  # fmt: skip


def test_rules_and_categories_go_by_their_names(cafe: Merchant) -> None:
    published(
        cafe,
        earn=[
            {"id": "r1", "name": {"en": "Every visit", "hu": "Minden látogatás"}, "on": "visit",
             "unit": "stamp", "amount": 1},
            {"id": "r2", "on": "item", "unit": "stamp", "amount": 1, "categories": ["main"]},
            {"id": "r3", "name": "a review", "on": "action", "action": "a1", "unit": "stamp",
             "amount": 1},
        ],
        categories={"main": {"en": "main course", "hu": "főétel"}},
    )  # fmt: skip
    sale = {"items": [{"category": "main", "quantity": 2, "amount_minor": 3000}]}
    for language, visit, mains, review in (
        ("en", "1 stamp: for your visit · Every visit", "2 stamps for 2 × main course",
         "1 stamp: for what you did: a review"),
        ("hu", "Minden látogatás", "főétel", "a review"),
    ):  # fmt: skip
        member_id = cafe.join(language=language)["member_id"]
        earned = cafe.call("POST", "/v1/earn", {"member_id": member_id, **sale}).json
        body = {"member_id": member_id, "action": "a1"}
        acted = cafe.call("POST", "/v1/actions", body).json
        for wanted, found in zip((visit, mains), earned["explain"], strict=True):
            assert wanted.replace(" ", "\xa0", 1) in found or wanted in found
        assert (
            review.replace(" ", "\xa0", 1) in acted["explain"][0] or review in acted["explain"][0]
        )
        whys = [line["why"] for line in (*earned["entry"]["lines"], *acted["entry"]["lines"])]
        assert not any(rule in why for why in whys for rule in ("r1", "r2", "r3", "a1"))
