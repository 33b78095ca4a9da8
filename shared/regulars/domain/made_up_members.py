"""Find members that somebody made up: many cards from one source, friends who never come again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from regulars.domain.signals import HOUR_MS, LIMITS, Booking, Facts, Joined, Signal, grouped, signal

_UNKNOWN = Joined()


def many_joins(facts: Facts) -> Iterator[Signal]:
    """Many new cards from one source within an hour, and nobody of them buys."""
    came = {booking.member_id for booking in facts.bookings if booking.entry.kind == "earn"}
    joins = [booking for booking in facts.bookings if booking.entry.kind == "join"]

    def source(booking: Booking) -> str:
        return facts.joined.get(booking.member_id, _UNKNOWN).source or booking.entry.source

    for (name, day), found in grouped(joins, lambda one: (source(one), facts.day(one))):
        times = [booking.entry.recorded_ms for booking in found]
        fast = {
            place
            for last in range(LIMITS.joins_an_hour, len(found))
            if times[last] - times[last - LIMITS.joins_an_hour] < HOUR_MS
            for place in range(last - LIMITS.joins_an_hour, last + 1)
        }
        new = [found[place] for place in sorted(fast)]
        if sum(booking.member_id in came for booking in new) * 2 < len(new):
            yield signal("many_joins", name, day, new)


def shared_contact(facts: Facts) -> Iterator[Signal]:
    """One telephone or address behind many new cards."""
    behind: dict[tuple[str, str], list[Booking]] = defaultdict(list)
    for booking in facts.bookings:
        if booking.entry.kind == "join":
            for contact in facts.joined.get(booking.member_id, _UNKNOWN).contacts:
                behind[contact, facts.day(booking)].append(booking)
    for (_, day), found in behind.items():
        if len(found) >= LIMITS.cards_of_a_contact:
            yield signal("shared_contact", found[0].member_id, day, found)


def _referrals(facts: Facts) -> dict[str, dict[str, Booking]]:
    """By member who brought friends: the friends who bought, with the entry of the reward."""
    brought: dict[str, dict[str, Booking]] = defaultdict(dict)
    for booking in facts.bookings:
        word, _, rest = booking.entry.op.partition(":")
        friend, _, side = rest.partition(":")
        if word == "referral" and side.endswith("referrer") and booking.entry.kind == "bonus":
            brought[booking.member_id][friend] = booking
    return brought


def referral_ring(facts: Facts) -> Iterator[Signal]:
    """Somebody was brought by whom they brought themselves, through however many others."""
    brought = _referrals(facts)
    by = {friend: member for member, friends in brought.items() for friend in friends}
    seen: set[str] = set()
    for start in by:
        ring: list[str] = []
        member = start
        while member in by and member not in ring and member not in seen:
            ring.append(member)
            member = by[member]
        seen.update(ring)
        if member in ring:
            ring = ring[ring.index(member) :]
            found = sorted(
                (brought[by[one]][one] for one in ring),
                key=lambda booking: booking.entry.recorded_ms,
            )
            yield signal("referral_ring", min(ring), facts.day(found[0]), found)


def referral_mill(facts: Facts) -> Iterator[Signal]:
    """One member brought many friends, and hardly any of them came again."""
    days: dict[str, set[str]] = defaultdict(set)
    for booking in facts.bookings:
        if booking.entry.kind == "earn":
            days[booking.member_id].add(facts.day(booking))
    for member_id, friends in _referrals(facts).items():
        once = sum(len(days[friend]) <= 1 for friend in friends)
        if len(friends) >= LIMITS.friends_a_week and once * 5 >= len(friends) * 4:
            found = list(friends.values())
            yield signal("referral_mill", member_id, facts.day(found[0]), found, once=once)
