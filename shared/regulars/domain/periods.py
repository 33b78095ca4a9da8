"""Compute the periods in which a tier's benefits are given."""

from __future__ import annotations

from datetime import date, timedelta

from regulars.domain import calendar
from regulars.domain.program import Benefit, Program


def current(program: Program, tier_id: str | None) -> tuple[Benefit, ...]:
    """List the benefits of a tier; none without a tier."""
    rank = program.tier_rank(tier_id)
    return program.tiers[rank].benefits if rank >= 0 else ()


def period(every: str, today: date) -> tuple[str, date]:
    """Name the period that holds a day, and find its last day."""
    if every == "week":
        monday = today - timedelta(days=today.weekday())
        return monday.isoformat(), monday + timedelta(days=6)
    index = calendar.month_index(today)
    start = calendar.period_start_index(index, every)
    return str(start), calendar.month_end(start + calendar.PERIOD_MONTHS[every] - 1)


def next_period(program: Program, tier_id: str | None, today: date) -> date | None:
    """Find the first day of the next period of a tier's benefits; None when it has none."""
    ends = [
        period(benefit.every, today)[1]
        for benefit in current(program, tier_id)
        if benefit.every not in {"birthday", "anniversary"}
    ]
    return min(ends) + timedelta(days=1) if ends else None
