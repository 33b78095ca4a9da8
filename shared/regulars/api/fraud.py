"""Signals of fraud: the list, and what can be done about each."""

from __future__ import annotations

from typing import Any

from regulars.actions import act_on_signal, attention
from regulars.actions.attention import AttentionItem
from regulars.api.models_access import FraudBody
from regulars.api.reading import limit, read_body
from regulars.core.checks import must_be_one_of
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import audit, connect
from regulars.store.table import Put

OPEN = "open"
STATES = (OPEN, *act_on_signal.STATES.values())


def list_signals(request: protocol.Request) -> protocol.Response:
    """GET /v1/fraud: newest first, the open ones or those that are in another state."""
    gathered = credentials.gather(connect.table(), request)
    state = request.query.get("state", OPEN)
    if state not in STATES:
        raise Refused(RefusalCode.INVALID, "", (("state", must_be_one_of(STATES)),))
    found, following = attention.page(
        connect.table(),
        gathered.shop.merchant_id,
        kind="fraud",
        limit=limit(request),
        cursor=request.query.get("cursor"),
        closed="" if state == OPEN else state,
        places=gathered.caller.places,
    )
    return protocol.json_answer(200, {"items": [_view(item) for item in found], "next": following})


def act(request: protocol.Request) -> protocol.Response:
    """POST /v1/fraud/{id}: dismiss it, put its cards on hold, or reverse its entries.

    Answers the signal as it is afterwards, with what was done, or would be.
    """
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, FraudBody)
    shop = gathered.shop
    item = attention.find(shop.table, shop.merchant_id, request.param("id"))
    if item is None or item.kind != "fraud" or not attention.concerns(item, gathered.caller.places):
        raise Refused(RefusalCode.NOT_FOUND)

    def noted(what: str, target: str) -> Put:
        actor = credentials.actor(gathered.caller, request)
        after = {"signal": request.param("id")} | ({"note": body.note} if body.note else {})
        at_ms = calendar.to_ms(shop.now)
        return audit.put(shop.merchant_id, at_ms, actor, what, target, after=after)

    done = act_on_signal.act(shop, item, body.do, body.note or "", noted, dry_run=body.dry_run)
    return protocol.json_answer(200, {
        **_view(done.item),
        "dry_run": body.dry_run,
        "cards": [one._asdict() for one in done.cards],
        "reversed": [{**one._asdict(), "why": one.why or None} for one in done.entries],
        "left": done.left,
    })  # fmt: skip


def _view(item: AttentionItem) -> dict[str, Any]:
    about = item.about
    return {
        "signal_id": item.id,
        "kind": about["signal"],
        "at": calendar.rfc3339(item.at_ms),
        "why": item.why,
        "members": list(about["members"]),
        **{name: about.get(name) for name in ("staff", "device", "location")},
        "value_minor": about["value_minor"],
        "entries": list(about["entries"]),
        "state": OPEN if item.is_open else item.closed,
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/fraud": list_signals,
    "POST /v1/fraud/{id}": act,
}
