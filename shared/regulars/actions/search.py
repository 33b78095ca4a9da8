"""Finding members: by contact at once, else along the lists that `relist` keeps.

No search walks along all members: a list is read a page at a time, what it says of a member leaves
out whoever is not meant, and only those who are left are read. Without anything asked for members
come by enrolment. A list may be some seconds behind; what is answered is read itself and is not.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from regulars.actions import aside
from regulars.actions.find import MemberCard, member_card_of, read_member_card
from regulars.actions.relist import from_the_end
from regulars.core import contacts, folding
from regulars.domain import calendar, segments
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys, list_keys, places
from regulars.store.cards import DamagedError
from regulars.store.marshal import Item
from regulars.store.members import Members

PAGE = 100
CURSOR_MAX = 1500
PAGES_MAX = 20
"""How far one request goes along a list; the cursor goes on from there."""

NEWEST = 25
"""How many of the newest members are looked at when no list has whoever is meant."""

NOT_A_CURSOR = ("cursor", "must be the `next` of an earlier page")

Found = tuple[list[MemberCard], str | None]


class Wanted(NamedTuple):
    """Who is looked for; what is not asked for is empty or None."""

    q: str = ""
    tier: str | None = None
    segment: str | None = None
    birthday_month: int | None = None
    last_visit_from: date | None = None
    last_visit_before: date | None = None


class Source(NamedTuple):
    """A part of a list, from one place to another."""

    list: str
    """Empty for all members by enrolment."""
    first: str = ""
    last: str = "~"
    newest_first: bool = True
    word: str = ""
    """For the list of names, what a part of the name begins with."""


def members(shop: Shop, wanted: Wanted, limit: int, cursor: str | None = None) -> Found:
    """Members, and the cursor of the next page (None after the last): in the order of the alphabet
    when a name is asked for, else newest first. Raises INVALID for a cursor that is none."""
    q = wanted.q
    contact = contacts.normal(q, shop.program.country) if _like_contact(q) else None
    if contact:
        member_id = Members(shop.table, shop.merchant_id).by_contact(contact)
        return ([read_member_card(shop, member_id)] if member_id else []), None
    if ending := _ending(q):
        by_phone = wanted._replace(q="")
        source = _begins(places.PHONE, from_the_end(ending))
        if cursor is None or _is_in(shop, source, cursor):
            found = _along(shop, source, by_phone, limit, cursor)
            if cursor or found[0]:
                return found
    if q and not folding.folded(q):
        return [], None
    found = _along(shop, _source(shop, wanted), wanted, limit, cursor)
    if q and cursor is None and found == ([], None):
        return _just_joined(shop, wanted, limit), None
    return found


def counts(shop: Shop) -> dict[str, Any]:
    """Count the members, by segment, tier and month of their birthday."""
    months = [f"{month:02}" for month in range(1, 13)]
    tiers = [tier.id for tier in shop.program.tiers]
    named = {
        **{places.segment(one): one for one in segments.SEGMENTS},
        **{places.tier(one): one for one in tiers},
        **{places.birthday(one): one for one in months},
    }
    found = places.counts(shop.table, shop.merchant_id, named)
    by_segment = {one: found[places.segment(one)] for one in segments.SEGMENTS}
    return {
        "members": sum(by_segment.values()),
        "segments": by_segment,
        "tiers": {one: found[places.tier(one)] for one in tiers},
        "birthdays": {one: found[places.birthday(one)] for one in months},
    }


def _just_joined(shop: Shop, wanted: Wanted, limit: int) -> list[MemberCard]:
    """Whoever of the newest members is meant: they may not be in any list yet."""
    page = shop.table.query(keys.members(shop.merchant_id), index=True, newest_first=True,
                            limit=NEWEST)  # fmt: skip
    named = [item for item in page.items if folding.is_named(item.get("name", ""), wanted.q)]
    return [holder for _, holder in _holders(shop, named, wanted, limit)]


def _source(shop: Shop, wanted: Wanted) -> Source:
    """Choose the list that is read: the one that leaves out most."""
    if words := folding.folded(wanted.q).split():
        word = max(words, key=len)
        return _begins(places.NAME, word)._replace(newest_first=False, word=word)
    lists = []
    if wanted.segment is not None:
        lists.append(places.segment(wanted.segment))
    if wanted.tier is not None:
        lists.append(places.tier(wanted.tier))
    if wanted.birthday_month is not None:
        lists.append(places.birthday(f"{wanted.birthday_month:02}"))
    if len(lists) > 1:
        sizes = places.counts(shop.table, shop.merchant_id, lists)
        lists.sort(key=lambda name: sizes[name])
    if lists:
        return Source(lists[0])
    since, before = wanted.last_visit_from, wanted.last_visit_before
    if since or before:
        last = before - timedelta(days=1) if before else None
        ends = f"{last.isoformat()[:7]}~" if last else "~"
        return Source(places.SEEN, since.isoformat()[:7] if since else "", ends)
    return Source("")


def _begins(name: str, beginning: str) -> Source:
    return Source(name, beginning, f"{beginning}\U0010ffff")


def _along(shop: Shop, source: Source, wanted: Wanted, limit: int, cursor: str | None) -> Found:
    if source.first > source.last:
        return [], None
    found: list[MemberCard] = []
    start, next_cursor = _start(shop, source, cursor), None
    for _ in range(PAGES_MAX):
        page = shop.table.query(
            _partition(shop, source), index=True, between=(source.first or " ", source.last),
            newest_first=source.newest_first, limit=PAGE, start=start,
        )  # fmt: skip
        meant = [item for item in page.items if _may_be_meant(item, source, wanted)]
        for item, holder in _holders(shop, meant, wanted, limit - len(found)):
            found.append(holder)
            next_cursor = _position(item)
        if len(found) >= limit:
            whole = page.next is None and _position(page.items[-1]) == next_cursor
            return found, None if whole else next_cursor
        start = page.next
        if start is None:
            return found, None
        next_cursor = _position(page.items[-1])
    return found, next_cursor


def _may_be_meant(item: Item, source: Source, wanted: Wanted) -> bool:
    """Tell whether somebody may be looked for, by what a list says."""
    if not source.list:
        return not (item.get("erased") or item.get("merged"))
    if source.word:
        words = item["full"].split()
        part = next((n for n, word in enumerate(words) if word.startswith(source.word)), -1)
        if item["SK"] != f"{list_keys.PLACE_PREFIX}name{part}":
            return False  # who has two such names stands there twice
    return (
        (wanted.tier is None or item["tier"] == wanted.tier)
        and (wanted.segment is None or item["segment"] == wanted.segment)
        and folding.is_named(item["full"], wanted.q)
    )


def _holders(
    shop: Shop, items: list[Item], wanted: Wanted, most: int
) -> Iterator[tuple[Item, MemberCard]]:
    """Read members a few at a time, until as many are meant as are wanted."""
    for first in range(0, len(items), max(most, 1)):
        some = items[first : first + max(most, 1)]
        ids = [item["PK"].rpartition("#")[2] for item in some]
        m = shop.merchant_id
        wanted_keys = [key for c in ids for key in (keys.state(m, c), keys.profile(m, c))]
        read = iter(shop.table.get(*wanted_keys, consistent=False))
        for item, member_id, state, profile in zip(some, ids, read, read, strict=True):
            if most <= 0:
                return
            try:
                holder = member_card_of(shop, state, profile)
            except DamagedError as damaged:  # the others are found
                aside.only_logged(member_id, damaged)
                continue
            except Refused:  # gone since the list was read
                continue
            if holder.card.member_id == member_id and _matches(shop, holder, wanted):
                most -= 1
                yield item, holder


def _matches(shop: Shop, holder: MemberCard, wanted: Wanted) -> bool:
    card, program = holder.card, shop.program
    if wanted.tier is not None and (card.tier.id if card.tier else "") != wanted.tier:
        return False
    today = calendar.local_date(shop.now, program.timezone)
    if wanted.segment not in {None, segments.segment(program, card, today)}:
        return False
    if wanted.birthday_month is not None:
        month = holder.profile.birthday[-5:-3]
        if month != f"{wanted.birthday_month:02}":
            return False
    since, before = wanted.last_visit_from, wanted.last_visit_before
    if not (since or before):
        return True
    if not card.last_visit_ms:
        return False
    last = calendar.local_date(calendar.from_ms(card.last_visit_ms), program.timezone)
    return (since is None or last >= since) and (before is None or last < before)


def _like_contact(q: str) -> bool:
    """An address, or digits enough for a telephone number."""
    return "@" in q or sum(char.isdigit() for char in q) >= 6


def _ending(q: str) -> str:
    """The last digits of a telephone number, when four or five are all that is asked for."""
    digits = "".join(char for char in q if not char.isspace())
    return digits if digits.isascii() and digits.isdigit() and len(digits) in {4, 5} else ""


def _partition(shop: Shop, source: Source) -> str:
    m = shop.merchant_id
    return list_keys.members_in(m, source.list) if source.list else keys.members(m)


def _position(item: Item) -> str:
    """Where somebody stands, as a cursor."""
    where = [item["PK"].rpartition("#")[2], item["SK"], item["GSI1SK"]]
    return urlsafe_b64encode(json.dumps(where).encode()).decode().rstrip("=")


def _is_in(shop: Shop, source: Source, cursor: str) -> bool:
    try:
        return _start(shop, source, cursor) is not None
    except Refused:
        return False


def _start(shop: Shop, source: Source, cursor: str | None) -> dict[str, str] | None:
    """Where a list goes on; only places in the caller's own list can be named."""
    if cursor is None:
        return None
    try:
        c, sk, order = json.loads(urlsafe_b64decode(f"{cursor}==="))
        known = c.isascii() and c.isalnum() and (source.first or " ") <= order <= source.last
        slot = sk.removeprefix(list_keys.PLACE_PREFIX)
        known = known and (sk == keys.profile("", "")[1] or (slot.isalnum() and slot.isascii()))
    except (ValueError, TypeError, AttributeError):
        known = False
    if not known or len(cursor) > CURSOR_MAX:
        raise Refused(RefusalCode.INVALID, "", (NOT_A_CURSOR,))
    pk = keys.card(shop.merchant_id, c)
    return {"PK": pk, "SK": sk, "GSI1PK": _partition(shop, source), "GSI1SK": order}
