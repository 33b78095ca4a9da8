"""Moves a sale that was booked on the wrong member to the right one, in one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from regulars.actions import find, refunds
from regulars.actions.find import MemberCard
from regulars.actions.once import once, tried
from regulars.domain.decision import Decision
from regulars.domain.operations import WHOLE, Adopt, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.table import Equals, Put


def place_of(entry_id: str) -> tuple[str, int]:
    """Return the member and the number of an entry; raises NOT_FOUND for what is no entry's id."""
    member_id, _, number = entry_id.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        raise Refused(RefusalCode.NOT_FOUND)
    return member_id, int(number)


def move_sale(
    shop: Shop,
    entry_id: str,
    to: MemberCard,
    reason: str,
    op: str,
    idempotency: Idempotency,
    render: Callable[[Decision, Decision], Body],
) -> Answer:
    """Take a sale off one card and earn it on another, both or none; its refunds go with it.

    `entry_id` is `<member_id>.<seq>`. Raises NOT_FOUND, INVALID for an entry that is no visit or
    sale, ALREADY_REVERSED when nothing of it is left.
    """
    place = place_of(entry_id)

    def do() -> Answer:
        right = find.read_member_card(shop, to.card.member_id)
        return _once(shop, place, right, reason, op, idempotency, render)

    return once(shop.ledger, op, idempotency, shop.now, lambda: tried(do))


def _once(
    shop: Shop,
    place: tuple[str, int],
    to: MemberCard,
    reason: str,
    op: str,
    idempotency: Idempotency,
    render: Callable[[Decision, Decision], Body],
) -> Answer:
    """Move it as it is now; raises CONFLICT when the sale or a card is changed meanwhile."""
    member_id, seq = place
    read = refunds.original(
        shop.ledger, shop.program, member_id, seq, op=op, source="api", now=shop.now
    )
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    original = read.operation.original
    if original.kind != "earn" or "revises" in original.facts:
        hint = "must be the entry of a visit or a sale"
        raise Refused(RefusalCode.INVALID, "This cannot be moved.", (("entry_id", hint),))
    member_id = read.card.member_id
    if member_id == to.card.member_id:
        raise Refused(RefusalCode.INVALID, "", (("to", "must be another member"),))
    if read.operation.refunded.minor == WHOLE:
        raise Refused(RefusalCode.ALREADY_REVERSED, "All of it has been taken back already.")
    origin = Origin(
        f"{op}:to", "api", original.staff, original.location, original.effective_ms, os.urandom(16)
    )
    adopt = Adopt(
        origin, original, member_id, reason, read.operation.refunded, read.operation.under
    )
    taken = read.operation._replace(moved_to=to.card.member_id, redeemed=())

    order_op = f"order:{original.facts['order']}" if "order" in original.facts else ""
    booked = shop.ledger.find_order(order_op) if order_op else None

    def order(_: Decision, two: Decision) -> Sequence[Put]:
        if booked is None:
            return ()
        pk, sk = keys.operation(shop.merchant_id, order_op)
        item = {"PK": pk, "SK": sk, "c": to.card.member_id, "seq": two.card.seq, "status": 200}
        return (Put(item, Equals("c", booked[0])),)

    return shop.ledger.perform_on_two(
        shop.program, (read.card, taken), (to.card, lambda _: adopt), shop.now,
        idempotency, render, order, tries_max=1,
    )  # fmt: skip
