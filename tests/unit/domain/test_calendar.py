"""Calendar arithmetic, against the standard library where it has an opinion."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain import calendar

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
ZONES = [
    "Europe/Budapest", "America/New_York", "Asia/Almaty", "Pacific/Kiritimati", "Asia/Kathmandu",
    "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
]  # fmt: skip


@given(st.integers(0, 7 * 10**15))
def test_milliseconds_are_cut_not_rounded(microseconds: int) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    ms = calendar.to_ms(instant)

    assert instant - timedelta(milliseconds=1) < calendar.from_ms(ms) <= instant
    assert datetime.fromisoformat(calendar.rfc3339(ms)) == calendar.from_ms(ms)


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1_795_338_000_007, "2026-11-22T09:00:00.007Z")],
)
def test_instants_are_told_in_rfc_3339(ms: int, text: str) -> None:
    assert calendar.rfc3339(ms) == text


@given(DAYS, st.sampled_from(ZONES))
def test_a_day_begins_where_the_one_before_ends(day: date, zone: str) -> None:
    """Also where daylight saving skips or repeats midnight."""
    start = calendar.local_start(day, zone)

    assert calendar.local_date(start, zone) == day
    before = calendar.local_date(start - timedelta(milliseconds=1), zone)
    assert before == day - timedelta(days=1) or start.astimezone(ZoneInfo(zone)).fold == 0


@pytest.mark.parametrize(
    ("zone", "day", "hour", "utc"),
    [
        ("Europe/Budapest", "2026-03-29", 0, "2026-03-28T23:00"),
        ("Europe/Budapest", "2026-03-29", 2, "2026-03-29T01:00"),  # skipped: 3 o'clock
        ("Europe/Budapest", "2026-03-29", 10, "2026-03-29T08:00"),
        ("Europe/Budapest", "2026-10-25", 10, "2026-10-25T09:00"),
        ("America/New_York", "2026-03-08", 10, "2026-03-08T14:00"),
        ("America/New_York", "2026-11-01", 10, "2026-11-01T15:00"),
        ("Asia/Almaty", "2024-02-29", 10, "2024-02-29T04:00"),
        ("Asia/Almaty", "2024-03-01", 10, "2024-03-01T05:00"),
        ("Pacific/Kiritimati", "2026-11-22", 0, "2026-11-21T10:00"),
        ("Asia/Kathmandu", "2026-11-22", 0, "2026-11-21T18:15"),
        ("Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00"),  # skipped midnight: 1 o'clock
    ],
)
def test_local_hours(zone: str, day: str, hour: int, utc: str) -> None:
    start = calendar.local_start(date.fromisoformat(day), zone, hour)

    assert start == datetime.fromisoformat(f"{utc}:00+00:00")
    assert calendar.hour_of(start) == utc[:13]


@given(DAYS)
def test_months_are_numbered_without_gaps(day: date) -> None:
    index = calendar.month_index(day)
    last = calendar.month_end(index)

    assert (last.year, last.month) == (day.year, day.month)
    assert calendar.month_index(last + timedelta(days=1)) == index + 1
    assert calendar.add_months_to_end(day, 0) == last


@given(DAYS, st.integers(0, 240))
def test_months_later_is_the_end_of_that_month(day: date, months: int) -> None:
    end = calendar.add_months_to_end(day, months)

    assert (end + timedelta(days=1)).day == 1
    assert calendar.month_index(end) - calendar.month_index(day) == months


@given(DAYS, st.integers(1, 12), st.integers(1, 31))
def test_an_annual_date_comes_within_a_year(day: date, month: int, of_month: int) -> None:
    found = calendar.next_annual(day, month, of_month)

    assert day <= found <= day + timedelta(days=366)
    assert found.month == month
    assert found.day == of_month or (found + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("day", "window", "start"),
    [
        ("2026-11-22", "month", "2026-11"),
        ("2026-11-22", "quarter", "2026-10"),
        ("2026-01-01", "quarter", "2026-01"),
        ("2026-03-31", "quarter", "2026-01"),
        ("2026-12-31", "year", "2026-01"),
    ],
)
def test_periods_begin_where_calendars_say(day: str, window: str, start: str) -> None:
    index = calendar.month_index(date.fromisoformat(day))

    assert calendar.month_end(calendar.period_start_index(index, window)).isoformat()[:7] == start


def test_weekdays_have_their_number() -> None:
    assert [calendar.weekday_sample(number).weekday() for number in range(7)] == list(range(7))
