"""Versions of a programme: those that were published, and those that wait for their time.

A waiting version has its number from the beginning: `top` in the programme in force is the highest
number that was given, so that none is given twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.merchants import CHANGING, packed
from regulars.store.table import Absent, Cancelled, Check, Equals, ItemPage, Put, Table

WAITING_MAX = 20
CLOSED_DAYS = 366


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
    extra: Sequence[Put],
    *,
    confirmed: bool,
) -> int:
    """Keep a checked document until its time, with the due mark that comes then and what else goes
    with it, and return its number, which is the `next_number` of the programme in force.

    Raises CONFLICT when another programme is in force by now, or the number was given meanwhile.
    """
    version = next_number(program_item)
    pk, sk = keys.waiting(m, version)
    item = {
        "PK": pk, "SK": sk, "version": version, "at": at_ms, "state": "waiting",
        "document": packed(document), "confirmed": confirmed, **about,
    }  # fmt: skip
    current = Put({**program_item, "top": version}, Equals("version", program_item["version"]))
    try:
        table.transact([current, Put(item, Absent()), *extra])
    except Cancelled as cancelled:
        raise Refused(RefusalCode.CONFLICT, CHANGING) from cancelled
    return version


def waiting(table: Table, m: str) -> list[Waiting]:
    """List the versions that were scheduled and are not forgotten yet, by number."""
    pk, _ = keys.waiting(m, 0)
    items = table.items(pk, prefix=keys.WAITING_PREFIX, consistent=True)
    return [_waiting_of(item) for item in items]


def find(table: Table, m: str, version: int) -> Waiting | None:
    """Read one version that was scheduled."""
    (item,) = table.get(keys.waiting(m, version))
    return _waiting_of(item) if item else None


def close(table: Table, writes: Sequence[Put]) -> bool:
    """Carry out what `closed` returned; tell whether the version was still waiting."""
    try:
        table.transact(writes)
    except Cancelled:
        return False
    return True


def closed(one: Waiting, state: str, now_ms: int, no_mark: Item, why: str = "") -> list[Put]:
    """Return what takes a version off what waits, and its due mark off the list. What it was stays
    readable for a year; its document does not, because nothing reads it any more."""
    item = {name: value for name, value in one.item.items() if name != "document"}
    item |= {"state": state, "ttl": now_ms // 1000 + CLOSED_DAYS * 86_400}
    if why:
        item["note"] = why
    return [Put(item, Equals("state", "waiting")), Put(no_mark)]


def put_mark(table: Table, merchant_id: str, version: int, mark: Item) -> None:
    """Write when a merchant's job is due next, as programme `version` says. When another version is
    in force by now, its own mark was written with it, and stays."""
    in_force = Check(keys.program(merchant_id), Equals("version", version))
    with suppress(Cancelled):
        table.transact([in_force, Put(mark)])


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
