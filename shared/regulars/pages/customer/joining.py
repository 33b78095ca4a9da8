"""Joining on a page: how it is counted, where the card lives, and what the browser keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from regulars.actions.enroll import Enrolled, enroll
from regulars.core import tokens
from regulars.core.limits import JOINS, JOINS_FROM_ONE
from regulars.domain import calendar
from regulars.domain.refusals import Refused
from regulars.http import card_holders, protocol
from regulars.http.in_app import is_in_app
from regulars.http.limits import source
from regulars.i18n.words import Words
from regulars.pages import answer
from regulars.pages.message import view as message
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import limits
from regulars.store.answers import Idempotency
from regulars.store.profiles import Profile

_ONCE = re.compile(r"[0-9a-z]{8,40}")


class Joined(NamedTuple):
    """Who has joined, and what the browser is to keep of the card."""

    enrolled: Enrolled
    token: str
    """What the card's link ends with."""
    cookies: tuple[str, ...]


def once_of(form: Mapping[str, str]) -> str:
    """Return what makes a form that is posted twice one request; something new where it is none."""
    once = form.get("once", "")
    return once if _ONCE.fullmatch(once) else tokens.random_id(20)


def count(request: protocol.Request, shop: Shop) -> None:
    """Count a join at the shop, from the address and of all; raises RATE_LIMITED."""
    m = shop.merchant_id
    counted = [limits.Counted(limits.named("joins", m), JOINS)]
    if request.source:
        here = limits.named("joins", m, source(request))
        counted.insert(0, limits.Counted(here, JOINS_FROM_ONE))
    limits.require(shop.table, *counted, detail="Too many joined at once.")


def too_many(refused: Refused, shop: Shop, words: Words) -> protocol.Response:
    """The page for who is one too many for now."""
    many = message.MessagePage("many_join", brand_of(shop.program), minutes=answer.minutes(refused))
    return answer.refusal_page(refused, many, words)


def join(request: protocol.Request, shop: Shop, profile: Profile, what: str) -> Joined:
    """Enroll who has filled in a form; `what` names the form and all that was typed, so that the
    same one posted twice is one card, with the same secret of its device.

    A browser inside another app is not where a card can live: there it only has the link.
    """
    m, at_ms, link_key = shop.merchant_id, calendar.to_ms(shop.now), tokens.key_name()
    op = f"join:{what}"
    secret, device = card_holders.new_device(request, at_ms, "join", tokens.device_secret(m, op))
    bound, made = not is_in_app(request), profile._replace(link_key=link_key)
    enrolled = enroll(
        shop,
        made.living_on(device) if bound else made,
        op=op,
        source="join",
        idempotency=Idempotency(fingerprint="join", expires=True),
        render=lambda decision: {"member_id": decision.card.member_id, "link_key": link_key},
    )
    member_id = enrolled.member_id
    made_with = str(enrolled.answer.body.get("link_key", "")) if enrolled.answer else link_key
    token = tokens.card_token(m, member_id, profile.link, made_with)
    if not bound:
        return Joined(enrolled, token, (card_holders.card_cookie(m, token),))
    aside = card_holders.put_aside(request, m, member_id)
    cookies = card_holders.device_cookie(m, member_id, secret), *((aside,) if aside else ())
    return Joined(enrolled, token, cookies)
