"""Vouchers at the counter: redeemed once, and taken back when it was a mistake. Lean: no pydantic
here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.actions import book, find, named, shown_codes
from regulars.api import bodies
from regulars.core import checks
from regulars.domain import codes
from regulars.domain.decision import Decision
from regulars.domain.operations import AnyOperation, Origin, Redeem, ReverseRedemption, Voucher
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, seen
from regulars.program.shop import Shop
from regulars.store import cards, connect, keys, reversals
from regulars.store.members import Members
from regulars.views import integration

Body = Mapping[str, Any]

STAFF_MS, OWNER_MS = 5 * 60_000, 30 * 24 * 3600_000
"""For how long a redemption can be taken back, by who asks."""


def redeem(request: protocol.Request) -> protocol.Response:
    """POST /v1/vouchers/{code}/redeem."""
    return _closed(request, bodies.redeem, _redeem)


def reverse(request: protocol.Request) -> protocol.Response:
    """POST /v1/vouchers/{code}/reverse: a redemption by mistake is taken back."""
    return _closed(request, bodies.reverse, _reverse)


def _redeem(origin: Origin, voucher: Voucher, body: Body, _: bool) -> AnyOperation:
    return Redeem(
        origin,
        voucher=voucher,
        order_id=body.get("order_id"),
        order_minor=body.get("order_minor"),
        amount_minor=body.get("amount_minor"),
    )


def _reverse(origin: Origin, voucher: Voucher, body: Body, by_staff: bool) -> AnyOperation:
    within_ms = STAFF_MS if by_staff else OWNER_MS
    return ReverseRedemption(origin, voucher, within_ms, body.get("order_id"))


def _closed(
    request: protocol.Request,
    check: Callable[[Body], Body],
    make: Callable[[Origin, Voucher, Body, bool], AnyOperation],
) -> protocol.Response:
    """Gather credential, programme, card and voucher; decide; write."""
    code = codes.normal(request.param("code"))[: checks.TEXT_MAX]
    table = connect.lean_table()
    gathered, body = credentials.gather_for(
        table,
        request,
        lambda: check(request.json if request.body else {}),
        lambda _: (lambda m: keys.code(m, code),),
        guessing=lambda _: True,
    )
    key = protocol.idempotency_key(request)
    shop, (pointer,) = gathered.shop, gathered.items
    m = shop.merchant_id
    found = (pointer["c"], pointer["v"]) if pointer and "c" in pointer else None
    found = found or Members(table, m).by_voucher_code(code)
    shown = None if found else shown_codes.voucher_of(shop, code)
    if (found or shown) is None:
        return _again(request, gathered, key)
    member_id, voucher_id = found or shown or ("", "")
    *read, item = table.get(
        keys.state(m, member_id), keys.profile(m, member_id), keys.voucher(m, member_id, voucher_id)
    )
    member = find.member_card_of(shop, *read)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)

    try:
        named.require_known(shop, body, by_key=gathered.caller.is_till)
    except Refused:  # the location may be gone, but this may be a call come again
        first = shop.ledger.known(f"key:{key}", request.fingerprint())
        if first is None:
            raise
        return protocol.answered(book.personal_answer(shop, first, member))

    def render(decision: Decision) -> integration.View:
        (closed,) = decision.vouchers
        return integration.voucher(shop.program, closed, member.words, shop.now)

    session = gathered.caller.staff
    origin = book.origin(shop.program, key, session, body)
    by_staff = session is not None
    operation = make(origin, cards.voucher_of(item), body, by_staff)
    if isinstance(operation, Redeem):
        operation = _beside(shop, member_id, operation)
        if session and not (shown or seen.is_proved(m, session, member_id, shop.now, _seen(body))):
            marks = {**origin.marks, "unverified": 1}
            operation = operation._replace(origin=origin._replace(marks=marks))
    elif member.card.member_id != member_id:  # the voucher was used on a card that was merged since
        raise Refused(
            RefusalCode.UNDO_EXPIRED,
            "It was redeemed before the card was merged; undo the merge, or refund the order.",
        )
    return protocol.answered(
        book.book(shop, member, operation, request.idempotency(), render, fresh=True)
    )


def _again(
    request: protocol.Request, gathered: credentials.Gathered, key: str
) -> protocol.Response:
    """The answer to a call that comes again when the code is no longer shown; raises NOT_FOUND for
    a code that never was."""
    first = gathered.shop.ledger.known(f"key:{key}", request.fingerprint())
    if first is None:
        gathered.wrong_code()
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.answered(book.personal_answer(gathered.shop, first, None))


def _seen(body: Body) -> str:
    return body.get("seen") or ""


def _beside(shop: Shop, member_id: str, operation: Redeem) -> Redeem:
    """The redemption of a credit, with the other vouchers that its order used."""
    if not (operation.order_id and operation.voucher.value_minor):
        return operation
    others = reversals.beside(
        shop.table, shop.merchant_id, member_id, operation.order_id, operation.voucher.voucher_id
    )
    return operation._replace(beside=others)


ROUTES = {
    "POST /v1/vouchers/{code}/redeem": redeem,
    "POST /v1/vouchers/{code}/reverse": reverse,
}
