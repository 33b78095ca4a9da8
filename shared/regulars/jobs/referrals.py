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
from regulars.domain.calendar import from_ms, hour_of, to_ms
from regulars.domain.operations import GrantBonus, Origin
from regulars.domain.program import Referral, ReferralReward
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.ledger import due_item
from regulars.store.members import Members

REFERRAL = "referral"
"""Under this name what waits stands in the due list."""


def reward(shop: Shop, friend_id: str, seq: int) -> bool:
    """Reward the friend, whose first purchase was made by entry `seq`, and whoever brought them, if
    anybody did and it still is the first.

    Returns False when their cards are not old enough: the purchase is on the due list then.
    """
    card = shop.ledger.card(friend_id)
    counts = {seq, 0} if card and card.member_id == friend_id else {0}
    if card is None or first_purchase.made_by(card) not in counts:
        return True
    referral = shop.program.referral
    profile = Members(shop.table, shop.merchant_id).profile(friend_id)
    if referral is None or profile is None or not profile.referred_by:
        return True
    referrer_id = _referrer(shop, profile.referred_by)
    referrer = shop.ledger.card(referrer_id) if referrer_id else None
    if referrer_id is None or referrer is None or referrer.erased_ms:
        return True
    if referrer.member_id == card.member_id:
        return True
    old_enough_ms = first_purchase.rewarded_from_ms(referral, card, referrer)
    if to_ms(shop.now) < old_enough_ms:
        _wait(shop, friend_id, seq, old_enough_ms)
        return False
    _reward_both(shop, referral, (referrer_id, friend_id), seq)
    return True


def _reward_both(shop: Shop, referral: Referral, who: tuple[str, str], seq: int) -> None:
    """Reward the referrer and, unless they were rewarded often enough, the friend."""
    referrer_id, friend_id = who
    op = _op(friend_id, seq, "referrer")
    try:
        known = _give(shop, referrer_id, referral.referrer, op, referral=True)
    except Refused as refused:
        if refused.code != RefusalCode.LIMIT_REACHED:
            raise
        return  # whoever was rewarded often enough brings nobody a reward any more
    if known:
        _give(shop, friend_id, referral.friend, _op(friend_id, seq, "friend"), referral=False)


def _wait(shop: Shop, friend_id: str, seq: int, ms: int) -> None:
    """Put the purchase on the due list until both cards are old enough."""
    name = f"{REFERRAL}:{friend_id}.{seq}"
    hour = hour_of(from_ms(ms))
    shop.table.put(due_item(shop.merchant_id, friend_id, name, hour))


def reward_due(shop: Shop, subject: str) -> None:
    """Reward a purchase that had to wait (`<friend's id>.<number of the entry>`), and take it off
    the due list; one for which it is still too early stays there."""
    friend_id, _, seq = subject.partition(".")
    pk, sk = keys.due_mark(shop.merchant_id, friend_id, f"{REFERRAL}:{subject}")
    if reward(shop, friend_id, int(seq)):
        shop.table.put({"PK": pk, "SK": sk, "ttl": to_ms(shop.now) // 1000})


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
