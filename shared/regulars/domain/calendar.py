"""Compute with days, months and hours in the merchant's time zone.

Instants are aware datetimes in UTC or integer milliseconds since the epoch; calendar days are
`date`. A day ends at the merchant's midnight, so every rule about days goes through `local_date`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

KEPT = 1024
"""How many results are cached: the same few days are asked for repeatedly."""


@cache
def zone(name: str) -> ZoneInfo:
    """Load the IANA zone `name`; raises ZoneInfoNotFoundError when there is none."""
    return ZoneInfo(name)


def to_ms(instant: datetime) -> int:
    """Convert an instant to milliseconds since the epoch, without floats."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=KEPT)
def from_ms(ms: int) -> datetime:
    """Convert milliseconds since the epoch to an aware UTC instant."""
    return EPOCH + timedelta(milliseconds=ms)


def rfc3339(ms: int) -> str:
    """Write `2026-11-22T09:00:00Z`, with three decimals when the milliseconds are not zero."""
    instant = from_ms(ms)
    spec = "milliseconds" if ms % 1000 else "seconds"
    return instant.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


@lru_cache(maxsize=KEPT)
def local_date(instant: datetime, zone_name: str) -> date:
    """Find the merchant's calendar day at `instant`."""
    return instant.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=KEPT)
def local_start(day: date, zone_name: str, hour: int = 0) -> datetime:
    """Find the UTC instant at which `hour` o'clock of `day` begins for the merchant.

    A local time skipped by daylight saving maps to the instant the clocks moved on to.
    """
    local = datetime(day.year, day.month, day.day, hour, tzinfo=zone(zone_name))
    return local.astimezone(UTC)


@lru_cache(maxsize=KEPT)
def hour_of(instant: datetime) -> str:
    """Name the UTC hour of an instant, as in `2026-11-22T09`; names sort like instants."""
    return instant.astimezone(UTC).isoformat(timespec="hours")[:13]


def month_index(day: date) -> int:
    """Count the months since year 0, so that windows are plain subtraction."""
    return day.year * 12 + day.month - 1


def month_start(index: int) -> date:
    """Find the first day of the month with that index."""
    year, month = divmod(index, 12)
    return date(year, month + 1, 1)


def month_end(index: int) -> date:
    """Find the last day of the month with that index."""
    year, month = divmod(index, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def add_months_to_end(day: date, months: int) -> date:
    """Find the last day of the month `months` after the month of `day`."""
    return month_end(month_index(day) + months)


def add_months(day: date, months: int) -> date:
    """Find the same day `months` later, or the last day of a shorter month."""
    last = add_months_to_end(day, months)
    return last.replace(day=min(day.day, last.day))


def next_annual(day: date, month: int, day_of_month: int) -> date:
    """Find the first `month`/`day_of_month` on or after `day`; the last day of a shorter month."""
    for year in (day.year, day.year + 1):
        last = monthrange(year, month)[1]
        candidate = date(year, month, min(day_of_month, last))
        if candidate >= day:
            return candidate
    raise AssertionError("an annual date occurs within two years")


def next_day_after_28_february(day: date) -> date:
    """Find the first 29 February, or 1 March of another year, on or after `day`."""
    for year in (day.year, day.year + 1):
        candidate = date(year, 2, 28) + timedelta(days=1)
        if candidate >= day:
            return candidate
    raise AssertionError("an annual date occurs within two years")


def period_start_index(index: int, window: str) -> int:
    """Find the first month of the calendar period (`month`, `quarter`, `year`) of `index`."""
    size = PERIOD_MONTHS[window]
    return index - index % size


PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Calendar periods by their length; years start in January, quarters in January, April, ..."""


def weekday_sample(weekday: int) -> date:
    """Return a day with that weekday (Monday is 0), to format its name."""
    return date(2024, 1, 1) + timedelta(days=weekday)
