"""Rebuild a card from its entries alone.

Lots and debt follow from the lines. Whatever else an entry changes stands in its patch: for each
field that is other than what follows, its value afterwards. So the entries of a card tell
all of its state, but for the due list, which is a lower bound and computed again.

Entries that were written before there were patches tell lots, debt, the tier's id and the windows.
The first entry after them holds the whole state; until then the rest is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from regulars.domain import calendar
from regulars.domain.card import Card, Lot, Use, normal
from regulars.domain.compact import FIELDS, Field, voucher_of
from regulars.domain.ledger import DEBT, UNREADABLE, Entry, Line, Recorded, lot_dates, parse
from regulars.domain.operations import Refunded, Voucher
from regulars.domain.reasons import ReasonKind

BASE = "*"
"""The key of a patch that holds the whole state, not a change of it."""

REFUNDED = "r"
"""The key under which a patch says what has been refunded of a sale, by the number of its entry."""

_CHAIN = frozenset({"seq", "head", "recorded_ms"})
"""Told by the entry's place in the chain."""

_NOT_IN_ENTRIES = _CHAIN | {"traced", "due"}
IN_ENTRIES = tuple(name for name in FIELDS if name not in _NOT_IN_ENTRIES)
"""The fields that entries tell, besides their place in the chain."""

_OLD = frozenset({"lots", "debt", "windows", "lifetime", "enrolled_ms"})
"""What entries without a patch tell, too (windows as long as nothing was refunded)."""

_FIELD_OF: Mapping[str, tuple[str, Field]] = {
    field.key: (name, field) for name, field in FIELDS.items()
}


class Difference(NamedTuple):
    """One place in which a stored card is not what its entries say; values as they are written."""

    path: str
    stored: Any
    replayed: Any


def patch_of(before: Card, entry: Entry, after: Card) -> dict[str, Any]:
    """Write what an entry changes besides what follows from it, in as few characters as it takes.

    A card whose older entries have no patches gets one that holds the whole state.
    """
    whole = bool(before.seq) and not before.traced
    follows = _following(_bare(before) if whole else before, entry)
    changes: dict[str, Any] = {BASE: 1} if whole else {}
    for name in IN_ENTRIES:
        was, now = getattr(follows, name), getattr(after, name)
        if was is now or was == now:
            continue
        field = FIELDS[name]
        if field.each:
            changes[field.key] = {
                str(key): field.write(now[key]) if key in now else None
                for key in dict.fromkeys((*was, *now))
                if was.get(key) != now.get(key)
            }
        else:
            changes[field.key] = field.write(now)
    return changes


def refunded_patch(of_seq: int, refunded: Refunded) -> dict[str, Any]:
    """Write what has been refunded of the sale in entry `of_seq`, for the patch of the entry that
    changes it."""
    minor, rules, listed_minor, vouchers, *more, _ = refunded
    return {REFUNDED: {str(of_seq): [minor, dict(rules), listed_minor, list(vouchers), *more]}}


def _bare(card: Card) -> Card:
    """The part of a card that lines tell."""
    return Card(card.member_id, lots=card.lots, debt=card.debt)


def _following(card: Card, entry: Entry) -> Card:
    """Return the card after the lines of an entry; joining begins the membership."""
    if entry.kind == "join" and not card.enrolled_ms:
        card = card._replace(enrolled_ms=entry.recorded_ms)
    moved: dict[str, list[Lot]] = {}
    for line in entry.lines:
        if line.lot == DEBT:
            card = card.with_debt(line.unit, card.debt.get(line.unit, 0) - line.amount)
        else:
            moved.setdefault(line.unit, []).append(Lot(*lot_dates(line.lot), line.amount))
    for unit, pieces in moved.items():
        card = card.with_lots(unit, normal((*card.lots.get(unit, ()), *pieces)))
    return card


def _patched(card: Card, patch: Mapping[str, Any]) -> Card:
    """Return the card with what a patch says. Fields of a later version are left out."""
    values: dict[str, Any] = {}
    for key, change in patch.items():
        if key not in _FIELD_OF:
            continue
        name, field = _FIELD_OF[key]
        if not field.each:
            values[name] = field.read(change)
            continue
        changed = dict(getattr(card, name))
        for written, one in change.items():
            known: Any = int(written) if name == "windows" else written
            if one is None:
                changed.pop(known, None)
            else:
                changed[known] = field.read(written, one)
        values[name] = changed
    return card._replace(**values)


