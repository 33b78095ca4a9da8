"""Rewards over the API: taken, redeemed, given back, expired."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service

COFFEE = {
    "id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 5}, "valid_days": 30,
}  # fmt: skip


@pytest.fixture
def cafe(service: Service) -> Merchant:
    """A café whose members take a coffee for five stamps; three come with joining."""
    cafe = service.new_merchant()
    published(
        cafe,
        rewards=[COFFEE],
        earn=[{"id": "welcome", "on": "join", "unit": "stamp", "amount": 3},
              {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1}],
    )  # fmt: skip
    return cafe


def taken(cafe: Merchant, member_id: str, **fields: Any) -> Any:
    return cafe.call(
        "POST", "/v1/vouchers", {"member_id": member_id, "reward_id": "coffee", **fields}
    )


def test_a_reward_is_taken_for_its_cost_and_redeemed(cafe: Merchant) -> None:
    member = cafe.join()
    cafe.earn(member["member_id"], visits=4)
    reply = taken(cafe, member["member_id"])
    voucher = reply.json
    assert (reply.status, voucher["status"]) == (201, "issued")
    assert voucher["cost"] == {"unit": "stamp", "amount": 5}
    assert voucher["qr_url"] == f"{member['card_url']}#{voucher['code']}"
    card = cafe.card(member["member_id"])
    assert balance(card) == 2
    assert [held["code"] for held in card["vouchers"]] == [voucher["code"]]

    typed = f" {voucher['code'][:5].lower()}-{voucher['code'][5:]} "
    redeemed = cafe.call("POST", f"/v1/vouchers/{typed}/redeem", {"order_id": "o"})
    assert (redeemed.status, redeemed.json["status"]) == (200, "redeemed")
    card = cafe.card(member["member_id"])
    assert (balance(card), card["vouchers"]) == (2, [])


def test_too_little_is_refused(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id)
    reply = taken(cafe, member_id)
    assert (reply.status, reply.code) == (409, "insufficient_balance")
    assert cafe.card(member_id)["seq"] == 2


def test_a_voucher_given_back_returns_its_cost_once(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id, visits=2)
    code = taken(cafe, member_id).json["code"]
    cancelled = cafe.call("POST", f"/v1/vouchers/{code}/cancel", {"reason": "too full"})
    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    assert balance(cafe.card(member_id)) == 5
    again = cafe.call("POST", f"/v1/vouchers/{code}/cancel")
    redeem = cafe.call("POST", f"/v1/vouchers/{code}/redeem")
    assert [(it.status, it.code) for it in (again, redeem)] == [(409, "voucher_cancelled")] * 2
    assert balance(cafe.card(member_id)) == 5


def test_a_redeemed_voucher_is_not_given_back(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id, visits=2)
    code = taken(cafe, member_id).json["code"]
    cafe.call("POST", f"/v1/vouchers/{code}/redeem")
    reply = cafe.call("POST", f"/v1/vouchers/{code}/cancel")
    assert (reply.status, reply.code) == (409, "voucher_redeemed")


def test_a_voucher_is_good_until_the_end_of_its_last_day(service: Service, frozen: Any) -> None:
    cafe = service.new_merchant(timezone="Europe/Budapest")
    published(cafe, rewards=[{**COFFEE, "cost": {"unit": "stamp", "amount": 1}}])
    codes = [taken(cafe, cafe.join()["member_id"]).json for _ in range(2)]
    assert codes[0]["expires_at"] == "2026-12-22T23:00:00Z"  # Budapest's midnight
    frozen.now = frozen.now.replace(month=12, day=22, hour=22, minute=59)
    good = cafe.call("POST", f"/v1/vouchers/{codes[0]['code']}/redeem")
    frozen.now = frozen.now.replace(hour=23, minute=0)
    late = cafe.call("POST", f"/v1/vouchers/{codes[1]['code']}/redeem")
    assert good.status == 200
    assert (late.status, late.code) == (409, "voucher_expired")


def test_limits_tiers_and_debt_each_have_their_refusal(cafe: Merchant) -> None:
    cheap = {"unit": "stamp", "amount": 1}
    published(
        cafe,
        rewards=[
            {"id": "coffee", "name": "Coffee", "cost": cheap, "per_member": {"times": 1}},
            {"id": "mug", "name": "Mug", "cost": cheap, "tiers": ["friend"]},
        ],
    )
    member_id = cafe.join()["member_id"]
    assert taken(cafe, member_id).status == 201
    assert taken(cafe, member_id).code == "limit_reached"
    assert taken(cafe, member_id, reward_id="mug").code == "tier_required"
    assert taken(cafe, member_id, reward_id="tea").code == "not_found"
    cafe.call("POST", "/v1/adjust", {"member_id": member_id, "unit": "stamp", "amount": -9,
                                     "reason": "r", "allow_debt": True})  # fmt: skip
    assert taken(cafe, member_id).code == "debt"
    locked = cafe.call("GET", f"/v1/members/{member_id}/rewards").json["items"]
    assert [it["locked_because"] for it in locked] == ["debt", "debt"]


@pytest.mark.parametrize("code", ["NOSUCHCODE", "x", "0" * 500, "%00", "ÄÖÜ", "☕", "A.B", "+"])
@pytest.mark.parametrize("verb", ["redeem", "cancel"])
def test_a_code_nobody_has_is_not_found(cafe: Merchant, code: str, verb: str) -> None:
    reply = cafe.call("POST", f"/v1/vouchers/{code}/{verb}", {})
    assert (reply.status, reply.code) == (404, "not_found")
