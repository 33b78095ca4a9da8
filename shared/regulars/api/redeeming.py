"""POST /v1/vouchers/{code}/redeem: a voucher is handed over, once. Lean: no pydantic here."""

from __future__ import annotations

from regulars.actions import book, find, named
from regulars.api import bodies
from regulars.core import checks
from regulars.domain import codes
from regulars.domain.operations import Decision, Redeem
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import cards, connect, keys
from regulars.store.members import Members
from regulars.views import integration


def redeem(request: protocol.Request) -> protocol.Response:
    """Gather credential, programme, card and voucher; decide; write."""
    code = codes.normal(request.param("code"))[: checks.TEXT_MAX]
    table = connect.lean_table()
    gathered, body = credentials.gather_for(
        table,
        request,
        lambda: bodies.redeem(request.json if request.body else {}),
        lambda _: (lambda m: keys.code(m, code),),
    )
    key = protocol.idempotency_key(request)
    shop, (pointer,) = gathered.shop, gathered.items
    m = shop.merchant_id
    found = (pointer["c"], pointer["v"]) if pointer else None
    found = found or Members(table, m).by_voucher_code(code)
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    member_id, voucher_id = found
    *read, item = table.get(
        keys.state(m, member_id), keys.profile(m, member_id), keys.voucher(m, member_id, voucher_id)
    )
    member = find.member_card_of(shop, *read)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)

    try:
        named.require_known(shop, body, by_key=gathered.caller.is_till)
    except Refused:  # the location may be gone, but this may be a call come again
        first = book.first_answer(shop, key, request.idempotency())
        if first is None:
            raise
        return protocol.answered(book.personal_answer(shop, first, member))

    def render(decision: Decision) -> integration.View:
        (closed,) = decision.vouchers
        return integration.voucher(shop.program, closed, member.words, shop.now)

    origin = book.origin(key, gathered.caller.staff, body)
    operation = Redeem(origin, voucher=cards.voucher_of(item), order_id=body.get("order_id"))
    return protocol.answered(
        book.book(shop, member, operation, request.idempotency(), render, fresh=True)
    )


ROUTES = {"POST /v1/vouchers/{code}/redeem": redeem}
