"""Find what looks like fraud in what was booked lately; a person decides what it is.

Facts come in, signals go out: nothing is read, nothing is blocked. Each sort of signal has one
function and says why in figures (`i18n/signals.py` puts them in words). What many honest shops do
is no signal: a family on one card, the rush at noon, a bulk order, a tablet that several people
share, free coffees that are fetched without buying anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from regulars.domain import calendar
from regulars.domain.by_one_person import one_card, same_person, unverified
from regulars.domain.ledger import DEBT, Entry, granted
from regulars.domain.made_up_members import (
    many_joins,
    referral_mill,
    referral_ring,
    shared_contact,
)
from regulars.domain.program import Opening, Program, Reward
from regulars.domain.signals import (
    HOUR_MS,
    LIMITS,
    Booking,
    Facts,
    Signal,
    SignalKind,
    grouped,
    is_about_hold,
    is_by_hand,
    no_order,
    signal,
)


def of_days(facts: Facts) -> list[Signal]:
    """Return the signals of the days in `facts`, which must be there from their beginning."""
    return [signal for find in _DAILY for signal in find(facts)]


def of_weeks(facts: Facts) -> list[Signal]:
    """Return the signals that need weeks, which are all that `facts` hold."""
    return [signal for find in _WEEKLY for signal in find(facts)]


def shows_in_weeks(entry: Entry) -> bool:
    """Tell whether a search over weeks needs an entry; what tills report it does not."""
    return is_by_hand(entry) or entry.kind in {"redeem", "bonus", "reverse"} or is_about_hold(entry)


def value_minor(program: Program, entries: Iterable[Entry]) -> int:
    """Return what some entries are worth, in minor units: the rewards that they redeemed, and the
    units that they granted, by what their unit buys at the best rate; what has no price is 0."""
    units: Counter[str] = Counter()
    worth = 0
    for entry in entries:
        redeemed = program.rewards.get(entry.facts.get("reward", ""))
        if entry.kind == "redeem" and redeemed:
            worth += _worth(redeemed)
        for line in granted(entry.lines):
            units[line.unit] += line.amount
    for unit_id, amount in units.items():
        rates = [
            amount * _worth(reward) // reward.cost
            for reward in program.rewards.values()
            if reward.unit == unit_id and reward.cost
        ]
        worth += max(rates, default=0)
    return worth


def _worth(reward: Reward) -> int:
    return reward.amount_minor or reward.value_minor or reward.cost_minor


def is_open(hours: Iterable[Opening], local_ms: int, zone: str) -> bool:
    """Tell whether a place is open at an instant, or was within the grace before or after."""
    instant = calendar.from_ms(local_ms)
    return any(
        _within(hours, (instant + shift).astimezone(ZoneInfo(zone)))
        for shift in (-LIMITS.grace, timedelta(), LIMITS.grace)
    )


def _within(hours: Iterable[Opening], local: datetime) -> bool:
    clock, day = local.strftime("%H:%M"), local.weekday()
    for one in hours:
        over_night = one.ends < one.starts
        if day in one.days and one.starts <= clock and (over_night or clock < one.ends):
            return True
        if over_night and (day - 1) % 7 in one.days and clock < one.ends:
            return True
    return False


def _card_velocity(facts: Facts) -> Iterator[Signal]:
    """Too many bookings by hand on one card in a day."""
    for (member_id, day), found in grouped(
        facts.by_hand(), lambda booking: (booking.member_id, facts.day(booking))
    ):
        full = len(found) >= LIMITS.card_filled and facts.fills_card(found)
        if full or len(found) >= LIMITS.card_a_day:
            yield signal("card_velocity", member_id, day, found)


def _velocity(facts: Facts) -> Iterator[Signal]:
    """More within a minute than guests can show cards: by a person, on a device, at a place."""
    by_hand = facts.by_hand()
    for kind, of, within, most in _VELOCITIES:
        for subject, booked in _by(of, by_hand):
            for day, found in grouped(booked, facts.day):
                burst = _burst(found, most)
                if burst and (within is None or len({within(one.entry) for one in burst}) > 1):
                    yield signal(kind, subject, day, burst)


def _by(of: _Of, bookings: Iterable[Booking]) -> Iterator[tuple[str, list[Booking]]]:
    """Group bookings by something that not all of them have."""
    for subject, found in grouped(bookings, lambda booking: of(booking.entry)):
        if subject:
            yield subject, found


def _burst(found: Sequence[Booking], most: int) -> list[Booking]:
    """All bookings that are one of `most` within a minute."""
    times = [booking.entry.recorded_ms for booking in found]
    fast: set[int] = set()
    for last in range(most - 1, len(found)):
        if times[last] - times[last - most + 1] < _MINUTE_MS:
            fast.update(range(last - most + 1, last + 1))
    return [found[place] for place in sorted(fast)]


def _redeemed_alone(facts: Facts) -> Iterator[Signal]:
    """Rewards handed over at the counter, and nothing else of that card within an hour."""
    redeemed, alone = _redeemed(facts)
    ids = {booking.entry_id for booking in alone}
    for (member_id, day), found in grouped(alone, lambda one: (one.member_id, facts.day(one))):
        if len(found) >= LIMITS.alone_on_a_card:
            yield signal("redeemed_alone", member_id, day, found)
    for (staff, day), found in grouped(alone, lambda one: (one.entry.staff, facts.day(one))):
        others = [one.entry_id in ids for one in redeemed if one.entry.staff != staff]
        unusual = len(others) >= LIMITS.alone and sum(others) * 2 < len(others)
        if len(found) >= LIMITS.alone and unusual:
            yield signal("redeemed_alone", str(staff), day, found)


def _unverified_alone(facts: Facts) -> Iterator[Signal]:
    """A reward for a guest who was only named and bought nothing, where others buy something."""
    redeemed, alone = _redeemed(facts)
    unseen = [booking for booking in alone if booking.entry.facts.get("unverified")]
    for (place, day), found in grouped(
        unseen, lambda one: (one.entry.location or "", facts.day(one))
    ):
        others = len(redeemed) - len(found)
        if (len(alone) - len(found)) * 2 < others:
            yield signal("unverified", f"alone-{place}", day, found, alone=len(found))


def _redeemed(facts: Facts) -> tuple[list[Booking], list[Booking]]:
    """The rewards that were handed over at the counter an hour ago or earlier, and those of them
    with nothing else of that card within an hour."""
    visits: dict[str, list[int]] = defaultdict(list)
    for booking in facts.bookings:
        if booking.entry.kind == "earn":
            visits[booking.member_id].append(booking.entry.effective_ms)

    def is_alone(booking: Booking) -> bool:
        at_ms = booking.entry.recorded_ms
        return not any(abs(at_ms - other) <= HOUR_MS for other in visits[booking.member_id])

    redeemed = [
        booking
        for booking in facts.bookings
        if booking.entry.kind == "redeem"
        and booking.entry.staff
        and no_order(booking.entry)
        and booking.entry.recorded_ms <= facts.now_ms - HOUR_MS
    ]
    return redeemed, [booking for booking in redeemed if is_alone(booking)]


def _off_hours(facts: Facts) -> Iterator[Signal]:
    """Bookings by hand at a place that was closed."""
    program = facts.program
    only = next(iter(program.locations)) if len(program.locations) == 1 else ""

    def is_outside(booking: Booking) -> bool:
        hours, at_ms = facts.hours(booking.entry, only), booking.entry.recorded_ms
        return bool(hours) and not is_open(hours, at_ms, program.timezone)

    outside = [booking for booking in facts.by_hand() if is_outside(booking)]
    for (staff, place, day), found in grouped(
        outside,
        lambda one: (one.entry.staff or "key", one.entry.location or only, facts.day(one)),
    ):
        yield signal("off_hours", f"{staff}-{place}", day, found)


def _refund_after_redeem(facts: Facts) -> Iterator[Signal]:
    """A sale was refunded on the day on which its reward was redeemed, and the card owes units."""
    redeemed: dict[tuple[str, str], Booking] = {}
    for booking in facts.bookings:
        entry, where = booking.entry, (booking.member_id, facts.day(booking))
        if entry.kind == "redeem":
            redeemed[where] = booking
        owes = any(line.lot == DEBT and line.amount < 0 for line in entry.lines)
        if entry.kind == "reverse" and owes and where in redeemed:
            owed = -sum(line.amount for line in entry.lines if line.lot == DEBT)
            yield signal(
                "refund_after_redeem", booking.member_id, where[1], [redeemed[where], booking],
                owed=owed,
            )  # fmt: skip


_MINUTE_MS = 60_000

_Of: TypeAlias = Callable[[Entry], str | None]


def _staff(entry: Entry) -> str | None:
    return entry.staff


def _device(entry: Entry) -> str | None:
    device: str | None = entry.facts.get("device")
    return device


def _location(entry: Entry) -> str | None:
    return entry.location


_VELOCITIES: tuple[tuple[SignalKind, _Of, _Of | None, int], ...] = (
    ("staff_velocity", _staff, None, LIMITS.staff_a_minute),
    ("device_velocity", _device, _staff, LIMITS.device_a_minute),
    ("location_velocity", _location, _device, LIMITS.location_a_minute),
)
"""What is fast, of whom, several of what must share it for a signal of its own, and from when."""

_DAILY: tuple[Callable[[Facts], Iterator[Signal]], ...] = (
    _card_velocity, _velocity, _redeemed_alone, _unverified_alone, _off_hours, many_joins,
    shared_contact, _refund_after_redeem,
)  # fmt: skip
_WEEKLY: tuple[Callable[[Facts], Iterator[Signal]], ...] = (
    one_card, same_person, unverified, referral_ring, referral_mill,
)  # fmt: skip
