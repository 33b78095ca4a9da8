"""POST /v1/earn: a visit or a sale is booked on a card."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from regulars.domain.operations import Decision, Earn, Origin
from regulars.store import connect, refunds
from regulars.store.ledger import Ledger
from regulars.store.ledger import Request as Known
from regulars.web import auth, bodies, counter, http, views


def earn(request: http.Request) -> http.Response:
    """Gather credential, programme and card; decide; write."""
    key = bodies.idempotency_key(request.headers)
    body = request.json
    bodies.earn(body)

    table = connect.lean_table()
    member_id = body.get("member_id")
    gathered = auth.gather(table, request, *(counter.card_keys(member_id) if member_id else ()))
    member = (
        counter.holder(table, gathered, member_id)
        if member_id
        else counter.find(table, gathered, body)
    )

    def render(decision: Decision) -> views.View:
        return views.earned(gathered.program, decision, gathered.now, member.words)

    ledger = Ledger(table, gathered.caller.merchant_id)
    order = f"order:{body['order_id']}" if body.get("order_id") else None
    answer = ledger.perform(
        gathered.program,
        member.card,
        _operation(key, body, gathered.caller),
        gathered.now,
        request=Known(
            fingerprint=request.fingerprint(),
            alias=order,
            expires=True,
            keep_refusal=True,
        ),
        render=render,
    )
    if order:
        refunds.apply_parked(ledger, gathered.program, order, gathered.now)
    return counter.answer(table, gathered, answer, member)


def _operation(key: str, body: Mapping[str, Any], caller: auth.Caller) -> Earn:
    staff = caller.staff
    effective_at = body.get("effective_at")
    visits = body.get("visits")
    return Earn(
        Origin(
            op=f"key:{key}",
            source="api" if staff is None else "staff",
            staff=staff.staff_id if staff else body.get("staff"),
            location=body.get("location") or (staff.location if staff else None),
            effective_ms=bodies.parse_instant(effective_at) if effective_at else None,
            entropy=os.urandom(16),
        ),
        visits=1 if visits is None else visits,
        spend_minor=body.get("spend_minor"),
        items=bodies.items(body),
        order_id=body.get("order_id"),
        note=body.get("note"),
        refusable=not caller.is_till,
    )


lambda_handler = http.serve({"POST /v1/earn": earn})
