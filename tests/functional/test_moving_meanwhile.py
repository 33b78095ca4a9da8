"""A sale that moves to another card while somebody else is at work on it, or the same request comes
twice at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from regulars.actions import find, move_sale, refunds, revise, void_refund
from regulars.actions.once import once
from regulars.domain.operations import Earn, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop, load_shop
from regulars.store import connect
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Ledger
from tests.functional.test_earning import balance, published
from tests.functional.test_moving import move, sold
from tests.service import Merchant, Service

POINTS = [{"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"}]


@pytest.fixture
def shop(service: Service) -> Merchant:
    """One point for each 1.00."""
    merchant = service.new_merchant()
    published(merchant, **program(1))
    return merchant


def program(points: int) -> dict[str, Any]:
    spend = {"id": "spend", "on": "spend", "unit": "point", "amount": points, "per_minor": 100}
    return {"units": POINTS, "earn": [spend], "rewards": [], "tiers": [], "milestones": []}


def points(shop: Merchant, *members: str) -> tuple[int, ...]:
    for member_id in members:
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
    return tuple(balance(shop.card(member_id), "point") for member_id in members)


def just_before(monkeypatch: pytest.MonkeyPatch, name: str, then: Callable[[], Any]) -> None:
    """Somebody else comes in once, before the ledger does something."""
    real, waiting = getattr(Ledger, name), [then]

    def changed(self: Ledger, *given: Any, **more: Any) -> Any:
        if waiting:
            waiting.pop()()
        return real(self, *given, **more)

    monkeypatch.setattr(Ledger, name, changed)


def just_after_finding(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any]) -> None:
    """Somebody else comes in once, after it was asked where the order is."""
    find_order, waiting = Ledger.find_order, [then]

    def changed(self: Ledger, order_op: str) -> tuple[str, int] | None:
        found = find_order(self, order_op)
        if order_op == "order:o" and waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(Ledger, "find_order", changed)


def loaded(shop: Merchant) -> Shop:
    return load_shop(connect.table(), shop.id)


def test_a_refund_finds_it_where_it_is(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry, now = sold(shop, anna, spend_minor=1000, order_id="o"), loaded(shop)
    just_after_finding(monkeypatch, lambda: move(shop, entry, ben))
    wanted = refunds.Refund("order:o", "r", 400, "generic")
    assert refunds.refund(now.ledger, now.program, wanted, now.now).member_id == ben
    assert points(shop, anna, ben) == (0, 6)


def test_a_refund_is_taken_back_where_it_is(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry, now = sold(shop, anna, spend_minor=1000, order_id="o"), loaded(shop)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r", "amount_minor": 400})
    just_after_finding(monkeypatch, lambda: move(shop, entry, ben))
    void_refund.void_refund(now, "r", "generic", "void:r", Idempotency())
    assert points(shop, anna, ben) == (0, 10)


def again(now: Shop, spend_minor: int) -> Earn:
    return Earn(Origin("key:again", "api", entropy=os.urandom(16)), 0, spend_minor, order_id="o")


def test_an_order_that_is_sent_as_it_isis_no_second_sale(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry, now = sold(shop, anna, spend_minor=1000, order_id="o"), loaded(shop)
    first = Answer(200, {}, True, anna, int(entry["entry_id"].partition(".")[2]))
    move(shop, entry, ben)
    with pytest.raises(Refused) as refused:
        revise.sent_again(
            now, anna, first, again(now, 2000), "key:again", Idempotency(), lambda _: {}
        )
    assert refused.value.code is RefusalCode.CONFLICT
    assert points(shop, anna, ben) == (0, 10)


def test_nor_is_one_that_moves_between_reading_and_writing(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry, now = sold(shop, anna, spend_minor=1000, order_id="o"), loaded(shop)
    first = Answer(200, {}, True, anna, int(entry["entry_id"].partition(".")[2]))
    just_before(monkeypatch, "perform", lambda: move(shop, entry, ben))
    with pytest.raises(Refused) as refused:
        revise.sent_again(
            now, anna, first, again(now, 2000), "key:again", Idempotency(), lambda _: {}
        )
    assert refused.value.code is RefusalCode.CONFLICT
    assert points(shop, anna, ben) == (0, 10)


def test_what_was_sent_last_is_moved(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale that changes while it moves goes as it is then."""
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=1000, order_id="o")
    change: dict[str, Any] = {"spend_minor": 2500, "order_id": "o"}
    just_before(monkeypatch, "perform_on_two", lambda: shop.earn(anna, **change))
    assert move(shop, entry, ben).status == 200
    assert points(shop, anna, ben) == (0, 25)


