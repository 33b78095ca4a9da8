"""Corrections: adjustments by hand and refunds."""

from __future__ import annotations

import os

from regulars.domain.operations import Adjust, Decision, Origin
from regulars.domain.refusals import Code, Refused
from regulars.store import connect, refunds
from regulars.store.ledger import Ledger
from regulars.store.ledger import Request as Known
from regulars.web import auth, bodies, counter, http, models, views
from regulars.web.reading import read_body


def adjust(request: http.Request) -> http.Response:
    """POST /v1/adjust."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.Adjust)
    gathered = auth.gather(
        connect.table(), request, *counter.card_keys(body.member_id), staff_too=False
    )
    member = counter.holder(connect.table(), gathered, body.member_id)

    def render(decision: Decision) -> views.View:
        return views.booked(gathered.program, decision, gathered.now, member.words)

    operation = Adjust(
        Origin(f"key:{key}", "api", entropy=os.urandom(16)),
        unit=body.unit,
        amount=body.amount,
        reason=body.reason,
        allow_debt=body.allow_debt,
    )
    return counter.perform(connect.table(), gathered, member, operation, request, render)


def refund(request: http.Request) -> http.Response:
    """POST /v1/refunds: 200 when booked, 202 when parked until the order comes."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.Refund)
    gathered = auth.gather(connect.table(), request, staff_too=False)
    program = gathered.program
    ledger = Ledger(connect.table(), gathered.caller.merchant_id)
    amount_minor, items = body.amount_minor, bodies.items(body.model_dump(include={"items"}))
    if body.items is not None:
        amount_minor = sum(item.amount_minor for item in body.items)
        if not amount_minor:
            raise Refused(Code.INVALID, "", (("items", "must add up to more than 0"),))
    wanted = refunds.Refund(f"order:{body.order_id}", body.refund_id, amount_minor, "api", items)
    found = ledger.find_order(wanted.order_op)
    member = counter.read_holder(connect.table(), gathered, found[0]) if found else None

    def render(decision: Decision) -> views.View:
        words = member.words if member else counter.merchant_words(gathered)
        view = views.booked(program, decision, gathered.now, words)
        return {**view, "debt": dict(decision.card.debt)}

    answer = refunds.refund(
        ledger,
        program,
        wanted,
        gathered.now,
        op=f"key:{key}",
        request=Known(
            fingerprint=request.fingerprint(), alias=wanted.op, expires=True, keep_refusal=True
        ),
        render=render,
    )
    if answer is None:
        parked = {"status": "parked", "order_id": body.order_id, "refund_id": body.refund_id}
        return http.json_answer(202, parked)
    return counter.answer(connect.table(), gathered, answer, member)
