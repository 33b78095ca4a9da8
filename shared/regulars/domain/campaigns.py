"""Decide which campaigns apply to an occasion and what they add.

Multipliers compete: of those that apply to a line the highest wins, ties go to the first id.
Bonuses add up. Both can be capped per member and in total; a total is a counter in the table that
is raised in the same transaction, so that it holds under any number of tills.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from regulars.domain import calendar
from regulars.domain.values import Text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Campaign(NamedTuple):
    """One campaign of a programme. An empty condition always holds."""

    id: str
    name: Text
    first_day: str
    last_day: str
    """Local days, both included."""
    weekdays: tuple[int, ...]
    """Monday is 0."""
    hours: tuple[str, str]
    """Local times `HH:MM`, from and until (not included)."""
    on: tuple[str, ...]
    """Kinds of earn rules; for a bonus, kinds of occasions (`join`, `visit`, `spend`)."""
    units: tuple[str, ...]
    tiers: tuple[str, ...]
    segments: tuple[str, ...]
    locations: tuple[str, ...]
    min_spend_minor: int
    multiplier: int
    """In thousandths; 1000 when the campaign gives a bonus."""
    bonus: int
    bonus_unit: str
    per_member: int
    """How often it applies to one member; 0 for no limit."""
    total: int
    """How often it applies in total ("the first 50"); 0 for no limit."""


class Occasion(NamedTuple):
    """What a campaign looks at: time, tier, segment, location, money in minor units."""

    local: datetime
    tier: str | None
    segment: str
    location: str | None
    spend_minor: int


def applies(campaign: Campaign, occasion: Occasion) -> bool:
    """Tell whether a campaign applies to an occasion; caps are checked elsewhere."""
    day, clock = occasion.local.date().isoformat(), occasion.local.strftime("%H:%M")
    starts, ends = campaign.hours
    return (
        (not campaign.first_day or campaign.first_day <= day)
        and (not campaign.last_day or day <= campaign.last_day)
        and (not campaign.weekdays or occasion.local.weekday() in campaign.weekdays)
        and (not starts or starts <= clock)
        and (not ends or clock < ends)
        and _among(occasion.tier, campaign.tiers)
        and _among(occasion.segment, campaign.segments)
        and _among(occasion.location, campaign.locations)
        and occasion.spend_minor >= campaign.min_spend_minor
    )


def best_multiplier(running: Iterable[Campaign], rule_kind: str, unit: str) -> Campaign | None:
    """Find the campaign with the highest multiplier for this kind and unit, ties by id."""
    fitting = [
        campaign
        for campaign in running
        if campaign.multiplier > 1000
        and (not campaign.on or rule_kind in campaign.on)
        and (not campaign.units or unit in campaign.units)
    ]
    return min(fitting, key=lambda campaign: (-campaign.multiplier, campaign.id), default=None)


def bonuses(running: Iterable[Campaign], kinds: frozenset[str]) -> Iterator[Campaign]:
    """List the bonuses of an occasion by id; all of them add up."""
    for campaign in sorted(running):
        if campaign.bonus and (not campaign.on or kinds.intersection(campaign.on)):
            yield campaign


def local_time(instant: datetime, zone_name: str) -> datetime:
    """Convert an instant to the merchant's local time."""
    return instant.astimezone(calendar.zone(zone_name))


def _among(value: str | None, allowed: tuple[str, ...]) -> bool:
    return not allowed or value in allowed
