"""Who holds the card that a browser brings to a code."""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.card import Card
from regulars.http import card_holders, protocol
from regulars.program.shop import Shop
from regulars.store import keys
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
