"""Imports as they are kept: the import, its pages of lines, and with each member what it did.

The lines of a file hold personal data: a page is kept for some days only, and what it was done with
it afterwards are ids. What a member was before lies in the partition of the card, where an erasure
empties it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import compress, decompress

from regulars.store import formats, import_keys, keys
from regulars.store.conditions import Absent, Equals
from regulars.store.marshal import Item
from regulars.store.table import Put, Table

PAGE_LINES = 50
PAGE_KEPT_S = 7 * 24 * 3600
"""How long the lines of a file are kept: for whoever looks at the mapping, and undoes."""

ERRORS_MAX = 100
"""Mistakes that are kept with an import; the counts have all."""

Row = tuple[int, Sequence[str] | str]
"""The number of a line and its cells, or what is wrong with the whole of it."""


class Import(NamedTuple):
    """One file that is brought in. `phase` is `checks`, `asks`, `runs`, `done`, `undoes`, `undone`
    or `failed`."""

    import_id: str
    phase: str
    at_ms: int
    mapping: Mapping[str, str]
    headings: tuple[str, ...]
    doubts: tuple[str, ...]
    pages: int
    lines: int
    dry_run: bool = False
    """Whether somebody looks at what it would do before it does it."""
    next: int = 0
    """The page that comes next in this phase."""
    counts: Mapping[str, int] = MappingProxyType({})
    errors: tuple[tuple[int, str, str], ...] = ()
    """Line, heading and code of mistakes, the first ERRORS_MAX."""
    version: int = 1
    rest: Mapping[str, Any] = MappingProxyType({})


def item(m: str, one: Import) -> Item:
    """The item of an import."""
    pk, sk = import_keys.imported(m, one.import_id)
    return {
        **one.rest, "PK": pk, "SK": sk, "phase": one.phase, "at": one.at_ms,
        "mapping": dict(one.mapping), "headings": list(one.headings), "doubts": list(one.doubts),
        "pages": one.pages, "lines": one.lines, "dry": one.dry_run, "next": one.next,
        "counts": dict(one.counts), "errors": [list(error) for error in one.errors],
        "ver": one.version,
    }  # fmt: skip


def of_item(found: Item) -> Import:
    """The import in an item."""
    take, rest = formats.taken(found)
    return Import(
        take("SK").removeprefix(import_keys.PREFIX), take("phase"), take("at"), take("mapping"),
        tuple(take("headings")), tuple(take("doubts")), take("pages"), take("lines"), take("dry"),
        take("next"), take("counts"), tuple((line, column, code) for line, column, code in
        take("errors")), take("ver"), rest,
    )  # fmt: skip


def read(table: Table, m: str, import_id: str) -> Import | None:
    """Return an import."""
    (found,) = table.get(import_keys.imported(m, import_id))
    return of_item(found) if found else None


def newest(table: Table, m: str, limit: int = 10) -> list[Import]:
    """Return the newest imports of a merchant: their ids rise with time."""
    page = table.query(
        keys.merchant(m)[0],
        prefix=import_keys.PREFIX,
        newest_first=True,
        limit=limit,
        consistent=True,
    )
    return [of_item(found) for found in page.items]


def put_pages(
    table: Table, m: str, import_id: str, rows: Sequence[Row], again: Collection[int], now_ms: int
) -> int:
    """Write the lines of a file; returns how many pages there are. `again` are the lines about
    somebody who is in an earlier one."""
    number = 0
    for first in range(0, len(rows), PAGE_LINES):
        some = rows[first : first + PAGE_LINES]
        text = json.dumps(some, ensure_ascii=False)
        twice = [line for line, _ in some if line in again]
        pk, sk = import_keys.page_key(m, import_id, number)
        ttl = now_ms // 1000 + PAGE_KEPT_S
        table.put({"PK": pk, "SK": sk, "rows": compress(text.encode()), "twice": twice,
                   "ttl": ttl})  # fmt: skip
        number += 1
    return number


def page(table: Table, m: str, import_id: str, number: int) -> Item | None:
    """Return some lines of a file as they are kept."""
    (found,) = table.get(import_keys.page_key(m, import_id, number))
    return found


def rows_of(found: Item) -> Iterator[Row]:
    """The lines of a page."""
    yield from json.loads(decompress(found["rows"]))


def new(m: str, one: Import) -> Put:
    """Return the write of a new import."""
    return Put(item(m, one), Absent())


def all_rows(table: Table, m: str, one: Import) -> list[Row]:
    """Return all lines of a file; none when they are not kept any more."""
    pages = (page(table, m, one.import_id, number) for number in range(one.pages))
    return [row for found in pages if found and "rows" in found for row in rows_of(found)]


def change(m: str, before: Import, after: Import) -> Put:
    """Return the write of a changed import, if it is still what was read."""
    new = after._replace(version=before.version + 1)
    return Put(item(m, new), Equals("ver", before.version))


def move(table: Table, writes: Sequence[Put]) -> None:
    """Write an import that has moved on, with what belongs to it; raises Cancelled when another run
    was there before."""
    table.transact(writes)


def put_done(table: Table, m: str, c: str, import_id: str, what: Mapping[str, Any]) -> Item:
    """Keep what is about to be done with a member, before it is done; returns what is kept, which
    is another run's when that came before."""
    pk, sk = import_keys.of_card(m, c, import_id)
    new = {"PK": pk, "SK": sk, **what}
    there = table.put(new, Absent())
    return new if there is None else there


def of_member(table: Table, m: str, c: str) -> list[Item]:
    """Return what all imports did with a member."""
    return list(table.items(keys.card(m, c), prefix=import_keys.DONE_PREFIX, consistent=True))
