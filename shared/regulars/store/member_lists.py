"""Members in lists: by enrolment, a page or all of them, with their cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from regulars.domain.card import Card
from regulars.store import keys
from regulars.store.cards import DamagedError, card_of
from regulars.store.marshal import Item
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Table

PAGE = 100
"""Members read at once on the way along all of them."""


def members_page(
    table: Table,
    merchant_id: str,
    start: Any,
    aside: Callable[[str, Exception], None],
    whose: Callable[[Profile], bool] | None = None,
    limit: int | None = None,
) -> tuple[list[tuple[Profile, Card]], Any]:
    """A page of members (or of some, by profile) with their cards, by enrolment, and where the next
    page starts; None after the last. Who was erased, or merged into another, is left out.

    A card that is not there or cannot be read is handed to `aside` with the error, and left out.
    """
    page = table.query(keys.members(merchant_id), index=True, limit=limit or PAGE, start=start)
    profiles = [one for item in page.items if (one := _readable_profile(item, aside))]
    there = [one for one in profiles if not (one.erased_ms or one.merged_into)]
    wanted = [one for one in there if whose is None or whose(one)]
    states = table.get(*(keys.state(merchant_id, one.member_id) for one in wanted))
    found = []
    for profile, state in zip(wanted, states, strict=True):
        try:
            card = card_of(state or _no_state(merchant_id, profile.member_id))
        except DamagedError as damaged:
            aside(profile.member_id, damaged)
        else:
            found.append((profile, card))
    return found, page.next


def all_members(
    table: Table,
    merchant_id: str,
    aside: Callable[[str, Exception], None],
    whose: Callable[[Profile], bool] | None = None,
) -> Iterator[tuple[Profile, Card]]:
    """All members of a merchant (or some), a page at a time; see `members_page`."""
    start = None
    while True:
        found, start = members_page(table, merchant_id, start, aside, whose)
        yield from found
        if start is None:
            return


def all_cards(
    table: Table,
    merchant_id: str,
    aside: Callable[[str, Exception], None],
    whose: Callable[[Profile], bool] | None = None,
) -> Iterator[Card]:
    """The cards of all members of a merchant, or of some; see `all_members`."""
    return (card for _, card in all_members(table, merchant_id, aside, whose))


def _readable_profile(item: Item, aside: Callable[[str, Exception], None]) -> Profile | None:
    try:
        return profile_of(item)
    except DamagedError as damaged:
        aside(item["PK"].rpartition("#")[2], damaged)
        return None


def _no_state(merchant_id: str, member_id: str) -> Item:
    """What stands for a state that is not there: nothing that could be read."""
    pk, sk = keys.state(merchant_id, member_id)
    return {"PK": pk, "SK": sk}
