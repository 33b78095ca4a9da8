"""What runs on a card besides the programme's own way: campaigns, challenges, badges, raffles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from regulars.core.raffle_seeds import raffle_seed
from regulars.domain import campaigns, limits, milestones, raffles, segments, streaks
from regulars.domain.campaigns import Campaign, Occasion
from regulars.domain.card import Card
from regulars.domain.games import Milestone
from regulars.domain.program import Program
from regulars.i18n import Text
from regulars.i18n.formats import apart
from regulars.i18n.words import Words

MUCH = 10**12
"""An amount that no campaign asks more than: what is not known before the sale is left open."""


class RunningRow(NamedTuple):
    """A campaign of today: what it gives and until when, in the reader's language."""

    name: str
    what: str
    when: str


class ChallengePanel(NamedTuple):
    """Something to reach, at `have` of `need` as `so_far` says it; `gives` is what it brings,
    `until` how long there is time."""

    name: str
    have: int
    need: int
    so_far: str
    gives: str
    until: str = ""


class BadgeRow(NamedTuple):
    """A badge that the member has, or can get."""

    name: Text
    held: bool


class RafflePanel(NamedTuple):
    """A raffle that runs: the tickets of this member, the day of the draw, what can be won, and the
    fingerprint of the number that it will be drawn with."""

    name: Text
    tickets: int
    drawn_on: date
    reward: Text
    proof: str = ""


def running(program: Program, card: Card, now: datetime, words: Words) -> Iterable[RunningRow]:
    """The campaigns that this member can use today, at any location and for any amount."""
    local = campaigns.local_time(now, program.timezone)
    today, clock = local.date(), local.strftime("%H:%M")
    segment = segments.segment(program, card, today)
    for one in program.campaigns:
        anywhere = one._replace(hours=("", ""), locations=())
        occasion = Occasion(local, card.tier_id, segment, None, MUCH)
        _, until = one.hours
        joins = one.on and set(one.on) == {"join"}
        if joins or not campaigns.applies(anywhere, occasion) or (until and until <= clock):
            continue
        yield RunningRow(words.pick(one.name), _gives(program, one, words),
                         _when(one, clock, today, words))  # fmt: skip


def _gives(program: Program, one: Campaign, words: Words) -> str:
    """What a campaign adds: "points ×1.5", "+5 points"."""
    unit = program.unit(one.bonus_unit)
    if one.bonus and unit:
        names: Any = unit.name
        return words.change(names, one.bonus)
    factor = words.decimal(one.multiplier, 3)
    ids = one.units or tuple(dict.fromkeys(rule.unit for rule in program.earn))
    several: Any = [program.units[unit_id].name for unit_id in ids if unit_id in program.units]
    names_ = ", ".join(apart(words.unit(names, 2)) for names in several)
    return f"{words.sentence(names_)} ×{factor}" if names_ else f"×{factor}"


def _when(one: Campaign, clock: str, today: date, words: Words) -> str:
    """How long a campaign lasts, as far as it matters today."""
    starts, until = (time.removeprefix("0") for time in one.hours)
    if one.hours[0] > clock:
        return words.t("today from {start} to {end}", start=starts, end=until or "24:00")
    if until:
        return words.t("today until {time}", time=until)
    if one.weekdays or one.last_day == today.isoformat():
        return words.t("today")
    if one.last_day:
        return words.t("until {date}", date=words.day(date.fromisoformat(one.last_day), today))
    return ""


def challenges(program: Program, card: Card, today: date, words: Words) -> Iterable[ChallengePanel]:
    """What can still be reached: between two days, or in weeks or months in a row."""
    for one in program.milestones:
        is_streak = one.metric in streaks.KINDS
        day = today.isoformat()
        runs = (not one.first_day or one.first_day <= day) and (
            not one.last_day or day <= one.last_day
        )
        if not (is_streak or one.first_day or one.last_day) or not runs:
            continue
        value = milestones.value(one, card)
        if (
            is_streak
            and streaks.running(card, one.metric).last < streaks.period(one.metric, today) - 1
        ):
            value = 0  # it broke since the last visit
        if value >= one.at and not one.repeat:
            continue
        have = value % one.at
        last = date.fromisoformat(one.last_day) if one.last_day else None
        yield ChallengePanel(
            words.pick(one.name),
            have,
            one.at,
            _so_far(program, one, have, words),
            _brings(program, one, words),
            words.t("until {date}", date=words.day(last, today)) if last else "",
        )


def _so_far(program: Program, one: Milestone, have: int, words: Words) -> str:
    if one.metric == "spend":
        return words.money_of(have, one.at, program.currency)
    return f"{words.number(have)} / {words.number(one.at)}"


def _brings(program: Program, one: Milestone, words: Words) -> str:
    """What a milestone gives: units, a reward, a badge."""
    unit, reward = program.unit(one.unit), program.rewards.get(one.reward)
    parts = []
    if unit and one.amount:
        names: Any = unit.name
        parts.append(words.change(names, one.amount))
    if reward:
        parts.append(words.pick(reward.name))
    return ", ".join(parts)


def badges(program: Program, card: Card) -> tuple[BadgeRow, ...]:
    """Every badge of the programme, those that the member has first."""
    rows = [
        BadgeRow(one.name, bool(limits.stored(card, f"m:{one.id}")[1]))
        for one in program.milestones
        if one.badge
    ]
    return tuple(sorted(rows, key=lambda row: not row.held))


def open_raffles(
    merchant_id: str, program: Program, card: Card, today: date
) -> Iterable[RafflePanel]:
    """The raffles that have begun, up to the day of their draw."""
    for raffle in program.raffles:
        drawn_on = date.fromisoformat(raffle.last_day) + timedelta(days=1)
        if raffle.first_day <= today.isoformat() <= drawn_on.isoformat():
            yield RafflePanel(
                raffle.name,
                raffles.tickets(card, raffle.id),
                drawn_on,
                program.rewards[raffle.reward].name,
                raffles.commitment(raffle_seed(merchant_id, raffle.id)),
            )
