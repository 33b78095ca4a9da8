"""How a leaderboard lies in the table: as it was counted last, and as its last period ended.

It names members by id alone: how they are called, and whether they still take part, is asked of
their profiles whenever a board is shown.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain import leaderboards, names
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import CONSENT
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import AbsentOr, Below, Table

COUNTING_DAYS = 7
"""How long it is remembered how far a count is."""


class PeriodResult(NamedTuple):
    """The best of one period."""

    first: str
    last: str
    """Its days, both included."""
    members: int
    """How many took part with any value."""
    places: tuple[tuple[str, int], ...]
    """Member and value, best first."""


class CountedBoard(NamedTuple):
    """A board as it was counted."""

    at_ms: int
    now: PeriodResult
    before: PeriodResult | None
    """The period that ended last; None when none has since there is this board."""


def keep(table: Table, m: str, board: Leaderboard, counted: CountedBoard) -> None:
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


def read(table: Table, m: str, boards: tuple[Leaderboard, ...]) -> list[CountedBoard | None]:
    """Each board as it was counted; None for one that was not, or counted something else."""
    if not boards:
        return []
    items = table.get(*(keys.leaderboard(m, board.id) for board in boards))
    return [_counted(board, item) for board, item in zip(boards, items, strict=True)]


class Counting(NamedTuple):
    """How far a count is: where the list of members goes on, and of each board and period how many
    members it had so far, and the best of them."""

    start: dict[str, str] | None
    rankings: list[tuple[int, tuple[tuple[str, int], ...]]]


def read_counting(table: Table, name: str) -> Counting:
    """Read how far a count is that has a name; at the beginning for one that is new, or done."""
    (item,) = table.get(keys.cursor(f"leaderboards:{name}"))
    if item is None or "start" not in item:
        return Counting(None, [])
    rankings = [(one["members"], _places(one["places"])) for one in item["rankings"]]
    return Counting(item["start"], rankings)


def keep_counting(table: Table, name: str, counting: Counting, now_ms: int) -> None:
    """Remember how far a count is. Two that are at it go on from what either has kept."""
    rankings = [
        {"members": members, "places": _place_items(best)} for members, best in counting.rankings
    ]
    table.put({**_counting(name, now_ms), "start": counting.start, "rankings": rankings})


def begin_anew(table: Table, name: str, now_ms: int) -> None:
    """Let the next count of the same name begin at the first member."""
    table.put(_counting(name, now_ms))


def _counting(name: str, now_ms: int) -> Item:
    pk, sk = keys.cursor(f"leaderboards:{name}")
    return {"PK": pk, "SK": sk, "ttl": now_ms // 1000 + COUNTING_DAYS * 86_400}


def _counted(board: Leaderboard, item: Item | None) -> CountedBoard | None:
    if item is None or (item["metric"], item["window"]) != (board.metric, board.window):
        return None
    before = _result(item["before"]) if "before" in item else None
    return CountedBoard(item["at"], _result(item["now"]), before)


def _result_item(result: PeriodResult) -> Item:
    return {
        "first": result.first,
        "last": result.last,
        "members": result.members,
        "places": _place_items(result.places),
    }


def _result(item: Item) -> PeriodResult:
    return PeriodResult(item["first"], item["last"], item["members"], _places(item["places"]))


def _place_items(places: tuple[tuple[str, int], ...]) -> list[Item]:
    return [{"c": member_id, "n": value} for member_id, value in places]


def _places(items: list[Item]) -> tuple[tuple[str, int], ...]:
    return tuple((place["c"], place["n"]) for place in items)


class Place(NamedTuple):
    """One place: `name` is what others see, empty for a member without one."""

    rank: int
    member_id: str
    name: str
    value: int


class ShownBoard(NamedTuple):
    """The places of one period that can be shown, of how many members."""

    first: str
    last: str
    members: int
    places: tuple[Place, ...]


def shown(
    table: Table, merchant_id: str, boards: tuple[Leaderboard, ...]
) -> list[tuple[int, ShownBoard, ShownBoard | None] | None]:
    """Each board: when it was counted, the running period, the one that ended last; None for a
    board that was not counted yet. Who withdrew a moment ago is not on it any more."""
    counted = read(table, merchant_id, boards)
    wanted = dict.fromkeys(
        member_id
        for one in counted
        if one
        for result in (one.now, one.before)
        if result
        for member_id, _ in result.places
    )
    items = table.get(*(keys.profile(merchant_id, c) for c in wanted)) if wanted else []
    profiles = {profile.member_id: profile for profile in map(profile_of, filter(None, items))}
    return [_visible(one, profiles) if one else None for one in counted]


def _visible(
    counted: CountedBoard, profiles: dict[str, Profile]
) -> tuple[int, ShownBoard, ShownBoard | None]:
    before = _who_agrees(counted.before, profiles) if counted.before else None
    return counted.at_ms, _who_agrees(counted.now, profiles), before


def _who_agrees(result: PeriodResult, profiles: dict[str, Profile]) -> ShownBoard:
    agreeing = [
        (profiles[member_id], value)
        for member_id, value in result.places
        if member_id in profiles and profiles[member_id].consents.get(CONSENT)
    ]
    ranks = leaderboards.ranks(value for _, value in agreeing)
    places = tuple(
        Place(rank, profile.member_id, names.shown(profile.name, profile.language), value)
        for rank, (profile, value) in zip(ranks, agreeing, strict=True)
    )
    hidden = len(result.places) - len(places)
    return ShownBoard(result.first, result.last, result.members - hidden, places)
