"""Write, read and verify the ledger of a card: entries that are only added, chained by hashes.

`canonical` is the exact text that is hashed and stored, so that anyone who holds the entries can
verify them: hash(n) = SHA-256(hash(n-1) + "\\n" + canonical(n)).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from regulars.domain.card import Card
from regulars.domain.reasons import Reason

Kind = Literal[
    "join", "earn", "bonus", "issue", "redeem", "cancel", "expire",
    "reverse", "adjust", "tier", "merge", "erase",
]  # fmt: skip

DEBT = "debt"
"""The `lot` of a line that books debt (negative) or pays it off (positive)."""


class Line(NamedTuple):
    """One amount booked: into or out of one lot of one unit, by one rule, for one reason.

    `lot` is `"<expires_on>"`, `"<expires_on>/<available_on>"` or `"debt"`.
    """

    unit: str
    amount: int
    lot: str
    rule: str
    reason: Reason


def granted(lines: Iterable[Line]) -> list[Line]:
    """List the lines that grant units; what returns or moves within a card is not granted."""
    return [line for line in lines if line.amount > 0 and not line.reason.moves_only]


class Entry(NamedTuple):
    """One journal entry: one operation on one card. It never changes."""

    seq: int
    op: str
    kind: Kind
    recorded_ms: int
    effective_ms: int
    source: str
    program_version: int
    lines: tuple[Line, ...]
    balances: Mapping[str, int]
    """Per unit the balance after the entry."""
    tier_from: str | None = None
    tier_to: str | None = None
    staff: str | None = None
    location: str | None = None
    facts: Mapping[str, Any] = MappingProxyType({})
    """Figures of the operation, by kind: spend, visits, order, carry, vouchers, reverses, note."""
    patch: Mapping[str, Any] | None = None
    """What it changes on the card besides what its lines tell (see `replay.py`); None in entries
    that were written before there were patches."""


def lot_name(expires_on: str, available_on: str) -> str:
    """Write the name of a lot in a line."""
    return f"{expires_on}/{available_on}" if available_on else expires_on


def lot_dates(name: str) -> tuple[str, str]:
    """Read the expiry and availability dates from a lot's name."""
    expires_on, _, available_on = name.partition("/")
    return expires_on, available_on


def canonical(entry: Entry) -> str:
    """Write the one JSON text of an entry: sorted keys, no spaces, absent values left out."""
    document: dict[str, Any] = {
        "seq": entry.seq,
        "op": entry.op,
        "kind": entry.kind,
        "at": entry.recorded_ms,
        "eff": entry.effective_ms,
        "src": entry.source,
        "prog": entry.program_version,
        "lines": [
            [line.unit, line.amount, line.lot, line.rule, dict(line.reason.stored)]
            for line in entry.lines
        ],
        "bal": dict(entry.balances),
        "facts": dict(entry.facts),
        "staff": entry.staff,
        "loc": entry.location,
        "st": None if entry.patch is None else dict(entry.patch),
    }
    if entry.tier_from != entry.tier_to:
        document["tier"] = [entry.tier_from, entry.tier_to]
    kept = {key: value for key, value in document.items() if value is not None}
    return _ENCODE(kept)


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Made once: `json.dumps` makes a new encoder for every call with options."""


UNREADABLE = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What reading a damaged entry can raise."""


@lru_cache(maxsize=256)
def parse(text: str) -> Entry:
    """Read the entry of a canonical text; raises one of UNREADABLE when it is not one.

    Cached: entries are shown, refunded and verified more than once.
    """
    document = json.loads(text)
    tier_from, tier_to = document.get("tier", (None, None))
    return Entry(
        seq=int(document["seq"]),
        op=document["op"],
        kind=document["kind"],
        recorded_ms=int(document["at"]),
        effective_ms=int(document["eff"]),
        source=document["src"],
        program_version=document["prog"],
        lines=tuple(
            Line(unit, amount, lot, rule, Reason(why))
            for unit, amount, lot, rule, why in document["lines"]
        ),
        balances=document["bal"],
        tier_from=tier_from,
        tier_to=tier_to,
        staff=document.get("staff"),
        location=document.get("loc"),
        facts=document["facts"],
        patch=document.get("st"),
    )


def chain(previous: str, text: str) -> str:
    """Compute the hash of a canonical text after the entry whose hash is `previous`."""
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


class Recorded(NamedTuple):
    """An entry as it is stored: its canonical text and its place in the chain."""

    text: str
    prev: str
    hash: str


def recorded(entry: Entry, prev: str) -> Recorded:
    """Make the stored form of an entry after the one whose hash is `prev`."""
    text = canonical(entry)
    return Recorded(text, prev, chain(prev, text))


class Chain:
    """Sequence, hashes and balances of the entries seen so far."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seq = 0
        self.head = ""
        self._recorded_ms = 0
        self._sums: dict[str, dict[str, int]] = {}

    def add(self, stored: Recorded) -> None:
        """Check the next entry, from the first to the newest."""
        self.seq += 1
        seq = self.seq
        try:
            entry = parse(stored.text)
            found = list(_entry_problems(entry, seq, self._recorded_ms, self._sums))
        except UNREADABLE:
            found = [f"entry {seq} cannot be read"]  # damaged, so its hash does not fit either
        else:
            self.seq, self._recorded_ms = entry.seq, entry.recorded_ms
        if stored.prev != self.head or chain(self.head, stored.text) != stored.hash:
            found.append(f"entry {self.seq} does not follow from the entry before it")
        self.problems += found
        self.head = stored.hash

    def against(self, card: Card) -> list[str]:
        """List in words where a card is not at the end of the chain or holds other lots."""
        problems = []
        if (card.seq, card.head) != (self.seq, self.head):
            problems.append(f"the card is at entry {card.seq}, the ledger ends at {self.seq}")
        return problems + _lot_problems(card, self._sums)


def verify(card: Card, entries: Iterable[Recorded]) -> list[str]:
    """Recompute sequence, chain and balances of a card; return the problems in words.

    `entries` are all entries from the first to the newest.
    """
    chain_of_all = Chain()
    for stored in entries:
        chain_of_all.add(stored)
    return [*chain_of_all.problems, *chain_of_all.against(card)]


def _entry_problems(
    entry: Entry, seq: int, recorded_ms: int, sums: dict[str, dict[str, int]]
) -> Iterator[str]:
    """Check the entry at `seq` and add its lines to `sums`."""
    if entry.seq != seq:
        yield f"entry {entry.seq} is where {seq} should be"
    if entry.recorded_ms <= recorded_ms:
        yield f"entry {entry.seq} is not later than the entry before it"
    for line in entry.lines:
        lots = sums.setdefault(line.unit, {})
        lots[line.lot] = lots.get(line.lot, 0) + line.amount
    for unit, balance in entry.balances.items():
        if sum(sums.get(unit, {}).values()) != balance:
            yield f"entry {entry.seq} states another balance of {unit}"


def _lot_problems(card: Card, sums: Mapping[str, Mapping[str, int]]) -> list[str]:
    problems = []
    for unit in sorted({*sums, *card.units()}):
        held = {lot_name(*lot.key): lot.amount for lot in card.lots.get(unit, ())}
        if debt := card.debt.get(unit):
            held[DEBT] = -debt
        booked = {name: amount for name, amount in sums.get(unit, {}).items() if amount}
        if held != booked:
            problems.append(f"the lots of {unit} on the card are not those of the ledger")
        if any(amount < 0 for name, amount in booked.items() if name != DEBT):
            problems.append(f"a lot of {unit} is below zero")
    return problems
