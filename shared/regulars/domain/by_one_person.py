"""Find what one person at the counter does again and again on one card, or without seeing it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from regulars.domain.signals import (
    LIMITS,
    Booking,
    Facts,
    Signal,
    grouped,
    is_about_hold,
    signal,
)

BY_ONE_PERSON = frozenset({"one_card", "same_person"})
"""The kinds of signals that say: somebody serves a card of their own."""
AT_HAND_MS = 2 * 3_600_000
"""Who books within so long before or after something was there, too."""
ONE_VISIT_MS = 10 * 60_000
"""What is booked on a card within so long is one visit."""


def one_card(facts: Facts) -> Iterator[Signal]:
    """One person books on one card far more than on any other in a week, and again and again."""
    of_staff = grouped(facts.by_hand(), lambda one: (one.entry.staff or "", facts.monday(one)))
    for (staff, week), booked in of_staff:
        cards = dict(grouped(booked, lambda booking: booking.member_id))
        for member_id, found in cards.items() if staff else ():
            others = [len(one) for other, one in cards.items() if other != member_id]
            usual = median(others) if others else 0
            if len(found) >= max(LIMITS.one_card_a_week, LIMITS.one_card_times * usual):
                yield signal("one_card", f"{member_id}-{staff}", week, found, usual=int(usual))


def same_person(facts: Facts) -> Iterator[Signal]:
    """Only one person stamps a card and redeems its rewards, although others are there and serve
    other cards. What was booked before somebody put the card on hold, or released it, was looked
    at then."""
    stamped = (booking for booking in facts.by_hand() if booking.entry.source == "staff")
    at_counter = sorted([*stamped, *_redeemed(facts)], key=lambda one: one.entry.recorded_ms)
    of_places = dict(grouped(at_counter, _place))
    looked_ms = {
        booking.member_id: booking.entry.recorded_ms
        for booking in facts.bookings
        if is_about_hold(booking.entry)
    }
    for (place, member_id), booked in grouped(at_counter, lambda one: (_place(one), one.member_id)):
        since_ms = looked_ms.get(member_id, 0)
        found = [booking for booking in booked if booking.entry.recorded_ms > since_ms]
        filled = len(found) >= LIMITS.same_person_filled and facts.fills_card(found)
        person, *more = {booking.entry.staff for booking in booked}
        if more or not (filled or len(found) >= LIMITS.same_person):
            continue
        there = [booking for booking in of_places[place] if booking.member_id != member_id]
        others, odds = _odds(person, found, there)
        if person in facts.known or _times_again(facts, found) >= LIMITS.times_again:
            odds *= LIMITS.same_person_odder
        if odds >= LIMITS.same_person_odds:
            name = f"{member_id}-{person}"
            yield signal("same_person", name, facts.monday(found[-1]), found, others=others)


def _times_again(facts: Facts, found: Iterable[Booking]) -> int:
    """Count how often a card that was there came again on the same day; who is stamped one by one
    came once."""
    again, last = 0, None
    for booking in found:
        if booking.entry.kind == "redeem":
            continue
        if last and facts.day(last) == facts.day(booking):
            again += booking.entry.recorded_ms - last.entry.recorded_ms >= ONE_VISIT_MS
        last = booking
    return again


def _odds(
    person: str | None, found: Sequence[Booking], there: Sequence[Booking]
) -> tuple[int, int]:
    """Compute from what was booked at hand how many percent of it others booked, and one in how
    many cards would be served by this person alone by chance."""
    times = [booking.entry.recorded_ms for booking in there]
    likely, possible, own_sum, all_sum = 1, 1, 0, 0
    for booking in found:
        at_ms = booking.entry.recorded_ms
        first = bisect_left(times, at_ms - AT_HAND_MS)
        last = bisect_right(times, at_ms + AT_HAND_MS)
        who = [there[place].entry.staff for place in range(first, last)]
        own, people = who.count(person), len({person, *who})
        # One more for each of them: a few bookings say little about who serves how many.
        likely, possible = likely * (own + 1), possible * (len(who) + people)
        own_sum, all_sum = own_sum + own, all_sum + len(who)
    return (100 * (all_sum - own_sum) // all_sum if all_sum else 0), possible // likely


def unverified(facts: Facts) -> Iterator[Signal]:
    """Rewards redeemed for guests who were only named, more often than batteries are empty."""
    redeemed = _redeemed(facts)
    for (place, week), there in grouped(redeemed, lambda one: (_place(one), facts.monday(one))):
        found = [booking for booking in there if booking.entry.facts.get("unverified")]
        often = len(found) * 100 >= len(there) * LIMITS.unverified_percent
        if len(found) >= LIMITS.unverified and often:
            yield signal("unverified", place, week, found, all=len(there))


def _redeemed(facts: Facts) -> list[Booking]:
    """The rewards that people at the counter redeemed."""
    return [
        booking
        for booking in facts.bookings
        if booking.entry.kind == "redeem" and booking.entry.source == "staff"
    ]


def _place(booking: Booking) -> str:
    return booking.entry.location or ""
