"""A month of campaigns, day by day. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from regulars.domain.campaigns import WEEKDAYS

State = Literal["running", "waiting", "past"]


class Day(NamedTuple):
    """One day: the campaigns of it by their places in the programme; `inside` of the month."""

    day: date
    inside: bool
    campaigns: tuple[int, ...]


def month_of(text: str, today: date) -> date:
    """The first day of a month such as `2026-11`; of this month for anything else."""
    if not re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", text):
        return today.replace(day=1)
    return date.fromisoformat(f"{text}-01")


def weeks(month: date, campaigns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Day, ...]]:
    """The weeks of a month from Monday on, with what runs on each day."""
    for week in calendar.Calendar().monthdatescalendar(month.year, month.month):
        yield tuple(
            Day(day, day.month == month.month,
                tuple(n for n, one in enumerate(campaigns) if runs_on(one, day)))
            for day in week
        )  # fmt: skip


def runs_on(campaign: Mapping[str, Any], day: date) -> bool:
    """Whether a campaign of the document can apply on a day."""
    iso = day.isoformat()
    known = campaign.get("weekdays") or WEEKDAYS
    return (
        campaign.get("from", iso) <= iso <= campaign.get("until", iso)
        and WEEKDAYS[day.weekday()] in known
    )


def state(campaign: Mapping[str, Any], today: date) -> State:
    """Whether a campaign is over, is to come, or is on (also between its days of the week)."""
    iso = today.isoformat()
    if campaign.get("until", iso) < iso:
        return "past"
    return "waiting" if campaign.get("from", iso) > iso else "running"