class Fold:
    """The card and the vouchers of the entries seen so far."""

    def __init__(self, member_id: str, zone: str) -> None:
        self.card = Card(member_id)
        self.unknown: frozenset[str] = frozenset()
        """Fields of the card that the entries do not tell."""
        self.vouchers: dict[str, Voucher] = {}
        """Every voucher as it stands; an empty code is not known."""
        self.refunded: dict[int, Refunded] = {}
        """By number of its entry what has been refunded of a sale, as far as entries tell it."""
        self.ops: dict[int, tuple[str, ...]] = {}
        """By number the ids of the newest entries' operations: their own, and the natural one."""
        self._zone = zone

    def watching(self, entries: Iterable[Recorded]) -> Iterator[Recorded]:
        """Pass entries on, from the first to the newest, and take them in on the way; those that
        cannot be read are left out."""
        for stored in entries:
            with suppress(*UNREADABLE):
                self.add(parse(stored.text), stored.hash)
            yield stored

    def add(self, entry: Entry, digest: str) -> None:
        """Take in the next entry."""
        patch = entry.patch
        before = self.card.open
        if patch is not None and BASE in patch:
            self.card = _bare(self.card)._replace(traced=entry.seq)
            self.unknown = frozenset()
        self.card = _following(self.card, entry)
        if patch is None:
            self._without_patch(entry)
        else:
            self.card = _patched(self.card, patch)
            if entry.seq == 1:
                self.card = self.card._replace(traced=1)
        self.card = self.card._replace(seq=entry.seq, head=digest, recorded_ms=entry.recorded_ms)
        for of_seq, written in (patch or {}).get(REFUNDED, {}).items():
            minor, rules, listed_minor, vouchers, *more = written
            self.refunded[int(of_seq)] = Refunded(
                minor, rules, listed_minor, tuple(vouchers), *more
            )
        self.ops = {seq: ids for seq, ids in self.ops.items() if seq > entry.seq - OPS_KEPT}
        self.ops[entry.seq] = (entry.op, *_natural_ids(entry, self.card.member_id))
        if "moved_to" in entry.facts:  # its order belongs to the other card since
            self.ops.pop(entry.facts["reverses"], None)
        self._vouchers(entry, before)

    def _without_patch(self, entry: Entry) -> None:
        """Take in an entry that was written before there were patches."""
        unknown = self.unknown | (set(IN_ENTRIES) - _OLD)
        facts = entry.facts
        if entry.kind == "reverse":
            unknown |= {"windows", "lifetime"}
        day = calendar.local_date(calendar.from_ms(entry.effective_ms), self._zone)
        counted = (facts.get("spend", 0), facts.get("visits", 0), facts.get("points", 0))
        self.card = self.card.with_window(calendar.month_index(day), *counted)
        self.unknown = unknown

    def _vouchers(self, entry: Entry, before: Mapping[str, Any]) -> None:
        """Follow what the entry did with vouchers: by its facts, then by what is open after it."""
        for voucher_id in entry.facts.get("vouchers", ()):
            self.vouchers[voucher_id] = _issued(entry, voucher_id)
        for voucher_id, written in entry.facts.get("came", {}).items():
            self.vouchers[voucher_id] = voucher_of(voucher_id, entry.seq, written)
        closed = [*entry.facts.get("returned", ())]
        if entry.patch is None or BASE in entry.patch:  # what was open before is not known
            before = dict.fromkeys(_named_as_closed(entry))
        closed += [one for one in before if one not in self.card.open]
        for voucher_id in closed:
            if voucher_id in self.vouchers and self.vouchers[voucher_id].status == "issued":
                self.vouchers[voucher_id] = self.vouchers[voucher_id]._replace(
                    status=_ending(entry, voucher_id), closed_ms=entry.recorded_ms, left_minor=0
                )
        for voucher_id, held in self.card.open.items():
            if held != before.get(voucher_id):
                known = self.vouchers.get(voucher_id) or _issued(entry, voucher_id)
                self.vouchers[voucher_id] = known._replace(
                    code=held.code,
                    reward_id=held.reward_id,
                    status="issued",
                    issued_ms=held.issued_ms,
                    expires_on=held.expires_on,
                    closed_ms=0,
                    version=held.version,
                    benefit=held.benefit,
                    value_minor=held.value_minor,
                    left_minor=held.left_minor,
                )
        for voucher_id, changes in entry.facts.get("credit", {}).items():
            if voucher_id in self.vouchers:
                known = self.vouchers[voucher_id]
                self.vouchers[voucher_id] = known._replace(uses=_used(entry, known.uses, changes))


