"""How often something counts: for a card, and for one person at the counter. Plain values."""

from __future__ import annotations

from typing import NamedTuple


class StaffLimits(NamedTuple):
    """What one person at the counter may book by hand; zero means no limit."""

    visits_per_day: int = 0
    spend_minor_per_day: int = 0
    spend_minor_per_sale: int = 0
    gifts_per_day: int = 0
    undos_per_day: int = 0


class PrintedLimits(NamedTuple):
    """How often one card can use codes on walls and tables; zero means no limit."""

    cooldown_minutes: int = 240
    per_day: int = 2


class Display(NamedTuple):
    """What a code on the display of the counter gives."""

    visits: int = 1
    cooldown_minutes: int = 60
    """How long a card waits after one before the next."""


class Limits(NamedTuple):
    """Guards against accidents and self-stamping; zero means no limit."""

    visits_per_day: int
    cooldown_minutes: int
    staff: StaffLimits = StaffLimits()
    printed: PrintedLimits = PrintedLimits()


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


class Scan(NamedTuple):
    """How often one card can use codes of a kind; zero means no limit."""

    kind: str
    cooldown_minutes: int = 0
    per_day: int = 0
