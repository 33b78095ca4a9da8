"""Finds where a sale is that was booked on a card which was merged into another since.

The order still leads to the entry it was booked with. The first time that the sale is refunded or
changed, an entry of the card that is kept makes it one of that card's; nothing else moves by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

from regulars.domain import current_sale
from regulars.domain.ledger import Entry
from regulars.domain.operations import Carry, Origin, Refunded, Voucher
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.load import program_of
from regulars.store import cards, keys, reversals
from regulars.store.ledger import Ledger, TakenError
from regulars.store.merges import merged_along
from regulars.store.table import Check, Equals


def place(
    ledger: Ledger, program: Program, member_id: str, seq: int, now: datetime | None
) -> tuple[str, int]:
    """Return member and entry number of a sale of a card that was merged: those under which it was
    carried over; without `now` where it is, when it was not. Raises NOT_FOUND."""
    if known := ledger.find_order(_op(member_id, seq)):
        return known
    return _carry(ledger, program, member_id, seq, now) if now else (member_id, seq)


def as_booked(ledger: Ledger, member_id: str, entry: Entry) -> Entry:
    """Return the entry that a sale was booked with: of one that was carried over the one on the
    other card, as it was sent last there, under its number on this one."""
    if "carried" not in entry.facts:
        return entry
    of, seq, revised_seq = entry.facts["carried"]
    found = as_booked(ledger, of, _entry(ledger, of, seq))
    return as_sent_last(ledger, of, found, revised_seq)._replace(seq=entry.seq)


def as_sent_last(ledger: Ledger, member_id: str, entry: Entry, revised_seq: int) -> Entry:
    """Return a sale as it stands: with its newest revision, if there is one."""
    if not revised_seq:
        return entry
    return current_sale.as_sent_last(entry, _entry(ledger, member_id, revised_seq))


def version(ledger: Ledger, program: Program, entry: Entry) -> Program:
    """The programme as it held when a sale was booked, on whatever card; the one in force if that
    is lost."""
    number = entry.facts.get(current_sale.SALE, {}).get("prog", entry.program_version)
    if program.version != number:
        key = keys.program_version(ledger.merchant_id, number)
        (item,) = ledger.table.get(key)
        program = program_of(item) if item else program
    return program.at(entry.recorded_ms)


_UNDONE = "The merge has just been undone; try again."


def _carry(
    ledger: Ledger, program: Program, member_id: str, seq: int, now: datetime
) -> tuple[str, int]:
    """Make a sale one of the card that is kept."""
    table, m = ledger.table, ledger.merchant_id
    kept, entry = ledger.card(member_id), _entry(ledger, member_id, seq)
    if kept is None:
        raise Refused(RefusalCode.NOT_FOUND)
    sale = as_booked(ledger, member_id, entry)
    (item,) = table.get(keys.refunded(m, member_id, seq))
    refunded = reversals.refunded_of(item, version(ledger, program, sale))
    along, order_id = merged_along(table, m, member_id), sale.facts.get("order", "")
    if not along or along[-1].merged_into != kept.member_id:
        raise Refused(RefusalCode.CONFLICT, _UNDONE)
    others = [card.member_id for card in along]
    redeemed = reversals.redeemed_with(table, m, order_id, *others) if order_id else []
    ids = dict.fromkeys((*sale.facts.get("vouchers", ()), *refunded.vouchers, *redeemed))
    closed = tuple(_closed(ledger, others, kept.member_id, ids))
    operation = _operation(member_id, seq, order_id, refunded, closed)
    pointers = [reversals.redeemed_put(m, kept.member_id, order_id, one) for one in redeemed]
    still = [Check(keys.state(m, one.member_id), Equals("ver", one.version)) for one in along]
    try:
        answer = ledger.perform(
            program, kept, operation, now, extra=(*pointers, *still), fresh=True
        )
    except TakenError as taken:
        raise Refused(RefusalCode.CONFLICT, _UNDONE) from taken
    return answer.member_id, answer.seq


def _operation(
    member_id: str, seq: int, order_id: str, refunded: Refunded,
    closed: tuple[tuple[str, Voucher], ...],
) -> Carry:  # fmt: skip
    origin = Origin(_op(member_id, seq), "job", entropy=os.urandom(16))
    return Carry(origin, member_id, seq, order_id, refunded, closed)


def _closed(
    ledger: Ledger, others: Iterable[str], kept_id: str, ids: Iterable[str]
) -> Iterable[tuple[str, Voucher]]:
    """Yield the vouchers that ended on another card and are not known on the one that is kept."""
    m = ledger.merchant_id
    for voucher_id in ids:
        here, *there = ledger.table.get(
            *(keys.voucher(m, one, voucher_id) for one in (kept_id, *others))
        )
        if here is not None:
            continue
        for of, item in zip(others, there, strict=True):
            if item and item["status"] not in {"issued", "moved"}:
                yield of, cards.voucher_of(item)


def _entry(ledger: Ledger, member_id: str, seq: int) -> Entry:
    (item,) = ledger.table.get(keys.entry(ledger.merchant_id, member_id, seq))
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return cards.entry_of(item)


def _op(member_id: str, seq: int) -> str:
    return f"carry:{member_id}.{seq}"
