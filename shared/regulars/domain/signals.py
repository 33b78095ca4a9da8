"""Hold what a search for fraud starts from and comes to: bookings, thresholds, signals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from regulars.domain import calendar
from regulars.domain.ledger import Entry, granted
from regulars.domain.operations import WHOLE
from regulars.domain.program import Opening, Program
from regulars.domain.replay import REFUNDED

SignalKind = Literal[
    "card_velocity", "staff_velocity", "device_velocity", "location_velocity", "one_card",
    "same_person", "redeemed_alone", "unverified", "off_hours", "many_joins", "shared_contact",
    "refund_after_redeem", "referral_ring", "referral_mill",
]  # fmt: skip


class Thresholds(NamedTuple):
    """From what on something is a signal; each with what honest shops come to."""

    card_a_day: int = 6
    """Bookings by hand on one card in a day. Square mails owners at more than five; a family or an
    office that shares a card comes to three or four. A bulk order is one booking."""
    staff_a_minute: int = 15
    """Bookings by one person within a minute. A guest who shows a card takes five seconds, so the
    fastest queue comes to twelve."""
    device_a_minute: int = 20
    """The same of one device on which several people are signed in."""
    location_a_minute: int = 40
    """The same of one place with several devices."""
    card_filled: int = 5
    """The same where they pay for a reward: a card of five stamps is full by then."""
    one_card_a_week: int = 15
    """Bookings by one person on one card in a week. A regular who comes twice every working day is
    at ten, and is served by more than one person."""
    one_card_times: int = 5
    """And so many times what this person books on a card as a rule."""
    same_person: int = 6
    """Stamps and redemptions of one card within three weeks, all of them by one person."""
    same_person_filled: int = 5
    """The same where they pay for a reward."""
    same_person_odds: int = 256
    """And one in how many cards that would be so by chance, with who else was there. With two
    people at the counter that is eight bookings, with three it is six. A guest who is served by a
    friend more often than by others comes to it now and then."""
    same_person_odder: int = 32
    """So much odder it is of a card that came again on the same day `times_again` times, and of
    somebody because of whom another card was put on hold lately. It is less than what is odd: where
    somebody works alone, nothing is."""
    times_again: int = 2
    """One guest in ten comes twice a day; who stamps their own card does on most shifts."""
    unverified: int = 3
    """Rewards in a week at one place for guests who were only named. Of fifty guests one has an
    empty battery."""
    unverified_percent: int = 10
    """And so many of a hundred redemptions there."""
    alone: int = 3
    """Redemptions by one person in a day without a sale or visit of the card within an hour: a
    signal only where the others' redemptions come with sales."""
    alone_on_a_card: int = 2
    """The same on one card: a free coffee is fetched once."""
    grace: timedelta = timedelta(hours=1)
    """How long before opening and after closing people still work."""
    joins_an_hour: int = 20
    """New cards from one source within an hour. On an opening day there are more, but guests who
    are there also get a stamp: with one for every second card it is no signal."""
    joins_in_all: int = 40
    """The same of all sources together: who makes up members makes up sources, too."""
    cards_of_a_contact: int = 4
    """New cards of a day for which the same contact was typed. Parents enrol children with their
    own address."""
    friends_a_week: int = 8
    """Friends of one member who bought for the first time in a week, of whom four in five are gone.
    Who tells a whole office brings five."""
    friends_in_all: int = 4
    """Friends of one member who had a week to come again, of whom four in five are gone. Of real
    ones every second comes again."""
    friends_of_a_stranger: int = 3
    """Friends of one member who never came, of whom four in five came on `gone_days` at most:
    whoever likes a shop so much buys there."""
    friends_of_a_regular: int = 6
    """As `friends_in_all`, of a member who came on more days than they brought friends: a regular
    knows many people, and buys more than the friends are worth."""
    gone_days: int = 2
    """A friend is gone who came on so many days at most ..."""
    gone_since: timedelta = timedelta(days=7)
    """... and not for so long."""


LIMITS = Thresholds()

HOUR_MS = 3_600_000
_BY_HAND = frozenset({"staff", "api"})


class Booking(NamedTuple):
    """One entry and the member whose card it is on."""

    member_id: str
    entry: Entry

    @property
    def entry_id(self) -> str:
        """How the API names the entry."""
        return f"{self.member_id}.{self.entry.seq}"


class Joined(NamedTuple):
    """What is known of how somebody became a member."""

    source: str = ""
    contacts: tuple[str, ...] = ()
    """What was typed, as it can be compared; it stays here."""


class Friend(NamedTuple):
    """Somebody whom a member brought, and what they did since."""

    member_id: str
    rewards: tuple[Booking, ...]
    """What both sides were given for it, the referrer's first."""
    days: int
    """On how many days they came."""
    last_ms: int
    """When they came last."""


