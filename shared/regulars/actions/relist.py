"""Keeps the lists that a member stands in: by name, telephone, tier, segment, birthday, last visit.

What a member's places should be is computed from card and profile as they are, never from what has
happened, so it can be done twice, late, or by two at once. Nothing is written where nothing has
changed: a stamp changes a list only when it changes tier, segment, or the month of the last visit.
A segment changes by time, too: a due mark names the day, or an earlier one.
"""

from __future__ import annotations

from regulars.core import folding
from regulars.domain import calendar, segments
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys, places
from regulars.store.cards import card_of
from regulars.store.conditions import Absent, Equals, Without
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.places import Place
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Cancelled

LISTS = "lists"
"""Under this name a card stands in the due list until its segment may change."""

TRIES = 8
FULL_MAX = 120
"""Letters of a name that are kept in the lists."""


def relist(shop: Shop, member_id: str) -> None:
    """Make a member's places in lists those that card and profile ask for.

    It looks again after it has written: whoever has changed card or profile meanwhile may have
    found the places as they should be. Raises DamagedError for what cannot be read, CONFLICT when
    others keep changing the places.
    """
    m, table = shop.merchant_id, shop.table
    for _ in range(TRIES):
        kept = places.read(table, m, member_id)
        state, item, mark = table.get(
            keys.state(m, member_id), keys.profile(m, member_id),
            keys.due_mark(m, member_id, LISTS),
        )  # fmt: skip
        profile = profile_of(item) if item else None
        there = state and profile and not (profile.erased_ms or profile.merged_into)
        card = card_of(state) if state and there else None  # of who is gone it need not be readable
        if card and (card.merged_into or card.erased_ms):
            card = None
        facts = facts_of(shop, card, profile) if card and profile else {}
        wanted = places_of(shop, card, profile, facts) if card and profile else {}
        marked = _remind(shop, member_id, card, mark)
        writes = places.changes(m, member_id, kept, wanted, facts, calendar.to_ms(shop.now))
        if not writes and not marked:
            return
        try:
            places.write(table, writes)
        except Cancelled:  # somebody else keeps this member's places, too
            continue
    raise Refused(RefusalCode.CONFLICT, "Others keep this member's lists; try again.")


def facts_of(shop: Shop, card: Card, profile: Profile) -> dict[str, str]:
    """Return what each place says of a member."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    return {
        "full": folding.folded(profile.name)[:FULL_MAX].strip(),
        "tier": card.tier.id if card.tier else "",
        "segment": segments.segment(shop.program, card, today),
    }


def places_of(
    shop: Shop, card: Card, profile: Profile, facts: dict[str, str]
) -> dict[str, Place]:  # fmt: skip
    """Return where a member belongs, by slot."""
    c = card.member_id
    newest = keys.in_time(card.enrolled_ms, c)
    found = {
        "segment": Place(places.segment(facts["segment"]), newest),
        "tier": Place(places.tier(facts["tier"]), newest),
    }
    for number, word in enumerate(facts["full"].split()[: places.NAME_PARTS]):
        found[f"name{number}"] = Place(places.NAME, f"{word} {facts['full']}#{c}")
    if profile.phone:
        found["phone"] = Place(places.PHONE, f"{from_the_end(profile.phone)}#{c}")
    if profile.birthday:
        month, day = profile.birthday[-5:].split("-")
        found["birthday"] = Place(places.birthday(month), f"{day}#{c}")
    if card.last_visit_ms:
        last = calendar.local_date(calendar.from_ms(card.last_visit_ms), shop.program.timezone)
        found["seen"] = Place(places.SEEN, f"{last.isoformat()[:7]}#{c}")
    return found


def from_the_end(phone: str) -> str:
    """The digits of a number from the last one on."""
    return "".join(char for char in reversed(phone) if char.isdigit())


def _remind(shop: Shop, member_id: str, card: Card | None, mark: Item | None) -> bool:
    """Mark the day on which the segment may change by time; False when it is marked. A mark for an
    earlier hour stays where it is: a stamp does not move it."""
    m, program = shop.merchant_id, shop.program
    today = calendar.local_date(shop.now, program.timezone)
    day = segments.changes_on(program, card, today) if card else None
    hour = calendar.hour_of(calendar.local_start(day, program.timezone)) if day else ""
    marked = str(mark["hour"]) if mark and "hour" in mark else ""
    ahead = marked > calendar.hour_of(shop.now)
    if marked == hour or (hour and ahead and marked < hour):
        return False
    pk, sk = keys.due_mark(m, member_id, LISTS)
    new = due_item(m, member_id, LISTS, hour) if hour else {"PK": pk, "SK": sk}
    number = mark.get("v", 0) if mark else 0
    # Only over what was read: one that comes late must not bring back an hour that is over.
    unread = Equals("v", number) if number else Without("v") if mark else Absent()
    shop.table.put({**new, "v": number + 1}, unread)
    return True
