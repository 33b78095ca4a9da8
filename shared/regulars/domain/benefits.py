"""Give the benefits of a tier: vouchers for each period, birthday or anniversary.

A period's benefits are given once: the card stores the period they were last given for. They expire
when the period ends, so that they cannot be saved up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from regulars.domain import calendar, limits, reasons
from regulars.domain.draft import Draft
from regulars.domain.operations import Voucher
from regulars.domain.periods import current, period
from regulars.domain.program import Benefit, Reward
from regulars.domain.reasons import ReasonKind
from regulars.domain.rewards import give

OCCASIONS = frozenset({"birthday", "anniversary"})

OCCASION_DAYS = 30
"""Days for which a voucher for a birthday or anniversary is valid."""

TENURE_DAYS = 30
"""Days of membership before a birthday or anniversary is rewarded."""


def give_due(draft: Draft) -> None:
    """Give the benefits of the current periods that were not given yet."""
    for benefit in current(draft.program, draft.card.tier_id):
        if benefit.every not in OCCASIONS:
            _give_in_period(draft, benefit, *period(benefit.every, draft.today))


def celebrate(draft: Draft, occasion: str) -> None:
    """Give what the rules and the member's tier offer for a birthday or an anniversary."""
    enrolled = calendar.local_date(calendar.from_ms(draft.card.enrolled_ms), draft.program.timezone)
    year = limits.period("year", draft.today.isoformat())
    key = f"y:{occasion}"
    if limits.given(draft.card, key, year) or (draft.today - enrolled).days < TENURE_DAYS:
        return
    rules = [rule for rule in draft.program.earn if rule.on == occasion]
    benefits = current(draft.program, draft.card.tier_id)
    if not rules and all(benefit.every != occasion for benefit in benefits):
        return
    draft.card = limits.counted(draft.card, key, year)
    for rule in rules:
        draft.grant(rule.unit, rule.amount, rule.id, reasons.plain(ReasonKind(occasion)))
    last = draft.today + timedelta(days=OCCASION_DAYS)
    for benefit in benefits:
        reward = draft.program.rewards.get(benefit.reward)
        if reward and benefit.every == occasion:
            for _ in range(benefit.times):
                give(draft, reward, _expires_on(reward, last), benefit=benefit.id)


def _give_in_period(draft: Draft, benefit: Benefit, name: str, last: date) -> None:
    """Give what is missing of a period's benefit.

    When the card is full or the stock is empty nothing is queued: it is tried again until the
    period ends.
    """
    key = f"b:{benefit.id}"
    reward = draft.program.rewards.get(benefit.reward)
    if reward is None:
        return
    for _ in range(benefit.times - limits.given(draft.card, key, name)):
        expires_on = _expires_on(reward, last)
        voucher = give(draft, reward, expires_on, queues=False, benefit=benefit.id)
        if voucher is None:
            return
        draft.card = limits.counted(draft.card, key, name)
        draft.facts.setdefault("benefits", {})[voucher.voucher_id] = [key, name]


def uncount(draft: Draft, voucher: Voucher, facts: Mapping[str, Any]) -> None:
    """Uncount a benefit whose voucher is cancelled by a refund, so that it can be given again in
    its period.

    `facts` are those of the refunded entry: they name the benefit of a voucher that does not.
    """
    benefit_id = voucher.benefit or facts["benefits"][voucher.voucher_id][0].removeprefix("b:")
    issued = calendar.local_date(calendar.from_ms(voucher.issued_ms), draft.program.timezone)
    for tier in draft.program.tiers:
        for benefit in tier.benefits:
            if benefit.id == benefit_id and benefit.every not in OCCASIONS:
                key, name = f"b:{benefit_id}", period(benefit.every, issued)[0]
                if limits.given(draft.card, key, name):
                    draft.card = limits.counted(draft.card, key, name, -1)


def _expires_on(reward: Reward, last: date) -> str | None:
    """Choose the last day of a benefit: the reward's own terms (None), else the period's end."""
    return None if reward.valid_days is not None else last.isoformat()
