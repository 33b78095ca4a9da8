"""What a tier brings again and again: vouchers by period, on birthdays, on anniversaries.

A period's benefits are given once: the card remembers the period it last gave them for. They last
until the period ends, so that they cannot be saved up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from regulars.domain import calendar, limits, tiering
from regulars.domain.draft import Draft
from regulars.domain.periods import current, period
from regulars.domain.program import Benefit
from regulars.domain.rewards import give

OCCASION_DAYS = 30
"""How long the gift of a birthday or anniversary can be picked up."""

TENURE_DAYS = 30
"""How long somebody has been a member before a birthday is celebrated."""


def give_due(draft: Draft) -> None:
    """Give the benefits of the running periods that were not given yet."""
    for benefit in current(draft.program, _tier_today(draft)):
        if benefit.every not in {"birthday", "anniversary"}:
            name, last = period(benefit.every, draft.today)
            _give(draft, (benefit,), name, last)


def celebrate(draft: Draft, occasion: str) -> None:
    """Give what the member's tier and the rules have for a birthday or an anniversary."""
    enrolled = calendar.local_date(calendar.from_ms(draft.card.enrolled_ms), draft.program.timezone)
    year = draft.today.isoformat()[:4]
    key = f"y:{occasion}"
    if limits.given(draft.card, key, year) or (draft.today - enrolled).days < TENURE_DAYS:
        return
    draft.card = limits.once_more(draft.card, key, year)
    for rule in draft.program.earn:
        if rule.on == occasion:
            draft.grant(rule.unit, rule.amount, rule.id, {"k": occasion})
    gifts = (one for one in current(draft.program, _tier_today(draft)) if one.every == occasion)
    _give(draft, gifts, year, draft.today + timedelta(days=OCCASION_DAYS))


def _tier_today(draft: Draft) -> str | None:
    """The tier of the card, unless it ended last night and is only waiting for its review: the
    jobs of one midnight come in any order."""
    held = draft.card.tier
    return held.id if held and tiering.lasts(draft.program, held, draft.today) else None


def _give(draft: Draft, gifts: Iterable[Benefit], name: str, last: date) -> None:
    for benefit in gifts:
        key = f"b:{benefit.id}"
        reward = draft.program.rewards.get(benefit.reward)
        if reward is None or limits.given(draft.card, key, name):
            continue
        draft.card = limits.once_more(draft.card, key, name)
        for _ in range(benefit.times):
            expires_on = None if reward.valid_days is not None else last.isoformat()
            give(draft, reward, expires_on)
