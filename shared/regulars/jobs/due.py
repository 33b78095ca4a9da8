"""Walking the due list: only what is due is touched, however many cards there are.

Live merchants share an hourly list; a cursor per function remembers the last hour that is over
and done with, so a missed run is caught up. A sandbox has a list of its own that is walked when
its clock is moved.

What cannot be done for one card is set aside: it stands on the list of what needs a person, and its
due mark moves to a later day, longer each time, so that it is tried again and holds up nobody. What
may go well a moment later (the table was busy) stays where it is, and the cursor with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from regulars.actions import aside
from regulars.actions.due_marks import CLOSING, FRAUD, PUBLISH, ROOTS
from regulars.actions.erase import ERASE
from regulars.core import clock
from regulars.core.observability import count, logger
from regulars.domain.calendar import from_ms, hour_of
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, ShopCache
from regulars.store import keys
from regulars.store.closing import GRACE_MS
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.table import AbsentOr, Below, Table

Job = Callable[[Shop, str], None]
"""Does what is due for one member (or `keys.MERCHANT_LEVEL`, or what its mark is about), and says
when it is due next."""

FIRST_LOOK_HOURS = 24
"""How far back a function looks that has never run; after that its cursor knows."""

HOUR = timedelta(hours=1)


class DueFailedError(Exception):
    """Some of what was due could not be done now; it stays on the list, and the cursor behind."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due."""

    hour: str
    merchant_id: str
    member_id: str
    mark: str
    """The name of its mark: the job, and after a colon what it is about when a merchant has several
    marks of one job."""
    tries: int = 0
    """How often it has been set aside."""

    @property
    def job(self) -> str:
        """The job's name."""
        return self.mark.partition(":")[0]

    @property
    def subject(self) -> str:
        """What the job is done for."""
        return self.mark.partition(":")[2] or self.member_id

    @property
    def instant(self) -> datetime:
        """The beginning of its hour."""
        return _instant(self.hour)


def run_due(table: Table, function: str, jobs: Mapping[str, Job], now: datetime) -> int:
    """Do everything of these jobs that is due by now for live merchants; returns how much.

    The hour that has begun is looked at now and again when it is over, because in zones with a
    half-hour offset a day begins in its middle.
    """
    (item,) = table.get(keys.cursor(function))
    done = item["hour"] if item else hour_of(now - HOUR * FIRST_LOOK_HOURS)
    count = failed = 0
    for hour in _hours(done, now):
        shops = ShopCache(table)
        for due in _due_in(table, hour, jobs):
            count += 1
            failed += not _do(shops, due, jobs[due.job])
        if not failed and hour < hour_of(now):
            _move_cursor(table, function, hour)
    if failed:
        raise DueFailedError(f"{failed} of {count} due cards failed; see the log")
    return count


AT_THE_END = frozenset({FRAUD, ROOTS})
"""Jobs that make up for all the time that is over: a sandbox runs them once, at the end of its way,
and does not count them as done for members."""


def run_due_in_sandbox(
    table: Table, merchant_id: str, jobs: Mapping[str, Job], until: datetime
) -> Iterator[Due]:
    """Do everything due in a sandbox up to an instant, in order of time; yields what was done.

    Each job runs at the beginning of its hour (but those AT_THE_END). One that is still due in the
    same hour (a day that begins at half past) runs again at the hour's end.
    """
    last = f"{hour_of(until)}~"
    ran: dict[Due, int] = {}
    shops = ShopCache(table)
    while True:
        page = table.query(
            keys.sandbox_due(merchant_id), index=True, between=("", last),
            limit=1 + len(ran) + len(AT_THE_END),
        )  # fmt: skip
        found = [_due_of(item, merchant_id) for item in page.items]
        ran = {due: ran[due] for due in found if due in ran}  # what has left the list is done
        due = _next_of(found, ran)
        if due is None:
            return
        ran[due] = ran.get(due, 0) + 1
        start = _instant(due.hour)
        at = start if ran[due] == 1 else start + HOUR - timedelta(milliseconds=1)
        at = until if due.job in AT_THE_END else min(at, until)
        shop = shops.at(merchant_id, at)
        try:
            jobs[due.job](shop, due.subject)
        except Exception as error:  # whatever it is, the clock moves on for the others
            _set_aside(shop, due, error)
            continue
        if due.job in CHANGES_PROGRAM:
            shops.forget(merchant_id)
        if ran[due] == 1 and due.job not in AT_THE_END:
            yield due


