"""Compute when a card next needs a job.

The due list holds a lower bound per card and job: a stamp that moves the true date later does not
change it, and the job checks again at that hour. Only an earlier date, or a first one, is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from regulars.domain import calendar, periods, tiering
from regulars.domain.card import HELD, Card
from regulars.domain.program import Program, Reward

EXPIRE = "expire"
TIER = "tier"
NOTICE = "notice"
REMIND = "remind"
BENEFITS = "benefits"
BIRTHDAY = "birthday"
ANNIVERSARY = "anniversary"
HELD_VISIT = "held_visit"

LEAP_DAY = "02-29"

CELEBRATION_HOUR = 7
"""The merchant's local hour at which birthdays and anniversaries are rewarded."""

HELD_VISIT_MS = 7 * 24 * 3600 * 1000
"""For how long a visit waits to be confirmed (see `held_visits.py`)."""

REMINDER_HOUR = 10
"""The merchant's local hour at which reminders are sent."""


def newly_due(
    program: Program, card: Card, now: datetime, birthday: str = ""
) -> tuple[tuple[str, str], ...]:
    """List the (job, UTC hour) pairs to put on the due list after a change of the card.

    `birthday` is `MM-DD` when the caller knows it; the card does not hold it. Nothing is due for a
    card whose member was erased, or that was merged into another.
    """
    if card.erased_ms or card.merged_into:
        return ()
    instants = [*_due_instants(program, card, now), *_celebrations(program, card, now, birthday)]
    first: dict[str, str] = {}
    for job, instant in instants:
        hour = calendar.hour_of(instant)
        if hour < min(card.due.get(job, "9"), first.get(job, "9")):
            first[job] = hour
    return tuple(first.items())


def _due_instants(program: Program, card: Card, now: datetime) -> Iterator[tuple[str, datetime]]:
    zone = program.timezone
    today = calendar.local_date(now, zone)
    if last_days := _expiries(card):
        yield (
            EXPIRE,
            max(now, _day_after(min(last_days), zone)),
        )  # the job does not look at past hours
    if days := _release_days(program, card, today.isoformat()):
        yield EXPIRE, calendar.local_start(date.fromisoformat(min(days)), zone)
    rank = program.tier_rank(card.tier_id)
    if card.tier and rank >= 0:
        tier = program.tiers[rank]
        if ends := tiering.ends_on(tier, card.tier, today):
            yield TIER, max(now, calendar.local_start(ends, zone))
        if (notice := notice_day(program, card)) and notice > today:
            yield NOTICE, calendar.local_start(notice, zone, REMINDER_HOUR)
        if starts := periods.next_period(program, tier.id, today):
            yield BENEFITS, calendar.local_start(starts, zone)
    elif card.tier:
        yield TIER, now  # the programme no longer has it
    if waiting := [since for name, (since, _) in card.taken.items() if name.startswith("h:")]:
        yield HELD_VISIT, max(now, calendar.from_ms(int(min(waiting)) + HELD_VISIT_MS))
    for opens in tiering.seasons_ahead(program, card, today):
        yield TIER, calendar.local_start(opens, zone)
    if remind_on := reminder_day(program, card, today):
        instant = calendar.local_start(remind_on, zone, REMINDER_HOUR)
        if instant > now:
            yield REMIND, instant


def _celebrations(
    program: Program, card: Card, now: datetime, birthday: str
) -> Iterator[tuple[str, datetime]]:
    zone = program.timezone
    today = calendar.local_date(now, zone)
    enrolled = calendar.local_date(calendar.from_ms(card.enrolled_ms), zone)
    days = {BIRTHDAY: birthday, ANNIVERSARY: enrolled.isoformat()[5:] if card.enrolled_ms else ""}
    for job, day in days.items():
        if day and _celebrated(program, job):
            month, day_of_month = int(day[:2]), int(day[3:])
            following = today + timedelta(days=1)
            instant = calendar.next_annual(following, month, day_of_month)
            if job == BIRTHDAY and day == LEAP_DAY and program.leap_birthday != "02-28":
                instant = calendar.next_day_after_28_february(following)
            yield job, calendar.local_start(instant, zone, CELEBRATION_HOUR)


def _celebrated(program: Program, occasion: str) -> bool:
    """Tell whether the programme rewards birthdays (or anniversaries)."""
    return any(rule.on == occasion for rule in program.earn) or any(
        benefit.every == occasion for tier in program.tiers for benefit in tier.benefits
    )


def notice_day(program: Program, card: Card) -> date | None:
    """Find the day to tell a member that their tier will end; None when it has no end or notice."""
    rank = program.tier_rank(card.tier_id)
    if card.tier is None or rank < 0 or not card.tier.until:
        return None
    days = program.tiers[rank].notice_days
    return date.fromisoformat(card.tier.until) - timedelta(days=days) if days else None


def _expiries(card: Card) -> list[str]:
    lots = [lot.expires_on for lots in card.lots.values() for lot in lots if lot.expires_on]
    inactive_after = [
        card.inactive_after[unit] for unit in card.lots if unit in card.inactive_after
    ]
    vouchers = [held.expires_on for held in card.open.values() if held.expires_on]
    return lots + inactive_after + vouchers


def _release_days(program: Program, card: Card, today: str) -> list[str]:
    """List the days on which pending units can pay debt or unlock automatic rewards."""
    units = {reward.unit for reward in program.rewards.values() if reward.auto} | {*card.debt}
    return [
        lot.available_on
        for unit in units
        for lot in card.lots.get(unit, ())
        if today < lot.available_on < HELD
    ]


def _day_after(last_day: str, zone_name: str) -> datetime:
    return calendar.local_start(date.fromisoformat(last_day) + timedelta(days=1), zone_name)


def reminder_day(program: Program, card: Card, today: date) -> date | None:
    """Find the day to remind a member who lacks one visit to a reward; None for others."""
    days = program.messages.close_to_reward_days
    if not days or not card.last_visit_ms or close_reward(program, card, today) is None:
        return None
    last_visit = calendar.local_date(calendar.from_ms(card.last_visit_ms), program.timezone)
    return last_visit + timedelta(days=days)


def close_reward(program: Program, card: Card, today: date) -> Reward | None:
    """Find the automatic reward that one more visit would unlock; None when there is none."""
    for reward in program.rewards.values():
        missing = reward.cost - card.available(reward.unit, today.isoformat())
        per_visit = sum(
            rule.amount for rule in program.earn if rule.on == "visit" and rule.unit == reward.unit
        )
        if reward.auto and 0 < missing <= per_visit:
            return reward
    return None
