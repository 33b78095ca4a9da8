"""Find members that somebody made up: many cards from one source, friends who never come again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from datetime import timedelta

from regulars.domain.signals import (
    HOUR_MS,
    LIMITS,
    Booking,
    Facts,
    Friend,
    Joined,
    Signal,
    grouped,
    signal,
)

_UNKNOWN = Joined()
_ANY = "any"
"""The source of those that are many only together."""
_WEEK = timedelta(days=7)


def many_joins(facts: Facts) -> Iterator[Signal]:
    """Many new cards within an hour, from one source or in all, and hardly any of them is used."""
    came = {booking.member_id for booking in facts.bookings if booking.entry.kind == "earn"}
    joins = [booking for booking in facts.bookings if booking.entry.kind == "join"]

    def source(booking: Booking) -> str:
        return facts.joined.get(booking.member_id, _UNKNOWN).source or booking.entry.source

    alike: set[str] = set()
    for (name, day), found in grouped(joins, lambda one: (source(one), facts.day(one))):
        if new := _unused(_fast(found, LIMITS.joins_an_hour), came):
            alike.update(booking.member_id for booking in new)
            yield signal("many_joins", name, day, new)
    rest = [booking for booking in joins if booking.member_id not in alike]
    for day, found in grouped(rest, facts.day):
        if new := _unused(_fast(found, LIMITS.joins_in_all), came):
            yield signal("many_joins", _ANY, day, new)


def _fast(found: Sequence[Booking], most: int) -> list[Booking]:
    """All bookings that are one of more than `most` within an hour."""
    times = [booking.entry.recorded_ms for booking in found]
    fast = {
        place
        for last in range(most, len(found))
        if times[last] - times[last - most] < HOUR_MS
        for place in range(last - most, last + 1)
    }
    return [found[place] for place in sorted(fast)]


def _unused(new: list[Booking], came: Set[str]) -> list[Booking]:
    """These cards, when fewer than half of them are used."""
    used = sum(booking.member_id in came for booking in new)
    return new if used * 2 < len(new) else []


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


def friend_of(booking: Booking) -> tuple[str, int] | None:
    """Return the friend, and the entry of their first purchase, for whom a booking rewards who
    brought them; None for any other booking."""
    word, _, rest = booking.entry.op.partition(":")
    friend, _, rest = rest.partition(":")
    seq, _, side = rest.partition(":")
    rewards = word == "referral" and side == "referrer" and booking.entry.kind == "bonus"
    return (friend, int(seq)) if rewards else None


def _referrals(facts: Facts) -> dict[str, dict[str, Booking]]:
    """By member who brought friends: the friends who bought, with the entry of the reward."""
    brought: dict[str, dict[str, Booking]] = defaultdict(dict)
    for booking in facts.bookings:
        if friend := friend_of(booking):
            brought[booking.member_id][friend[0]] = booking
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
    """One member brought many friends, and hardly any of them came again; or never came."""
    for member_id, (own_days, friends) in facts.brought.items():
        few = [one for one in friends if one.days <= LIMITS.gone_days]
        is_stranger = own_days == 0 and len(few) >= LIMITS.friends_of_a_stranger
        if is_stranger and len(few) * 5 >= len(friends) * 4:
            yield _mill(facts, member_id, friends, few, own=0)
            continue
        lately = [one for one in friends if _since(facts, one) < _WEEK]
        before = [one for one in friends if _since(facts, one) >= LIMITS.gone_since]
        of_time = (
            (lately, [one for one in lately if one.days <= 1], LIMITS.friends_a_week),
            (before, [one for one in before if _is_gone(facts, one)], _most(own_days, len(before))),
        )
        for brought, gone, least in of_time:
            if len(brought) >= least and len(gone) * 5 >= len(brought) * 4:
                yield _mill(facts, member_id, friends, gone, n=len(brought))
                break


def _mill(
    facts: Facts, member_id: str, friends: Sequence[Friend], gone: Sequence[Friend], **figures: int
) -> Signal:
    """The signal about a member; with each new friend it is another one."""
    found = [booking for friend in gone for booking in friend.rewards]
    day = facts.day(friends[-1].rewards[0])
    figures = {"n": len(friends), "once": len(gone), **figures}
    return signal("referral_mill", member_id, day, found, **figures)


def _most(own_days: int, brought: int) -> int:
    """How many friends who are gone are too many, for somebody who came on so many days."""
    return LIMITS.friends_of_a_regular if own_days > brought else LIMITS.friends_in_all


def _since(facts: Facts, friend: Friend) -> timedelta:
    """How long ago it was that a friend was rewarded."""
    return timedelta(milliseconds=facts.now_ms - friend.rewards[0].entry.recorded_ms)


def _is_gone(facts: Facts, friend: Friend) -> bool:
    """Whether a friend came on few days, and then no more."""
    silent = timedelta(milliseconds=facts.now_ms - friend.last_ms)
    return friend.days <= LIMITS.gone_days and silent >= LIMITS.gone_since
