"""T11: friends are made up for what bringing them is worth."""

from __future__ import annotations

from typing import Any

from regulars.domain import first_purchase, limits, milestones
from regulars.jobs import referrals
from tests.conftest import Clock
from tests.functional.engine import BARE
from tests.functional.test_earning import published
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

TERMS: dict[str, Any] = {"referrer": {"reward": "gift"}, "min_spend_minor": 500}
real_given = limits.given


def friend(cafe: Merchant, anna: str, spend_minor: int) -> str:
    """Somebody who joins by Anna's link and buys."""
    friend_id = str(cafe.join(referred_by=anna)["member_id"])
    cafe.earn(friend_id, spend_minor=spend_minor, order_id=f"bill-{friend_id}")
    cafe.service.deliver_entries(cafe.id, friend_id)
    return friend_id


def gifts(cafe: Merchant, member_id: str) -> int:
    return len(cafe.card(member_id)["vouchers"])


def no_referral_yet(card: Any, key: str, period: str) -> int:
    return 0 if key == milestones.REFERRALS else real_given(card, key, period)


@against(removal.of(limits, "given", no_referral_yet))
def test_twenty_bring_no_more_than_the_most(removed: None, cafe: Merchant) -> None:
    published(cafe, **BARE, referral={**TERMS, "max_per_member": 3})
    anna = cafe.join()["member_id"]
    for _ in range(20):
        friend(cafe, anna, 500)
    assert gifts(cafe, anna) == 3


@against(removal.of(first_purchase, "is_enough", lambda *_: True))
def test_a_friend_who_buys_nearly_nothing_brings_nothing(removed: None, cafe: Merchant) -> None:
    published(cafe, **BARE, referral=TERMS)
    anna = cafe.join()["member_id"]
    friend(cafe, anna, 1)
    assert gifts(cafe, anna) == 0


@against(removal.of(first_purchase, "rewarded_from_ms", lambda *_: 0))
def test_friends_of_today_bring_nothing_today(removed: None, cafe: Merchant, frozen: Clock) -> None:
    published(cafe, **BARE, referral={**TERMS, "min_age_hours": 24})
    anna = cafe.join()["member_id"]
    friend(cafe, anna, 500)
    assert gifts(cafe, anna) == 0


@against(removal.of(referrals, "take_back", lambda *_: None))
def test_a_refund_takes_the_reward_with_it(removed: None, cafe: Merchant) -> None:
    published(cafe, **BARE, referral=TERMS)
    anna = cafe.join()["member_id"]
    made_up = friend(cafe, anna, 500)
    cafe.call("POST", "/v1/refunds", {"order_id": f"bill-{made_up}", "refund_id": "r"})
    cafe.service.deliver_entries(cafe.id, made_up)
    assert gifts(cafe, anna) == 0
