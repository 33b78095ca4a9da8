"""POST /v1/vouchers/{code}/redeem: a voucher is handed over at the counter, once."""

from __future__ import annotations

from regulars.domain import codes
from regulars.domain.operations import Decision, Redeem
from regulars.domain.refusals import Code, Refused
from regulars.store import cards, connect, keys
from regulars.store.members import Members
from regulars.web import auth, bodies, counter, http, views


def redeem(request: http.Request) -> http.Response:
    """Gather credential, programme, card and voucher; decide; write."""
    key = bodies.idempotency_key(request.headers)
    body = request.json if request.body else {}
    bodies.redeem(body)
    code = codes.normal(request.param("code"))[: bodies.TEXT_MAX]

    table = connect.lean_table()
    gathered = auth.gather(table, request, lambda m: keys.code(m, code))
    caller, (pointer,) = gathered.caller, gathered.items
    found = (pointer["c"], pointer["v"]) if pointer else None
    found = found or Members(table, caller.merchant_id).by_voucher_code(code)
    if found is None:
        raise Refused(Code.NOT_FOUND)
    m, (member_id, voucher_id) = caller.merchant_id, found
    *read, item = table.get(
        keys.state(m, member_id), keys.profile(m, member_id), keys.voucher(m, member_id, voucher_id)
    )
    member = counter.holder_of(gathered, *read)
    if item is None:
        raise Refused(Code.NOT_FOUND)

    def render(decision: Decision) -> views.View:
        (closed,) = decision.vouchers
        return views.voucher(gathered.program, closed, member.words, gathered.now)

    origin = counter.origin(key, caller, body)
    operation = Redeem(origin, voucher=cards.voucher_of(item), order_id=body.get("order_id"))
    return counter.perform(table, gathered, member, operation, request, render, fresh=True)


lambda_handler = http.serve({"POST /v1/vouchers/{code}/redeem": redeem})
