"""Corrections: adjustments by hand and refunds."""

from __future__ import annotations

import os

from regulars.actions import book, find, refunds, void_refund
from regulars.api import models
from regulars.api.reading import read_body
from regulars.core import checks
from regulars.domain.operations import Adjust, Decision, Origin
from regulars.http import credentials, protocol
from regulars.store import connect
from regulars.views import integration


def adjust(request: protocol.Request) -> protocol.Response:
    """POST /v1/adjust."""
    gathered, body = credentials.gather_for(
        connect.table(),
        request,
        lambda: read_body(request, models.AdjustBody),
        lambda body: find.card_keys(body.member_id),
        staff_too=False,
    )
    key = protocol.idempotency_key(request)
    member = find.holder(gathered.shop, gathered.items, body.member_id)

    def render(decision: Decision) -> integration.View:
        return integration.booked(gathered.program, decision, gathered.now, member.words)

    operation = Adjust(
        Origin(f"key:{key}", "api", entropy=os.urandom(16)),
        unit=body.unit,
        amount=body.amount,
        reason=body.reason,
        allow_debt=body.allow_debt,
    )
    return protocol.answered(
        book.book(gathered.shop, member, operation, request.idempotency(), render)
    )


def refund(request: protocol.Request) -> protocol.Response:
    """POST /v1/refunds: 200 when booked, 202 when parked until the order comes."""
    gathered = credentials.gather(connect.table(), request, staff_too=False)
    body = read_body(request, models.RefundBody)
    key = protocol.idempotency_key(request)
    program = gathered.program
    ledger = gathered.shop.ledger
    items = checks.items(body.model_dump(include={"items"}))
    wanted = refunds.Refund(
        f"order:{body.order_id}", body.refund_id, body.amount_minor, "api", items
    )
    found = ledger.find_order(wanted.order_op)
    member = find.read_member_card(gathered.shop, found[0]) if found else None

    def render(decision: Decision) -> integration.View:
        words = member.words if member else find.merchant_words(gathered.shop)
        view = integration.booked(program, decision, gathered.now, words)
        refused = integration.refused(program, decision, words)
        return {**view, "debt": dict(decision.card.debt), "refused": refused}

    answer = refunds.refund(
        ledger,
        program,
        wanted,
        gathered.now,
        op=f"key:{key}",
        idempotency=request.idempotency(),
        render=render,
    )
    if not answer.member_id:
        return protocol.answered(answer)
    return protocol.answered(book.personal_answer(gathered.shop, answer, member))


def void(request: protocol.Request) -> protocol.Response:
    """POST /v1/refunds/{refund_id}/void: a refund is taken back."""
    gathered = credentials.gather(connect.table(), request, staff_too=False)
    key = protocol.idempotency_key(request)
    shop = gathered.shop

    def render(decision: Decision) -> integration.View:
        words = find.merchant_words(shop)
        view = integration.booked(gathered.program, decision, gathered.now, words)
        return {**view, "debt": dict(decision.card.debt), "refused": []}

    answer = void_refund.void_refund(
        shop, request.param("refund_id"), "api", f"key:{key}", request.idempotency(), render
    )
    if not answer.member_id:
        return protocol.answered(answer)
    return protocol.answered(book.personal_answer(shop, answer, None))


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/adjust": adjust,
    "POST /v1/refunds": refund,
    "POST /v1/refunds/{refund_id}/void": void,
}
