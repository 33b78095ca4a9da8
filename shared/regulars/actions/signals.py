"""Look for signals of fraud in what was booked, and put them on the list of what needs a person.

A signal has one id for its kind, its subject and its day: found again it is the same one, with what
was booked since, and one that somebody closed does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from regulars.actions import act_on_signal, aside, attention, brought
from regulars.actions.due_marks import FRAUD
from regulars.domain import calendar, fraud
from regulars.domain.by_one_person import BY_ONE_PERSON
from regulars.domain.calendar import to_ms
from regulars.domain.program import Opening
from regulars.domain.signals import LIMITS, Booking, Facts, Joined, Signal
from regulars.i18n.signals import why
from regulars.i18n.words import words as words_of
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import activity, keys
from regulars.store.members import Members

DAYS_BACK = 8
"""A look goes back so far at most: a late one makes up for a week."""

WEEKS_BACK = 2
"""And what shows in weeks only is looked for in this one and so many before: units are pending for
two weeks where goods can be returned."""

KNOWN = timedelta(days=60)
"""For so long it is remembered because of whom cards were put on hold."""

NAMED_MAX = 500
"""So many entries, and members, a signal names: the newest."""


def look(shop: Shop) -> bool:
    """Look at what was booked since the last look, from the beginning of its day, and with the
    first look of a day also at this week and the two before; tell whether anything was booked."""
    zone = shop.program.timezone
    (upto,) = shop.table.get(keys.fraud_upto(shop.merchant_id))
    last = calendar.from_ms(upto["ms"]) if upto else shop.now
    earliest = max(last - timedelta(hours=2), shop.now - timedelta(days=DAYS_BACK))
    begins = calendar.local_start(calendar.local_date(earliest, zone), zone)
    today = calendar.local_date(shop.now, zone)
    is_first = upto is None or calendar.local_date(last, zone) < today
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS_BACK)
    ends = shop.now + timedelta(milliseconds=1)
    booked = read(shop, begins, ends)
    report(shop, fraud.of_days(facts_of(shop, booked)), booked)
    if is_first:
        before = _read(shop, calendar.local_start(monday, zone), begins, FRAUD)
        weeks = (booking for booking in before if fraud.shows_in_weeks(booking.entry))
        _report_weeks(shop, [*weeks, *booked])
    pk, sk = keys.fraud_upto(shop.merchant_id)
    shop.table.put({"PK": pk, "SK": sk, "ms": to_ms(shop.now)})
    return bool(booked)


def look_at_week(shop: Shop, monday: date, job: str) -> list[Booking]:
    """Look at a whole week, which is over, for a job; return what was booked in it."""
    zone = shop.program.timezone
    begins = calendar.local_start(monday, zone)
    ends = calendar.local_start(monday + timedelta(days=7), zone)
    booked = read(shop, begins, ends, job)
    report(shop, fraud.of_days(facts_of(shop, booked)), booked)
    _report_weeks(shop, booked)
    return booked


def _report_weeks(shop: Shop, booked: list[Booking]) -> None:
    """Put on the list what weeks tell, with the friends that members brought."""
    of_friends = brought.referrers(shop, booked)
    known = _known(shop)
    facts = Facts(booked, shop.program, to_ms(shop.now), brought=of_friends, known=known)
    friends = (friend for who in of_friends.values() for friend in who.friends)
    older = (booking for friend in friends for booking in friend.rewards)
    report(shop, fraud.of_weeks(facts), [*booked, *older])


def _known(shop: Shop) -> frozenset[str]:
    """Return because of whom cards were put on hold lately, and are still."""
    held, _ = attention.page(
        shop.table, shop.merchant_id,
        kind="fraud", limit=attention.PAGE, cursor=None, closed=act_on_signal.STATES["hold"],
    )  # fmt: skip
    since_ms = to_ms(shop.now - KNOWN)
    return frozenset(
        str(item.about["staff"])
        for item in held
        if item.about["signal"] in BY_ONE_PERSON and "staff" in item.about and item.at_ms > since_ms
    )


def read(shop: Shop, begins: datetime, ends: datetime, job: str = FRAUD) -> list[Booking]:
    """Read what was booked from an instant until before another, in order of time."""
    return list(_read(shop, begins, ends, job))


def _read(shop: Shop, begins: datetime, ends: datetime, job: str) -> Iterator[Booking]:
    away = aside.of(shop, job)
    found = activity.entries(shop.table, shop.merchant_id, begins, ends, away)
    return (Booking(member_id, entry) for member_id, entry in found)


def facts_of(shop: Shop, booked: Sequence[Booking]) -> Facts:
    """Return what is judged: with what is known of new members, when there are several."""
    new = [booking.member_id for booking in booked if booking.entry.kind == "join"]
    joined: dict[str, Joined] = {}
    if len(new) >= LIMITS.cards_of_a_contact:
        members = Members(shop.table, shop.merchant_id)
        for member_id in new:
            if profile := members.profile(member_id):
                typed = tuple(sorted({claim.value for claim in profile.claims.values()}))
                joined[member_id] = Joined(profile.source, typed)
    return Facts(booked, shop.program, to_ms(shop.now), joined, _hours_before(shop, booked))


def _hours_before(
    shop: Shop, booked: Iterable[Booking]
) -> dict[int, Mapping[str, tuple[Opening, ...]]]:
    """Read when places were open by the earlier versions that bookings name: a festival's hours may
    be over when its bookings are looked at."""
    versions = {booking.entry.program_version for booking in booked} - {shop.program.version}
    keys_of = [keys.program_version(shop.merchant_id, version) for version in sorted(versions)]
    found = shop.table.get(*keys_of) if keys_of else []
    earlier = (program_of(item) for item in found if item)
    return {program.version: program.opening for program in earlier}


def report(shop: Shop, signals: Iterable[Signal], booked: Iterable[Booking]) -> None:
    """Put signals on the list; those that stand there as they are are left, and those that were
    closed stay so."""
    entries = {booking.entry_id: booking.entry for booking in booked}
    words = words_of("en")
    for signal in signals:
        worth = fraud.value_minor(shop.program, (entries[one] for one in signal.entries))
        about = _about(signal, worth)
        ref = attention.named(signal.ref)
        there = attention.find(shop.table, shop.merchant_id, f"fraud.{ref}")
        if there and there.about == about:
            continue
        attention.raise_(
            shop.table, shop.merchant_id, "fraud", ref,
            why=why(signal.kind, signal.figures, words), about=about, at_ms=to_ms(shop.now),
            reopen=False,
        )  # fmt: skip


def _about(signal: Signal, value_minor: int) -> dict[str, Any]:
    named = {"staff": signal.staff, "device": signal.device, "location": signal.location}
    return {
        "signal": signal.kind,
        "figures": dict(signal.figures),
        "members": list(signal.members[-NAMED_MAX:]),
        "entries": list(signal.entries[-NAMED_MAX:]),
        "value_minor": value_minor,
        **{name: value for name, value in named.items() if value},
    }


def newest(shop: Shop) -> list[attention.AttentionItem]:
    """Return the newest open signals."""
    found, _ = attention.page(
        shop.table, shop.merchant_id, kind="fraud", limit=attention.PAGE, cursor=None
    )
    return found
