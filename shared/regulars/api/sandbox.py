"""The sandbox: a clock that can be moved, messages that are kept, sample events of tills."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from regulars.api import models
from regulars.api.reading import limit, read_body
from regulars.core import checks, clock, tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.jobs.due import run_due_in_sandbox
from regulars.jobs.schedules import JOBS
from regulars.store import connect, keys
from regulars.store.merchants import Hook, Merchants
from regulars.tills import hooks, registry
from regulars.tills.events import Delivery, Sample

AHEAD_MAX = timedelta(days=366 * 20)
SAMPLE_TIMEOUT_S = 10
SAMPLE_TOTAL_MINOR = 840

_DURATION = TypeAdapter(timedelta)


def read_clock(request: protocol.Request) -> protocol.Response:
    """GET /v1/test/clock."""
    gathered = _gather(request)
    return protocol.json_answer(200, {"now": _rfc3339(gathered.now)})


def move_clock(request: protocol.Request) -> protocol.Response:
    """POST /v1/test/clock: forward, running every job that falls due on the way in its order."""
    gathered = _gather(request)
    m, table = gathered.shop.merchant_id, connect.table()
    target = _target(read_body(request, models.ClockMoveBody), gathered.now)
    ran: Counter[tuple[str, str]] = Counter()
    for due in run_due_in_sandbox(table, m, JOBS, target):
        ran[due.hour, due.job] += 1
    (item,) = table.get(keys.clock(m))
    offset_ms = (target - clock.now()) // timedelta(milliseconds=1)
    Merchants(table).move_clock(m, offset_ms, item["offset"] if item else 0)
    jobs = [
        {"name": job, "at": f"{hour}:00:00Z", "members": members}
        for (hour, job), members in ran.items()
    ]
    return protocol.json_answer(200, {"now": _rfc3339(target), "jobs": jobs})


def read_messages(request: protocol.Request) -> protocol.Response:
    """GET /v1/test/messages: newest first."""
    gathered = _gather(request)
    m = gathered.shop.merchant_id
    cursor = request.query.get("cursor")
    if cursor is not None and not re.fullmatch(r"\d{13}\.[0-9a-z]{8}", cursor):
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    page = connect.table().query(
        keys.messages(m),
        newest_first=True,
        limit=limit(request),
        after=cursor.replace(".", "#") if cursor else None,
        consistent=True,
    )
    names = ("to", "channel", "kind", "language", "subject", "text")
    items = [
        {**{name: item[name] for name in names}, "at": calendar.rfc3339(item["at"])}
        for item in page.items
    ]
    following = page.items[-1]["SK"].replace("#", ".") if page.next else None
    return protocol.json_answer(200, {"items": items, "next": following})


def send_sample(request: protocol.Request) -> protocol.Response:
    """POST /v1/test/hooks/{provider}: a signed sample event, sent through the real path."""
    gathered = _gather(request)
    provider = request.param("provider")
    if provider not in registry.names():
        raise Refused(RefusalCode.NOT_FOUND)
    body = read_body(request, models.SampleEvent)
    hook = hooks.read(connect.table(), gathered.shop.merchant_id, provider)
    event_id = f"evt_{tokens.random_id(16)}"
    refunded = body.type == "sale.refunded"
    sample = Sample(
        event_id=event_id,
        order_id=body.order_id or f"sample-{event_id}",
        total_minor=SAMPLE_TOTAL_MINOR
        if body.total_minor is None and not refunded
        else body.total_minor,
        currency=gathered.program.currency,
        at=gathered.now,
        refund_id=(body.refund_id or f"refund-{event_id}") if refunded else "",
        contact=body.contact or "",
    )
    status = _post(hook, registry.till(provider).sample(hook, sample))
    return protocol.json_answer(200, {"status": status, "event_id": event_id})


def _gather(request: protocol.Request) -> credentials.Gathered:
    """A test key's request; with a live key there is nothing here."""
    gathered = credentials.gather(connect.table(), request, staff_too=False)
    if not gathered.caller.sandbox:
        raise Refused(RefusalCode.NOT_FOUND)
    return gathered


def _target(body: models.ClockMoveBody, now: datetime) -> datetime:
    if body.now is not None:
        target = calendar.from_ms(checks.parse_instant(body.now) or 0)
        if target < now:
            raise Refused(RefusalCode.INVALID, "", (("now", "must not be in the sandbox's past"),))
    else:
        target = now + _duration(body.advance or "")
    if target - clock.now() > AHEAD_MAX:
        field = "now" if body.now else "advance"
        raise Refused(RefusalCode.INVALID, "", ((field, "must not lead more than 20 years ahead"),))
    return target


def _duration(text: str) -> timedelta:
    """Return an ISO 8601 duration; a year is 365 days and a month 30. Raises INVALID."""
    try:
        if not text.startswith("P"):  # pydantic reads other forms, too, and negative ones
            raise ValueError
        return min(_DURATION.validate_python(text), 2 * AHEAD_MAX)  # no calendar has more
    except ValueError:
        remedy = "must be a duration such as P30D or PT12H"
        raise Refused(RefusalCode.INVALID, "", (("advance", remedy),)) from None


def _rfc3339(instant: datetime) -> str:
    return calendar.rfc3339(calendar.to_ms(instant) // 1000 * 1000)


def _post(hook: Hook, delivery: Delivery) -> int:
    """Post to our own hook, wherever its owner says that the till posts; the status."""
    parts = urlsplit(settings().base_url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=SAMPLE_TIMEOUT_S)
    try:
        path = f"/hooks/{hook.provider}/{hook.hook_id}"
        connection.request("POST", path, delivery.body, dict(delivery.headers))
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise Refused(RefusalCode.UNAVAILABLE, "The hook did not answer.") from error
    finally:
        connection.close()


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/test/clock": read_clock,
    "POST /v1/test/clock": move_clock,
    "GET /v1/test/messages": read_messages,
    "POST /v1/test/hooks/{provider}": send_sample,
}
