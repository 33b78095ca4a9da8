"""Handing a shop over: asked for by the owner, agreed to by both mailboxes within a day."""

from __future__ import annotations

from typing import NamedTuple

from regulars.api import platform
from regulars.core import clock, contacts, tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.http.protocol import Request, Response
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.console.frame.here import Console
from regulars.pages.console.shop.view import HAND_OVER, HandOverPage
from regulars.program.shop import load_shop
from regulars.render.brand import brand_of
from regulars.store import audit, connect, keys, merchant_settings
from regulars.store.audit import Actor
from regulars.store.merchant_settings import Known

GOOD_MS = 24 * 3600 * 1000
PURPOSES = {"from": "hand-over-from", "to": "hand-over-to"}
"""What the link of each side is signed for."""


class Asked(NamedTuple):
    """What a link is about: whose shop, which of the two mailboxes, when it was asked for."""

    merchant_id: str
    side: str
    asked_ms: int


def ask(here: Console, typed: str) -> str:
    """Ask both mailboxes; returns what is wrong with the new address, "" when both were asked.
    Raises CONFIRM_NEEDED."""
    t, live = here.words.t, here.gathered.shop.merchant_id
    if here.is_sandbox:
        raise Refused(RefusalCode.FORBIDDEN, "The sandbox goes with its shop.")
    credentials.require_sure(here.gathered.caller)
    email = contacts.email(typed)
    table = connect.table()
    merchant, _ = merchant_settings.read(table, live)
    if email is None:
        return t("Type a mail address, such as {example}.", example="eva@example.com")
    if email == merchant.owner_email:
        return t("This is the address of now.")
    now_ms = to_ms(clock.now())

    def make(known: Known) -> Known:
        now = known[1]._replace(owner_to=email, owner_asked_ms=now_ms, owner_agreed="")
        return known[0], now

    actor = credentials.actor(here.gathered.caller, here.request)
    noted = audit.put(live, now_ms, actor, "merchant.hand_over", live)
    merchant_settings.change(table, live, make, noted)
    for side, address, other in (
        ("from", merchant.owner_email, email), ("to", email, merchant.owner_email),
    ):  # fmt: skip
        token = tokens.shop_token(PURPOSES[side], live, now_ms)
        facts = {
            "to": address, "side": side, "other": other, "name": merchant.name,
            "url": f"{settings().base_url}/console/hand-over/{token}",
        }  # fmt: skip
        notify(live, Notification(keys.MERCHANT_LEVEL, "hand_over", f"{now_ms}:{side}", facts))
    return ""


def show(request: Request) -> Response:
    """GET /console/hand-over/{token}: what is asked, with one button."""
    asked = _asked(request)
    return _page(request, asked, "ask" if _waits(asked) else "over")


def agree(request: Request) -> Response:
    """POST /console/hand-over/{token}: one side agrees; with the second one it is done."""
    protocol.require_own_page(request)
    asked = _asked(request)
    table = connect.table()
    if not _waits(asked):
        return _page(request, asked, "over")
    known = merchant_settings.read(table, asked.merchant_id)
    if known[1].owner_agreed in {"", asked.side}:

        def make(known: Known) -> Known:
            is_same = known[1].owner_asked_ms == asked.asked_ms
            first = known[1].owner_agreed or asked.side
            return known[0], known[1]._replace(owner_agreed=first) if is_same else known[1]

        _, now = merchant_settings.change(table, asked.merchant_id, make)
        if now.owner_agreed == asked.side:
            return _page(request, asked, "waits")
        known = merchant_settings.read(table, asked.merchant_id)
    email = known[1].owner_to
    now_ms = to_ms(clock.now())
    actor = Actor("owner", "", email, "", credentials.network_of(request.source))
    noted = audit.put(asked.merchant_id, now_ms, actor, "merchant.owner", asked.merchant_id)
    platform.set_owner(asked.merchant_id, email, noted)
    return _page(request, asked, "done")


def _asked(request: Request) -> Asked:
    for side, purpose in PURPOSES.items():
        if found := tokens.read_shop_token(purpose, request.param("token"), GOOD_MS / 1000):
            return Asked(found[0], side, found[1])
    raise Refused(RefusalCode.NOT_FOUND)


def _waits(asked: Asked) -> bool:
    """Whether it is still what was asked for last, and not too long ago."""
    _, now = merchant_settings.read(connect.table(), asked.merchant_id)
    return now.owner_asked_ms == asked.asked_ms > to_ms(clock.now()) - GOOD_MS


def _page(request: Request, asked: Asked, state: str) -> Response:
    shop = load_shop(connect.table(), asked.merchant_id)
    view = HandOverPage(brand_of(shop.program), shop.program.name, asked.side, state, request.path)
    words = answer.browser_words(request)
    return answer.page(410 if state == "over" else 200, HAND_OVER, view, words)


ROUTES = {
    "GET /console/hand-over/{token}": answer.as_page(show),
    "POST /console/hand-over/{token}": answer.as_page(agree),
}
