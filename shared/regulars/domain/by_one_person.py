"""Find what one person at the counter does again and again on one card, or without seeing it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from statistics import median

from regulars.domain.signals import LIMITS, Booking, Facts, Signal, grouped, signal

AT_HAND_MS = 2 * 3_600_000
"""Who books within so long before or after something was there, too."""


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
    other cards."""
    stamped = (booking for booking in facts.by_hand() if booking.entry.source == "staff")
    at_counter = sorted([*stamped, *_redeemed(facts)], key=lambda one: one.entry.recorded_ms)
    of_places = dict(grouped(at_counter, _place))
    for (place, member_id), found in grouped(at_counter, lambda one: (_place(one), one.member_id)):
        person, *more = {booking.entry.staff for booking in found}
        if len(found) < LIMITS.same_person or more:
            continue
        there = [booking for booking in of_places[place] if booking.member_id != member_id]
        others, odds = _odds(person, found, there)
        if odds >= LIMITS.same_person_odds:
            name = f"{member_id}-{person}"
            yield signal("same_person", name, facts.monday(found[-1]), found, others=others)


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
