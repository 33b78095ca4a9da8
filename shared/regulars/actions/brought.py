"""Reads whom members brought, and whether those came again: what signals of made-up friends need.

It reads the ledgers of those members alone who were rewarded lately.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from regulars.domain import calendar
from regulars.domain.ledger import parse
from regulars.domain.made_up_members import friend_of
from regulars.domain.signals import Booking, Friend, Referrer
from regulars.program.shop import Shop
from regulars.store import cards, keys

MONTHS = timedelta(days=60)
"""Friends of longer ago are left out."""


def referrers(shop: Shop, booked: Iterable[Booking]) -> dict[str, Referrer]:
    """Return the members who were rewarded for a friend in these bookings, with all friends of the
    last months."""
    lately = dict.fromkeys(booking.member_id for booking in booked if friend_of(booking))
    found = {member_id: shop.ledger.card(member_id) for member_id in lately}
    return {
        member_id: Referrer(len(card.came), tuple(_of(shop, member_id)))
        for member_id, card in found.items()
        if card
    }


def _of(shop: Shop, member_id: str) -> Iterator[Friend]:
    oldest_ms = calendar.to_ms(shop.now - MONTHS)
    ledger = [Booking(member_id, parse(one.text)) for one in shop.ledger.entries(member_id)]
    gone = {booking.entry.facts.get("reverses") for booking in ledger}
    for booking in ledger:
        friend = friend_of(booking)
        if not friend or booking.entry.recorded_ms < oldest_ms or booking.entry.seq in gone:
            continue
        if card := shop.ledger.card(friend[0]):
            rewards = (booking, *_friends_side(shop, *friend))
            yield Friend(friend[0], rewards, len(card.came), card.last_visit_ms)


def _friends_side(shop: Shop, friend_id: str, seq: int) -> Iterator[Booking]:
    """What the friend was given for the same purchase."""
    found = shop.ledger.find_order(f"referral:{friend_id}:{seq}:friend")
    (item,) = shop.table.get(keys.entry(shop.merchant_id, *found)) if found else (None,)
    if found and item:
        yield Booking(found[0], cards.entry_of(item))
