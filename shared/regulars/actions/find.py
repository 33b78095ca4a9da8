"""Finds the member that a request or a till is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.core import contacts
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode, Refused
from regulars.i18n import negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.cards import card_of
from regulars.store.marshal import Item
from regulars.store.members import Members, card_url
from regulars.store.profiles import Profile, profile_of


class MemberCard(NamedTuple):
    """A card and whose it is."""

    card: Card
    profile: Profile
    words: Words
    card_url: str | None
    """The link of the card; None for whoever must not see it."""


def card_keys(member_id: str) -> tuple[Any, Any]:
    """What `credentials.gather` is to read for a member: state and profile."""
    return (lambda m: keys.state(m, member_id)), (lambda m: keys.profile(m, member_id))


def holder(shop: Shop, items: list[Item | None], member_id: str) -> MemberCard:
    """Return the member whose state and profile were read, or raise NOT_FOUND."""
    state, profile = items
    if state is None or profile is None:  # perhaps only not yet visible to a cheap read
        return read_member_card(shop, member_id)
    return member_card_of(shop, state, profile)


def find(shop: Shop, body: Mapping[str, Any]) -> MemberCard:
    """The member a body names by contact or by the code on the card.

    Raises INVALID for a contact that is none, NOT_FOUND when nobody has it.
    """
    members = Members(shop.table, shop.merchant_id)
    if body.get("code") is not None:
        member_id = members.by_code(body["code"], to_ms(shop.now) // 1000)
        if member_id is None:
            raise Refused(
                RefusalCode.NOT_FOUND, "No card shows this code; codes change every 30 seconds."
            )
    else:
        contact = contacts.normal(body["contact"], shop.program.country)
        if contact is None:
            raise Refused(RefusalCode.INVALID, "", (("contact", contacts.NEITHER),))
        member_id = members.by_contact(contact)
    if member_id is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return read_member_card(shop, member_id)


def member_card_of(shop: Shop, state: Item | None, profile_item: Item | None) -> MemberCard:
    """The member in the items read, of a card that was merged the one that is kept; raises
    NOT_FOUND when there is none (any more)."""
    if state is None or profile_item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    profile = profile_of(profile_item)
    if profile.erased_ms:
        raise Refused(RefusalCode.NOT_FOUND)
    card = card_of(state)
    if card.merged_into:
        return read_member_card(shop, card.merged_into)
    return MemberCard(
        card=card,
        profile=profile,
        words=member_words(profile, shop.program.languages),
        card_url=_link(shop, profile),
    )


def _link(shop: Shop, profile: Profile) -> str | None:
    if not shop.shows_links:
        return None
    return card_url(settings().base_url, shop.merchant_id, profile)


def read_member_card(shop: Shop, member_id: str) -> MemberCard:
    """Return a member of the merchant, read consistently; raises NOT_FOUND."""
    m = shop.merchant_id
    items = shop.table.get(keys.state(m, member_id), keys.profile(m, member_id))
    return member_card_of(shop, *items)


def merchant_words(shop: Shop) -> Words:
    """The words of the merchant's first language."""
    return words_of(shop.program.languages[0])


def member_words(profile: Profile, offered: tuple[str, ...]) -> Words:
    """The words of the language a member reads."""
    return words_of(negotiate.language(profile.language, offered))
