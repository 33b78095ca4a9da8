"""A member's places in lists: small items that the index sorts, and how many each list has.

A place lies in the partition of the card under a fixed slot, so that all of a member's places are
read at once. What it says about the member is repeated in each, so that a list can be filtered
without reading cards. Places and counts are written in one transaction: a count is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from regulars.store import keys, list_keys
from regulars.store.conditions import Absent, AbsentOr, Condition, Equals
from regulars.store.marshal import Item
from regulars.store.table import Count, Put, Table

NAME = "name"
PHONE = "phone"
SEEN = "seen"
"""Lists that are not counted: by each part of the name, by the telephone number from its end, by
the month of the last visit."""

NAME_PARTS = 6
"""Words of a name by which a member is found."""

MOST = 10**9
_BESIDE = frozenset({"n", "ttl"})
_KNOWN = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "full", "tier", "segment", *_BESIDE})
"""What this version knows of a place; the rest is a newer version's, and stays."""
EMPTIED_S = 24 * 3600
"""After so many seconds the table removes a place that was emptied."""


class Place(NamedTuple):
    """Where a member stands: in which list, and where in it."""

    list: str
    order: str


def tier(tier_id: str) -> str:
    """The list of those who have a tier; of those without one for an empty id."""
    return f"tier#{tier_id}"


def segment(name: str) -> str:
    """The list of those in a segment."""
    return f"segment#{name}"


def birthday(month: str) -> str:
    """The list of those whose birthday is in a month, `01` to `12`."""
    return f"birthday#{month}"


def read(table: Table, m: str, c: str) -> dict[str, Item]:
    """Return a member's places by slot, those too that were emptied."""
    prefix = list_keys.PLACE_PREFIX
    items = table.items(keys.card(m, c), prefix=prefix, consistent=True)
    return {item["SK"].removeprefix(prefix): item for item in items}


def changes(
    m: str, c: str, kept: Mapping[str, Item], wanted: Mapping[str, Place],
    facts: Mapping[str, str], now_ms: int,
) -> list[Put | Count]:  # fmt: skip
    """Return what makes the places of a member those that are wanted, with the counts; each write
    only if the place is still what was read."""
    writes: list[Put | Count] = []
    counted: Counter[str] = Counter()
    for slot in {**kept, **wanted}:
        old, place = kept.get(slot), wanted.get(slot)
        new = _item(m, c, slot, place, facts)
        was = _list_of(m, old)
        rest = {name: old[name] for name in old if name not in _KNOWN} if old and place else {}
        if old and {**rest, **new} == {name: old[name] for name in old if name not in _BESIDE}:
            continue
        number = (old["n"] if old else 0) + 1
        ends = {} if place else {"ttl": now_ms // 1000 + EMPTIED_S}
        writes.append(Put({**rest, **new, **ends, "n": number}, _as_read(old)))
        counted[was] -= 1
        counted[place.list if place else ""] += 1
    names = sorted(name for name, by in counted.items() if by and "#" in name)
    return [*writes, *(Count(list_keys.count(m, one), counted[one], MOST) for one in names)]


def write(table: Table, writes: list[Put | Count]) -> None:
    """Write changes of places, if there are any; raises Cancelled when a place is another by
    now."""
    if writes:
        table.transact(writes)


def counts(table: Table, m: str, names: Iterable[str]) -> dict[str, int]:
    """Return how many members lists have."""
    wanted = list(names)
    items = table.get(*(list_keys.count(m, name) for name in wanted), consistent=False)
    return {name: item.get("n", 0) if item else 0 for name, item in zip(wanted, items, strict=True)}


def _item(m: str, c: str, slot: str, place: Place | None, facts: Mapping[str, str]) -> Item:
    pk, sk = list_keys.place(m, c, slot)
    if place is None:
        return {"PK": pk, "SK": sk}
    where = {"GSI1PK": list_keys.members_in(m, place.list), "GSI1SK": place.order}
    return {"PK": pk, "SK": sk, **where, **facts}


def _list_of(m: str, item: Mapping[str, Any] | None) -> str:
    partition: str = item.get("GSI1PK", "") if item else ""
    return partition.removeprefix(list_keys.members_in(m, ""))


def _as_read(old: Item | None) -> Condition:
    if old is None:
        return Absent()
    same = Equals("n", old["n"])
    return same if "GSI1PK" in old else AbsentOr(same)