def test_it_is_of_the_version_it_was_sold_under(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=1000, order_id="o")
    published(shop, **program(7))
    move(shop, entry, ben)
    shop.earn(ben, spend_minor=1200, order_id="o")
    assert points(shop, anna, ben) == (0, 12)


def test_a_request_that_comes_twice_at_once_is_answered_once(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry, now = sold(shop, anna, spend_minor=1000, order_id="o"), loaded(shop)
    known = Idempotency("f", expires=True, store_refusal=True)

    def do() -> Answer:
        right = find.read_member_card(now, ben)
        return move_sale.move_sale(
            now, entry["entry_id"], right, "because", "key:k", known, lambda *_: {"n": 1}
        )

    def at_once() -> Answer:
        assert not do().replayed
        raise Refused(RefusalCode.ALREADY_REVERSED)  # as the slower one finds it

    answer = once(now.ledger, "key:k", known, now.now, at_once)
    assert (answer.replayed, answer.body) == (True, {"n": 1})
    assert points(shop, anna, ben) == (0, 10)


def test_a_sale_that_came_back_is_refunded_and_unrefunded_where_it_is(shop: Merchant) -> None:
    """Its entry of before lies on the same card; the sale is not there any more."""
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, spend_minor=1000, order_id="o")
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r", "amount_minor": 400})
    there = move(shop, entry, ben).json["to"]["entry"]["seq"]
    move(shop, {"entry_id": f"{ben}.{there}"}, anna)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "s", "amount_minor": 100})
    assert points(shop, anna, ben) == (5, 0)
    assert shop.call("POST", "/v1/refunds/r/void", {}).status == 200
    assert points(shop, anna, ben) == (9, 0)


def test_items_that_went_back_before_it_moved_are_known_on_the_right_card(
    shop: Merchant,
) -> None:
    cup = {"category": "cup", "quantity": 1, "amount_minor": 1000}
    cake = {"category": "cake", "quantity": 1, "amount_minor": 2000}
    spend = {**program(1)["earn"][0], "categories": ["cup"]}
    published(shop, **{**program(1), "earn": [spend]})
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    entry = sold(shop, anna, items=[cup, cake], order_id="o")
    for refund in ({"items": [cake], "refund_id": "cake"}, {"amount_minor": 500, "refund_id": "r"}):
        shop.call("POST", "/v1/refunds", {"order_id": "o", **refund})
    move(shop, entry, ben)
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "rest"})
    assert points(shop, anna, ben) == (0, 0)
    shop.call("POST", "/v1/refunds/r/void", {})
    assert points(shop, anna, ben) == (0, 9)


def test_of_an_order_that_comes_to_nothing_nothing_more_is_refunded(shop: Merchant) -> None:
    anna = shop.join()["member_id"]
    shop.earn(anna, spend_minor=1000, order_id="o")
    shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "r", "amount_minor": 400})
    shop.earn(anna, spend_minor=0, order_id="o")
    more = shop.call("POST", "/v1/refunds", {"order_id": "o", "refund_id": "s"})
    assert more.code == "already_reversed"
    assert points(shop, anna) == (0,)
