"""Refunds: of an order that was booked, or parked until it is.

A refund may arrive before its sale. It is parked first and the order looked up again afterwards,
while a sale is booked first and parked refunds looked up afterwards: whichever way the two
interleave, one of them sees the other. Applying twice is one entry, by the operation's id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from regulars.actions import carried
from regulars.domain import breakage, confirming, current_sale
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.ledger import parse
from regulars.domain.operations import WHOLE, Item, Origin, Reverse
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import cards, keys, reversals
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.ledger import TRIES_MAX, Ledger, TakenError
from regulars.store.marshal import Item as TableItem
from regulars.store.table import Absent, Equals, Put

PARKED_DAYS = 30
REFUND_PREFIX = "REFUND#"

PARKED, BOOKED, VOID = "parked", "booked", "void"
"""What has become of a refund id: its refund waits for the order, was booked, was taken back."""


class Refund(NamedTuple):
    """What is to be refunded; `amount_minor` None for all that is left, or for what the items are
    worth."""

    order_op: str
    """The operation id of the sale, `order:<id>`."""
    refund_id: str
    amount_minor: int | None
    source: str
    items: tuple[Item, ...] = ()
    """What is given back, when it is known, at list price."""

    @property
    def op(self) -> str:
        """At most one refund of a merchant bears a refund id."""
        return f"refund:{self.refund_id}"

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, as it is compared when the refund id comes again."""
        asked: dict[str, Any] = {"order": self.order_op}
        if self.amount_minor is not None:
            asked["amount"] = self.amount_minor
        if self.items:
            asked["items"] = json.dumps(self.items, separators=(",", ":"))
        return asked


class OriginalSale(NamedTuple):
    """The entry to be reversed and everything its reversal needs, as read."""

    card: Card
    operation: Reverse
    first_sum: str
    """The fingerprint of what was sold, as it was sent first."""
    moved_from: str
    """The member on whose card the sale was before; empty when it was not moved."""


def original(
    ledger: Ledger, program: Program, member_id: str, seq: int, *, op: str, source: str,
    now: datetime | None, amount_minor: int | None = None, items: tuple[Item, ...] = (),
    refund_id: str | None = None, origin: Origin | None = None, undo_within_ms: int | None = None,
) -> OriginalSale | None:  # fmt: skip
    """Read the entry `seq` of a member and build its reversal; None when there is none.

    `program` is the one in force; the version that the entry names is read when it is another. A
    sale of a card that was merged is carried over to the one that is kept, as of `now`; without it
    (None) one that was not is read where it was booked, and cannot be reversed.
    """
    table, m = ledger.table, ledger.merchant_id
    while True:
        state, entry_item, refunded = table.get(
            keys.state(m, member_id), keys.entry(m, member_id, seq),
            keys.refunded(m, member_id, seq),
        )  # fmt: skip
        if state is None or entry_item is None:
            return None
        card, here = cards.card_of(state), (member_id, seq)
        if card.merged_into:
            member_id, seq = carried.place(ledger, program, member_id, seq, now)
        if here == (member_id, seq):
            break
    entry = carried.as_booked(ledger, member_id, cards.entry_of(entry_item))
    under = carried.version(ledger, program, entry)
    so_far, vouchers, benefits, redeemed = reversals.read(table, m, card, entry, refunded, under)
    moved_from = entry.facts.get("moved_from", "")
    first_sum = (entry.facts[current_sale.SALE] if moved_from else entry.facts).get("sum", "")
    recorded_ms = entry.recorded_ms
    entry = carried.as_sent_last(ledger, member_id, entry, so_far.revised_seq)
    if so_far.confirmed:
        entry = entry._replace(lines=confirming.released(entry.lines))
    return OriginalSale(
        card,
        Reverse(
            origin or Origin(op, source, entropy=os.urandom(16)),
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
            forgotten=_forgotten(ledger, card, recorded_ms),
        ),
        first_sum,
        moved_from,
    )


def _forgotten(ledger: Ledger, card: Card, sold_ms: int) -> dict[str, tuple[str, int]]:
    """Read from the ledger what a card has forgotten of what expired, when a sale is old enough."""
    if card.recorded_ms - sold_ms <= breakage.DAYS_KEPT * 24 * 3600 * 1000:
        return {}
    entries = ledger.entries(card.member_id)
    return breakage.forgotten(parse(stored.text) for stored in entries)


def refund(
    ledger: Ledger,
    program: Program,
    wanted: Refund,
    now: datetime,
    *,
    idempotency: Idempotency | None = None,
    op: str | None = None,
    render: Callable[[Decision], Body] | None = None,
) -> Answer:
    """Refund an order; the answer is 202 when it is not booked yet and the refund was parked.

    `op` is the caller's key, when it brought one; the refund's own id is then an alias. Raises
    REFUND_MISMATCH when the refund id was used for something else, ALREADY_REVERSED when nothing is
    left or the refund was taken back.
    """
    idempotency = idempotency or Idempotency()
    if op and (known := ledger.known(op, idempotency.fingerprint)):
        return known
    for _ in range(TRIES_MAX):
        claim, found = _claim(ledger, wanted), ledger.find_order(wanted.order_op)
        if claim and claim["state"] == VOID:
            raise Refused(RefusalCode.ALREADY_REVERSED, "This refund was taken back.")
        try:
            if found is None:
                parked = _park(ledger, wanted, now, claim, op, idempotency)
                if ledger.find_order(wanted.order_op):  # it has been booked just now
                    apply_parked(ledger, program, wanted.order_op, now)
                return parked
            answer = _book(ledger, program, wanted, now, found, claim, idempotency, op, render)
            if answer.replayed:  # another request may have used the id for something else
                _claim(ledger, wanted)
            return answer
        except TakenError:
            continue  # the same id, at the same time; what it was for is known now
        except Refused as refused:  # the order was changed, refunded or moved at the same time
            if refused.code is not RefusalCode.CONFLICT:
                raise
    raise Refused(RefusalCode.CONFLICT, "The refund is being changed by others; try again.")


