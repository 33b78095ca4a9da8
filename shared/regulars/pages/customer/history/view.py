"""The view of a card's history: months with their sums, equal lines as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from regulars.i18n import UnitNames
from regulars.i18n.words import Words
from regulars.render.brand import Brand
from regulars.render.page import Template
from regulars.views.history import HistoryChange, HistoryRow

TEMPLATE = Template(
    "pages/customer/history/history.html",
    (
        "base.css",
        "column.css",
        "pages/customer/profile/profile.css",
        "pages/customer/history/history.css",
    ),
)


class MonthRow(NamedTuple):
    """One line: `times` equal events, from the `first` to the last of them (`at`)."""

    at: datetime
    first: datetime
    times: int
    changes: tuple[HistoryChange, ...]
    why: str
    more: tuple[str, ...] = ()
    location: str = ""


class Month(NamedTuple):
    """One month: its name, its lines, newest first, and what they add and take, by unit."""

    name: str
    sums: tuple[HistoryChange, ...]
    rows: tuple[MonthRow, ...]


class HistoryPage(NamedTuple):
    """`GET /card/{slug}/history`; `older` is the address of what came before, if there is more."""

    brand: Brand
    card: str
    """The path of the card."""
    zone: str
    now: datetime
    months: tuple[Month, ...]
    older: str = ""


def months(rows: Iterable[HistoryRow], zone: str, now: datetime, words: Words) -> tuple[Month, ...]:
    """Put lines (newest first) into the months of a zone."""
    there = ZoneInfo(zone)
    this_year = now.astimezone(there).year

    def month_of(row: HistoryRow) -> tuple[int, int]:
        local = row.at.astimezone(there)
        return local.year, local.month

    found = []
    for (year, month), inside in groupby(rows, month_of):
        lines = tuple(_merged(inside))
        name = _month_name(month, words)
        found.append(Month(name if year == this_year else f"{name} {year}", _sums(lines), lines))
    return tuple(found)


def _merged(rows: Iterable[HistoryRow]) -> Iterator[MonthRow]:
    """Lines in which equal events that follow each other are one."""
    before: MonthRow | None = None
    for row in rows:
        new = MonthRow(row.at, row.at, 1, row.changes, row.why, row.more, row.location)
        if before and _kind(before) == _kind(new) and row.changes and not (row.more or before.more):
            added = tuple(
                one._replace(amount=one.amount + other.amount)
                for one, other in zip(before.changes, new.changes, strict=True)
            )
            before = before._replace(first=row.at, times=before.times + 1, changes=added)
            continue
        if before:
            yield before
        before = new
    if before:
        yield before


def _kind(row: MonthRow) -> tuple[object, ...]:
    """What is the same in equal events."""
    units = tuple((str(one.unit), one.amount > 0) for one in row.changes)
    return units, row.why, row.location


def _sums(rows: Iterable[MonthRow]) -> tuple[HistoryChange, ...]:
    """What lines add and what they take, by unit, gains first."""
    sums: dict[tuple[bool, str], tuple[UnitNames, int]] = {}
    for row in rows:
        for change in row.changes:
            key = change.amount < 0, str(change.unit)
            sums[key] = change.unit, sums.get(key, (change.unit, 0))[1] + change.amount
    ordered = sorted(sums.items(), key=lambda item: item[0][0])
    return tuple(HistoryChange(unit, amount) for _, (unit, amount) in ordered)


def _month_name(month: int, words: Words) -> str:
    """The name of a month as a heading; languages have other forms of it inside a date."""
    return (
        words.t("January"), words.t("February"), words.t("March"), words.t("April"),
        words.t("May"), words.t("June"), words.t("July"), words.t("August"),
        words.t("September"), words.t("October"), words.t("November"), words.t("December"),
    )[month - 1]  # fmt: skip
