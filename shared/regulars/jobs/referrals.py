"""Referrals: both sides are rewarded after the friend's first real purchase.

Reads the stream, so it may run twice or late: each side's bonus is an operation that exists once
per friend.
"""

from __future__ import annotations

import os

from regulars.domain.operations import Bonus, Origin
from regulars.domain.program import Gift
from regulars.domain.refusals import Code, Refused
from regulars.jobs.context import Shop
from regulars.store import keys
from regulars.store.members import Members
from regulars.tokens import HANDLE_LENGTH


def reward(shop: Shop, friend_id: str) -> None:
    """Reward the friend and whoever brought them, if anybody did."""
    referral = shop.program.referral
    profile = Members(shop.table, shop.merchant_id).profile(friend_id)
    if referral is None or profile is None or not profile.referred_by:
        return
    referrer_id = _referrer(shop, profile.referred_by)
    if referrer_id is None or referrer_id == friend_id:
        return
    try:
        known = _give(
            shop, referrer_id, referral.referrer, f"referral:{friend_id}:referrer", referral=True
        )
    except Refused as refused:
        if refused.code != Code.LIMIT_REACHED:
            raise
        return  # whoever was rewarded often enough brings nobody a reward any more
    if known:
        _give(shop, friend_id, referral.friend, f"referral:{friend_id}:friend", referral=False)


def _give(shop: Shop, member_id: str, gift: Gift, op: str, *, referral: bool) -> bool:
    """Give once, however often it is asked for; False when there is no such card."""
    card = shop.ledger.card(member_id)
    if card is None:
        return False
    operation = Bonus(
        Origin(op, "job", entropy=os.urandom(16)),
        reason="referral",
        unit=gift.unit,
        amount=gift.amount,
        reward_id=gift.reward,
        referral=referral,
    )
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)
    return True


def _referrer(shop: Shop, named: str) -> str | None:
    """Who is meant by a referral: a member's id, or the handle in their link."""
    if len(named) == HANDLE_LENGTH:
        (item,) = shop.table.get(keys.handle(shop.merchant_id, named.upper()))
        return item["c"] if item else None
    return named
