"""Time zones by every name that browsers send, old names too, and the country of each.

All of it is read from the time zone database that comes with us, so that it is the same on every
machine; what the machine itself has is not looked at.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

APART = {
    "Africa/Asmera": "ER",
    "Africa/Timbuktu": "ML",
    "America/Coral_Harbour": "CA",
    "America/Virgin": "VI",
    "Atlantic/Jan_Mayen": "SJ",
    "CST6CDT": "US",
    "EST5EDT": "US",
    "Iceland": "IS",
    "MST7MDT": "US",
    "PST8PDT": "US",
    "Pacific/Ponape": "FM",
    "Pacific/Truk": "FM",
    "Pacific/Yap": "FM",
}
"""Old names whose clocks the database has joined with those of another country, or of none. A test
holds all names against CLDR."""


@cache
def names() -> frozenset[str]:
    """All names of zones, links among them."""
    return frozenset(_text("zones").split())


@cache
def country(zone: str) -> str:
    """The ISO 3166 country of a zone or link; empty for UTC and such."""
    if zone in APART:
        return APART[zone]
    countries, links = _countries(), _links()
    for _ in range(len(links)):
        if zone in countries or zone not in links:
            break
        zone = links[zone]
    return countries.get(zone, "")


def _countries() -> dict[str, str]:
    lines = _text("zoneinfo", "zone.tab").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


def _links() -> dict[str, str]:
    """What old names stand for."""
    rows = [line.split() for line in _text("zoneinfo", "tzdata.zi").splitlines()]
    return {row[2]: row[1] for row in rows if row[:1] == ["L"]}


def _text(*path: str) -> str:
    return files("tzdata").joinpath(*path).read_text("utf-8")
