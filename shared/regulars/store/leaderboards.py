"""How a leaderboard lies in the table: as it was counted last, and as its last period ended.

It names members by id alone: how they are called, and whether they still take part, is asked of
their profiles whenever a board is shown.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.games import Leaderboard
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import AbsentOr, Below, Table


class Result(NamedTuple):
    """The best of one period."""

    first: str
    last: str
    """Its days, both included."""
    members: int
    """How many took part with any value."""
    places: tuple[tuple[str, int], ...]
    """Member and value, best first."""


class Counted(NamedTuple):
    """A board as it was counted."""

    at_ms: int
    now: Result
    before: Result | None
    """The period that ended last; None when none has since there is this board."""


def keep(table: Table, m: str, board: Leaderboard, counted: Counted) -> None:
    """Write a board, unless it was counted later already."""
    pk, sk = keys.leaderboard(m, board.id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "at": counted.at_ms,
        "metric": board.metric,
        "window": board.window,
        "now": _result_item(counted.now),
    }
    if counted.before:
        item["before"] = _result_item(counted.before)
    table.put(item, AbsentOr(Below("at", counted.at_ms)))


def read(table: Table, m: str, boards: tuple[Leaderboard, ...]) -> list[Counted | None]:
    """Each board as it was counted; None for one that was not, or counted something else."""
    if not boards:
        return []
    items = table.get(*(keys.leaderboard(m, board.id) for board in boards))
    return [_counted(board, item) for board, item in zip(boards, items, strict=True)]


def _counted(board: Leaderboard, item: Item | None) -> Counted | None:
    if item is None or (item["metric"], item["window"]) != (board.metric, board.window):
        return None
    before = _result(item["before"]) if "before" in item else None
    return Counted(item["at"], _result(item["now"]), before)


def _result_item(result: Result) -> Item:
    return {
        "first": result.first,
        "last": result.last,
        "members": result.members,
        "places": [{"c": member_id, "n": value} for member_id, value in result.places],
    }


def _result(item: Item) -> Result:
    places = tuple((place["c"], place["n"]) for place in item["places"])
    return Result(item["first"], item["last"], item["members"], places)
