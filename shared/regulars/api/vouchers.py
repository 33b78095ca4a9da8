"""Vouchers: issued for a reward, given back. (They are redeemed by `functions/redeem`.)"""

from __future__ import annotations

import os

from regulars.domain import codes
from regulars.domain.operations import AnyOperation, Cancel, Decision, Issue, Origin
from regulars.domain.refusals import Code, Refused
from regulars.store import cards, connect, keys
from regulars.store.members import Members
from regulars.web import auth, bodies, counter, http, models, views
from regulars.web.reading import read_body


def issue(request: http.Request) -> http.Response:
    """POST /v1/vouchers."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.NewVoucher)
    gathered = auth.gather(
        connect.table(), request, *counter.card_keys(body.member_id), staff_too=False
    )
    member = counter.holder(connect.table(), gathered, body.member_id)
    operation = Issue(Origin(f"key:{key}", "api", entropy=os.urandom(16)), body.reward_id)
    return _perform(gathered, member, operation, request, status=201)


def cancel(request: http.Request) -> http.Response:
    """POST /v1/vouchers/{code}/cancel."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.CancelVoucher)
    gathered = auth.gather(connect.table(), request, staff_too=False)
    m = gathered.caller.merchant_id
    code = codes.normal(request.param("code"))[: bodies.TEXT_MAX]
    found = Members(connect.table(), m).by_voucher_code(code)
    if found is None:
        raise Refused(Code.NOT_FOUND)
    member_id, voucher_id = found
    (item,) = connect.table().get(keys.voucher(m, member_id, voucher_id))
    if item is None:
        raise Refused(Code.NOT_FOUND)
    member = counter.read_holder(connect.table(), gathered, member_id)
    operation = Cancel(Origin(f"key:{key}", "api"), cards.voucher_of(item), body.reason)
    return _perform(gathered, member, operation, request, status=200)


def _perform(
    gathered: auth.Gathered,
    member: counter.Holder,
    operation: AnyOperation,
    request: http.Request,
    status: int,
) -> http.Response:
    def render(decision: Decision) -> views.View:
        (voucher,) = decision.vouchers
        return views.voucher(gathered.program, voucher, member.words, gathered.now)

    return counter.perform(
        connect.table(), gathered, member, operation, request, render, status=status
    )
