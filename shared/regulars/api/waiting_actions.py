"""What members say they did: the owner's list, and what is decided about each."""

from __future__ import annotations

from typing import Any, cast

from regulars.actions import find, waiting_actions
from regulars.api import models_codes
from regulars.api.reading import limit, read_body
from regulars.core import checks
from regulars.domain.calendar import rfc3339
from regulars.domain.decision import Decision
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import connect
from regulars.store import waiting_actions as store
from regulars.store.waiting_actions import Status, WaitingAction
from regulars.views import integration

STATUSES = ("waiting", "granted", "refused")


def list_actions(request: protocol.Request) -> protocol.Response:
    """GET /v1/actions: of one status, newest first; what waits, if none is named."""
    gathered = credentials.gather(connect.table(), request)
    status = request.query.get("status", "waiting")
    if status not in STATUSES:
        raise Refused(RefusalCode.INVALID, "", (("status", checks.must_be_one_of(STATUSES)),))
    shop, cursor = gathered.shop, request.query.get("cursor")
    start = None
    if cursor is not None:
        last = store.read(shop.table, shop.merchant_id, cursor[: checks.TEXT_MAX])
        if last is None:
            hint = "must be the `next` of an earlier page"
            raise Refused(RefusalCode.INVALID, "", (("cursor", hint),))
        listed = last._replace(status=cast(Status, status))
        start = store.place(shop.merchant_id, listed)
    found, more = store.page(shop.table, shop.merchant_id, status, limit(request), start)
    body = {"items": [view(one) for one in found], "next": found[-1].id if more else None}
    return protocol.json_answer(200, body)


def decide(request: protocol.Request) -> protocol.Response:
    """POST /v1/actions/{id}: rewarded, or refused; doing it again changes nothing."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models_codes.ActionDecision)
    shop, item_id, note = gathered.shop, request.param("id"), body.note or ""
    if body.decide == "refuse":
        one = waiting_actions.refuse(shop, item_id, note)
        return protocol.json_answer(200, {**view(one), "entry_id": None})

    def render(decision: Decision) -> integration.View:
        return integration.booked(gathered.program, decision, gathered.now, words)

    words = find.merchant_words(shop)
    one, answer = waiting_actions.grant(shop, item_id, note, render)
    entry_id = f"{answer.member_id}.{answer.seq}"
    return protocol.json_answer(200, {**view(one), "entry_id": entry_id})


def view(one: WaitingAction) -> dict[str, Any]:
    """An action as the API answers it."""
    return {
        "id": one.id,
        "member_id": one.member_id,
        "action": one.action,
        "ref": one.ref or None,
        "claimed_at": rfc3339(one.claimed_ms),
        "status": one.status,
        "note": one.note or None,
        "decided_at": rfc3339(one.decided_ms) if one.decided_ms else None,
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/actions": list_actions,
    "POST /v1/actions/{id}": decide,
}
