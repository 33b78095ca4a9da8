"""Refunds and redemptions that were a mistake are taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service

UNITS = [
    {"id": "stamp", "name": {"en": {"one": "stamp", "other": "stamps"}}, "kind": "stamps"},
    {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"},
]
GOLD = {
    "id": "gold",
    "name": "Gold",
    "enter": [
        {"metric": "spend", "window": "year", "at_least": 9000},
        {"metric": "membership", "period": "month"},
    ],
    "benefits": [{"id": "monthly", "reward": "treat", "every": "month"}],
}
PROGRAM: dict[str, Any] = {
    "units": UNITS,
    "earn": [
        {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1},
        {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100},
    ],
    "rewards": [
        {"id": "cup", "name": "Cup", "cost": {"unit": "point", "amount": 30}, "auto": True},
        {"id": "treat", "name": "Treat"},
    ],
    "tiers": [GOLD],
    "milestones": [
        {"id": "weeks", "name": "Weeks", "metric": "weeks", "at": 1,
         "grant": {"unit": "point", "amount": 2}},
    ],
}  # fmt: skip


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    published(merchant, **PROGRAM)
    return merchant


def shown(shop: Merchant, member_id: str) -> dict[str, Any]:
    """What a card shows, without what every entry moves."""
    card = shop.card(member_id)
    return {name: value for name, value in card.items() if name not in {"version", "seq"}}


def refund(shop: Merchant, refund_id: str, **fields: Any) -> Any:
    body = {"order_id": "o", "refund_id": refund_id, **fields}
    return shop.call("POST", "/v1/refunds", body)


def void(shop: Merchant, refund_id: str, key: str | None = None) -> Any:
    return shop.call("POST", f"/v1/refunds/{refund_id}/void", key=key)


class TestRefund:
    @pytest.mark.parametrize("amount", [None, 100, 4500, 4501, 8999])
    def test_the_card_is_as_if_nothing_had_been_refunded(
        self, shop: Merchant, amount: int | None
    ) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=9000, order_id="o")
        before = shown(shop, member_id)
        assert [one["reward_id"] for one in before["vouchers"]] == ["treat", "cup", "cup", "cup"]
        refund(shop, "r", **({} if amount is None else {"amount_minor": amount}))
        assert shown(shop, member_id) != before

        reply = void(shop, "r")

        assert reply.status == 200, reply.text
        assert shown(shop, member_id) == before
        assert reply.json["entry"]["kind"] == "reverse"
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
        refund(shop, "again", amount_minor=9000)
        assert balance(shop.card(member_id), "point") == 0

    def test_after_later_entries_the_difference_comes_back(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=9000, order_id="o")
        refund(shop, "r", amount_minor=1000)
        shop.earn(member_id, spend_minor=500)
        assert shop.card(member_id)["spend_minor"] == 8500

        void(shop, "r")

        card = shop.card(member_id)
        assert (card["spend_minor"], card["visits"]) == (9500, 2)
        held = balance(card, "point") + 30 * sum(v["reward_id"] == "cup" for v in card["vouchers"])
        assert held == 90 + 5 + 2

    def test_one_of_two_refunds(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=9000, order_id="o")
        refund(shop, "a", amount_minor=1000)
        once = shown(shop, member_id)
        refund(shop, "b", amount_minor=8000)

        void(shop, "b")

        assert shown(shop, member_id) == once
        void(shop, "a")
        assert shop.card(member_id)["spend_minor"] == 9000
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]

    def test_not_of_an_order_that_was_refunded_whole_and_sold_again(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        for amount in (1000, 1200):
            shop.earn(member_id, spend_minor=amount, order_id="o")
            refund(shop, f"a{amount}", amount_minor=400)
            refund(shop, f"b{amount}")
        shop.earn(member_id, spend_minor=1500, order_id="o")
        shop.earn(member_id, spend_minor=1600, order_id="o")
        refund(shop, "c", amount_minor=300)
        for number in ("a1000", "b1000", "a1200", "b1200"):
            assert void(shop, number).code == "already_reversed"
        assert void(shop, "c").status == 200
        card = shop.card(member_id)
        assert (balance(card, "point"), card["spend_minor"]) == (18, 1600), "2 of them for a week"

    def test_only_once_and_its_id_stays_used(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=9000, order_id="o")
        refund(shop, "r", amount_minor=1000)
        first = void(shop, "r", key="k")
        again = void(shop, "r", key="k")
        assert (again.replayed, again.json) == (True, first.json)
        reply = void(shop, "r")
        assert (reply.status, reply.code) == (409, "already_reversed")
        reply = refund(shop, "r", amount_minor=1000)
        assert (reply.status, reply.code) == (409, "already_reversed")
        reply = void(shop, "unknown")
        assert (reply.status, reply.code) == (404, "not_found")
        assert shop.card(member_id)["spend_minor"] == 9000

    def test_one_that_waits_is_forgotten(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        assert refund(shop, "r", amount_minor=1000).status == 202
        assert void(shop, "r").status == 200
        shop.earn(member_id, spend_minor=9000, order_id="o")
        assert shop.card(member_id)["spend_minor"] == 9000

    def test_for_thirty_days(self, shop: Merchant, frozen: Clock) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=9000, order_id="o")
        refund(shop, "r", amount_minor=1000)
        frozen.now += timedelta(days=30, seconds=1)
        reply = void(shop, "r")
        assert (reply.status, reply.code) == (409, "undo_expired")


class TestVoucher:
    def test_comes_back_with_the_whole_order(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=3000)
        (cup,) = shop.card(member_id)["vouchers"]
        shop.earn(member_id, spend_minor=700, order_id="o")
        shop.call("POST", f"/v1/vouchers/{cup['code']}/redeem", {"order_id": "o"})
        refund(shop, "a", amount_minor=600)
        assert shop.card(member_id)["vouchers"] == []
        refund(shop, "b")
        (back,) = shop.card(member_id)["vouchers"]
        assert (back["code"], back["status"]) == (cup["code"], "issued")
        reply = shop.call("POST", f"/v1/vouchers/{cup['code']}/redeem")
        assert (reply.status, reply.json["status"]) == (200, "redeemed")

    def test_a_redemption_is_taken_back(
        self, shop: Merchant, service: Service, frozen: Clock
    ) -> None:
        member_id = shop.join()["member_id"]
        shop.earn(member_id, spend_minor=3000)
        (cup,) = shop.card(member_id)["vouchers"]
        path = f"/v1/vouchers/{cup['code']}"
        assert shop.call("POST", f"{path}/reverse").code == "already_reversed"
        shop.call("POST", f"{path}/redeem")
        reply = shop.call("POST", f"{path}/reverse")
        assert (reply.status, reply.json["status"]) == (200, "issued")
        assert shop.card(member_id)["vouchers"][0]["expires_at"] == cup["expires_at"]
        shop.call("POST", f"{path}/redeem")
        frozen.now += timedelta(minutes=6)
        reply = service.request(
            "POST", f"{path}/reverse", body={}, cookies=shop.staff_cookies(),
            headers={"idempotency-key": "k", "x-regulars": "staff"}, acting_as=shop.id,
        )  # fmt: skip
        assert (reply.status, reply.code) == (409, "undo_expired")
        assert shop.call("POST", f"{path}/reverse").status == 200
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


class TestMembership:
    def test_that_is_paid_back_loses_its_own_period(self, shop: Merchant) -> None:
        member_id = shop.join()["member_id"]
        for number in (1, 2):
            body = {"tier": "gold", "by": "membership", "paid_minor": 900, "order_id": f"m{number}"}
            shop.call("POST", f"/v1/members/{member_id}/tier", body)
        both = shop.card(member_id)["tier"]["until"]
        part = {"order_id": "m1", "refund_id": "part", "amount_minor": 100}
        shop.call("POST", "/v1/refunds", part)
        assert shop.card(member_id)["tier"]["until"] == both
        shop.call("POST", "/v1/refunds", {"order_id": "m1", "refund_id": "rest"})
        assert shop.card(member_id)["tier"]["until"] < both
        shop.call("POST", "/v1/refunds", {"order_id": "m2", "refund_id": "all"})
        card = shop.card(member_id)
        assert (card["tier"]["id"], card["vouchers"], card["spend_minor"]) == (None, [], 0)
