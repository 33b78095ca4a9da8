"""POST /v1/earn: a visit or a sale is booked on a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.domain.operations import Decision, Earn
from regulars.domain.refusals import Code, Refused
from regulars.store import connect, keys, refunds
from regulars.store.ledger import Answer, Ledger, replay
from regulars.store.ledger import Request as Known
from regulars.store.table import Table
from regulars.web import auth, bodies, counter, http, views


def earn(request: http.Request) -> http.Response:
    """Gather credential, programme and card; decide; write."""
    key = bodies.idempotency_key(request.headers)
    body = request.json
    bodies.earn(body)

    table = connect.lean_table()
    member_id = body.get("member_id")
    gathered = auth.gather(table, request, *(counter.card_keys(member_id) if member_id else ()))
    known = Known(
        fingerprint=request.fingerprint(),
        alias=f"order:{body['order_id']}" if body.get("order_id") else None,
        expires=True,
        keep_refusal=True,
    )
    try:
        member = (
            counter.holder(table, gathered, member_id)
            if member_id
            else counter.find(table, gathered, body)
        )
    except Refused:  # the card shows another code by now, but this may be a call come again
        first = _first_answer(table, gathered.caller.merchant_id, key, known)
        if first is None:
            raise
        return counter.answer(table, gathered, first, None)

    def render(decision: Decision) -> views.View:
        return views.earned(gathered.program, decision, gathered.now, member.words)

    ledger = Ledger(table, gathered.caller.merchant_id)
    answer = ledger.perform(
        gathered.program,
        member.card,
        _operation(key, body, gathered.caller),
        gathered.now,
        request=known,
        render=render,
    )
    if known.alias:
        refunds.apply_parked(ledger, gathered.program, known.alias, gathered.now)
    return counter.answer(table, gathered, answer, member)


def _first_answer(table: Table, merchant_id: str, key: str, known: Known) -> Answer | None:
    """What this key was answered before; None when it is new."""
    (item,) = table.get(keys.operation(merchant_id, f"key:{key}"))
    return replay(item, known.fingerprint) if item else None


def _operation(key: str, body: Mapping[str, Any], caller: auth.Caller) -> Earn:
    effective_at = body.get("effective_at")
    if caller.staff and effective_at:
        mend = "is for tills; at the counter it is now"
        raise Refused(Code.INVALID, "A stamp at the counter is of now.", (("effective_at", mend),))
    visits = body.get("visits")
    return Earn(
        counter.origin(
            key, caller, body, bodies.parse_instant(effective_at) if effective_at else None
        ),
        visits=1 if visits is None else visits,
        spend_minor=body.get("spend_minor"),
        items=bodies.items(body),
        order_id=body.get("order_id"),
        note=body.get("note"),
        refusable=not caller.is_till,
    )


lambda_handler = http.serve({"POST /v1/earn": earn})
