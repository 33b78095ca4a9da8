"""POST /v1/codes: codes that guests scan. Lean: no pydantic here, the counter makes them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.actions import earning_codes, named
from regulars.actions.earning_codes import Made
from regulars.api import bodies
from regulars.core import checks
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.earning_codes import ONCE_MS, EarningCode
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.program.shop import Shop
from regulars.render.qr import qr_picture
from regulars.store import connect
from regulars.store.staff import STAFF, Session

DAY_MS = 24 * 3600 * 1000
RECEIPT_MS, EVENT_MS, LONGEST_MS = 30 * DAY_MS, DAY_MS, 5 * 366 * DAY_MS

PROVED_BY_CODE = {True: ("code", "key"), False: ("code", "staff")}
"""Which proofs of an action a code can stand for: one made with a key, and one of the counter."""


def make(request: protocol.Request) -> protocol.Response:
    """POST /v1/codes, with a key."""
    gathered, body = credentials.gather_for(
        connect.lean_table(), request, lambda: bodies.code(request.json)
    )
    return answered(_made(gathered, body, None))


def make_at_the_counter(request: protocol.Request) -> protocol.Response:
    """POST /staff/api/codes: what it gives counts as booked by who is signed in. Staff make codes
    that are good once, managers all kinds."""
    gathered, body = credentials.gather_for(
        connect.lean_table(), request, lambda: bodies.code({"kind": "once", **request.json})
    )
    session = gathered.at_the_counter
    if session.role == STAFF and body["kind"] != "once":
        raise Refused(RefusalCode.FORBIDDEN, "Codes that last are made by a manager.")
    place = body.get("location")
    if place and not session.may_name(place):
        hint = "is not the place of this device: leave it out"
        raise Refused(RefusalCode.INVALID, "", (("location", hint),))
    return answered(_made(gathered, body, session))


def state(request: protocol.Request) -> protocol.Response:
    """GET /staff/api/codes/{id}: whether the guest has used it."""
    gathered = credentials.gather(connect.lean_table(), request)
    code = earning_codes.by_id(gathered.shop, request.param("id"))
    over = code.is_over(to_ms(gathered.now))
    word = "used" if code.is_used_up else "expired" if over else "open"
    return protocol.json_answer(200, {"state": word, "used": code.used})


def answered(made: Made) -> protocol.Response:
    """Answer with a new code and its picture."""
    code = made.code
    body = {
        "code_id": code.code_id,
        "kind": code.kind,
        "url": made.url,
        "svg": str(qr_picture(made.url)),
        "expires_at": rfc3339(code.until_ms) if code.until_ms else None,
        "uses": code.uses or None,
    }
    return protocol.json_answer(201, body)


def _made(gathered: credentials.Gathered, body: Mapping[str, Any], session: Session | None) -> Made:
    shop = gathered.shop
    named.require_known(shop, body, by_key=session is None)
    if body.get("action"):
        _require_action(shop, body["action"], by_key=session is None)
    wanted = EarningCode(
        "",
        shop.merchant_id,
        body["kind"],
        visits=_visits(body),
        spend_minor=body.get("spend_minor"),
        items=checks.items(body),
        action=body.get("action") or "",
        order_id=body.get("order_id") or "",
        location=body.get("location") or (session.location if session else None),
        until_ms=_until_ms(body, to_ms(shop.now)),
        uses=1 if body["kind"] in {"once", "receipt"} else body.get("uses") or 0,
        staff=session.staff_id if session else None,
        device=session.device.device_id if session else "",
    )
    return earning_codes.make(shop.table, wanted)


def _visits(body: Mapping[str, Any]) -> int:
    given = body.get("visits")
    if given is None:
        return 0 if body.get("action") else 1
    return int(given)


def _until_ms(body: Mapping[str, Any], now_ms: int) -> int:
    """When a code ends; 0 for never. Raises INVALID for an end that is over, or too far away."""
    given = body.get("valid_until")
    if given is None:
        usual = {"once": ONCE_MS, "receipt": RECEIPT_MS, "event": EVENT_MS}
        return now_ms + usual[body["kind"]] if body["kind"] in usual else 0
    until_ms = checks.parse_instant(given) or 0
    if not now_ms < until_ms <= now_ms + LONGEST_MS:
        hint = "must lie ahead, by five years at most"
        raise Refused(RefusalCode.INVALID, "", (("valid_until", hint),))
    return until_ms


def _require_action(shop: Shop, action: str, *, by_key: bool) -> None:
    """Raise INVALID for an action that is not rewarded, or that a code does not prove."""
    rule, proofs = shop.program.action_rule(action), PROVED_BY_CODE[by_key]
    if rule is None:
        known = dict.fromkeys(one.action for one in shop.program.earn if one.action)
        hint = checks.must_be_one_of(known) if known else "no action is rewarded"
        raise Refused(RefusalCode.INVALID, "This is not rewarded.", (("action", hint),))
    if rule.proof not in proofs:
        hint = f"is proved by {rule.proof!r} in the programme; a code needs {' or '.join(proofs)}"
        raise Refused(RefusalCode.INVALID, "", (("action", hint),))


ROUTES: dict[str, protocol.Handler] = {"POST /v1/codes": make}
COUNTER_ROUTES: dict[str, protocol.Handler] = {
    "POST /staff/api/codes": make_at_the_counter,
    "GET /staff/api/codes/{id}": state,
}