def _next_of(found: list[Due], ran: Mapping[Due, int]) -> Due | None:
    """What is to be done next: by time, those AT_THE_END last; nothing more than two times."""
    left = [due for due in found if ran.get(due, 0) < _RUNS_MAX]
    return min(left, key=lambda due: due.job in AT_THE_END, default=None)


_RUNS_MAX = 2

CHANGES_PROGRAM = frozenset({PUBLISH})
"""Jobs after which a merchant's programme is read again."""


def _do(shops: ShopCache, due: Due, job: Job) -> bool:
    """Do one thing, or set it aside; False when it must be met again at its hour."""
    try:
        try:
            shop = shops.at(due.merchant_id, closed=due.job in EVEN_CLOSED)
        except ClosedError as closed:
            _put_away(shops.table, due, closed.at_ms + GRACE_MS)
            return True
        except Exception as error:  # a merchant that cannot be read does not hold up the others
            _merchant_aside(shops.table, due, error)
            return True
        try:
            job(shop, due.subject)
        except Exception as error:  # whatever it is, it does not hold up the others
            _set_aside(shop, due, error)
        if due.job in CHANGES_PROGRAM:
            shops.forget(due.merchant_id)
    except Exception:
        logger().exception("a due card failed", extra={"job": due.job, "hour": due.hour})
        return False
    return True


EVEN_CLOSED = frozenset({CLOSING, ERASE})
"""Jobs that are done also for a merchant that was closed."""


def _put_away(table: Table, due: Due, until_ms: int) -> None:
    """Put off what is due for a merchant that was closed until it cannot be opened again; then it
    is not due any more."""
    pk, sk = keys.due_mark(due.merchant_id, due.member_id, due.mark)
    later = from_ms(until_ms) + HOUR
    if clock.now() < later:
        table.put(due_item(due.merchant_id, due.member_id, due.mark, hour_of(later)))
    else:
        table.put({"PK": pk, "SK": sk})


def _merchant_aside(table: Table, due: Due, error: Exception) -> None:
    """Put off what is due for a merchant that cannot be read; an alarm counts it."""
    if aside.is_transient(error):
        raise error
    logger().exception("a merchant cannot be read", extra={"merchant": due.merchant_id})
    count("DamagedCards")
    _later(table, due, clock.now())


def _set_aside(shop: Shop, due: Due, error: Exception) -> None:
    """Put it on the list of what needs a person and try again in a day, then in two, four ..."""
    aside.set_aside(shop, due.member_id, error, due.mark)
    _later(shop.table, due, shop.now)


def _later(table: Table, due: Due, now: datetime) -> None:
    days = 2 ** min(due.tries, ASIDE_DOUBLED_MAX)
    hour = hour_of(max(now, due.instant) + timedelta(days=days))
    mark = due_item(due.merchant_id, due.member_id, due.mark, hour)
    table.put({**mark, "tries": due.tries + 1})


ASIDE_DOUBLED_MAX = 5
"""What is set aside is tried again after 32 days at the latest."""


def _due_in(table: Table, hour: str, jobs: Mapping[str, Job]) -> Iterator[Due]:
    for shard in range(keys.DUE_SHARDS):
        for item in table.items(keys.due_shard(hour, shard), index=True):
            merchant_id, member_id, mark = item["GSI1SK"].split("#")
            due = Due(hour, merchant_id, member_id, mark, item.get("tries", 0))
            if due.job in jobs:
                yield due


def _due_of(item: Item, merchant_id: str) -> Due:
    hour, member_id, mark = item["GSI1SK"].split("#")
    return Due(hour, merchant_id, member_id, mark, item.get("tries", 0))


def _hours(after: str, now: datetime) -> Iterator[str]:
    """The hours that follow `after`, up to the one that has begun."""
    instant = _instant(after) + HOUR
    while instant <= now:
        yield hour_of(instant)
        instant += HOUR


def _instant(hour: str) -> datetime:
    return datetime.fromisoformat(hour).replace(tzinfo=UTC)


def _move_cursor(table: Table, function: str, hour: str) -> None:
    """Forward only: two runs at once cannot lose an hour."""
    pk, sk = keys.cursor(function)
    table.put({"PK": pk, "SK": sk, "hour": hour}, AbsentOr(Below("hour", hour)))
