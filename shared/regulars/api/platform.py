"""What the platform does with merchants that are there: list them, set limits, change the owner,
close one and open it again."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

from regulars.actions import close_shop, due_marks
from regulars.api.merchant_settings import addressed
from regulars.api.models_merchants import MerchantLimits, OwnerBody
from regulars.api.reading import limit, read_body
from regulars.core import clock, config, tokens
from regulars.core.observability import logger
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import load_shop
from regulars.store import audit, closing, connect, keys, merchant_settings, sign_ins
from regulars.store.closing import Closing
from regulars.store.merchant_settings import Known
from regulars.store.table import Put
from regulars.tills import hooks

OWNER_CHANGED = "owner_changed"
LINK_MS = 3600 * 1000
"""How long the link to an archive is good that the platform is shown."""

_ID = re.compile(r"[mt][0-9a-z]{11}")


def list_merchants(request: protocol.Request) -> protocol.Response:
    """GET /v1/merchants: the live ones, newest first."""
    credentials.require_platform(request)
    found, following = merchant_settings.page(
        connect.table(), limit=limit(request), before=_place(request.query.get("cursor"))
    )
    cursor = f"{following[0]}.{following[1]}" if following else None
    return protocol.json_answer(200, {"items": [_view(one) for one in found], "next": cursor})


def set_limits(request: protocol.Request) -> protocol.Response:
    """PATCH /v1/merchants/{id}: limits of a merchant or a sandbox, and the owner's address; a
    closed one is opened again."""
    credentials.require_platform(request)
    body = read_body(request, MerchantLimits)
    sent = addressed(body.model_dump(exclude_unset=True), ("owner_email",))
    merchant_id = _known_form(request.param("id"))
    if "closed" in sent:
        _reopen(request, merchant_id)
        if len(sent) == 1:
            known = merchant_settings.read(connect.table(), merchant_id)
            return protocol.json_answer(200, _view(known))
    limits: dict[str, Any] = {
        name: sent[name] or 0 for name in ("rate_per_second", "burst") if name in sent
    }

    def make(known: Known) -> Known:
        merchant, settings = known
        if "owner_email" in sent:
            merchant = merchant._replace(owner_email=sent["owner_email"])
        return merchant, settings._replace(**limits)

    noted = _noted(request, merchant_id, "merchant.limits", limits)
    changed = merchant_settings.change(connect.table(), merchant_id, make, noted)
    return protocol.json_answer(200, _view(changed))


def change_owner(request: protocol.Request) -> protocol.Response:
    """POST /v1/merchants/{id}/owner: another mailbox, for the live merchant and its sandbox."""
    credentials.require_platform(request)
    email = addressed(read_body(request, OwnerBody).model_dump(), ("email",))["email"]
    live = _known_form(request.param("id"))
    if tokens.is_sandbox(live):
        raise Refused(RefusalCode.NOT_FOUND)
    changed = set_owner(live, email, _noted(request, live, "merchant.owner", {}))
    return protocol.json_answer(200, _view(changed))


def set_owner(live: str, email: str, noted: Put) -> Known:
    """Give the owner of a merchant and its sandbox another mailbox, and write to both; `noted` is
    the line of the audit log. What signed in with the old one is over. Raises CONFLICT."""
    table = connect.table()
    before, _ = merchant_settings.read(table, live)
    if email != before.owner_email:
        # First the mails: a call that stopped half way and comes again still reaches both.
        _announce(live, before.owner_email, email)

    def make(known: Known) -> Known:
        settings = known[1]._replace(owner_to="", owner_asked_ms=0, owner_agreed="")
        return known[0]._replace(owner_email=email), settings

    merchant_settings.change(table, tokens.twin(live), make)
    now_ms = calendar.to_ms(clock.now())
    people = sign_ins.moved(table, live, before.owner_email, email, now_ms)
    return merchant_settings.change(table, live, make, noted, *people)


def close(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/merchants/{id}: from now on a merchant and its sandbox are as unknown as what
    never was; a job makes the archive, and erases the members in the end."""
    credentials.require_platform(request)
    live = _known_form(request.param("id"))
    if tokens.is_sandbox(live):
        raise Refused(RefusalCode.NOT_FOUND)
    table = connect.table()
    merchant_settings.put_into_list(table, live)  # the list shows where its archive is
    close_shop.close(table, live, clock.now(), _noted(request, live, "merchant.closed", {}))
    logger().info("a merchant was closed", extra={"merchant": live})
    return protocol.json_answer(202, _view(merchant_settings.read(table, live)))