def require_there(
    ledger: Ledger, order_op: str, found: tuple[str, int], read: OriginalSale
) -> None:
    """Raise CONFLICT when an order was moved to another card between finding and reading it: then
    nothing is left of it where it was."""
    if read.operation.refunded.minor == WHOLE and ledger.find_order(order_op) != found:
        raise Refused(RefusalCode.CONFLICT, "The order was just moved; try again.")


def _claim(ledger: Ledger, wanted: Refund) -> TableItem | None:
    """Read what the refund id was used for; None when it is new. Raises REFUND_MISMATCH."""
    (claim,) = ledger.table.get(keys.refund_id(ledger.merchant_id, wanted.refund_id))
    if claim is None:
        return None
    names = ("order", "amount", "items")
    before: dict[str, Any] = {name: claim[name] for name in names if name in claim}
    if before != wanted.asked:
        raise Refused(
            RefusalCode.REFUND_MISMATCH,
            f"Refund {wanted.refund_id} was {_in_words(before)}; now it is "
            f"{_in_words(wanted.asked)}. Give another refund its own id.",
        )
    return claim


def _in_words(asked: Mapping[str, Any]) -> str:
    order = str(asked["order"]).removeprefix("order:")
    if "amount" in asked:
        return f"{asked['amount']} of order {order}, in minor units"
    return (
        f"of items of order {order}" if "items" in asked else f"all that is left of order {order}"
    )


def _claimed(ledger: Ledger, wanted: Refund, claim: TableItem | None, state: str) -> Put:
    """Return the write that puts a refund id to use."""
    pk, sk = keys.refund_id(ledger.merchant_id, wanted.refund_id)
    condition = Equals("state", claim["state"]) if claim else Absent()
    return Put({**(claim or {}), "PK": pk, "SK": sk, "state": state, **wanted.asked}, condition)


def _book(
    ledger: Ledger,
    program: Program,
    wanted: Refund,
    now: datetime,
    found: tuple[str, int],
    claim: TableItem | None,
    idempotency: Idempotency,
    op: str | None,
    render: Callable[[Decision], Body] | None,
) -> Answer:
    booked = claim is not None and claim["state"] == BOOKED
    again = booked and ledger.find_order(wanted.op) is not None
    read = _read(ledger, program, wanted, found, op, None)
    require_there(ledger, wanted.order_op, found, read)
    if read.card.merged_into and not again and read.operation.refunded.minor != WHOLE:
        read = _read(ledger, program, wanted, found, op, now)
    # What comes again, or finds nothing left, is answered so: no sale is carried over for it.
    card = ledger.card(read.card.member_id) if read.card.merged_into else read.card
    if card is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return ledger.perform(
        program, card, read.operation, now,
        idempotency=idempotency._replace(alias=wanted.op), render=render, fresh=True,
        extra=() if booked else (_claimed(ledger, wanted, claim, BOOKED),),
    )  # fmt: skip


def _read(
    ledger: Ledger, program: Program, wanted: Refund, found: tuple[str, int], op: str | None,
    now: datetime | None,
) -> OriginalSale:  # fmt: skip
    read = original(
        ledger, program, *found, op=op or wanted.op, source=wanted.source, now=now,
        amount_minor=wanted.amount_minor, items=wanted.items, refund_id=wanted.refund_id,
    )  # fmt: skip
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return read


def apply_parked(ledger: Ledger, program: Program, order_op: str, now: datetime) -> int:
    """Apply the refunds that were waiting for an order; returns how many there were.

    One of which nothing is left counts as applied; one that was taken back while it waited is
    passed over.
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


def _park(
    ledger: Ledger,
    wanted: Refund,
    now: datetime,
    claim: TableItem | None,
    op: str | None,
    idempotency: Idempotency,
) -> Answer:
    """Keep a refund until its order comes, and what the caller's key was used for."""
    pk = keys.parked(ledger.merchant_id, wanted.order_op)
    body = {
        "status": PARKED,
        "order_id": wanted.order_op.removeprefix("order:"),
        "refund_id": wanted.refund_id,
    }
    item = {
        "PK": pk,
        "SK": f"{REFUND_PREFIX}{wanted.refund_id}",
        "source": wanted.source,
        "ttl": to_ms(now) // 1000 + PARKED_DAYS * 24 * 3600,
        **{name: value for name, value in wanted.asked.items() if name != "order"},
    }
    writes = [] if claim else [_claimed(ledger, wanted, None, PARKED), Put(item)]
    answer = Answer(202, body, bool(claim) and not op)
    return ledger.keep(writes, answer, op, idempotency, now)
