"""What one person at the counter may book by hand in a day, and who may go beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from regulars.store import staff
from tests.conftest import Clock
from tests.functional.test_surprises import WARM
from tests.service import Merchant, Reply, Service

LIMITS = {
    "visits_per_day": 3, "spend_minor_per_sale": 5000, "spend_minor_per_day": 8000,
    "gifts_per_day": 1, "undos_per_day": 1,
}  # fmt: skip


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    cafe = service.new_merchant()
    document = cafe.call("GET", "/v1/program").json["program"]
    document |= {"limits": {"staff": LIMITS}, "surprises": [WARM | {"reward": "free-coffee"}]}
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    return cafe


class Counter:
    """Somebody at the counter; what they book is told to the outbox at once."""

    def __init__(self, cafe: Merchant, **person: Any) -> None:
        self.cafe = cafe
        self.cookies = cafe.counter(**person)
        self.calls = 0

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> Reply:
        self.calls += 1
        key = key or f"{id(self)}-{self.calls}"
        reply = self.cafe.service.request(
            "POST", path, body=body, cookies=self.cookies, acting_as=self.cafe.id,
            headers={"x-regulars": "staff", "idempotency-key": key},
        )  # fmt: skip
        if member_id := body.get("member_id"):
            self.cafe.service.deliver_entries(self.cafe.id, member_id)
        return reply

    def earn(self, member_id: str, key: str = "", **body: Any) -> Reply:
        return self.post("/v1/earn", {"member_id": member_id, **body}, key)


def refused(reply: Reply) -> bool:
    return (reply.status, reply.json.get("code")) == (409, "staff_limit")


def test_a_location_with_limits_of_its_own(cafe: Merchant, frozen: Clock) -> None:
    document = cafe.call("GET", "/v1/program").json["program"]
    airport = {"id": "airport", "name": "Airport", "limits": {"staff": {"visits_per_day": 5}}}
    document["locations"] = [airport, {"id": "town", "name": "Town"}]
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    there, in_town = Counter(cafe, location="airport"), Counter(cafe, location="town")
    assert there.earn(cafe.join()["member_id"], visits=4).status == 200
    assert refused(there.earn(cafe.join()["member_id"], visits=2))
    assert refused(in_town.earn(cafe.join()["member_id"], visits=4))
    too_much = there.earn(cafe.join()["member_id"], visits=0, spend_minor=5001)
    assert refused(too_much)  # as everywhere


def test_visits_of_a_day(cafe: Merchant, frozen: Clock) -> None:
    frozen.now = frozen.now.replace(hour=22)
    kata, bela = Counter(cafe), Counter(cafe)
    anna, ben = cafe.join()["member_id"], cafe.join()["member_id"]
    assert kata.earn(anna, visits=2).status == 200
    assert refused(kata.earn(ben, visits=2))
    assert kata.earn(ben, "third").status == 200
    fourth = kata.earn(ben, "fourth")
    assert refused(fourth)
    assert "3 visits" in fourth.json["detail"]
    assert kata.earn(ben, "third").replayed  # what was booked stays booked
    assert kata.earn(ben, visits=0, spend_minor=100).status == 200
    assert bela.earn(anna).status == 200  # each person has their own
    assert cafe.earn(anna)["entry"]["seq"] > 0  # a key has none
    frozen.now += timedelta(hours=2)
    assert refused(kata.earn(ben, "fourth"))  # the same key, the same answer
    assert kata.earn(ben).status == 200


def test_money_of_a_sale_and_of_a_day(cafe: Merchant) -> None:
    kata, anna = Counter(cafe), cafe.join()["member_id"]
    assert refused(kata.earn(anna, visits=0, spend_minor=5001))
    assert kata.earn(anna, visits=0, spend_minor=5000).status == 200
    items = [{"quantity": 2, "amount_minor": 3001}]
    assert refused(kata.earn(anna, visits=0, items=items))
    assert kata.earn(anna, visits=0, items=items, discount_minor=1).status == 200
    assert refused(kata.earn(anna, visits=0, spend_minor=1))


def test_gifts_and_taking_back(cafe: Merchant) -> None:
    kata, anna = Counter(cafe), cafe.join()["member_id"]
    gift = {"member_id": anna, "surprise": "warm"}
    assert kata.post("/v1/gifts", gift).status == 200
    assert refused(kata.post("/v1/gifts", gift))
    seqs = [kata.earn(anna).json["entry"]["seq"] for _ in range(2)]
    first, second = (kata.post("/staff/api/undo", {"member_id": anna, "seq": seq}) for seq in seqs)
    assert (first.status, refused(second)) == (200, True)
    assert kata.earn(anna, visits=2).status == 200  # what was taken back is not booked


def test_a_manager_goes_beyond_and_the_entry_says_so(cafe: Merchant) -> None:
    kata, boss = Counter(cafe), Counter(cafe, role="manager")
    anna = cafe.join()["member_id"]
    assert refused(boss.earn(anna, visits=4))
    reply = boss.earn(anna, visits=4, override=True)
    assert reply.status == 200
    (entry, *_) = cafe.call("GET", f"/v1/members/{anna}/entries").json["items"]
    assert (entry["override"], entry["facts"]["override"]) == (True, 1)
    gift = {"member_id": anna, "surprise": "warm", "override": True}
    assert boss.post("/v1/gifts", gift).status == 200
    for body in ({"override": True}, {"override": True, "visits": 4}):
        assert kata.earn(anna, **body).code == "forbidden"
        by_key = cafe.call("POST", "/v1/earn", {"member_id": anna, **body})
        assert (by_key.status, by_key.code) == (403, "forbidden")
    assert cafe.call("GET", f"/v1/members/{anna}/verify").json["ok"] is True


def test_a_person_has_limits_of_their_own(cafe: Merchant) -> None:
    kata = Counter(cafe, limits={"visits_per_day": 1, "spend_minor_per_sale": 0})
    anna = cafe.join()["member_id"]
    assert kata.earn(anna, spend_minor=7000).status == 200
    assert refused(kata.earn(anna))


def test_an_entry_counts_once_however_often_it_is_delivered(cafe: Merchant) -> None:
    kata, anna = Counter(cafe), cafe.join()["member_id"]
    kata.earn(anna, spend_minor=1000)
    for _ in range(3):
        cafe.service.deliver_entries(cafe.id, anna)
    (device,) = cafe.call("GET", "/v1/devices").json["items"]
    day, version = staff.read_day(cafe.service.table, cafe.id, device["staff"][0])
    assert (day.visits, day.spend_minor, version) == (1, 1000, 1)


def test_every_template_guards_the_counter(service: Service) -> None:
    for currency, least, most in (("EUR", 1000, 20_000), ("HUF", 400_000, 8_000_000)):
        for template in service.request("GET", "/v1/templates").json["items"]:
            shop = service.new_merchant(template["id"], currency=currency)
            limits = shop.call("GET", "/v1/program").json["program"]["limits"]["staff"]
            assert all(limits.values()), template["id"]
            assert least * 100 <= limits["spend_minor_per_sale"] <= most * 100
    odd = service.new_merchant(currency="LBP").call("GET", "/v1/program").json["program"]
    assert odd["limits"]["staff"]["spend_minor_per_sale"] > 10**9


class TestUndoing:
    def undo(self, by: Counter, member_id: str, seq: int) -> int:
        return by.post("/staff/api/undo", {"member_id": member_id, "seq": seq}).status

    def test_staff_take_back_their_own_and_managers_those_of_their_places(
        self, cafe: Merchant
    ) -> None:
        kata, bela, boss = Counter(cafe), Counter(cafe), Counter(cafe, role="manager")
        anna = cafe.join()["member_id"]
        by_kata = [kata.earn(anna).json["entry"]["seq"] for _ in range(2)]
        by_key = cafe.earn(anna)["entry"]["seq"]
        assert self.undo(bela, anna, by_kata[0]) == 403
        assert self.undo(boss, anna, by_kata[0]) == 200
        assert self.undo(kata, anna, by_kata[1]) == 200
        for who in (kata, boss):
            assert self.undo(who, anna, by_key) == 403

    def test_a_refused_undo_on_a_merged_card_books_nothing(self, cafe: Merchant) -> None:
        """What is found on the kept card is carried over to it only for who may take it back."""
        kata, bela = Counter(cafe), Counter(cafe)
        other, kept = (cafe.join()["member_id"] for _ in range(2))
        seq = kata.earn(other).json["entry"]["seq"]
        merged = cafe.call("POST", f"/v1/members/{kept}/merge", {"from": other})
        assert merged.status == 200, merged.text
        before = cafe.call("GET", f"/v1/members/{kept}").json["seq"]
        assert self.undo(bela, other, seq) == 403
        assert cafe.call("GET", f"/v1/members/{kept}").json["seq"] == before
        assert self.undo(kata, other, seq) == 200


@pytest.fixture
def two_places(cafe: Merchant) -> Merchant:
    document = cafe.call("GET", "/v1/program").json["program"]
    document["locations"] = [{"id": "port", "name": "Port"}, {"id": "hill", "name": "Hill"}]
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}).status == 200
    return cafe


@pytest.mark.parametrize(
    ("person", "device", "named", "answered"),
    [
        ({}, "port", "port", 200),
        ({}, "port", "hill", 422),
        ({"role": "manager"}, "port", "hill", 422),
        ({"role": "owner"}, "port", "hill", 422),
        ({"role": "manager", "locations": ["port", "hill"]}, "port", "hill", 422),
        ({"locations": ["hill"]}, "hill", "hill", 200),
        ({"role": "owner"}, None, "hill", 200),
    ],
)
def test_a_booking_at_the_counter_is_at_the_place_of_its_device(
    two_places: Merchant, person: dict[str, Any], device: str | None, named: str, answered: int
) -> None:
    anna = two_places.join()["member_id"]
    counter = Counter(two_places, location=device, **person)
    reply = counter.earn(anna, location=named)
    assert reply.status == answered, reply.text
    if answered == 200:
        assert reply.json["entry"]["location"] == named
    else:
        assert [error["path"] for error in reply.json["errors"]] == ["location"]