def _reopen(request: protocol.Request, live: str) -> None:
    """Open a merchant again with its sandbox; what its jobs do is due as for a new one."""
    if tokens.is_sandbox(live):
        raise Refused(RefusalCode.NOT_FOUND)
    table, now = connect.table(), clock.now()
    if closing.read(table, live) is None:
        return
    writes = [_noted(request, live, "merchant.reopened", {})]
    program = load_shop(table, live, closed=True).program
    marks = due_marks.of_merchant(live, program, now)
    marks.append(due_marks.next_retention(live, now + timedelta(hours=1)))
    writes += map(Put, marks)
    writes += [put for m in (live, tokens.twin(live)) for put in hooks.closed(table, m, yes=False)]
    closing.reopen(table, live, writes)
    logger().info("a merchant was opened again", extra={"merchant": live})


def _noted(request: protocol.Request, merchant_id: str, what: str, after: dict[str, Any]) -> Put:
    """Return the line of the merchant's audit log: its owner sees what the platform does."""
    now_ms, actor = calendar.to_ms(clock.now()), credentials.platform(request)
    return audit.put(merchant_id, now_ms, actor, what, merchant_id, after=after or None)


def _announce(merchant_id: str, before: str, now: str) -> None:
    """Tell both addresses, once a day for the same change."""
    day = clock.now().date().isoformat()
    for address in (before, now):
        about = sha256(f"{before} {now} {address}".encode()).hexdigest()[:16]
        wanted = Notification(keys.MERCHANT_LEVEL, OWNER_CHANGED, f"{day}:{about}", {"to": address})
        notify(merchant_id, wanted)


def _known_form(merchant_id: str) -> str:
    if not _ID.fullmatch(merchant_id):
        raise Refused(RefusalCode.NOT_FOUND)
    return merchant_id


def _place(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    created, _, merchant_id = cursor.partition(".")
    if not (re.fullmatch(r"[0-9]{1,13}", created) and _ID.fullmatch(merchant_id)):
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    return int(created), merchant_id


def _view(known: Known) -> dict[str, Any]:
    merchant, settings = known
    live = merchant.merchant_id
    if tokens.is_sandbox(live):
        live = tokens.twin(live)
    return {
        "merchant_id": live,
        "sandbox_id": tokens.twin(live),
        "slug": merchant.slug,
        "name": merchant.name,
        "owner_email": merchant.owner_email,
        "created_at": calendar.rfc3339(merchant.created_ms),
        "rate_per_second": settings.rate_per_second or None,
        "burst": settings.burst or None,
        "state": _state(merchant.closing),
        "archive": _archive(live, merchant.closing),
    }


def _state(closed: Closing | None) -> str:
    if closed is None:
        return "open"
    return "closed" if closed.phase == "closed" else "closing"


def _archive(live: str, closed: Closing | None) -> dict[str, Any] | None:
    """Where the archive of a closed merchant is, by a link that is good for an hour; None while
    there is none (yet, or any more)."""
    archive = closed.archive if closed else None
    now_ms = calendar.to_ms(clock.now())
    if archive is None or archive.until_ms <= now_ms:
        return None
    until_s = min(now_ms + LINK_MS, archive.until_ms) // 1000
    return {
        "url": f"{config.settings().base_url}/e/{tokens.shop_token('archive', live, until_s)}",
        "expires_at": calendar.rfc3339(until_s * 1000),
        "sha256": archive.sha256,
        "size": archive.size,
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/merchants": list_merchants,
    "PATCH /v1/merchants/{id}": set_limits,
    "DELETE /v1/merchants/{id}": close,
    "POST /v1/merchants/{id}/owner": change_owner,
}
