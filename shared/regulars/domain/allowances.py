"""What one person at the counter may book by hand, and what they have booked: plain values."""

from __future__ import annotations

from typing import NamedTuple


class StaffLimits(NamedTuple):
    """What one person at the counter may book by hand; zero means no limit."""

    visits_per_day: int = 0
    spend_minor_per_day: int = 0
    spend_minor_per_sale: int = 0
    gifts_per_day: int = 0
    undos_per_day: int = 0


class StaffDay(NamedTuple):
    """What a person has booked on a day of the merchant's calendar (`YYYY-MM-DD`)."""

    day: str = ""
    visits: int = 0
    spend_minor: int = 0
    gifts: int = 0
    undos: int = 0


class Allowance(NamedTuple):
    """What bounds an operation: the limits of the person, and what they had booked before."""

    limits: StaffLimits
    before: StaffDay
