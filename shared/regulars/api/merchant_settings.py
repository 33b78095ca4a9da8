"""What a merchant sets about itself, with its own key; the sandbox has settings of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from regulars.actions import due_marks, retention
from regulars.api.models_merchants import MerchantChange
from regulars.api.reading import read_body
from regulars.core import checks, contacts, tokens
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.program.shop import Shop
from regulars.store import audit, connect, merchant_settings
from regulars.store.merchant_settings import QUIET_FROM, QUIET_UNTIL, Known, MerchantSettings
from regulars.store.merchants import slug_put
from regulars.store.table import Cancelled, Put

RULE = "retention_months"
SOON = timedelta(hours=1)
EMAILS = ("owner_email", "privacy_contact", "reply_to")
"""Fields that hold an address to which mails can be sent."""

NOT_AN_ADDRESS = "must be an e-mail address"


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/merchant."""
    shop = credentials.gather(connect.table(), request).shop
    known = merchant_settings.read(shop.table, shop.merchant_id)
    return protocol.json_answer(200, _view(shop, known))


def change(request: protocol.Request) -> protocol.Response:
    """PATCH /v1/merchant: the fields that are sent; `null` takes one back. With `dry_run` nothing
    is changed, and whom the retention rule would erase is counted."""
    gathered = credentials.gather(connect.table(), request)
    shop, actor = gathered.shop, credentials.actor(gathered.caller, request)
    body = read_body(request, MerchantChange)
    sent = addressed(body.model_dump(exclude_unset=True, by_alias=True), EMAILS)
    dry_run, m = sent.pop("dry_run", False), shop.merchant_id

    def make(known: Known) -> Known:
        return _changed(known, sent, shop.now)

    if "slug" in sent:
        _require_live(m)
    if dry_run:
        return protocol.json_answer(200, _tried(shop, make(merchant_settings.read(shop.table, m))))
    named: dict[str, Any] = {"set": sorted(sent)}
    marks = []
    if RULE in sent:
        named[RULE] = sent[RULE]
        marks.append(Put(due_marks.next_retention(m, shop.now + SOON)))
    noted = audit.put(m, to_ms(shop.now), actor, "merchant.changed", m, after=named)
    if "slug" in sent:
        marks.append(slug_put(sent["slug"], m))
    try:
        known = merchant_settings.change(shop.table, m, make, noted, *marks)
    except Cancelled as cancelled:
        raise Refused(RefusalCode.SLUG_TAKEN, "Another business has this slug.") from cancelled
    return protocol.json_answer(200, _view(shop, known))


def _require_live(merchant_id: str) -> None:
    """Raise INVALID for a sandbox: nobody joins there by a link of its own."""
    if tokens.is_sandbox(merchant_id):
        hint = "is that of the live shop; rename it there"
        raise Refused(RefusalCode.INVALID, "", (("slug", hint),))


def addressed(sent: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return what was sent, its addresses in their normal form; raises INVALID for others."""
    normal = {name: contacts.email(sent[name]) for name in names if sent.get(name)}
    checks.require([(name, NOT_AN_ADDRESS) for name, found in normal.items() if found is None])
    return {**sent, **normal}


def controller(known: Known) -> dict[str, Any]:
    """Who keeps the members' data, as art. 15 of the GDPR wants it told."""
    merchant, settings = known
    return {
        "name": merchant.name,
        "postal_address": settings.postal_address or None,
        "privacy_contact": settings.privacy_contact or None,
        "privacy_url": settings.privacy_url or None,
        "retention_months": settings.retention_months or None,
    }


def _changed(known: Known, sent: Mapping[str, Any], now: datetime) -> Known:
    merchant, settings = known
    nothing = MerchantSettings()
    own = {
        name: getattr(nothing, name) if value is None else value
        for name, value in sent.items()
        if name in MerchantSettings._fields
    }
    if "quiet_hours" in sent:
        quiet = sent["quiet_hours"] or {"from": QUIET_FROM, "until": QUIET_UNTIL}
        own |= {"quiet_from": quiet["from"], "quiet_until": quiet["until"]}
    if RULE in sent:
        own["retention_from_ms"] = _rule_from(settings, own[RULE], now)
    named = {name: sent[name] for name in ("name", "slug", "owner_email") if name in sent}
    return merchant._replace(**named), settings._replace(**own)


def _rule_from(before: MerchantSettings, months: int, now: datetime) -> int:
    """When a rule of so many months begins to hold (ms), after the one before; 0 without a rule.
    One that erases more than the one before is announced."""
    if not months:
        return 0
    longer = 0 < before.retention_months <= months
    return before.retention_from_ms if longer else to_ms(now + retention.NOTICE)


def _tried(shop: Shop, known: Known) -> dict[str, Any]:
    """What the settings would be, and how many members their rule would erase."""
    months = known[1].retention_months
    members, more = retention.count(shop, months) if months else (0, False)
    return {**_view(shop, known), "would_erase": {"members": members, "more": more}}


def _view(shop: Shop, known: Known) -> dict[str, Any]:
    merchant, settings = known
    return {
        **controller(known),
        "slug": merchant.slug,
        "owner_email": merchant.owner_email,
        "sender_name": settings.sender_name or shop.program.name,
        "reply_to": settings.reply_to or None,
        "quiet_hours": {"from": settings.quiet_from, "until": settings.quiet_until},
        "retention_from": rfc3339(settings.retention_from_ms)
        if settings.retention_from_ms
        else None,
        "set_up_done": settings.set_up_done,
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/merchant": read,
    "PATCH /v1/merchant": change,
}
