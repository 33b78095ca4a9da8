"""What falls due for a card: expiry, the review of its tier, a reminder."""

from __future__ import annotations

import os
from typing import Literal

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.due import (
    BENEFITS,
    BIRTHDAY,
    EXPIRE,
    NOTICE,
    REMIND,
    REMINDER_HOUR,
    TIER,
    close_reward,
    notice_day,
    reminder_day,
)
from regulars.domain.operations import (
    AnyOperation,
    Celebrate,
    ClearDue,
    Expire,
    GiveBenefits,
    Origin,
    ReviewTier,
)
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.members import Members


def expire(shop: Shop, member_id: str) -> None:
    """Book out what has expired: lots, and vouchers whose lots go back first."""
    card = _card(shop, member_id)
    items = shop.table.get(
        *(keys.voucher(shop.merchant_id, card.member_id, one) for one in sorted(card.open))
    )
    operation = Expire(
        _origin(EXPIRE, card),
        vouchers=tuple(cards.voucher_of(item) for item in items if item),
    )
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def review_tier(shop: Shop, member_id: str) -> None:
    """Decide the tier again, because its day has come."""
    card, operation = _to_review(shop, member_id)
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def review_if_changed(shop: Shop, member_id: str) -> None:
    """Decide the tier again, and write nothing when all is as it was."""
    card, operation = _to_review(shop, member_id)
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True, if_changed=True)


def _to_review(shop: Shop, member_id: str) -> tuple[Card, ReviewTier]:
    card = _card(shop, member_id)
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    return card, ReviewTier(_origin(TIER, card), profile.birthday[-5:] if profile else "")


def benefits(shop: Shop, member_id: str) -> None:
    """Give what the tier brings in the new period."""
    card = _card(shop, member_id)
    operation = GiveBenefits(_origin(BENEFITS, card))
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def birthday(shop: Shop, member_id: str) -> None:
    """Celebrate, if the member still tells us the day and it is known whose it is."""
    _celebrate(shop, member_id, "birthday")


def anniversary(shop: Shop, member_id: str) -> None:
    """Celebrate the day of joining."""
    _celebrate(shop, member_id, "anniversary")


def _celebrate(shop: Shop, member_id: str, occasion: Literal["birthday", "anniversary"]) -> None:
    card = _card(shop, member_id)
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    if profile is None:
        return
    day = profile.birthday[-5:]
    operation: AnyOperation = Celebrate(_origin(occasion, card), occasion, day)
    if occasion == BIRTHDAY and not (day and profile.celebrates):
        operation = ClearDue(_origin(occasion, card), occasion, day)  # perhaps in a year
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def notice(shop: Shop, member_id: str) -> None:
    """Tell a member that a tier is about to end, and what keeps it."""
    card = _card(shop, member_id)
    today = calendar.local_date(shop.now, shop.program.timezone)
    day = notice_day(shop.program, card)
    if card.tier and day and day <= today:  # it may have been prolonged since
        facts = {"tier": card.tier.id, "until": card.tier.until}
        wanted = Notification(member_id, "tier_at_risk", card.tier.until, facts)
        notify(shop.merchant_id, wanted, shop.now)
    operation = ClearDue(_origin(NOTICE, card), NOTICE)
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def remind(shop: Shop, member_id: str) -> None:
    """Tell a member who lacks one visit to a reward; once per visit that did not come."""
    card = _card(shop, member_id)
    today = calendar.local_date(shop.now, shop.program.timezone)
    day = reminder_day(shop.program, card, today)
    reward = close_reward(shop.program, card, today)
    zone = shop.program.timezone
    if day and reward and calendar.local_start(day, zone, REMINDER_HOUR) <= shop.now:
        facts = {"reward": reward.id}
        notify(
            shop.merchant_id,
            Notification(member_id, "close_to_reward", f"{card.last_visit_ms}", facts),
            shop.now,
        )
    operation = ClearDue(_origin(REMIND, card))
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)


def _card(shop: Shop, member_id: str) -> Card:
    """The card that something is due for, of one that was merged meanwhile the one that is kept;
    raises DamagedError when its state is gone."""
    card = shop.ledger.stored_card(member_id)
    if card and card.merged_into:
        card = shop.ledger.card(member_id)
    if card is None:
        pk, sk = keys.state(shop.merchant_id, member_id)
        raise cards.DamagedError({"PK": pk, "SK": sk})
    return card


def _origin(job: str, card: Card) -> Origin:
    """At most one entry per job and state of a card."""
    op = f"{job}:{card.member_id}:{card.version}"
    return Origin(op, "job", entropy=os.urandom(16))
