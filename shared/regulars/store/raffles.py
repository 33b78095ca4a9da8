"""How a raffle lies in the table: each member's tickets by themselves, and the draw.

The tickets are written down a page of members at a time, each page with how far it came in one
transaction. When the last page is in, nobody can write a ticket any more: what is drawn from is
what stands there. They lie in the order of member ids, in which the draw goes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import decompress

from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, Cancelled, Condition, Equals, Put, Table

READ = 1_000
"""Tickets of members that are read at once for the draw."""

WRITTEN_MAX = 99
"""Members whose tickets are written in one transaction, beside how far it came."""


class Draw(NamedTuple):
    """A draw as it was made."""

    seed: str
    winners: list[str]
    tickets: dict[str, int] | None
    """Of a draw of before all tickets in one; now they lie by themselves."""


class Gathered(NamedTuple):
    """How far the tickets are written down."""

    step: int = 0
    start: dict[str, str] | None = None
    """Where the list of members goes on; None at its beginning and at its end."""

    @property
    def is_whole(self) -> bool:
        """Whether all tickets are written down."""
        return self.step > 0 and self.start is None


def read(table: Table, m: str, raffle_id: str) -> Draw | None:
    """Read a draw; None before it was made."""
    (item,) = table.get(keys.raffle(m, raffle_id))
    if item is None:
        return None
    if "drawn" in item:  # as draws were kept up to version 0.1
        old = json.loads(decompress(item["drawn"]))
        return Draw(old["seed"], old["winners"], old["tickets"])
    return Draw(item["seed"], item["winners"], None)


def tickets(table: Table, m: str, raffle_id: str) -> dict[str, int]:
    """Read the tickets of all members that were drawn from."""
    pk, sk = keys.ticket(m, raffle_id, "")
    found = table.items(pk, prefix=sk, consistent=True)
    return {_member(item): item["n"] for item in found}


def page(table: Table, m: str, raffle_id: str, after: str) -> dict[str, int]:
    """Read the tickets of the next members behind one, in the order of ids."""
    pk, first = keys.ticket(m, raffle_id, "")
    behind = keys.ticket(m, raffle_id, after)[1] if after else None
    found = table.query(pk, prefix=first, after=behind, limit=READ, consistent=True)
    return {_member(item): item["n"] for item in found.items}


def read_gathered(table: Table, m: str, raffle_id: str) -> Gathered:
    """Read how far the tickets are written down."""
    (item,) = table.get(keys.cursor(_name(m, raffle_id)))
    return Gathered(item["step"], item["start"]) if item else Gathered()


def gather(
    table: Table, m: str, raffle_id: str, so_far: Gathered, held: Mapping[str, int], start: Any
) -> None:
    """Write down the tickets of some members, unless another run has done so: `start` is where the
    list of members goes on then."""
    pk, sk = keys.cursor(_name(m, raffle_id))
    as_read: Condition = Equals("step", so_far.step) if so_far.step else Absent()
    progress: Item = {"PK": pk, "SK": sk, "step": so_far.step + 1, "start": start}
    puts = [Put(_ticket(m, raffle_id, one, count)) for one, count in held.items()]
    try:
        table.transact([Put(progress, as_read), *puts])
    except Cancelled:
        return  # whoever was first has written this page, and it goes on from there


def keep(table: Table, m: str, raffle_id: str, seed: str, winners: list[str]) -> bool:
    """Keep a draw; False when there is one already."""
    pk, sk = keys.raffle(m, raffle_id)
    item: Item = {"PK": pk, "SK": sk, "seed": seed, "winners": winners}
    return table.put(item, Absent()) is None


def _ticket(m: str, raffle_id: str, member_id: str, count: int) -> Item:
    pk, sk = keys.ticket(m, raffle_id, member_id)
    return {"PK": pk, "SK": sk, "n": count}


def _member(item: Item) -> str:
    return str(item["SK"].rpartition("#")[2])


def _name(m: str, raffle_id: str) -> str:
    return f"raffle:{m}:{raffle_id}"
