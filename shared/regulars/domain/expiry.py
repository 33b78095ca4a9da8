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
    last = NEVER
    for expiry in unit.expiry:
        own = _last_day(expiry, today)
        if own is not None and own < available:
            own = _last_day(expiry, available)
        last = last_of(last, own.isoformat() if own else NEVER)
    return last, available_on


def _last_day(expiry: Expiry, earned: date) -> date | None:
    if expiry.kind == "months":
        return calendar.add_months_to_end(earned, expiry.months)
    if expiry.kind == "date":
        return calendar.next_annual(earned, expiry.month, expiry.day)
    return None


def _inactivity_ends(unit: Unit, today: date) -> str:
    """Compute the last day of a unit that is renewed `today`; `""` when it does not expire by
    inactivity."""
    ends = NEVER
    for expiry in unit.expiry:
        if expiry.kind == "inactivity":
            ends = last_of(ends, calendar.add_months(today, expiry.months).isoformat())
    return ends


def ends_on(program: Program, unit_id: str) -> str:
    """Return the last day (ISO) of a unit, also of one that left since; `""` without an end."""
    unit = program.unit(unit_id)
    return unit.ends_on if unit else NEVER


def last_day(unit: Unit, today: date) -> str:
    """Compute the last day of all lots of a unit that is renewed `today`, whatever their own dates:
    by inactivity, or because the unit ends; `""` for neither."""
    return last_of(_inactivity_ends(unit, today), unit.ends_on)


def by_policy(program: Program, card: Card, today: date) -> Card:
    """Return the card with a last day for exactly those units that expire by inactivity or end:
    a removed policy leaves nothing, a new one begins today."""
    inactive_after = {}
    for unit_id in dict.fromkeys((*program.units, *card.lots)):
        unit, held = program.unit(unit_id), unit_id in card.lots
        if unit is None:
            continue
        known = card.inactive_after.get(unit_id, NEVER)
        last = _inactivity_ends(unit, today) if unit_id in program.units else NEVER
        if last:
            last = (known or last) if known or held else NEVER
        if held:
            last = last_of(last, unit.ends_on)
        if last:
            inactive_after[unit_id] = last
    return (
        card
        if inactive_after == card.inactive_after
        else card._replace(inactive_after=inactive_after)
    )


def last_of(one: str, other: str) -> str:
    """Choose the earlier of two last days (ISO), of which `""` is none."""
    return min(one, other) if one and other else one or other
