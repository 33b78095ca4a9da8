"""POST /hooks/{provider}/{hook_id}: an event of a till is verified and durably queued.

Nothing else happens here: tills want their answer within a second. 200 with an empty body means
that the event is in the queue. Lean: no pydantic here.
"""

from __future__ import annotations

import json
from base64 import b64encode
from zlib import compress

from regulars.core import clock
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.store import connect, wire
from regulars.store.merchants import Hook
from regulars.store.table import Table
from regulars.tills import hooks, registry
from regulars.tills.events import StaleError

BODY_MAX = 1024 * 1024
MESSAGE_MAX = 250_000
"""What fits a queue message, with room for its envelope."""


def receive(request: protocol.Request) -> protocol.Response:
    """Verify over the raw bytes, queue, answer."""
    if len(request.body) > BODY_MAX:
        raise Refused(RefusalCode.TOO_LARGE, "An event may have 1 MB.")
    provider, hook_id = request.param("provider"), request.param("hook_id")
    table = connect.lean_table()
    hook = hooks.find(table, hook_id, provider)
    if hook is None:
        raise Refused(RefusalCode.NOT_FOUND)
    now_ms = to_ms(clock.now())
    _require_signed(table, hook, request, now_ms // 1000)
    message = json.dumps(
        {
            "hook_id": hook_id,
            "provider": provider,
            "received_ms": now_ms,
            "body": b64encode(compress(request.body)).decode(),
        }
    )
    if len(message) > MESSAGE_MAX:
        raise Refused(RefusalCode.TOO_LARGE, "The event is too large to be queued.")
    wire.send_message(settings().orders_queue_url, message)
    return protocol.empty(200)


def _require_signed(table: Table, hook: Hook, request: protocol.Request, now_s: int) -> None:
    """Raise UNAUTHORIZED for what the till did not sign, RATE_LIMITED when there is too much of it;
    for what is stale it names the header. What the till signed is never too much."""
    try:
        signed = registry.till(hook.provider).verify(hook, request.headers, request.body, now_s)
    except StaleError as stale:
        raise Refused(
            RefusalCode.UNAUTHORIZED,
            "The signature is good, but its time stamp is too far from now.",
            ((stale.header, stale.remedy),),
        ) from stale
    if not signed:
        _count_unsigned(table, hook)
        raise Refused(RefusalCode.UNAUTHORIZED, "The signature does not fit the body.")


def _count_unsigned(table: Table, hook: Hook) -> None:
    """Count an event that nobody signed. Imported here: a good one does not wait for it."""
    from regulars.core.limits import WRONG_SIGNATURES
    from regulars.store import limits

    counted = limits.Counted(limits.named("hook", hook.hook_id), WRONG_SIGNATURES)
    limits.require(table, counted, detail="Too many events came that nobody signed.")


ROUTES = {"POST /hooks/{provider}/{hook_id}": receive}
