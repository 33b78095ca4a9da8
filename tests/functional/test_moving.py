"""A sale that was booked on the wrong member moves to the right one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.test_earning import balance, published
from tests.functional.test_taking_back import PROGRAM, UNITS
from tests.service import Merchant, Service

MUG = {"id": "mug", "on": "item", "unit": "stamp", "amount": 2, "categories": ["mug"]}


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    published(
        merchant, **{**PROGRAM, "units": UNITS, "earn": [*PROGRAM["earn"], MUG], "milestones": []}
    )
    return merchant


def move(shop: Merchant, entry: dict[str, Any], to: str, **more: Any) -> Any:
    body = {"to": to, "reason": "scanned the wrong card"}
    return shop.call("POST", f"/v1/entries/{entry['entry_id']}/move", body, **more)


def sold(shop: Merchant, member_id: str, **sale: Any) -> dict[str, Any]:
    seq = shop.earn(member_id, **sale)["entry"]["seq"]
    return {"entry_id": f"{member_id}.{seq}"}


def state(shop: Merchant, member_id: str) -> tuple[Any, ...]:
    card = shop.card(member_id)
    return (
        balance(card, "point"),
        balance(card, "stamp"),
        card["spend_minor"],
        card["visits"],
        [voucher["reward_id"] for voucher in card["vouchers"]],
    )


def test_both_cards_are_as_if_it_had_been_sold_there(shop: Merchant) -> None:
    anna, ben, cleo = (shop.join()["member_id"] for _ in range(3))
    items = [{"category": "mug", "quantity": 2, "amount_minor": 3050}]
    entry = sold(shop, anna, items=items, order_id="o")
    shop.earn(cleo, items=items)

    reply = move(shop, entry, ben)

    assert reply.status == 200, reply.text
    assert state(shop, anna) == (0, 0, 0, 0, [])
    assert state(shop, ben) == state(shop, cleo) == (0, 5, 3050, 1, ["cup"])
    assert reply.json["to"]["card"]["member_id"] == ben
    for member_id in (anna, ben):
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
    shop.earn(ben, spend_minor=950, visits=0)  # the remainder came, too
    assert balance(shop.card(ben), "point") == 10


def test_its_order_is_refunded_on_the_right_card(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=2000, order_id="o")
    part = {"order_id": "o", "refund_id": "a", "amount_minor": 500}
    shop.call("POST", "/v1/refunds", part)

    move(shop, entry, ben)

    assert state(shop, anna)[:4] == (0, 0, 0, 0)
    assert state(shop, ben)[:4] == (15, 1, 1500, 1)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "b", "amount_minor": 600})
    assert state(shop, ben)[:4] == (9, 0, 900, 0)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "c"})
    assert state(shop, ben)[:4] == (0, 0, 0, 0)
    assert shop.call("GET", f"/v1/members/{ben}/verify").json["ok"]


def test_what_was_spent_is_owed_by_who_spent_it(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=3000)
    (cup,) = shop.card(anna)["vouchers"]
    shop.call("POST", f"/v1/vouchers/{cup['code']}/redeem")

    move(shop, entry, ben)

    assert shop.card(anna)["balances"]["point"]["debt"] == 30
    assert state(shop, ben)[4] == ["cup"]


def test_once_and_only_what_is_a_sale(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=2000)
    first = move(shop, entry, ben, key="k")
    again = move(shop, entry, ben, key="k")
    assert (again.replayed, again.json) == (True, first.json)
    assert move(shop, entry, ben).code == "already_reversed"
    assert move(shop, {"entry_id": f"{anna}.1"}, ben).code == "invalid"
    assert move(shop, {"entry_id": f"{anna}.99"}, ben).code == "not_found"
    assert move(shop, {"entry_id": "nobody"}, ben).code == "not_found"
    assert state(shop, ben)[:4] == (20, 1, 2000, 1)


def test_a_package_opens_its_tier_on_the_right_card(shop: Merchant) -> None:
    keep = {"for": "months", "months": 3}
    way = {"metric": "purchase", "categories": ["pass"], "keep": keep}
    club = {"id": "club", "name": "Club", "enter": [way]}
    published(shop, tiers=[club])
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    items = [{"category": "pass", "quantity": 1, "amount_minor": 5000}]
    entry = sold(shop, anna, items=items, order_id="o")
    assert shop.card(anna)["tier"]["id"] == "club"

    move(shop, entry, ben)

    assert [shop.card(one)["tier"]["id"] for one in (anna, ben)] == [None, "club"]
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r"})
    assert shop.card(ben)["tier"]["id"] is None


def test_a_challenge_counts_the_whole_of_a_sale_that_was_refunded_in_part(shop: Merchant) -> None:
    """As it does on the card where it was sold: its visit still counts."""
    march = {"id": "m", "name": "M", "metric": "spend", "at": 2000, "from": "2020-01-01",
             "until": "2999-12-31", "grant": {"unit": "stamp", "amount": 9}}  # fmt: skip
    published(shop, milestones=[march])
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=2000, order_id="o")
    part = {"order_id": "o", "refund_id": "a", "amount_minor": 500}
    shop.call("POST", "/v1/refunds", part)
    before = state(shop, anna)

    move(shop, entry, ben)

    assert state(shop, ben) == before == (15, 10, 1500, 1, [])
    assert state(shop, anna) == (0, 0, 0, 0, [])
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "b"})
    assert state(shop, ben) == (0, 0, 0, 0, [])


@pytest.mark.parametrize("amount", [500, 1500])
def test_a_refund_that_came_with_it_is_taken_back_on_the_right_card(
    shop: Merchant, amount: int
) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=2050, order_id="o")
    part = {"order_id": "o", "refund_id": "a", "amount_minor": amount}
    shop.call("POST", "/v1/refunds", part)
    move(shop, entry, ben)

    reply = shop.call("POST", "/v1/refunds/a/void")

    assert reply.status == 200, reply.text
    assert reply.json["card"]["member_id"] == ben
    assert state(shop, ben) == (20, 1, 2050, 1, [])
    assert state(shop, anna) == (0, 0, 0, 0, [])
    assert shop.call("POST", "/v1/refunds/a/void").code == "already_reversed"
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "b"})
    assert state(shop, ben) == (0, 0, 0, 0, [])
    for member_id in (anna, ben):
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
