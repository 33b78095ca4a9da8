"""The quiet hours: when they hold, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.quiet import quiet_until

BUDAPEST = "Europe/Budapest"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [("2026-11-22T19:59", ("21:00", "08:00"), None),
     ("2026-11-22T20:00", ("21:00", "08:00"), "2026-11-23T07:00"),
     ("2026-11-23T06:59", ("21:00", "08:00"), "2026-11-23T07:00"),
     ("2026-11-23T07:00", ("21:00", "08:00"), None),
     ("2026-11-22T12:10", ("13:00", "13:30"), "2026-11-22T12:30"),
     ("2026-11-22T12:30", ("13:00", "13:30"), None),
     ("2026-11-22T03:00", ("00:00", "00:00"), None),
     ("2026-11-22T03:00", ("00:00", "08:15"), "2026-11-22T07:15"),
     ("2026-07-22T19:00", ("21:00", "08:00"), "2026-07-23T06:00"),
     # The clocks go forward (29 March, 2:00 to 3:00) and back (25 October, 3:00 to 2:00).
     ("2026-03-28T23:00", ("21:00", "08:00"), "2026-03-29T06:00"),
     ("2026-10-24T23:00", ("21:00", "08:00"), "2026-10-25T07:00"),
     ("2026-10-25T01:10", ("21:00", "02:30"), "2026-10-25T01:30")],
)  # fmt: skip
def test_it_goes_by_the_clock_of_the_shop(
    now: str, hours: tuple[str, str], until: str | None
) -> None:
    assert quiet_until(at(now), BUDAPEST, *hours) == (at(until) if until else None)


TIMES = st.times().map(lambda one: f"{one.hour:02}:{one.minute:02}")


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    zone=st.sampled_from((BUDAPEST, "America/New_York", "Asia/Kolkata", "UTC")),
    begins=TIMES,
    ends=TIMES,
)
def test_they_end_later_and_within_a_day(now: datetime, zone: str, begins: str, ends: str) -> None:
    instant = now.replace(tzinfo=UTC)
    until = quiet_until(instant, zone, begins, ends)
    if until is not None:
        assert 0 < (until - instant).total_seconds() <= 26 * 3600
        local = until.astimezone(ZoneInfo(zone))
        if local.utcoffset() == instant.astimezone(ZoneInfo(zone)).utcoffset():
            assert f"{local:%H:%M}" == ends
