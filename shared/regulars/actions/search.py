"""Finding members: by contact at once, by name, tier or segment along the list of members."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.actions import aside
from regulars.actions.find import MemberCard, member_card_of, read_member_card
from regulars.core import contacts, folding
from regulars.domain import calendar, segments
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.cards import DamagedError
from regulars.store.marshal import Item
from regulars.store.members import Members
from regulars.store.profiles import profile_of
from regulars.store.table import Table

PAGE = 100
CURSOR_MAX = 40
PAGES_MAX = 20
"""How far one request walks along the list; the cursor goes on from there."""


def members(
    shop: Shop,
    *,
    q: str,
    tier: str | None,
    segment: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[MemberCard], str | None]:
    """Members newest first, and the cursor of the next page (None after the last)."""
    table, m = shop.table, shop.merchant_id
    contact = contacts.normal(q, shop.program.country) if _like_contact(q) else None
    if contact:
        member_id = Members(table, m).by_contact(contact)
        if member_id is None:
            return [], None
        return [read_member_card(shop, member_id)], None
    ending = _ending(q)
    found: list[MemberCard] = []
    position: str | None = None
    for profiles, more in _pages(table, m, cursor):
        named = [
            item
            for item in profiles
            if not (item.get("erased") or item.get("merged")) and _is_meant(item, q, ending)
        ]
        for holder in _holders(shop, named):
            position = _position(holder.profile.enrolled_ms, holder.profile.member_id)
            if _matches(shop, holder, tier, segment):
                found.append(holder)
                if len(found) == limit:
                    return found, position
        position = _position(profiles[-1]["enrolled"], _member_id(profiles[-1])) if more else None
    return found, position


def _pages(table: Table, m: str, cursor: str | None) -> Iterator[tuple[list[Item], bool]]:
    start = _start(m, cursor) if cursor else None
    for _ in range(PAGES_MAX):
        page = table.query(keys.members(m), index=True, newest_first=True, limit=PAGE, start=start)
        if page.items:
            yield page.items, page.next is not None
        start = page.next
        if start is None:
            return


def _holders(shop: Shop, profiles: list[Item]) -> Iterator[MemberCard]:
    m = shop.merchant_id
    if not profiles:
        return
    states = shop.table.get(
        *(keys.state(m, _member_id(item)) for item in profiles), consistent=False
    )
    for state, item in zip(states, profiles, strict=True):
        if state is None:
            continue
        try:
            yield member_card_of(shop, state, item)
        except DamagedError as damaged:  # the others are found
            aside.only_logged(_member_id(item), damaged)


def _matches(shop: Shop, holder: MemberCard, tier: str | None, segment: str | None) -> bool:
    card, program = holder.card, shop.program
    if tier is not None and (card.tier.id if card.tier else "") != tier:
        return False
    if segment is None:
        return True
    today = calendar.local_date(shop.now, program.timezone)
    return segments.segment(program, card, today) == segment


def _like_contact(q: str) -> bool:
    """An address, or digits enough for a telephone number."""
    return "@" in q or sum(char.isdigit() for char in q) >= 6


def _ending(q: str) -> str:
    """The last digits of a telephone number, when four or five are all that is asked for."""
    digits = "".join(char for char in q if not char.isspace())
    return digits if digits.isascii() and digits.isdigit() and len(digits) in {4, 5} else ""


def _is_meant(item: Item, q: str, ending: str) -> bool:
    """Tell whether a profile is of somebody who is spoken of so."""
    if ending and profile_of(item).phone.endswith(ending):
        return True
    return folding.is_named(item["name"], q)


def _member_id(profile_item: Item) -> str:
    return profile_of(profile_item).member_id


def _position(enrolled_ms: int, member_id: str) -> str:
    return f"{enrolled_ms}.{member_id}"


def _start(m: str, cursor: str) -> dict[str, str]:
    """Where the index goes on; only positions in the caller's own list can be named."""
    enrolled, _, c = cursor.partition(".")
    known = enrolled.isascii() and enrolled.isdigit() and c.isascii() and c.isalnum()
    if not known or len(cursor) > CURSOR_MAX:
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    pk, sk = keys.profile(m, c)
    order = keys.in_time(int(enrolled[:15]), c)
    return {"PK": pk, "SK": sk, "GSI1PK": keys.members(m), "GSI1SK": order}
