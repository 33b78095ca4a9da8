"""When a merchant's own jobs are due next: its digest, invitations, raffle draws, leaderboards.

The marks lie in the due list; what comes due is done by `jobs`. They are made when a merchant is
created or a programme is published, and by each job for its next time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from regulars.domain import calendar
from regulars.domain.program import Program
from regulars.store import keys
from regulars.store.ledger import due_item
from regulars.store.marshal import Item

DIGEST = "digest"
INVITE = "invite"
DRAW = "draw"
LEADERBOARDS = "leaderboards"
PUBLISH = "publish"
ZONE = "zone"
ROOTS = "roots"
FRAUD = "fraud"
RETENTION = "retention"
CLOSING = "closing"
"""Under these names they stand in the due list."""

MONDAY_HOUR = 8
INVITATION_HOUR = 9
NOON = 12
ROOTS_HOUR = 1
COUNT_HOUR = 3
"""Local hours. At three the day before is over for everybody, late bars included."""


def next_digest(merchant_id: str, zone: str, today: date) -> Item:
    """Return the mark of the digest on the Monday after `today`, a local day."""
    monday = today + timedelta(days=7 - today.weekday())
    instant = calendar.local_start(monday, zone, MONDAY_HOUR)
    return due_item(merchant_id, keys.MERCHANT_LEVEL, DIGEST, calendar.hour_of(instant))


def next_invitations(merchant_id: str, zone: str, today: date) -> Item:
    """Return the mark of the next look at the best customers: the next quarter's first day."""
    index = calendar.month_index(today)
    following = calendar.month_start(calendar.period_start_index(index, "quarter") + 3)
    hour = calendar.hour_of(calendar.local_start(following, zone, INVITATION_HOUR))
    return due_item(merchant_id, keys.MERCHANT_LEVEL, INVITE, hour)


def of_program(merchant_id: str, program: Program, now: datetime) -> list[Item]:
    """Return the marks that follow from a programme: written with it, new or changed."""
    return [
        next_draw(merchant_id, program, now),
        next_count(merchant_id, program, now),
        of_zone(merchant_id, program, now),
        next_roots(merchant_id, program.timezone, now),
    ]


def of_waiting(merchant_id: str, version: int, at_ms: int) -> Item:
    """Return the mark of a version that waits for its time; within an hour they sort by time."""
    hour = calendar.hour_of(calendar.from_ms(at_ms))
    return due_item(merchant_id, keys.MERCHANT_LEVEL, _waiting_name(version, at_ms), hour)


def off_waiting(merchant_id: str, version: int, at_ms: int) -> Item:
    """Return what takes the mark of a version off the list."""
    pk, sk = keys.due_mark(merchant_id, keys.MERCHANT_LEVEL, _waiting_name(version, at_ms))
    return {"PK": pk, "SK": sk, "ttl": at_ms // 1000}


def version_of(subject: str) -> int:
    """Return the version that a mark of a waiting version is about."""
    return int(subject.rpartition("-")[2])


def _waiting_name(version: int, at_ms: int) -> str:
    return f"{PUBLISH}:{at_ms:015}-{version:08}"


def of_zone(merchant_id: str, program: Program, now: datetime) -> Item:
    """Return the mark of the hour from which on another time zone holds; off the list without
    one."""
    zones = program.past.zones
    if zones is None or zones[2] <= calendar.to_ms(now):
        pk, sk = keys.due_mark(merchant_id, keys.MERCHANT_LEVEL, ZONE)
        return {"PK": pk, "SK": sk}
    hour = calendar.hour_of(calendar.from_ms(zones[2]))
    return due_item(merchant_id, keys.MERCHANT_LEVEL, ZONE, hour)


def next_roots(merchant_id: str, zone: str, now: datetime) -> Item:
    """Return the mark of the digest of all heads of the day that is running."""
    tomorrow = calendar.local_date(now, zone) + timedelta(days=1)
    instant = calendar.local_start(tomorrow, zone, ROOTS_HOUR)
    return due_item(merchant_id, keys.MERCHANT_LEVEL, ROOTS, calendar.hour_of(instant))


def next_look(merchant_id: str, instant: datetime) -> Item:
    """Return the mark of the next look for signals of fraud."""
    return due_item(merchant_id, keys.MERCHANT_LEVEL, FRAUD, calendar.hour_of(instant))


def next_retention(merchant_id: str, instant: datetime) -> Item:
    """Return the mark of the next look for members whom the retention rule may erase."""
    return due_item(merchant_id, keys.MERCHANT_LEVEL, RETENTION, calendar.hour_of(instant))


def next_closing(live: str, instant: datetime) -> Item:
    """Return the mark of the next step of closing a merchant with its sandbox."""
    return due_item(live, keys.MERCHANT_LEVEL, CLOSING, calendar.hour_of(instant))


def of_merchant(merchant_id: str, program: Program, now: datetime) -> list[Item]:
    """Return the marks of all that a merchant's own jobs do, from an instant on."""
    today = calendar.local_date(now, program.timezone)
    return [
        next_digest(merchant_id, program.timezone, today),
        next_invitations(merchant_id, program.timezone, today),
        next_look(merchant_id, now + timedelta(hours=1)),
        *of_program(merchant_id, program, now),
    ]


def next_count(merchant_id: str, program: Program, now: datetime) -> Item:
    """Return the mark of a merchant's next count; off the list without leaderboards."""
    today = calendar.local_date(now, program.timezone)
    early = now < calendar.local_start(today, program.timezone, COUNT_HOUR)
    return count_on(merchant_id, program, today if early else today + timedelta(days=1))


def count_on(merchant_id: str, program: Program, day: date) -> Item:
    """Return the mark of the count on a local day; off the list without leaderboards."""
    if not program.leaderboards:
        pk, sk = keys.due_mark(merchant_id, keys.MERCHANT_LEVEL, LEADERBOARDS)
        return {"PK": pk, "SK": sk}
    start = calendar.local_start(day, program.timezone, COUNT_HOUR)
    return due_item(merchant_id, keys.MERCHANT_LEVEL, LEADERBOARDS, calendar.hour_of(start))


def next_draw(
    merchant_id: str, program: Program, now: datetime, *, drawn: bool = False
) -> Item:  # fmt: skip
    """Return the mark of a merchant's next draw; off the list when there is none to come.

    A raffle that is over may not be drawn yet, because its noon has not come or its hour was
    missed: it is due then, or now. `drawn` says that all that are over were drawn just now.
    """
    today = calendar.local_date(now, program.timezone)
    instants = []
    for raffle in program.raffles:
        last = date.fromisoformat(raffle.last_day)
        if last >= today or not drawn:
            noon = calendar.local_start(last + timedelta(days=1), program.timezone, NOON)
            instants.append(max(now, noon))
    if not instants:
        pk, sk = keys.due_mark(merchant_id, keys.MERCHANT_LEVEL, DRAW)
        return {"PK": pk, "SK": sk}
    return due_item(merchant_id, keys.MERCHANT_LEVEL, DRAW, calendar.hour_of(min(instants)))
