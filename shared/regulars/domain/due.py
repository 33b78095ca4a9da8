"""When a card next needs a job, as pure arithmetic.

The due list holds a lower bound per card and job: a stamp that moves the true date later leaves
it alone, and the job re-checks when it comes. Only an earlier date, or one where there was none,
is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program, Reward

EXPIRE = "expire"
TIER = "tier"
REMIND = "remind"

REMINDER_HOUR = 10
"""The merchant's local hour at which reminders go out: people are up, and it is not yet lunch."""


def newly_due(program: Program, card: Card, now: datetime) -> tuple[tuple[str, str], ...]:
    """The (job, UTC hour) pairs that must be put on the due list after a change of the card."""
    return tuple(
        (job, hour)
        for job, instant in _due_instants(program, card, now)
        if (hour := calendar.hour_of(instant)) < card.due.get(job, "9")
    )


def _due_instants(program: Program, card: Card, now: datetime) -> Iterator[tuple[str, datetime]]:
    today = calendar.local_date(now, program.timezone)
    if last_days := _expiries(card):
        yield EXPIRE, _day_after(min(last_days), program.timezone)
    if card.tier and card.tier.until:
        yield TIER, _day_after(card.tier.until, program.timezone)
    remind_on = reminder_day(program, card, today)
    if remind_on:
        instant = calendar.local_start(remind_on, program.timezone, REMINDER_HOUR)
        if instant > now:
            yield REMIND, instant


def _expiries(card: Card) -> list[str]:
    lots = [lot.expires_on for lots in card.lots.values() for lot in lots if lot.expires_on]
    return lots + [voucher.expires_on for voucher in card.open.values() if voucher.expires_on]


def _day_after(last_day: str, zone_name: str) -> datetime:
    return calendar.local_start(date.fromisoformat(last_day) + timedelta(days=1), zone_name)


def reminder_day(program: Program, card: Card, today: date) -> date | None:
    """The day to remind a member who lacks one visit to a reward; None when they do not."""
    days = program.messages.close_to_reward_days
    if not days or not card.last_visit_ms or close_reward(program, card, today) is None:
        return None
    last_visit = calendar.local_date(calendar.from_ms(card.last_visit_ms), program.timezone)
    return last_visit + timedelta(days=days)


def close_reward(program: Program, card: Card, today: date) -> Reward | None:
    """The automatic reward that one more visit would unlock, if there is one."""
    for reward in program.rewards.values():
        missing = reward.cost - card.available(reward.unit, today.isoformat())
        per_visit = sum(
            rule.amount for rule in program.earn if rule.on == "visit" and rule.unit == reward.unit
        )
        if reward.auto and 0 < missing <= per_visit:
            return reward
    return None
