"""What is granted apart from visits and sales: actions rewarded, tiers given."""

from __future__ import annotations

from regulars.actions import book, find
from regulars.api import models
from regulars.api.reading import read_body
from regulars.domain.decision import Decision
from regulars.domain.operations import AnyOperation, GrantTier, RewardAction
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import connect
from regulars.store.staff import STAFF
from regulars.views import integration


def act(request: protocol.Request) -> protocol.Response:
    """POST /v1/actions: a review, a survey, an event attended. The same `ref` counts once.

    Staff can say so of actions for which the programme asks them, a manager of all.
    """
    gathered, body = credentials.gather_for(
        connect.table(),
        request,
        lambda: read_body(request, models.ActionBody),
        lambda body: find.card_keys(body.member_id),
    )
    key, session = protocol.idempotency_key(request), gathered.caller.staff
    rule = gathered.program.action_rule(body.action)
    if session and session.role == STAFF and rule and rule.proof != "staff":
        raise Refused(RefusalCode.FORBIDDEN, "A manager or the owner says that this was done.")
    origin = book.origin(gathered.program, key, session, {})
    alias = f"action:{body.member_id}:{body.action}:{body.ref}" if body.ref else None
    operation = RewardAction(origin, body.action, body.ref)
    return _perform(request, gathered, body.member_id, operation, alias)


def give_tier(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/tier: a membership bought, an invitation taken, a favor."""
    member_id = request.param("id")
    gathered = credentials.gather(connect.table(), request, *find.card_keys(member_id))
    body = read_body(request, models.TierGrantBody)
    key = protocol.idempotency_key(request)
    session = gathered.caller.staff
    if session and session.role == STAFF and not _is_sold(gathered.program, body):
        detail = "Staff give memberships that were paid at their price, and nothing else."
        raise Refused(RefusalCode.FORBIDDEN, detail)
    origin = book.origin(gathered.program, key, session, {})
    operation = GrantTier(
        origin,
        body.tier,
        body.until or "",
        body.by,
        paid_minor=body.paid_minor or 0,
        order_id=body.order_id,
    )
    alias = f"order:{body.order_id}" if body.order_id else None
    return _perform(request, gathered, member_id, operation, alias)


def _is_sold(program: Program, body: models.TierGrantBody) -> bool:
    """Whether a tier is given for its price, for the time that it lasts then."""
    rank = program.tier_rank(body.tier)
    ways = program.tiers[rank].enter if rank >= 0 else ()
    prices = {way.price_minor for way in ways if way.metric == "membership"}
    paid = body.paid_minor or 0
    return body.by == "membership" and body.until is None and (paid in prices or 0 in prices)


def _perform(
    request: protocol.Request,
    gathered: credentials.Gathered,
    member_id: str,
    operation: AnyOperation,
    alias: str | None,
) -> protocol.Response:
    member = find.holder(gathered.shop, gathered.items, member_id)

    def render(decision: Decision) -> integration.View:
        return integration.earned(gathered.program, decision, gathered.now, member.words)

    return protocol.answered(
        book.book(gathered.shop, member, operation, request.idempotency(alias=alias), render)
    )


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/actions": act,
    "POST /v1/members/{id}/tier": give_tier,
}
