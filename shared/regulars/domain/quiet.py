"""Compute when somebody may be written to: not in the quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from regulars.domain.calendar import zone


def quiet_until(now: datetime, zone_name: str, begins: str, ends: str) -> datetime | None:
    """Find the instant at which the quiet hours end in which `now` lies; None outside of them.

    `begins` and `ends` are local times such as `21:00`; the hours may go over midnight, and the
    same time twice means that there are none. Where the clocks go back, the later of two equal
    times ends them.
    """
    local = now.astimezone(zone(zone_name))
    first, last, at = time.fromisoformat(begins), time.fromisoformat(ends), local.time()
    inside = first <= at < last if first <= last else at >= first or at < last
    if not inside:
        return None
    day = local.date() if at < last else local.date() + timedelta(days=1)
    end = datetime.combine(day, last, zone(zone_name)).replace(fold=1)
    return end.astimezone(UTC)
