"""The audit log: who changed what, from where, when."""

from __future__ import annotations

import re
from typing import Any

from regulars.api.reading import limit
from regulars.core import checks
from regulars.domain.calendar import rfc3339
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import audit, connect
from regulars.store.audit import AuditItem

_CURSOR = re.compile(r"\d{13}#[0-9a-z]{1,16}")


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/audit: the newest first; since an instant, by one, of one kind."""
    gathered = credentials.gather(connect.table(), request)
    cursor, since = request.query.get("cursor"), request.query.get("from")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        hint = "must be the `next` of an earlier page"
        raise Refused(RefusalCode.INVALID, "", (("cursor", hint),))
    found, following = audit.page(
        connect.table(),
        gathered.shop.merchant_id,
        limit=limit(request),
        cursor=cursor,
        since_ms=_instant(since) if since else 0,
        who=request.query.get("who"),
        what=request.query.get("what"),
    )
    items = [_view(item) for item in found]
    return protocol.json_answer(200, {"items": items, "next": following})


def _instant(text: str) -> int:
    """Read an instant, or the beginning (UTC) of a day; raises INVALID."""
    instant = checks.parse_instant(text if "T" in text else f"{text}T00:00:00Z")
    if instant is None or instant < 0:
        hint = "must be an instant or a day, such as 2026-11-22"
        raise Refused(RefusalCode.INVALID, "", (("from", hint),))
    return instant


def _view(item: AuditItem) -> dict[str, Any]:
    actor = item.actor
    source = {"device": actor.device or None, "key": actor.id if actor.kind == "key" else None}
    return {
        "at": rfc3339(item.at_ms),
        "who": {"kind": actor.kind, "id": actor.id, "name": actor.name},
        "from": {**source, "network": actor.network or None},
        "what": item.what,
        "target": item.target,
        "before": item.before,
        "after": item.after,
    }


ROUTES: dict[str, protocol.Handler] = {"GET /v1/audit": read}
