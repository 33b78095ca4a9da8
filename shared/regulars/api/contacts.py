"""Contacts that members claim, confirmed with a code: by the counter or with a key."""

from __future__ import annotations

from regulars.actions import claimed, find
from regulars.api.models import ConfirmBody
from regulars.api.reading import read_body
from regulars.core import contacts
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.messages.notification import Notification, welcome
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import audit, connect
from regulars.store.profiles import Profile
from regulars.views import integration

NOT_ON_THE_CARD = "is not what this card claims; give it with `PATCH /v1/members/{id}`"


def confirm(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/confirm: sends a code, or confirms the contact with it."""
    member_id = request.param("id")
    gathered = credentials.gather(connect.table(), request, *find.card_keys(member_id))
    shop = gathered.shop
    profile = find.holder(shop, gathered.items, member_id).profile
    body = read_body(request, ConfirmBody)
    contact = contacts.normal(body.contact, shop.program.country)
    if gathered.caller.staff and body.contact in profile.claims:
        contact = profile.claims[body.contact].value  # the counter does not see what it confirms
    if contact is None:
        raise Refused(RefusalCode.INVALID, "", (("contact", contacts.NEITHER),))
    kind = "email" if "@" in contact else "phone"
    if getattr(profile, kind) == contact:
        return _confirmed_before(profile, kind, body)
    claim = profile.claims.get(kind)
    if claim is None or claim.value != contact:
        raise Refused(RefusalCode.INVALID, "", (("contact", NOT_ON_THE_CARD),))
    if body.code is None:
        return _asked(shop, claimed.ask_code(shop, profile, kind), kind)
    actor, now_ms = credentials.actor(gathered.caller, request), calendar.to_ms(gathered.now)
    noted = audit.put(
        shop.merchant_id, now_ms, actor, "contact.confirmed", member_id, after={"kind": kind}
    )
    profile = claimed.enter_code(shop, profile, kind, body.code, noted)
    if kind == "email":
        notify(shop.merchant_id, welcome(member_id), shop.now)
    return protocol.json_answer(200, integration.contact(profile, kind))


def _confirmed_before(profile: Profile, kind: str, body: ConfirmBody) -> protocol.Response:
    if body.code is not None:
        raise Refused(RefusalCode.CODE_USED, "The contact is confirmed.")
    return protocol.json_answer(200, integration.contact(profile, kind))


def _asked(shop: Shop, profile: Profile, kind: str) -> protocol.Response:
    """What follows when a code was asked for: it is mailed, or the card shows it."""
    claim = profile.claims[kind]
    if kind == "email":
        facts = {"code": claim.code}
        message = Notification(profile.member_id, "confirm", f"code:{claim.code}", facts)
        notify(shop.merchant_id, message, shop.now)
    view = {
        "contact": integration.contact(profile, kind),
        "code_in": "mail" if kind == "email" else "card",
        "expires_at": calendar.rfc3339(claim.until_ms),
    }
    return protocol.json_answer(202, view)


ROUTES: dict[str, protocol.Handler] = {"POST /v1/members/{id}/confirm": confirm}
