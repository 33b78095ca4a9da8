"""Orders: booked once, and when they are sent again with another content, the difference."""

from __future__ import annotations

from datetime import datetime

from regulars.actions import refunds
from regulars.domain import baskets
from regulars.domain.card import Card
from regulars.domain.operations import WHOLE, Earn, Revise
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render


def sent_again(
    shop: Shop,
    member_id: str,
    first: Answer,
    operation: Earn,
    op: str,
    idempotency: Idempotency,
    render: Render,
    *,
    once: bool = False,
) -> Answer:
    """Answer an order that was booked before: as it was, or after booking the difference.

    `first` is its first answer. One that was refunded whole is a new sale. `op` is the operation of
    this request; with `once` an older content that comes again changes nothing, as when a queue
    delivers an event twice. Raises ORDER_OF_ANOTHER_MEMBER when the order is on another card.
    """
    if known := shop.ledger.known(op, idempotency.fingerprint, render):
        return known  # it was this request that booked it, or the same one at the same time
    order_op = f"order:{operation.order_id}"
    read = _read(shop, first, order_op, op, operation.origin.source, None)
    moved = once and read.moved_from == member_id  # a till does not know that a sale was moved
    if _holder(shop, read.card) != member_id and not moved:
        raise Refused(
            RefusalCode.ORDER_OF_ANOTHER_MEMBER,
            "This order was booked for another member; move the sale instead.",
        )
    reverse = read.operation
    counts = (reverse.under or shop.program).counts
    now = baskets.fingerprint(baskets.read(operation, counts))
    before = reverse.original.facts.get("sum", "")
    is_new = reverse.refunded.minor == WHOLE and not once
    is_known = baskets.is_same(before, now) or (once and baskets.is_same(read.first_sum, now))
    if is_known and not is_new:  # a caller's key gets this answer again, whatever is sent next
        return first if once else shop.ledger.keep((), first, op, idempotency, shop.now)
    if read.card.merged_into:
        read = _read(shop, first, order_op, op, operation.origin.source, shop.now)
        reverse = read.operation
    origin = operation.origin._replace(op=op, effective_ms=reverse.original.effective_ms)
    revise = Revise(
        origin,
        original=reverse.original,
        sale=operation,
        refunded=reverse.refunded,
        vouchers=reverse.vouchers,
        benefits=reverse.benefits,
        under=reverse.under,
    )
    return shop.ledger.perform(
        shop.program, read.card, revise, shop.now,
        idempotency=idempotency._replace(alias=None), render=render, fresh=True,
    )  # fmt: skip


def _read(
    shop: Shop, first: Answer, order_op: str, op: str, source: str, now: datetime | None
) -> refunds.OriginalSale:
    read = refunds.original(
        shop.ledger, shop.program, first.member_id, first.seq, op=op, source=source, now=now
    )
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    refunds.require_there(shop.ledger, order_op, (first.member_id, first.seq), read)
    return read


def _holder(shop: Shop, card: Card) -> str:
    """The member of a card; of one that was merged, of the one that is kept."""
    kept = shop.ledger.card(card.member_id) if card.merged_into else card
    return kept.member_id if kept else ""
