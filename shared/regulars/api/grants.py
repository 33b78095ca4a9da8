"""What is granted apart from visits and sales: actions rewarded, tiers given."""

from __future__ import annotations

import os
from datetime import date

from regulars.domain.operations import Act, AnyOperation, Decision, GrantTier, Origin
from regulars.domain.refusals import Code, Refused
from regulars.store import connect
from regulars.web import auth, bodies, counter, http, models, views
from regulars.web.reading import read_body


def act(request: http.Request) -> http.Response:
    """POST /v1/actions: a review, a survey, an event attended. The same `ref` counts once."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.Action)
    origin = Origin(f"key:{key}", "api", entropy=os.urandom(16))
    alias = f"action:{body.member_id}:{body.action}:{body.ref}" if body.ref else None
    return _perform(request, body.member_id, Act(origin, body.action, body.ref), alias)


def give_tier(request: http.Request) -> http.Response:
    """POST /v1/members/{id}/tier: a membership bought, an invitation taken, a favour."""
    key = bodies.idempotency_key(request.headers)
    body = read_body(request, models.TierGrant)
    if body.until is not None:
        try:
            date.fromisoformat(body.until)
        except ValueError:
            raise Refused(
                Code.INVALID, "", (("until", "must be a day such as 2027-12-31"),)
            ) from None
    origin = Origin(f"key:{key}", "api", entropy=os.urandom(16))
    operation = GrantTier(origin, body.tier, body.until or "", body.by)
    return _perform(request, request.param("id"), operation, None)


def _perform(
    request: http.Request, member_id: str, operation: AnyOperation, alias: str | None
) -> http.Response:
    gathered = auth.gather(connect.table(), request, *counter.card_keys(member_id), staff_too=False)
    member = counter.holder(connect.table(), gathered, member_id)

    def render(decision: Decision) -> views.View:
        return views.earned(gathered.program, decision, gathered.now, member.words)

    return counter.perform(
        connect.table(), gathered, member, operation, request, render, alias=alias
    )
