"""Who holds the card that a browser brings to a code, and who gets a new one there."""

from __future__ import annotations

from typing import NamedTuple

from regulars.actions.enroll import enroll
from regulars.core import tokens
from regulars.core.limits import JOINS, JOINS_FROM_ONE
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.http import card_holders, protocol
from regulars.http.limits import source
from regulars.program.shop import Shop
from regulars.store import keys, limits
from regulars.store.answers import Idempotency
from regulars.store.card_devices import with_secret
from regulars.store.cards import card_of
from regulars.store.members import card_of_link
from regulars.store.profiles import Profile, profile_of


class Holder(NamedTuple):
    """A card, and whose it is."""

    card: Card
    profile: Profile


def of(request: protocol.Request, shop: Shop) -> Holder | None:
    """Return the card that the browser holds of a shop; None for none, or none that is good."""
    held = card_holders.held(request, shop.merchant_id)
    if held is None:
        return None
    member_id = held.member_id
    if held.token:
        found = card_of_link(shop.table, held.token)
        member_id = found[1] if found and found[0] == shop.merchant_id else ""
    one = read(shop, member_id) if member_id else None
    if one is None:
        return None
    here = not held.secret or bool(with_secret(one.profile.devices, held.secret))
    while one and one.card.merged_into:
        one = read(shop, one.card.merged_into)
        here = here or bool(one and with_secret(one.profile.devices, held.secret))
    return one if one and here and not one.profile.erased_ms else None


def read(shop: Shop, member_id: str) -> Holder | None:
    """Read a card with its profile as of now, also one that was merged; None when there is none."""
    m = shop.merchant_id
    state, profile = shop.table.get(keys.state(m, member_id), keys.profile(m, member_id))
    if state is None or profile is None:
        return None
    return Holder(card_of(state), profile_of(profile))


class Joined(NamedTuple):
    """A new card, and what makes the browser the device that it lives on."""

    holder: Holder
    cookie: str
    token: str
    """What the card's link ends with, for a browser that keeps no cookies."""


def join(request: protocol.Request, shop: Shop, profile: Profile, once: str) -> Joined:
    """Enrol whoever has scanned a code; the same form posted twice is one card.

    Raises RATE_LIMITED when too many join at once.
    """
    m, at_ms, link_key = shop.merchant_id, to_ms(shop.now), tokens.key_name()
    counted = [limits.Counted(limits.named("joins", m), JOINS)]
    if request.source:
        here = limits.named("joins", m, source(request))
        counted.insert(0, limits.Counted(here, JOINS_FROM_ONE))
    limits.require(shop.table, *counted, detail="Too many joined at once.")
    op = f"join:{once}:code:{profile.birthday}"
    secret, device = card_holders.new_device(request, at_ms, "join", tokens.device_secret(m, op))
    given = ["birthday"] if profile.birthday else []
    made = profile.with_proof(at_ms, "page", *given)._replace(link_key=link_key)
    enrolled = enroll(
        shop,
        made.living_on(device),
        op=op,
        source="join",
        idempotency=Idempotency(fingerprint="join", expires=True),
        render=lambda decision: {"member_id": decision.card.member_id, "link_key": link_key},
    )
    holder = read(shop, enrolled.member_id)
    if holder is None:
        raise AssertionError("who was just enrolled has a card")
    made_with = str(enrolled.answer.body.get("link_key", "")) if enrolled.answer else link_key
    return Joined(
        holder,
        card_holders.device_cookie(m, enrolled.member_id, secret),
        tokens.card_token(m, enrolled.member_id, profile.link, made_with),
    )
