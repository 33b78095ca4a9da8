"""Vouchers: issued for a reward, given back. (They are redeemed by `functions/redeem`.)"""

from __future__ import annotations

from regulars.actions import book, find
from regulars.api import models
from regulars.api.reading import read_body
from regulars.core import checks
from regulars.domain import codes
from regulars.domain.decision import Decision
from regulars.domain.operations import AnyOperation, Cancel, Issue, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import cards, connect, keys
from regulars.store.members import Members
from regulars.views import integration


def issue(request: protocol.Request) -> protocol.Response:
    """POST /v1/vouchers."""
    gathered, body = credentials.gather_for(
        connect.table(),
        request,
        lambda: read_body(request, models.NewVoucher),
        lambda body: find.card_keys(body.member_id),
    )
    key = protocol.idempotency_key(request)
    member = find.holder(gathered.shop, gathered.items, body.member_id)
    origin = book.origin(gathered.program, key, gathered.caller.staff, {})
    operation = Issue(origin, body.reward_id, body.units)
    return _perform(gathered, member, operation, request, status=201)


def cancel(request: protocol.Request) -> protocol.Response:
    """POST /v1/vouchers/{code}/cancel."""
    gathered = credentials.gather(connect.table(), request, guessing=True)
    body = read_body(request, models.CancelVoucher)
    key = protocol.idempotency_key(request)
    m = gathered.shop.merchant_id
    code = codes.normal(request.param("code"))[: checks.TEXT_MAX]
    found = Members(connect.table(), m).by_voucher_code(code)
    if found is None:
        gathered.wrong_code()
        raise Refused(RefusalCode.NOT_FOUND)
    member_id, voucher_id = found
    (item,) = connect.table().get(keys.voucher(m, member_id, voucher_id))
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    member = find.read_member_card(gathered.shop, member_id)
    operation = Cancel(Origin(f"key:{key}", "api"), cards.voucher_of(item), body.reason)
    return _perform(gathered, member, operation, request, status=200)


def _perform(
    gathered: credentials.Gathered,
    member: find.MemberCard,
    operation: AnyOperation,
    request: protocol.Request,
    status: int,
) -> protocol.Response:
    def render(decision: Decision) -> integration.View:
        (voucher,) = decision.vouchers
        return integration.voucher(gathered.program, voucher, member.words, gathered.now)

    return protocol.answered(
        book.book(gathered.shop, member, operation, request.idempotency(status=status), render)
    )


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/vouchers": issue,
    "POST /v1/vouchers/{code}/cancel": cancel,
}
