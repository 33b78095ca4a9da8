"""Rank members by visits, spend or points in the current month, quarter or year.

Only members who agreed take part, and a value of 0 has no place. Equal values share a rank and are
sorted by member id.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import date

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.games import Leaderboard
from regulars.domain.tiering import window_sum

CONSENT = "leaderboard"
"""The name of the consent in a profile."""


class Ranking:
    """The best of any number of members, in memory for `places` of them."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._best: list[tuple[int, str]] = []
        self.members = 0
        """How many members have a value above 0."""

    def take_up(self, members: int, best: Iterable[tuple[str, int]]) -> None:
        """Go on from where a ranking was: how many members it had, and who was `best`."""
        self.members = members
        self._best = [(-value, member_id) for member_id, value in best]

    def add(self, member_id: str, value: int) -> None:
        """Add a member; a value of 0 or less has no place."""
        if value <= 0:
            return
        self.members += 1
        insort(self._best, (-value, member_id))
        del self._best[self._places :]

    def best(self) -> tuple[tuple[str, int], ...]:
        """List (member id, value), best first."""
        return tuple((member_id, -value) for value, member_id in self._best)


def value(board: Leaderboard, card: Card, day: date) -> int:
    """Sum the board's metric of a card in the period of `day`, up to its month."""
    counted = window_sum(card, board.window, day)
    return {"visits": counted.visits, "spend": counted.spend_minor, "points": counted.points}[
        board.metric
    ]


def period(board: Leaderboard, day: date) -> tuple[date, date]:
    """Find the first and last day of the board's period that holds `day`."""
    first = calendar.period_start_index(calendar.month_index(day), board.window)
    last = first + calendar.PERIOD_MONTHS[board.window] - 1
    return calendar.month_start(first), calendar.month_end(last)


def ranks(values: Iterable[int]) -> list[int]:
    """Compute the ranks of descending values: 1, 2, 2, 4."""
    found: list[int] = []
    before = None
    for place, one in enumerate(values, 1):
        found.append(found[-1] if one == before else place)
        before = one
    return found
