"""What is on hold can be confirmed: it is there at once, and everything else stays as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.engine import BARE
from tests.functional.test_earning import published
from tests.service import Merchant, Reply, Service
from tests.unit.domain.shop import reward, unit

HELD = {"units": [unit(hold_days=14, expiry={"type": "months", "months": 2})]}


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE | HELD)
    return made


def sold(cafe: Merchant, member_id: str, spend_minor: int, order_id: str | None = None) -> str:
    """Sell something; the id of the entry."""
    more: dict[str, Any] = {"order_id": order_id} if order_id else {}
    booked = cafe.earn(member_id, spend_minor=spend_minor, **more)
    return f"{member_id}.{booked['entry']['seq']}"


def confirm(cafe: Merchant, entry_id: str, key: str | None = None) -> Reply:
    return cafe.call("POST", f"/v1/entries/{entry_id}/confirm", key=key)


def points(cafe: Merchant, member_id: str) -> tuple[int, int]:
    held = cafe.card(member_id)["balances"].get("point", {"available": 0, "pending": 0})
    return held["available"], held["pending"]


def test_what_a_sale_granted_is_there_at_once_and_ends_when_it_would_have(
    cafe: Merchant,
) -> None:
    member_id = cafe.join()["member_id"]
    entry_id = sold(cafe, member_id, 3000)
    sold(cafe, member_id, 2000)
    assert points(cafe, member_id) == (0, 50)
    reply = confirm(cafe, entry_id, "once")
    assert (reply.status, points(cafe, member_id)) == (200, (30, 20))
    assert [line["amount"] for line in reply.json["entry"]["lines"]] == [-30, 30]
    assert reply.json["entry"]["lines"][0]["why"] == "confirmed: it can be used now"
    assert reply.json["entry"]["lines"][1]["lot"] == "2027-01-31"
    assert reply.json["card"]["card_url"], "personal fields are there"
    again = confirm(cafe, entry_id, "once")
    assert (again.status, again.json["entry"]) == (200, reply.json["entry"])
    twice = confirm(cafe, entry_id, "twice")
    assert (twice.status, twice.json["errors"][0]["path"]) == (422, "entry_id")
    assert points(cafe, member_id) == (30, 20)
    assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_a_refund_finds_the_units_where_they_are(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    first, second = sold(cafe, member_id, 3000, "a"), sold(cafe, member_id, 2000, "b")
    refund: dict[str, Any] = {"order_id": "a", "refund_id": "r1", "amount_minor": 1000}
    assert cafe.call("POST", "/v1/refunds", refund).status == 200
    assert confirm(cafe, first).status == 200
    assert points(cafe, member_id) == (20, 20)
    assert cafe.call("POST", "/v1/refunds", {"order_id": "b", "refund_id": "r2"}).status == 200
    assert points(cafe, member_id) == (20, 0)
    assert confirm(cafe, second).code == "already_reversed"
    assert cafe.call("POST", "/v1/refunds/r2/void").status == 200
    assert confirm(cafe, second).status == 200
    assert points(cafe, member_id) == (40, 0)
    assert cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r3"}).status == 200
    assert points(cafe, member_id) == (20, 0)
    card = cafe.card(member_id)
    assert card["balances"]["point"]["debt"] == 0
    assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_what_is_added_to_a_confirmed_order_is_not_held_either(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    assert confirm(cafe, sold(cafe, member_id, 3000, "a")).status == 200
    sold(cafe, member_id, 4000, "a")
    assert points(cafe, member_id) == (40, 0)
    refund: dict[str, Any] = {"order_id": "a", "refund_id": "r", "amount_minor": 1000}
    assert cafe.call("POST", "/v1/refunds", refund).status == 200
    assert points(cafe, member_id) == (30, 0)
    assert cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "s"}).status == 200
    sold(cafe, member_id, 2000, "a")
    assert points(cafe, member_id) == (0, 20), "all of it was refunded: it is a new sale"
    assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_a_confirmed_sale_that_moves_stays_so(cafe: Merchant) -> None:
    anna, ben = (str(cafe.join()["member_id"]) for _ in range(2))
    sold(cafe, ben, 500)
    entry_id = sold(cafe, anna, 3000, "a")
    assert confirm(cafe, entry_id).status == 200
    body = {"to": ben, "reason": "the wrong card"}
    assert cafe.call("POST", f"/v1/entries/{entry_id}/move", body).status == 200
    assert (points(cafe, anna), points(cafe, ben)) == ((0, 0), (30, 5))
    refund: dict[str, Any] = {"order_id": "a", "refund_id": "r", "amount_minor": 1000}
    assert cafe.call("POST", "/v1/refunds", refund).status == 200
    assert points(cafe, ben) == (20, 5)
    assert cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "s"}).status == 200
    assert points(cafe, ben) == (0, 5)
    for member_id in (anna, ben):
        assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_points_that_are_free_pay_for_what_comes_by_itself(cafe: Merchant) -> None:
    published(cafe, **BARE | HELD | {"rewards": [reward("cake", 30, auto=True)]})
    member_id = cafe.join()["member_id"]
    reply = confirm(cafe, sold(cafe, member_id, 3000, "a"))
    assert reply.status == 200
    (voucher,) = cafe.card(member_id)["vouchers"]
    assert (voucher["reward_id"], points(cafe, member_id)) == ("cake", (0, 0))
    assert cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"}).status == 200
    card = cafe.card(member_id)
    assert (card["vouchers"], card["balances"]["point"]["debt"]) == ([], 0), (
        "it belongs to the sale"
    )


def test_a_refund_of_what_was_confirmed_and_spent_leaves_what_others_hold(
    cafe: Merchant,
) -> None:
    published(cafe, **BARE | HELD | {"rewards": [reward("cake", 10)]})
    member_id = cafe.join()["member_id"]
    entry_id = sold(cafe, member_id, 1000, "a")
    sold(cafe, member_id, 1000)
    assert confirm(cafe, entry_id).status == 200
    taken = cafe.call("POST", "/v1/vouchers", {"member_id": member_id, "reward_id": "cake"}).json
    assert cafe.call("POST", f"/v1/vouchers/{taken['code']}/redeem", {}).status == 200
    assert cafe.call("POST", "/v1/refunds", {"order_id": "a", "refund_id": "r"}).status == 200
    held = cafe.card(member_id)["balances"]["point"]
    assert (held["available"], held["pending"], held["debt"]) == (0, 10, 10)


def test_what_is_no_entry_or_not_on_hold_is_refused(
    cafe: Merchant, service: Service, frozen: Clock
) -> None:
    member_id = cafe.join()["member_id"]
    entry_id = sold(cafe, member_id, 3000)
    for wrong in (f"{member_id}.99", f"{member_id}.x", "nobody.1", "x", f"{'c' * 15}.1"):
        assert confirm(cafe, wrong).status == 404, wrong
    assert confirm(cafe, f"{member_id}.1").status == 422, "joining granted nothing"
    assert confirm(service.new_merchant(), entry_id).status == 404, "of another merchant"


def test_two_at_once_confirm_once(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    entry_id = sold(cafe, member_id, 3000)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda key: confirm(cafe, entry_id, key), "abcd"))
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]
    assert points(cafe, member_id) == (30, 0)
    assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_a_refund_at_the_same_time_is_not_given_away(cafe: Merchant) -> None:
    """Whichever comes first: what was refunded is neither pending nor available."""
    for number in range(5):
        member_id = cafe.join()["member_id"]
        entry_id = sold(cafe, member_id, 3000, f"o{number}")
        sold(cafe, member_id, 2000)
        body = {"order_id": f"o{number}", "refund_id": f"r{number}", "amount_minor": 1000}
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(confirm, cafe, entry_id)
            second = pool.submit(cafe.call, "POST", "/v1/refunds", body)
            assert (first.result().status, second.result().status) == (200, 200)
        assert points(cafe, member_id) == (20, 20)
        assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
