"""POST /v1/earn: a visit or a sale is booked on a card. Lean: no pydantic here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.actions import book, find, named
from regulars.api import bodies
from regulars.core import checks, passes
from regulars.domain.accrual import waiting_visits
from regulars.domain.allowances import Scan
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Origin
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.program.shop import Shop
from regulars.store import connect
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render
from regulars.views import integration


def earn(request: protocol.Request) -> protocol.Response:
    """Gather credential, programme and card; decide; write."""
    gathered, body = credentials.gather_for(
        connect.lean_table(), request, lambda: bodies.earn(request.json), _wanted,
        guessing=_names_a_code,
    )  # fmt: skip
    key = protocol.idempotency_key(request)
    shop, member_id = gathered.shop, body.get("member_id")
    known = request.idempotency(alias=f"order:{body['order_id']}" if body.get("order_id") else None)
    try:
        named.require_known(shop, body, by_key=gathered.caller.is_till)
        member = (
            find.holder(shop, gathered.items, member_id) if member_id else find.find(shop, body)
        )
    except Refused as refused:
        # The card shows another code by now, but this may be a call come again.
        first = shop.ledger.known(f"key:{key}", known.fingerprint)
        if first is None:
            if refused.code is RefusalCode.NOT_FOUND and _names_a_code(body):
                gathered.wrong_code()
            raise
        return protocol.answered(book.personal_answer(shop, first, None))

    def render(decision: Decision) -> integration.View:
        return integration.earned(shop.program, decision, shop.now, member.words)

    operation = _operation(shop, key, body, gathered.caller)
    answer = book.book(shop, member, operation, known, render)
    if member.card.taken and not answer.replayed and (waiting := waiting_visits(member.card)):
        from regulars.actions import held_visits

        held_visits.confirm_all(shop, member.card.member_id, waiting, operation.origin.source)
    if known.alias:
        answer = _order(shop, member, answer, operation, key, known, render)
    return protocol.answered(answer)


def _order(
    shop: Shop,
    member: find.MemberCard,
    answer: Answer,
    operation: Earn,
    key: str,
    known: Idempotency,
    render: Render,
) -> Answer:
    """Do what an order asks for besides: the difference to what was sent before, and refunds that
    came before it. Imported here, because a stamp without an order does not wait for it."""
    from regulars.actions import refunds, revise

    if answer.replayed:
        again = revise.sent_again(
            shop, member.card.member_id, answer, operation, f"key:{key}", known, render
        )
        answer = book.personal_answer(shop, again, member)
    refunds.apply_parked(shop.ledger, shop.program, f"order:{operation.order_id}", shop.now)
    return answer


def _names_a_code(body: Mapping[str, Any]) -> bool:
    return body.get("code") is not None


def _wanted(body: Mapping[str, Any]) -> tuple[Any, ...]:
    return find.card_keys(body["member_id"]) if body.get("member_id") else ()


def _operation(shop: Shop, key: str, body: Mapping[str, Any], caller: credentials.Caller) -> Earn:
    effective_at = body.get("effective_at")
    if caller.staff and effective_at:
        remedy = "is for tills; at the counter it is now"
        raise Refused(
            RefusalCode.INVALID, "A stamp at the counter is of now.", (("effective_at", remedy),)
        )
    effective_ms = checks.parse_instant(effective_at) if effective_at else None
    origin = book.origin(shop.program, key, caller.staff, body, effective_ms)
    return sale(shop.program, origin, body, refusable=not caller.is_till)


def sale(program: Program, origin: Origin, body: Mapping[str, Any], *, refusable: bool) -> Earn:
    """Return the operation of a checked body; a cap refuses it when it is `refusable`.

    The code on a pass is always the same, and may be a picture: at the counter, without a sale, it
    is limited as codes on walls are, unless a manager has looked.
    """
    visits = body.get("visits")
    looked_at = body.get("spend_minor") or body.get("items") or body.get("override")
    on_pass = refusable and not looked_at and passes.handle_in(body.get("code") or "")
    return Earn(
        origin,
        visits=1 if visits is None else visits,
        spend_minor=body.get("spend_minor"),
        items=checks.items(body),
        tip_minor=body.get("tip_minor") or 0,
        tax_minor=body.get("tax_minor") or 0,
        tax_inside=body.get("tax_inside") is not False,
        discount_minor=body.get("discount_minor") or 0,
        order_id=body.get("order_id"),
        note=body.get("note"),
        refusable=refusable,
        scan=Scan("pass", *program.limits_at(origin.location).printed) if on_pass else None,
    )


ROUTES = {"POST /v1/earn": earn}
