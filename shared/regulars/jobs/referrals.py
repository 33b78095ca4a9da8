"""Referrals: both sides are rewarded after the friend's first real purchase, and not for one that
is refunded.

Reads the stream, so it may run twice or late: each side's bonus is an operation that exists once
per friend and purchase, and so is its reversal.
"""

from __future__ import annotations

import os

from regulars.actions import refunds
from regulars.core.tokens import HANDLE_LENGTH
from regulars.domain import codes, first_purchase
from regulars.domain.operations import GrantBonus, Origin
from regulars.domain.program import ReferralReward
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.members import Members


def reward(shop: Shop, friend_id: str, seq: int) -> None:
    """Reward the friend, whose first purchase was made by entry `seq`, and whoever brought them, if
    anybody did and it still is the first."""
    card = shop.ledger.card(friend_id)
    counts = {seq, 0} if card and card.member_id == friend_id else {0}
    if card is None or first_purchase.made_by(card) not in counts:
        return
    referral = shop.program.referral
    profile = Members(shop.table, shop.merchant_id).profile(friend_id)
    if referral is None or profile is None or not profile.referred_by:
        return
    referrer_id = _referrer(shop, profile.referred_by)
    referrer = shop.ledger.card(referrer_id) if referrer_id else None
    if referrer_id is None or (referrer and referrer.member_id == card.member_id):
        return
    try:
        known = _give(
            shop, referrer_id, referral.referrer, _op(friend_id, seq, "referrer"), referral=True
        )
    except Refused as refused:
        if refused.code != RefusalCode.LIMIT_REACHED:
            raise
        return  # whoever was rewarded often enough brings nobody a reward any more
    if known:
        _give(shop, friend_id, referral.friend, _op(friend_id, seq, "friend"), referral=False)


def take_back(shop: Shop, friend_id: str, seq: int) -> None:
    """Reverse what both sides got for the purchase that entry `seq` made the first, and that counts
    no more."""
    friend_id, seq = _made(shop, friend_id, seq)
    for side in ("referrer", "friend"):
        op = _op(friend_id, seq, side)
        found = shop.ledger.find_order(op)
        if found is None:
            continue
        read = refunds.original(
            shop.ledger, shop.program, *found, op=f"{op}:back", source="job", now=shop.now
        )
        if read is None:
            continue
        try:
            shop.ledger.perform(shop.program, read.card, read.operation, shop.now, fresh=True)
        except Refused as refused:
            if refused.code not in _NOTHING_TO_TAKE:
                raise


_NOTHING_TO_TAKE = {RefusalCode.ALREADY_REVERSED, RefusalCode.NOT_FOUND}
"""It was taken back before, or the member was erased."""


def _made(shop: Shop, friend_id: str, seq: int) -> tuple[str, int]:
    """Return the entry that made a first purchase: of a sale that was carried over with a merge,
    the one on the other card."""
    (item,) = shop.table.get(keys.entry(shop.merchant_id, friend_id, seq))
    carried = cards.entry_of(item).facts.get("carried") if item else None
    return _made(shop, *carried[:2]) if carried else (friend_id, seq)


def _op(friend_id: str, seq: int, side: str) -> str:
    return f"referral:{friend_id}:{seq}:{side}"


def _give(shop: Shop, member_id: str, gift: ReferralReward, op: str, *, referral: bool) -> bool:
    """Give once, however often it is asked for; False when there is no such card."""
    card = shop.ledger.card(member_id)
    if card is None:
        return False
    operation = GrantBonus(
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
    """Who is meant by a referral: a member's id, or the handle in their link, however a messenger
    spelled its end."""
    code = codes.normal(named)
    if len(code) == HANDLE_LENGTH:
        (item,) = shop.table.get(keys.handle(shop.merchant_id, code))
        return item.get("c") if item else None
    return code.lower()
