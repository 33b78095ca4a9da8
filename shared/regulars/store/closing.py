"""A merchant that was closed: its programme is put away, so that nothing finds it any more.

Every way to a merchant reads the programme in force: keys, sessions, pages, jobs. One transaction
puts it away, with that of the sandbox and all hooks; until members are erased, another one puts
everything back. What was closed stands in the merchant's item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from regulars.core.tokens import twin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.conditions import Equals, same_version
from regulars.store.marshal import Item
from regulars.store.table import Cancelled, Put, Table

DAY_MS = 86_400_000
GRACE_MS = 30 * DAY_MS
"""How long after it was closed a merchant can be opened again, before members are erased."""

SETTLES_MS = 10 * 60 * 1000
"""Longer than any function lives that books something: what was under way when the merchant was
closed is over then."""

KEPT_MS = 90 * DAY_MS
"""How long an archive is kept, as the template says."""

TRIES_MAX = 5
CHANGING = "The merchant is being changed by others; try again."


class Archive(NamedTuple):
    """Everything of a merchant, in one object of the archive's bucket."""

    key: str
    sha256: str
    size: int
    """In bytes, compressed."""
    made_ms: int

    @property
    def until_ms(self) -> int:
        """Until when it is kept."""
        return self.made_ms + KEPT_MS


class Closing(NamedTuple):
    """When a merchant was closed, and how far it came since."""

    at_ms: int
    phase: Literal["closing", "erasing", "closed"]
    archive: Archive | None

    @property
    def erases_ms(self) -> int:
        """When members begin to be erased."""
        return self.at_ms + GRACE_MS


def of_item(item: Item) -> Closing | None:
    """Return what a merchant's item says of its closing; None for one that is open."""
    kept = item.get("closing")
    if kept is None:
        return None
    archive = Archive(**kept["archive"]) if "archive" in kept else None
    return Closing(kept["at"], kept["phase"], archive)


def read(table: Table, merchant_id: str) -> Closing | None:
    """Return the closing of a merchant; None for one that is open, or not there."""
    (item,) = table.get(keys.merchant(merchant_id))
    return of_item(item) if item else None


def as_it_was(program_item: Item) -> Item:
    """Return the programme's item as it was before it was put away."""
    was: Mapping[str, Any] = program_item.get("was", {})
    return {"PK": program_item["PK"], "SK": program_item["SK"], **was} if was else program_item


def close(table: Table, live: str, at_ms: int, writes: Sequence[Put]) -> None:
    """Close a merchant and its sandbox, and write what goes with it; nothing for one that is closed
    already. Raises NOT_FOUND, CONFLICT when others keep changing it."""
    closed = {"at": at_ms, "phase": "closing"}
    for _ in range(TRIES_MAX):
        merchants, programs = _read(table, live)
        if of_item(merchants[0]):
            return
        puts = [
            *(_merchant_put(item, {**item, "closing": closed}) for item in merchants),
            *(_put_away(item, at_ms) for item in programs),
            *writes,
        ]
        if _written(table, puts):
            return
    raise Refused(RefusalCode.CONFLICT, CHANGING)


def reopen(table: Table, live: str, writes: Sequence[Put]) -> None:
    """Put everything back; nothing for a merchant that is open. Raises NOT_FOUND, UNDO_EXPIRED when
    members are erased already, CONFLICT."""
    for _ in range(TRIES_MAX):
        merchants, programs = _read(table, live)
        closing = of_item(merchants[0])
        if closing is None:
            return
        if closing.phase != "closing":
            raise Refused(RefusalCode.UNDO_EXPIRED, "Its members are erased already.")
        puts = [*map(_opened, merchants), *map(_put_back, programs), *writes]
        if _written(table, puts):
            return
    raise Refused(RefusalCode.CONFLICT, CHANGING)


def go_on(table: Table, live: str, closing: Closing, *writes: Put) -> None:
    """Write how far the closing of a merchant came. Raises CONFLICT when it was opened again."""
    (item,) = table.get(keys.merchant(live))
    before = of_item(item) if item else None
    if item is None or before is None or before.at_ms != closing.at_ms:
        raise Refused(RefusalCode.CONFLICT, CHANGING)
    kept: dict[str, Any] = {"at": closing.at_ms, "phase": closing.phase}
    if closing.archive:
        kept["archive"] = closing.archive._asdict()
    if not _written(table, [_merchant_put(item, {**item, "closing": kept}), *writes]):
        raise Refused(RefusalCode.CONFLICT, CHANGING)


def _read(table: Table, live: str) -> tuple[list[Item], list[Item]]:
    """The items and the programmes of a merchant and its sandbox; raises NOT_FOUND."""
    pair = (live, twin(live))
    found = table.get(*map(keys.merchant, pair), *map(keys.program, pair))
    there = [item for item in found if item]
    if len(there) < len(found):
        raise Refused(RefusalCode.NOT_FOUND)
    return there[:2], there[2:]


def _written(table: Table, puts: Sequence[Put]) -> bool:
    try:
        table.transact(puts)
    except Cancelled:
        return False
    return True


def _merchant_put(before: Item, after: Item) -> Put:
    return Put({**after, "ver": before.get("ver", 0) + 1}, same_version(before))


def _opened(item: Item) -> Put:
    return _merchant_put(item, {name: it for name, it in item.items() if name != "closing"})


def _put_away(item: Item, at_ms: int) -> Put:
    """The programme without a version: whoever would publish over the one they read cannot."""
    was = {name: it for name, it in item.items() if name not in {"PK", "SK"}}
    away = {"PK": item["PK"], "SK": item["SK"], "closed": at_ms, "was": was}
    return Put(away, Equals("version", item["version"]))


def _put_back(item: Item) -> Put:
    return Put(as_it_was(item), Equals("closed", item["closed"]))
