"""Refunds: of an order that was booked, or parked until it is.

A refund may arrive before its sale. It is parked first and the order looked up again afterwards,
while a sale is booked first and parked refunds looked up afterwards: whichever way the two
interleave, one of them sees the other. Applying twice is one entry, by the operation's id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.operations import Decision, Item, Origin, Reverse
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.load import program_of
from regulars.store import cards, keys, reversals
from regulars.store.ledger import Answer, Body, Idempotency, Ledger

PARKED_DAYS = 30
REFUND_PREFIX = "REFUND#"


class Refund(NamedTuple):
    """What is to be refunded; `amount_minor` None for all that is left."""

    order_op: str
    """The operation id of the sale, `order:<id>`."""
    refund_id: str
    amount_minor: int | None
    source: str
    items: tuple[Item, ...] = ()
    """What is given back, when it is known; `amount_minor` is its money."""

    @property
    def op(self) -> str:
        """At most one refund of an order bears a refund id."""
        return f"refund:{self.order_op}:{self.refund_id}"


class OriginalSale(NamedTuple):
    """The entry to be reversed and everything its reversal needs, as read."""

    card: Card
    operation: Reverse


def original(
    ledger: Ledger, program: Program, member_id: str, seq: int, *, op: str, source: str,
    amount_minor: int | None = None, items: tuple[Item, ...] = (), refund_id: str | None = None,
    staff: str | None = None, undo_within_ms: int | None = None,
) -> OriginalSale | None:  # fmt: skip
    """Read the entry `seq` of a member and build its reversal; None when there is none.

    `program` is the one in force; the version that the entry names is read when it is another.
    """
    table, m = ledger.table, ledger.merchant_id
    state, entry_item, refunded = table.get(
        keys.state(m, member_id), keys.entry(m, member_id, seq), keys.refunded(m, member_id, seq)
    )
    if state is None or entry_item is None:
        return None
    entry, card = cards.entry_of(entry_item), cards.card_of(state)
    under = _version(ledger, program, entry.program_version)
    so_far, vouchers, benefits, redeemed = reversals.read(table, m, card, entry, refunded, under)
    return OriginalSale(
        card,
        Reverse(
            Origin(op, source, staff, entropy=os.urandom(16)),
            original=entry,
            refunded=so_far,
            amount_minor=amount_minor,
            vouchers=vouchers,
            benefits=benefits,
            redeemed=redeemed,
            items=items,
            under=under,
            undo_until_ms=entry.recorded_ms + undo_within_ms if undo_within_ms else None,
            refund_id=refund_id,
        ),
    )


def _version(ledger: Ledger, program: Program, version: int) -> Program:
    """The programme as it was published as a version; the one in force if that is lost."""
    if program.version == version:
        return program
    (item,) = ledger.table.get(keys.program_version(ledger.merchant_id, version))
    return program_of(item) if item else program


def refund(
    ledger: Ledger,
    program: Program,
    wanted: Refund,
    now: datetime,
    *,
    idempotency: Idempotency | None = None,
    op: str | None = None,
    render: Callable[[Decision], Body] | None = None,
) -> Answer | None:
    """Refund an order; None when it is not booked yet and the refund has been parked.

    `op` is the caller's key, when it brought one; the refund's own id is then an alias.
    """
    found = ledger.find_order(wanted.order_op)
    if found is None:
        _park(ledger, wanted, now)
        found = ledger.find_order(wanted.order_op)  # it may have been booked just now
    if found is None:
        return None
    member_id, seq = found
    read = original(
        ledger, program, member_id, seq, op=op or wanted.op, source=wanted.source,
        amount_minor=wanted.amount_minor, items=wanted.items, refund_id=wanted.refund_id,
    )  # fmt: skip
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return ledger.perform(
        program, read.card, read.operation, now, idempotency=idempotency, render=render, fresh=True
    )


def apply_parked(ledger: Ledger, program: Program, order_op: str, now: datetime) -> int:
    """Apply the refunds that were waiting for an order; returns how many there were.

    Refunds that the order cannot bear (more than was sold) are left to the caller's next look.
    """
    page = ledger.table.query(
        keys.parked(ledger.merchant_id, order_op), prefix=REFUND_PREFIX, consistent=True
    )
    for item in page.items:
        wanted = Refund(
            order_op=order_op,
            refund_id=item["SK"].removeprefix(REFUND_PREFIX),
            amount_minor=item.get("amount"),
            source=item["source"],
            items=tuple(Item(*one) for one in json.loads(item.get("items", "[]"))),
        )
        try:
            refund(ledger, program, wanted, now)
        except Refused as refused:
            if refused.code.transient:
                raise
    return len(page.items)


def _park(ledger: Ledger, wanted: Refund, now: datetime) -> None:
    pk = keys.parked(ledger.merchant_id, wanted.order_op)
    item = {
        "PK": pk,
        "SK": f"{REFUND_PREFIX}{wanted.refund_id}",
        "source": wanted.source,
        "ttl": to_ms(now) // 1000 + PARKED_DAYS * 24 * 3600,
    }
    if wanted.amount_minor is not None:
        item["amount"] = wanted.amount_minor
    if wanted.items:
        item["items"] = json.dumps(wanted.items, separators=(",", ":"))
    ledger.table.put(item)