_ENDINGS = ("redeemed", "moved")
"""Under which names of its facts an entry lists vouchers that it has closed so."""

OPS_KEPT = 100
"""Of so many of the newest entries the operation is remembered."""


def replay(member_id: str, entries: Iterable[Recorded], zone: str) -> Fold:
    """Rebuild a card from all its entries; `zone` dates those that have no patch."""
    fold = Fold(member_id, zone)
    for _ in fold.watching(entries):
        pass
    return fold


def differences(stored: Card, fold: Fold) -> list[Difference]:
    """List where a stored card is not what its entries say; what they do not tell is left out."""
    found = []
    replayed = fold.card
    for name in (*_CHAIN, *IN_ENTRIES):
        was, now = getattr(stored, name), getattr(replayed, name)
        if name in fold.unknown or was == now:
            continue
        field = FIELDS[name]
        if not field.each:
            found.append(Difference(name, field.write(was), field.write(now)))
            continue
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                month = calendar.month_start(key).isoformat()[:7] if name == "windows" else ""
                path = f"{name}.{month or key}"
                sides = (field.write(it[key]) if key in it else None for it in (was, now))
                found.append(Difference(path, *sides))
    return sorted(found)


def rebuilt(stored: Card | None, fold: Fold) -> Card:
    """Return the card as its entries say. What they do not tell is kept as it was stored; nothing
    is on the due list."""
    unknown = (*fold.unknown, "rest")
    kept = {name: getattr(stored, name) for name in unknown} if stored else {}
    return fold.card._replace(version=stored.version if stored else 0, **kept)


def _natural_ids(entry: Entry, member_id: str) -> Iterator[str]:
    """Return the ids under which an operation is known whatever key it came with."""
    facts = entry.facts
    if entry.kind == "reverse":
        if "refund" in facts:
            yield f"refund:{facts['refund']}"
    elif "order" in facts and entry.kind in {"earn", "tier"} and "revises" not in facts:
        yield f"order:{facts['order']}"
    if "action" in facts and "ref" in facts:
        yield f"action:{member_id}:{facts['action']}:{facts['ref']}"


def _used(
    entry: Entry, uses: tuple[Use, ...], changes: Iterable[tuple[int, int]]
) -> tuple[Use, ...]:
    """Return the uses of a credit after an entry: `changes` are (money, entry that used it), below
    0 for what was put back."""
    for amount, seq in changes:
        if amount < 0:
            uses = tuple(one for one in uses if one.seq != seq)
        else:
            order_id = entry.facts.get("order", "")
            uses = (*uses, Use(amount, entry.recorded_ms, order_id, seq))
    return uses


def _named_as_closed(entry: Entry) -> Iterator[str]:
    """Return the vouchers that an entry says it has closed, besides those given back."""
    if entry.kind == "redeem" and "voucher" in entry.facts:
        yield entry.facts["voucher"]
    for status in _ENDINGS:
        yield from entry.facts.get(status, ())


def _ending(entry: Entry, voucher_id: str) -> Any:
    """How a voucher ends that an entry closes."""
    for status in _ENDINGS:
        if voucher_id in entry.facts.get(status, ()):
            return status
    return {"redeem": "redeemed", "expire": "expired"}.get(entry.kind, "cancelled")


def _issued(entry: Entry, voucher_id: str) -> Voucher:
    """The voucher an entry issued, as far as its lines tell."""
    locked = [line for line in entry.lines if _locks(line, voucher_id)]
    pieces = [Lot(*lot_dates(line.lot), -line.amount) for line in locked]
    return Voucher(
        voucher_id=voucher_id,
        code="",
        reward_id=locked[0].reason.reward_id if locked else "",
        status="issued",
        unit=locked[0].unit if locked else "",
        lots=tuple(pieces),
        issued_ms=entry.recorded_ms,
        expires_on="",
        issued_seq=entry.seq,
    )


def _locks(line: Line, voucher_id: str) -> bool:
    return line.reason.kind is ReasonKind.REWARD and line.reason.voucher_id == voucher_id
