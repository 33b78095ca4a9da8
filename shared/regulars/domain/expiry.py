"""Compute the dates of lots, and the end of inactivity."""

from __future__ import annotations

from datetime import date, timedelta

from regulars.domain import calendar
from regulars.domain.card import NEVER, Card
from regulars.domain.program import Expiry, Program, Unit


def lot_dates_for(unit: Unit | None, today: date) -> tuple[str, str]:
    """Compute the expiry and availability dates of what is granted `today` (ISO dates, or empty).

    What would expire while it is pending is dated from the day it can be spent. A unit that the
    programme no longer has (a correction after a change) never expires.
    """
    if unit is None:
        return NEVER, ""
    available = today + timedelta(days=unit.hold_days)
    available_on = available.isoformat() if unit.hold_days else ""
    last = _last_day(unit.expiry, today)
    if last is not None and last < available:
        last = _last_day(unit.expiry, available)
    return (last.isoformat() if last else NEVER), available_on


def _last_day(expiry: Expiry, earned: date) -> date | None:
    if expiry.kind == "months":
        return calendar.add_months_to_end(earned, expiry.months)
    if expiry.kind == "date":
        return calendar.next_annual(earned, expiry.month, expiry.day)
    return None


def inactivity_ends(unit: Unit, today: date) -> str:
    """Compute the last day of a unit that expires by inactivity, renewed `today`."""
    return calendar.add_months(today, unit.expiry.months).isoformat()


def by_policy(program: Program, card: Card, today: date) -> Card:
    """Return the card with an inactivity date for exactly those units that have such a policy now:
    a removed policy leaves nothing, a new one begins today."""
    inactive_after = {
        unit.id: card.inactive_after.get(unit.id) or inactivity_ends(unit, today)
        for unit in program.units.values()
        if unit.expiry.kind == "inactivity"
        and (unit.id in card.inactive_after or unit.id in card.lots)
    }
    return (
        card
        if inactive_after == card.inactive_after
        else card._replace(inactive_after=inactive_after)
    )
