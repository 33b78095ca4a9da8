"""Ends the hold on what an entry granted, before its days are over."""

from __future__ import annotations

import os

from regulars.actions import refunds
from regulars.actions.once import once, tried
from regulars.domain.operations import WHOLE, Confirm, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render


def confirm(
    shop: Shop, member_id: str, seq: int, op: str, idempotency: Idempotency, render: Render
) -> Answer:
    """Make what is left of an entry's pending units available.

    Raises NOT_FOUND, ALREADY_REVERSED when the entry was taken back whole, INVALID when nothing of
    it is on hold.
    """

    def do() -> Answer:
        read = refunds.original(
            shop.ledger, shop.program, member_id, seq, op=op, source="api", now=shop.now
        )
        if read is None:
            raise Refused(RefusalCode.NOT_FOUND)
        if read.operation.refunded.minor == WHOLE:
            raise Refused(RefusalCode.ALREADY_REVERSED, "All of it has been taken back already.")
        operation = Confirm(Origin(op, "api", entropy=os.urandom(16)), read.operation)
        return shop.ledger.perform(
            shop.program, read.card, operation, shop.now,
            idempotency=idempotency, render=render, fresh=True,
        )  # fmt: skip

    return once(shop.ledger, op, idempotency, shop.now, lambda: tried(do), render)
