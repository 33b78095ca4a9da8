"""The sandbox: a clock that can be moved, messages that are kept, sample events of tills."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from regulars.api import models
from regulars.api.reading import limit, read_body
from regulars.core import checks, clock, tokens
from regulars.core.config import settings
from regulars.core.deadline import Deadline
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.jobs.due import run_due_in_sandbox
from regulars.jobs.schedules import JOBS
from regulars.store import connect, keys
from regulars.store.marshal import Item
from regulars.store.merchants import Hook, Merchants
from regulars.tills import hooks, registry
from regulars.tills.events import Delivery, Sample

AHEAD_MAX = timedelta(days=366 * 20)
SAMPLE_TIMEOUT_S = 10
SAMPLE_TOTAL_MINOR = 840

_DURATION = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?([0-9]*[WD]?(?:T[0-9HMS.]+)?)")
_REST = TypeAdapter(timedelta)
_MONTHS_MAX = 30 * 12


def read_clock(request: protocol.Request) -> protocol.Response:
    """GET /v1/test/clock."""
    gathered = _gather(request)
    return protocol.json_answer(200, {"now": _rfc3339(gathered.now)})


def move_clock(request: protocol.Request) -> protocol.Response:
    """POST /v1/test/clock: forward, running every job that falls due on the way in its order.

    It stops in time and keeps the target: the same body goes on to it, another sets a new one.
    """
    deadline, gathered = Deadline(), _gather(request)
    m, table = gathered.shop.merchant_id, connect.table()
    body = read_body(request, models.ClockMoveBody)
    (item,) = table.get(keys.clock(m))
    asked = sha256(body.model_dump_json().encode()).hexdigest()
    if item and item.get("asked") == asked:
        target = max(calendar.from_ms(item["target"]), gathered.now)
    else:
        target = _target(body, gathered.now, gathered.program.timezone)
    ran: Counter[tuple[str, str]] = Counter()
    reached, more = target, False
    for due in run_due_in_sandbox(table, m, JOBS, target):
        ran[due.hour, due.job] += 1
        if deadline.passed:
            reached, more = max(gathered.now, min(due.instant, target)), True
            break
    offset_ms = (reached - clock.now()) // timedelta(milliseconds=1)
    going_on = (asked, calendar.to_ms(target)) if more else None
    Merchants(table).move_clock(m, offset_ms, item["offset"] if item else 0, going_on)
    jobs = [
        {"name": job, "at": f"{hour}:00:00Z", "members": members}
        for (hour, job), members in ran.items()
    ]
    return protocol.json_answer(200, {"now": _rfc3339(reached), "jobs": jobs, "more": more})


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
    items = [message_view(item) for item in page.items]
    following = page.items[-1]["SK"].replace("#", ".") if page.next else None
    return protocol.json_answer(200, {"items": items, "next": following})


def message_view(item: Item) -> dict[str, Any]:
    """A message that the sandbox kept."""
    names = ("to", "channel", "kind", "language", "subject", "text")
    return {**{name: item[name] for name in names}, "at": calendar.rfc3339(item["at"])}


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
    gathered = credentials.gather(connect.table(), request)
    if not gathered.caller.sandbox:
        raise Refused(RefusalCode.NOT_FOUND)
    return gathered


def _target(body: models.ClockMoveBody, now: datetime, zone: str) -> datetime:
    if body.now is not None:
        target = calendar.from_ms(checks.parse_instant(body.now) or 0)
        if target < now:
            raise Refused(RefusalCode.INVALID, "", (("now", "must not be in the sandbox's past"),))
    else:
        target = _later(now, body.advance or "", zone)
    if target - clock.now() > AHEAD_MAX:
        field = "now" if body.now else "advance"
        raise Refused(RefusalCode.INVALID, "", ((field, "must not lead more than 20 years ahead"),))
    return target


def _later(now: datetime, text: str, zone: str) -> datetime:
    """Return an instant an ISO 8601 duration later, years and months by the merchant's calendar.
    Raises INVALID."""
    try:
        found = _DURATION.fullmatch(text)
        if found is None or text == "P":
            raise ValueError
        years, months, rest = found.groups()
        further = _REST.validate_python(f"P{rest}") if rest else timedelta()
        ahead = int(years or 0) * 12 + int(months or 0)
        if ahead > _MONTHS_MAX or further > AHEAD_MAX:
            return now + 2 * AHEAD_MAX  # no calendar has more
        if ahead:
            local = now.astimezone(ZoneInfo(zone))
            day = calendar.add_months(local.date(), ahead)
            now = datetime.combine(day, local.timetz()).astimezone(UTC)
        return now + further
    except ValueError:
        remedy = "must be a duration such as P30D, P1M or PT12H"
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