class Referrer(NamedTuple):
    """Somebody who was rewarded for friends."""

    days: int
    """On how many days they came themselves."""
    friends: tuple[Friend, ...]
    """The friends of the last months, the oldest first."""


class Signal(NamedTuple):
    """Something that a person should look at."""

    kind: SignalKind
    subject: str
    """What it is about within its kind: a card, a person, a source."""
    day: str
    """The local day, or the Monday of the week."""
    entries: tuple[str, ...]
    """The entries in question, from the oldest to the newest."""
    figures: Mapping[str, int]
    """What was counted."""
    members: tuple[str, ...] = ()
    staff: str | None = None
    device: str | None = None
    location: str | None = None

    @property
    def ref(self) -> str:
        """What makes it the same signal: found again, it is not another one."""
        return f"{self.kind}-{self.day}-{self.subject}"


class Facts(NamedTuple):
    """What happened at a merchant, in order of time, and what it is judged by."""

    bookings: Sequence[Booking]
    program: Program
    now_ms: int
    joined: Mapping[str, Joined] = MappingProxyType({})
    before: Mapping[int, Mapping[str, tuple[Opening, ...]]] = MappingProxyType({})
    """By earlier version in force at one of the bookings, when its locations were open."""
    brought: Mapping[str, Referrer] = MappingProxyType({})
    """The members who were rewarded for a friend in this time."""
    known: Set[str] = frozenset()
    """The people at the counter because of whom cards were put on hold lately."""

    def hours(self, entry: Entry, only: str) -> tuple[Opening, ...]:
        """When the place of an entry was open, as it was known then; empty when it did not say.
        `only` is the place of what names none."""
        opening = self.before.get(entry.program_version, self.program.opening)
        return opening.get(entry.location or only, ())

    def day(self, booking: Booking) -> str:
        """The local day on which it was booked."""
        return self._date(booking).isoformat()

    def monday(self, booking: Booking) -> str:
        """The Monday of the week in which it was booked."""
        day = self._date(booking)
        return (day - timedelta(days=day.weekday())).isoformat()

    def _date(self, booking: Booking) -> date:
        instant = calendar.from_ms(booking.entry.recorded_ms)
        return calendar.local_date(instant, self.program.timezone)

    def fills_card(self, found: Iterable[Booking]) -> bool:
        """Tell whether what some bookings granted pays for a reward."""
        units: Counter[str] = Counter()
        for booking in found:
            for line in granted(booking.entry.lines):
                units[line.unit] += line.amount
        return any(
            reward.cost and units[reward.unit] >= reward.cost
            for reward in self.program.rewards.values()
        )

    def by_hand(self) -> list[Booking]:
        """What people booked without an order, and that was not taken back since."""
        gone = {
            (booking.member_id, int(seq))
            for booking in self.bookings
            for seq, so_far in (booking.entry.patch or {}).get(REFUNDED, {}).items()
            if so_far[0] == WHOLE
        }
        return [
            booking
            for booking in self.bookings
            if is_by_hand(booking.entry) and (booking.member_id, booking.entry.seq) not in gone
        ]


def is_by_hand(entry: Entry) -> bool:
    """Tell whether somebody booked a visit or units themselves, and no till reported it."""
    counts = bool(granted(entry.lines) or entry.facts.get("visits"))
    return entry.kind == "earn" and entry.source in _BY_HAND and no_order(entry) and counts


def is_about_hold(entry: Entry) -> bool:
    """Tell whether an entry put the card on hold, or released it."""
    return "hold" in entry.facts or "release" in entry.facts


def no_order(entry: Entry) -> bool:
    """Tell whether an entry names no order."""
    return "order" not in entry.facts


def signal(
    kind: SignalKind, subject: str, day: str, found: Sequence[Booking], **figures: int
) -> Signal:
    """A signal about some bookings, with whom, where and on what they have in common."""

    def common(values: Iterable[str | None]) -> str | None:
        several = set(values)
        return several.pop() if len(several) == 1 else None

    return Signal(
        kind,
        subject,
        day,
        tuple(booking.entry_id for booking in found),
        {"n": len(found), **figures},
        tuple(dict.fromkeys(booking.member_id for booking in found)),
        common(booking.entry.staff for booking in found),
        common(booking.entry.facts.get("device") for booking in found),
        common(booking.entry.location for booking in found),
    )


def grouped(
    bookings: Iterable[Booking], key: Callable[[Booking], Any]
) -> list[tuple[Any, list[Booking]]]:
    """Return bookings by what they have in common, each group in order of time."""
    groups: dict[Any, list[Booking]] = defaultdict(list)
    for booking in bookings:
        groups[key(booking)].append(booking)
    return list(groups.items())
