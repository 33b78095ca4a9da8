"""The parts of a programme document about how often something counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from regulars.program.fields import Money, Part

Bookings = Annotated[int, Field(ge=0, le=100_000)]


class StaffLimits(Part):
    """What one person at the counter may book by hand; 0 is no limit. A manager can go beyond
    them, and the entry says so."""

    visits_per_day: Bookings = 0
    spend_minor_per_day: Money = 0
    spend_minor_per_sale: Money = 0
    gifts_per_day: Bookings = 0
    undos_per_day: Bookings = 0


class PrintedLimits(Part):
    """How often one card can use codes on walls and tables; 0 is no limit."""

    cooldown_minutes: Annotated[int, Field(ge=0, le=10_080)] = 240
    per_day: Annotated[int, Field(ge=0, le=50)] = 2


class Display(Part):
    """What a code on the display of the counter gives, and how soon again."""

    visits: Annotated[int, Field(ge=1, le=50)] = 1
    cooldown_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60


class PlaceStaffLimits(Part):
    """The limits of staff that one location has of its own."""

    visits_per_day: Bookings | None = None
    spend_minor_per_day: Money | None = None
    spend_minor_per_sale: Money | None = None
    gifts_per_day: Bookings | None = None
    undos_per_day: Bookings | None = None


class PlacePrintedLimits(Part):
    """The limits of printed codes that one location has of its own."""

    cooldown_minutes: Annotated[int, Field(ge=0, le=10_080)] | None = None
    per_day: Annotated[int, Field(ge=0, le=50)] | None = None


class PlaceLimits(Part):
    """What one location limits otherwise than the programme; 0 is no limit there."""

    visits_per_day: Annotated[int, Field(ge=0, le=50)] | None = None
    cooldown_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    staff: PlaceStaffLimits = PlaceStaffLimits()
    printed: PlacePrintedLimits = PlacePrintedLimits()


class Limits(Part):
    visits_per_day: Annotated[int, Field(ge=0, le=50)] = 0
    cooldown_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    staff: StaffLimits = StaffLimits()
    printed: PrintedLimits = PrintedLimits()
