"""Versions of a programme: those that were published, and those that wait for their time.

A waiting version has its number from the beginning: `top` in the programme in force is the highest
number that was given, so that none is given twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.merchants import packed
from regulars.store.table import Absent, Cancelled, Equals, ItemPage, Put, Table

WAITING_MAX = 20


class Waiting(NamedTuple):
    """A version that is to be published at its time, or was refused then."""

    version: int
    at_ms: int
    state: str
    """`waiting`, `refused`, `withdrawn` or `published`."""
    note: str
    by: str
    item: Item


def next_number(program_item: Item) -> int:
    """Return the number of the next version that is published or scheduled."""
    return int(max(program_item["version"], program_item.get("top", 0))) + 1


def schedule(
    table: Table,
    m: str,
    program_item: Item,
    document: Mapping[str, Any],
    at_ms: int,
    about: Mapping[str, Any],
    mark: Item,
    *,
    confirmed: bool,
) -> int:
    """Keep a checked document until its time, with the due mark that comes then, and return its
    number. Raises STALE_VERSION when the programme in force is another by now."""
    version = next_number(program_item)
    pk, sk = keys.waiting(m, version)
    item = {
        "PK": pk, "SK": sk, "version": version, "at": at_ms, "state": "waiting",
        "document": packed(document), "confirmed": confirmed, **about,
    }  # fmt: skip
    current = Put({**program_item, "top": version}, Equals("version", program_item["version"]))
    try:
        table.transact([current, Put(item, Absent()), Put(mark)])
    except Cancelled as cancelled:
        raise Refused(
            RefusalCode.STALE_VERSION, "The programme was changed since; read it again."
        ) from cancelled
    return version


def waiting(table: Table, m: str) -> list[Waiting]:
    """List the versions that were scheduled, whatever became of them, by number."""
    pk, _ = keys.waiting(m, 0)
    found, start = [], None
    while True:
        page = table.query(pk, prefix=keys.WAITING_PREFIX, start=start, consistent=True)
        found += [_waiting_of(item) for item in page.items]
        start = page.next
        if start is None:
            return found


def close(table: Table, one: Waiting, state: str, why: str = "") -> bool:
    """Take a version off what waits; tell whether it was still waiting."""
    item = {**one.item, "state": state, **({"note": why} if why else {})}
    return table.put(item, Equals("state", "waiting")) is None


def published(table: Table, m: str, limit: int, before: int | None) -> ItemPage:
    """Return a page of the versions that were published, newest first, below a number."""
    pk, _ = keys.program(m)
    after = None if before is None else keys.program_version(m, before)[1]
    return table.query(
        pk, prefix=keys.VERSION_PREFIX, newest_first=True, limit=limit, after=after,
        consistent=True,
    )  # fmt: skip


def _waiting_of(item: Item) -> Waiting:
    return Waiting(
        item["version"], item["at"], item["state"], item.get("note", ""), item.get("by", ""), item
    )
