"""Corrections: adjustments by hand and refunds."""

from __future__ import annotations

from collections.abc import Callable

from regulars.actions import book, confirm, find, held_visits, move_sale, refunds, void_refund
from regulars.actions import give as gifts
from regulars.api import models
from regulars.api.reading import read_body
from regulars.core import checks
from regulars.domain.decision import Decision
from regulars.domain.operations import Adjust
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import connect
from regulars.store.answers import Answer
from regulars.views import integration


def adjust(request: protocol.Request) -> protocol.Response:
    """POST /v1/adjust."""
    gathered, body = credentials.gather_for(
        connect.table(),
        request,
        lambda: read_body(request, models.AdjustBody),
        lambda body: find.card_keys(body.member_id),
    )
    key = protocol.idempotency_key(request)
    member = find.holder(gathered.shop, gathered.items, body.member_id)

    def render(decision: Decision) -> integration.View:
        return integration.booked(gathered.program, decision, gathered.now, member.words)

    operation = Adjust(
        book.origin(gathered.program, key, gathered.caller.staff, {}),
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
    gathered = credentials.gather(connect.table(), request)
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
    """POST /v1/refunds/{id}/void: a refund is taken back."""
    gathered = credentials.gather(connect.table(), request)
    key = protocol.idempotency_key(request)
    shop = gathered.shop

    def render(decision: Decision) -> integration.View:
        words = find.merchant_words(shop)
        view = integration.booked(gathered.program, decision, gathered.now, words)
        return {**view, "debt": dict(decision.card.debt), "refused": []}

    answer = void_refund.void_refund(
        shop, request.param("id"), "api", f"key:{key}", request.idempotency(), render
    )
    if not answer.member_id:
        return protocol.answered(answer)
    return protocol.answered(book.personal_answer(shop, answer, None))


def give(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/give: units of one member become another's."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.GiveBody)
    key = protocol.idempotency_key(request)
    shop = gathered.shop
    giver, taker = (find.read_member_card(shop, one) for one in (request.param("id"), body.to))
    answer = gifts.give(
        shop,
        giver,
        taker,
        (body.unit, body.amount, body.note),
        f"key:{key}",
        request.idempotency(),
        _on_two(gathered, giver, taker),
    )
    return _personal(answer, giver, taker)


def move(request: protocol.Request) -> protocol.Response:
    """POST /v1/entries/{id}/move: a sale goes to the card of who bought."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.MoveBody)
    key = protocol.idempotency_key(request)
    shop, entry_id = gathered.shop, request.param("id")
    wrong = find.read_member_card(shop, entry_id.partition(".")[0])
    right = find.read_member_card(shop, body.to)
    answer = move_sale.move_sale(
        shop,
        entry_id,
        right,
        body.reason,
        f"key:{key}",
        request.idempotency(),
        _on_two(gathered, wrong, right),
    )
    return _personal(answer, wrong, right)


def confirm_entry(request: protocol.Request) -> protocol.Response:
    """POST /v1/entries/{id}/confirm: what is pending of an entry can be spent at once; of a visit
    that waits all that follows from it is booked."""
    gathered = credentials.gather(connect.table(), request)
    known, key = request.idempotency(), protocol.idempotency_key(request)
    shop, staff = gathered.shop, gathered.caller.staff
    member_id, seq = move_sale.place_of(request.param("id"))
    member = find.read_member_card(shop, member_id)

    def render(decision: Decision) -> integration.View:
        return integration.booked(gathered.program, decision, gathered.now, member.words)

    first = shop.ledger.known(f"key:{key}", known.fingerprint)
    waiting = None if first else held_visits.find(shop, member_id, seq)
    if first:
        answer = first
    elif waiting:
        origin = book.origin(gathered.program, key, staff, {})
        answer = held_visits.confirm(shop, *waiting, origin, known, render)
    elif staff:
        detail = "At the counter only visits that wait are confirmed."
        raise Refused(RefusalCode.FORBIDDEN, detail)
    else:
        answer = confirm.confirm(shop, member_id, seq, f"key:{key}", known, render)
    return protocol.answered(book.personal_answer(gathered.shop, answer, member))


def _on_two(
    gathered: credentials.Gathered, first: find.MemberCard, second: find.MemberCard
) -> Callable[[Decision, Decision], integration.View]:
    """Return what renders the decisions on two cards."""

    def render(one: Decision, two: Decision) -> integration.View:
        return {
            side: integration.booked(gathered.program, decision, gathered.now, member.words)
            for side, decision, member in (("from", one, first), ("to", two, second))
        }

    return render


def _personal(answer: Answer, first: find.MemberCard, second: find.MemberCard) -> protocol.Response:
    """Answer with the personal fields of both members."""
    sides = {
        side: {**answer.body[side], "card": book.personal(answer.body[side]["card"], member)}
        for side, member in (("from", first), ("to", second))
    }
    return protocol.answered(answer._replace(body=sides))


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/adjust": adjust,
    "POST /v1/members/{id}/give": give,
    "POST /v1/entries/{id}/confirm": confirm_entry,
    "POST /v1/entries/{id}/move": move,
    "POST /v1/refunds": refund,
    "POST /v1/refunds/{id}/void": void,
}
