"""Adjustments and refunds over the API: exact, bounded, in any order."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.actions import refunds
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Reply, Service


@pytest.fixture
def club(service: Service) -> Merchant:
    """A Mug Club: one point for each 1.00."""
    return service.new_merchant("mug-club")


def points(card: dict[str, Any]) -> tuple[int, int]:
    """What can be spent, and what is owed."""
    return balance(card, "point"), card["balances"]["point"]["debt"]


def adjusted(club: Merchant, member_id: str, by: int, **fields: Any) -> Reply:
    body = {"member_id": member_id, "unit": "point", "amount": by, "reason": "a mistake"}
    return club.call("POST", "/v1/adjust", {**body, **fields})


def refunded(club: Merchant, order_id: str, refund_id: str, **fields: Any) -> Reply:
    return club.call(
        "POST", "/v1/refunds", {"order_id": order_id, "refund_id": refund_id, **fields}
    )


class TestAdjusting:
    def test_up_and_down_with_the_reason_in_the_ledger(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        assert points(adjusted(club, member_id, 30).json["card"]) == (30, 0)
        assert points(adjusted(club, member_id, -10).json["card"]) == (20, 0)
        entry = club.call("GET", f"/v1/members/{member_id}/entries").json["items"][0]
        assert (entry["kind"], "a mistake" in entry["lines"][0]["why"]) == ("adjust", True)

    def test_never_below_zero_unless_debt_is_allowed(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        adjusted(club, member_id, 3)
        refused = adjusted(club, member_id, -4)
        assert (refused.status, refused.code) == (409, "insufficient_balance")
        assert points(club.card(member_id)) == (3, 0)
        assert points(adjusted(club, member_id, -4, allow_debt=True).json["card"]) == (0, 1)
        assert points(club.earn(member_id, spend_minor=500)["card"]) == (4, 0)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("amount", 0), ("amount", 1.5), ("amount", True), ("amount", 10**7), ("reason", ""),
         ("reason", None), ("unit", "gold"), ("allow_debt", 1), ("colour", "red")],
    )  # fmt: skip
    def test_what_is_wrong_is_refused(self, club: Merchant, field: str, value: Any) -> None:
        reply = adjusted(club, club.join()["member_id"], 1, **{field: value})
        assert (reply.status, reply.code) == (422, "invalid")


class TestRefunding:
    def test_parts_add_up_to_the_whole_whatever_the_split(self, club: Merchant) -> None:
        """33 points of 33.33; after 10.00 floor(33 x 1000 / 3333) = 9 are gone, and so on."""
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=3333, order_id="o")
        left = [
            points(refunded(club, "o", f"r{n}", amount_minor=amount).json["card"])[0]
            for n, amount in enumerate((1000, 1000, 1333))
        ]
        assert left == [24, 14, 0]
        assert club.card(member_id)["spend_minor"] == 0
        assert club.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True

    def test_a_refund_is_booked_once_whatever_the_key(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=2000, order_id="o")
        first, again = (refunded(club, "o", "r", amount_minor=500) for _ in range(2))
        assert (again.text, again.replayed) == (first.text, True)
        assert points(club.card(member_id)) == (15, 0)

    def test_of_items_by_their_amount(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, order_id="o", items=[
            {"sku": "mug", "quantity": 1, "amount_minor": 1200},
            {"sku": "tea", "quantity": 2, "amount_minor": 800}])  # fmt: skip
        reply = refunded(club, "o", "r", items=[{"sku": "tea", "quantity": 2, "amount_minor": 800}])
        assert points(reply.json["card"]) == (12, 0)

    MAINS = ({"category": "main", "quantity": 2, "amount_minor": 3000},
             {"category": "dessert", "quantity": 1, "amount_minor": 500})  # fmt: skip

    @pytest.mark.parametrize("parked", [False, True])
    def test_a_main_takes_its_stamp_and_a_dessert_takes_none(
        self, service: Service, parked: bool
    ) -> None:
        """Whether the sale is known already or comes after its refunds."""
        club = service.new_merchant("supper-club")
        member_id = club.join()["member_id"]
        if not parked:
            club.earn(member_id, items=list(self.MAINS), order_id="o")
        statuses = [
            refunded(club, "o", name, items=[{"category": name, "quantity": 1, "amount_minor": n}])
            for name, n in (("dessert", 500), ("main", 1500))
        ]
        assert {one.status for one in statuses} == {202 if parked else 200}
        if parked:
            club.earn(member_id, items=list(self.MAINS), order_id="o")
        card = club.card(member_id)
        assert (balance(card, "stamp"), card["spend_minor"]) == (1, 1500)
        assert refunded(club, "o", "rest").status == 200
        assert balance(club.card(member_id), "stamp") == 0

    def test_the_rules_are_those_it_was_sold_under(self, service: Service) -> None:
        club = service.new_merchant("supper-club")
        member_id = club.join()["member_id"]
        club.earn(member_id, items=list(self.MAINS), order_id="o")
        document = club.call("GET", "/v1/program").json["program"]
        for rule in document["earn"]:
            if rule["on"] == "item":
                rule["categories"] = ["dessert"]
        published(club, **document)
        refunded(club, "o", "r", items=[{"category": "main", "quantity": 1, "amount_minor": 1500}])
        assert balance(club.card(member_id), "stamp") == 1

    def test_of_the_whole_when_nothing_is_said(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=2000, order_id="o")
        refunded(club, "o", "part", amount_minor=700)
        assert points(refunded(club, "o", "rest").json["card"]) == (0, 0)
        repeated = refunded(club, "o", "again")
        assert (repeated.status, repeated.code) == (409, "already_reversed")

    def test_of_more_than_was_sold_is_cut_and_says_so(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=2000, order_id="o")
        refunded(club, "o", "r", amount_minor=500)
        reply = refunded(club, "o", "s", amount_minor=2000)
        assert reply.status == 200
        assert reply.json["refused"] == [
            {"rule": "refund", "why": "only €15.00 was left to refund"}
        ]
        assert points(club.card(member_id)) == (0, 0)
        reply = refunded(club, "o", "t", amount_minor=1)
        assert (reply.status, reply.code) == (409, "already_reversed")

    def test_its_id_is_for_one_refund_of_the_merchant(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        for order in ("o", "p"):
            club.earn(member_id, spend_minor=2000, order_id=order)
        first = refunded(club, "o", "r", amount_minor=500)
        again = refunded(club, "o", "r", amount_minor=500)
        assert again.json["entry"] == first.json["entry"]
        for body in ({"amount_minor": 600}, {}, {"items": [{"amount_minor": 500}]}):
            reply = refunded(club, "o", "r", **body)
            assert (reply.status, reply.code) == (409, "refund_mismatch")
            assert "500 of order o" in reply.json["detail"]
        reply = refunded(club, "p", "r", amount_minor=500)
        assert (reply.status, reply.code) == (409, "refund_mismatch")
        assert points(club.card(member_id)) == (35, 0)

    def test_of_what_was_spent_leaves_a_debt_that_blocks_and_is_paid_off(
        self, club: Merchant
    ) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=5000, order_id="o")
        coffee = {"member_id": member_id, "reward_id": "free-coffee"}
        code = club.call("POST", "/v1/vouchers", coffee).json["code"]
        club.call("POST", f"/v1/vouchers/{code}/redeem")
        assert refunded(club, "o", "r").json["debt"] == {"point": 50}
        club.earn(member_id, spend_minor=5500)
        assert points(club.card(member_id)) == (5, 0)

    def test_before_its_sale_waits_for_it(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        parked = refunded(club, "o", "early", amount_minor=500)
        assert parked.status == 202
        assert parked.json == {"status": "parked", "order_id": "o", "refund_id": "early"}
        club.earn(member_id, spend_minor=2000, order_id="o")
        assert points(club.card(member_id)) == (15, 0)
        told_again = refunded(club, "o", "early", amount_minor=500)
        assert (told_again.status, told_again.replayed) == (200, True)
        assert points(club.card(member_id)) == (15, 0)

    def test_a_process_that_died_over_it_leaves_it_to_the_stream(
        self, club: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The sale is booked, what waited for it is not, and its caller never comes again."""
        member_id = club.join()["member_id"]
        refunded(club, "o", "early", amount_minor=500)
        with monkeypatch.context() as dying:
            dying.setattr(refunds, "apply_parked", lambda *_: 0)
            club.earn(member_id, spend_minor=2000, order_id="o")
        assert points(club.card(member_id)) == (20, 0)
        for _ in range(2):
            club.service.deliver_entries(club.id, member_id)
        assert points(club.card(member_id)) == (15, 0)

    def test_a_voucher_that_the_sale_unlocked_goes_with_it(self, service: Service) -> None:
        club = service.new_merchant("supper-club")
        member_id = club.join()["member_id"]
        mains = [{"category": "main", "quantity": 9, "amount_minor": 13_500}]
        (voucher,) = club.earn(member_id, items=mains, order_id="feast")["unlocked"]
        card = refunded(club, "feast", "r").json["card"]
        assert (balance(card), card["vouchers"]) == (0, [])
        reply = club.call("POST", f"/v1/vouchers/{voucher['code']}/redeem")
        assert (reply.status, reply.code) == (409, "voucher_cancelled")

    @pytest.mark.parametrize(
        "fields",
        [{"amount_minor": 0}, {"amount_minor": -1}, {"amount_minor": 1.5}, {"items": []},
         {"amount_minor": 1, "items": [{"amount_minor": 1}]}, {"items": [{"amount_minor": 0}]},
         {"refund_id": ""}, {"order_id": None}, {"member_id": "c"}],
    )  # fmt: skip
    def test_what_is_wrong_is_refused(self, club: Merchant, fields: dict[str, Any]) -> None:
        body = {"order_id": "o", "refund_id": "r", **fields}
        reply = club.call("POST", "/v1/refunds", body)
        assert (reply.status, reply.code) == (422, "invalid")
