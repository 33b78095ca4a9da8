"""The daily digests of all heads of a merchant: each day's root, and the pages below it.

A page holds up to `merkle.PAGE` hashes of one level in order; level 0 has the cards by enrolment.
A day on which nothing was booked has the root of the day before it, and no item of its own. Roots
are kept for ever and never written over; pages are removed after KEPT_DAYS.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from regulars.domain import merkle
from regulars.domain.merkle import HASH_BYTES, Step
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, AbsentOr, Below, Table

KEPT_DAYS = 400
"""How long the path of a card to a day's root can be told."""


class DayRoot(NamedTuple):
    """The root of a day (ISO) on which something was booked, and of the quiet days after it."""

    day: str
    root: bytes
    cards: int
    levels: int
    """How many levels of pages lie below it."""
    ends_ms: int
    """The instant before which everything booked is in it."""


class Progress(NamedTuple):
    """How far a day's digest is: one page of each level that is not full yet."""

    day: str
    start: dict[str, str] | None
    """Where the list of members goes on; None at its beginning."""
    cards: int
    open_pages: list[list[bytes]]
    filled: list[int]
    """Per level how many pages are full."""
    first: str
    """The place in order of the first card of the open page of level 0."""


def put(table: Table, m: str, root: DayRoot, now_ms: int) -> None:
    """Keep a day's root, if there is none yet."""
    pk, sk = keys.day_root(m, root.day)
    item: Item = {"PK": pk, "SK": sk, **root._asdict(), "at": now_ms}
    table.put(item, Absent())


def read_upto(table: Table, m: str) -> str | None:
    """The last day (ISO) that has a root, its own or that of a day before it."""
    (item,) = table.get(keys.roots_upto(m))
    return str(item["day"]) if item else None


def put_upto(table: Table, m: str, day: str) -> None:
    """Say up to which day there are roots; forward only."""
    pk, sk = keys.roots_upto(m)
    table.put({"PK": pk, "SK": sk, "day": day}, AbsentOr(Below("day", day)))


def at(table: Table, m: str, day: str | None) -> tuple[str, DayRoot] | None:
    """A day (None for the newest) and its root; None for a day that has none (yet)."""
    found, _ = page(table, m, first=day or "", last=day or "9", limit=1)
    return found[0] if found else None


def page(
    table: Table, m: str, *, first: str, last: str, limit: int
) -> tuple[list[tuple[str, DayRoot]], bool]:
    """Days from `first` to `last` with their roots, newest first, and whether there are more."""
    upto = read_upto(table, m)
    if upto is None:
        return [], False
    newest = min(last, upto)
    items = table.query(
        keys.roots(m), between=("0", newest), newest_first=True, limit=limit + 1, consistent=True
    ).items
    found: list[tuple[str, DayRoot]] = []
    for root in map(_root_of, items):
        while newest >= max(root.day, first):
            if len(found) == limit:
                return found, True
            found.append((newest, root))
            newest = (date.fromisoformat(newest) - timedelta(days=1)).isoformat()
    return found, False


def read_progress(table: Table, m: str, day: str) -> Progress:
    """How far the digest of a day is; at its beginning when nothing is kept of it."""
    (item,) = table.get(keys.roots_progress(m))
    if item is None or item["day"] != day:
        return Progress(day, None, 0, [[]], [0], "")
    pages = [_split(one) for one in item["open_pages"]]
    return Progress(day, item["start"], item["cards"], pages, list(item["filled"]), item["first"])


def put_progress(table: Table, m: str, progress: Progress) -> None:
    """Keep how far a digest is."""
    pk, sk = keys.roots_progress(m)
    pages = [b"".join(one) for one in progress.open_pages]
    table.put({"PK": pk, "SK": sk, **progress._asdict(), "open_pages": pages})


def put_page(
    table: Table, m: str, day: str, place: tuple[int, int, str], hashes: list[bytes], ttl: int
) -> None:
    """Keep one page. `place` is its level, its number in the level, and for level 0 where its first
    card stands in order."""
    level, number, first = place
    pk, sk = keys.root_page(m, day, level, first or f"{number:08}")
    table.put({"PK": pk, "SK": sk, "n": number, "hashes": b"".join(hashes), "ttl": ttl})


def steps(table: Table, m: str, day: DayRoot, order: str, leaf: bytes) -> list[Step] | None:
    """The path from a card to a day's root; None when the card is not among its leaves as `leaf`.

    `order` is where the card stands among the members.
    """
    lowest = table.query(
        keys.root_pages(m, day.day), between=("0#", f"0#{order}"),
        newest_first=True, limit=1, consistent=True,
    ).items  # fmt: skip
    return list(_climb(table, m, day, lowest[0], leaf)) if _holds(lowest, leaf) else None


def _holds(pages: list[Item], leaf: bytes) -> bool:
    return bool(pages) and leaf in _split(pages[0]["hashes"])


def _climb(table: Table, m: str, day: DayRoot, lowest: Item, leaf: bytes) -> Iterator[Step]:
    """The steps within each page on the way from the lowest to the only one of the top level."""
    hashes, number = _split(lowest["hashes"]), lowest["n"]
    place = hashes.index(leaf)
    yield from merkle.path(hashes, place)
    for level in range(1, day.levels):
        number, place = divmod(number, merkle.PAGE)
        (item,) = table.get(keys.root_page(m, day.day, level, f"{number:08}"))
        yield from merkle.path(_split(item["hashes"]) if item else [], place)


def _split(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def _root_of(item: Item) -> DayRoot:
    return DayRoot(*(item[name] for name in DayRoot._fields))
