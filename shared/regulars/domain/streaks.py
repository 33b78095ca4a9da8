"""Count streaks: weeks or months in a row with a visit.

A card stores its running streak of each kind with the visits of each period, so that a refunded
visit ends a streak exactly where no other visit is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from regulars.domain import calendar, limits
from regulars.domain.card import Card

KINDS = frozenset({"weeks", "months"})

MANY = 35
"""So many visits in a period, or more: they are not counted one by one."""

COUNTED = 60
"""The newest periods whose visits are counted; in older ones there are MANY."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Run(NamedTuple):
    """A streak: its first period, and the visits of each period from it on."""

    first: int
    visits: tuple[int, ...]

    @property
    def last(self) -> int:
        """Its last period."""
        return self.first + len(self.visits) - 1

    def extended(self, period: int, visits: int) -> Run:
        """Return the streak after visits: longer, the same with more visits, or a new one.

        Visits before its first period change nothing.
        """
        if not self.visits or period > self.last + 1:
            return Run(period, (min(MANY, visits),))
        if period == self.last + 1:
            return Run(self.first, (*self.visits, min(MANY, visits)))
        if period < self.first:
            return self
        return self._with(period, min(MANY, self.visits[period - self.first] + visits))

    def without(self, period: int, visits: int) -> Run:
        """Return the streak after visits were refunded: it ends before a period that has none left,
        or begins after it."""
        if not self.visits or not self.first <= period <= self.last:
            return self
        place = period - self.first
        if self.visits[place] == MANY:
            return self
        if self.visits[place] > visits:
            return self._with(period, self.visits[place] - visits)
        if period == self.last:
            return Run(self.first, self.visits[:-1])
        return Run(period + 1, self.visits[place + 1 :])

    def by_period(self) -> dict[int, int]:
        """Return the visits by period."""
        return {self.first + place: count for place, count in enumerate(self.visits)}

    def _with(self, period: int, visits: int) -> Run:
        place = period - self.first
        return Run(self.first, (*self.visits[:place], visits, *self.visits[place + 1 :]))


def joined(visits: Mapping[int, int]) -> Run:
    """Return the streak that ends with the last period that has visits."""
    there = {period: min(MANY, count) for period, count in visits.items() if count > 0}
    if not there:
        return NO_RUN
    first = last = max(there)
    while first - 1 in there:
        first -= 1
    return Run(first, tuple(there[period] for period in range(first, last + 1)))


NO_RUN = Run(0, ())


def running(card: Card, kind: str) -> Run:
    """Read the running streak of a card; one that was stored without visits has MANY each."""
    name, length = limits.stored(card, _key(kind))
    if not length:
        return NO_RUN
    _, first, digits = (*name.split("/"), "")[:3]
    known = tuple(_DIGITS.index(digit) for digit in digits)
    return Run(_number(kind, first), (*([MANY] * (length - len(known))), *known))


def stored(card: Card, kind: str, run: Run) -> Card:
    """Return the card with a running streak; with none for one without visits."""
    if not run.visits:
        return limits.without(card, _key(kind))
    digits = "".join(_DIGITS[count] for count in run.visits[-COUNTED:])
    name = f"{_name(kind, run.last)}/{_name(kind, run.first)}/{digits}"
    return limits.with_count(card, _key(kind), name, len(run.visits))


def first_name(card: Card, kind: str) -> str:
    """Name the period in which the running streak began; empty when there is none."""
    run = running(card, kind)
    return name_of(kind, run)


def name_of(kind: str, run: Run) -> str:
    """Name the first period of a streak; empty for none."""
    return _name(kind, run.first) if run.visits else ""


def period(kind: str, day: date) -> int:
    """Number the period of a day; the next one has the next number."""
    return (day.toordinal() - 1) // 7 if kind == "weeks" else calendar.month_index(day)


def _key(kind: str) -> str:
    return f"s:{kind}"


def _name(kind: str, number: int) -> str:
    return date.fromordinal(number * 7 + 1).isoformat() if kind == "weeks" else str(number)


def _number(kind: str, name: str) -> int:
    return period(kind, date.fromisoformat(name)) if kind == "weeks" else int(name)
