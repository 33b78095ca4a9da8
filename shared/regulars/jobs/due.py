"""Doing what is due: a page of one merchant's marks, or all of a sandbox up to an instant.

Pages are planned from the list that live merchants share (`planning`). A sandbox has a list of its
own that is walked when its clock is moved.

What cannot be done for one card is set aside: it stands on the list of what needs a person, and its
due mark moves to a later day, longer each time, so that it is tried again and holds up nobody. What
may go well a moment later (the table was busy) stays where it is, and its page comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from regulars.actions import aside
from regulars.actions.due_marks import CLOSING, FRAUD, PUBLISH, ROOTS
from regulars.actions.erase import ERASE
from regulars.actions.relist import LISTS
from regulars.core import clock
from regulars.core.observability import count, logger
from regulars.domain.calendar import from_ms, hour_of
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, ShopCache
from regulars.store import keys
from regulars.store.closing import GRACE_MS
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.table import Table

Job = Callable[[Shop, str], bool | None]
"""Does what is due for one member (or `keys.MERCHANT_LEVEL`, or what its mark is about), and says
when it is due next. What is long is done a step at a time, and the progress is stored: True says
that the next step can be done at once, by whoever calls it again."""

Page = dict[str, Any]
"""Marks of one merchant in one hour, as a message: `merchant_id`, `hour`, and `marks` as pairs of
member and mark."""

HOUR = timedelta(hours=1)


class DueFailedError(Exception):
    """Some of what was due could not be done now; it stays on the list, to be met again."""


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
        return start_of(self.hour)


AT_THE_END = frozenset({FRAUD, ROOTS})
"""Jobs that make up for all the time that is over: a sandbox runs them once, at the end of its
way."""

UNCOUNTED = AT_THE_END | {LISTS}
"""Jobs that whoever moves the clock of a sandbox is not told of."""


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
        start = start_of(due.hour)
        at = start if ran[due] == 1 else start + HOUR - timedelta(milliseconds=1)
        at = until if due.job in AT_THE_END else min(at, until)
        shop = shops.at(merchant_id, at)
        try:
            while jobs[due.job](shop, due.subject):
                pass  # one step after the other
        except Exception as error:  # whatever it is, the clock moves on for the others
            _set_aside(shop, due, error)
            continue
        if due.job in CHANGES_PROGRAM:
            shops.forget(merchant_id)
        if ran[due] == 1 and due.job not in UNCOUNTED:
            yield due


def _next_of(found: list[Due], ran: Mapping[Due, int]) -> Due | None:
    """What is to be done next: by time, those AT_THE_END last; nothing more than two times."""
    left = [due for due in found if ran.get(due, 0) < _RUNS_MAX]
    return min(left, key=lambda due: due.job in AT_THE_END, default=None)


_RUNS_MAX = 2

CHANGES_PROGRAM = frozenset({PUBLISH})
"""Jobs after which a merchant's programme is read again."""


def do_page(
    table: Table, jobs: Mapping[str, Job], page: Page, is_over: Callable[[], bool]
) -> Page | None:
    """Do what is due of a page, until the time is over; returns what is left of it, if anything.

    A mark that stands in another hour by now was seen to since the page was planned: it is passed
    over, so a page can come twice, late, or beside itself. The first mark is worked on in any case,
    so that each try gets on. Raises DueFailedError when some could not be done now.
    """
    m, hour = page["merchant_id"], page["hour"]
    items = table.get(*(keys.due_mark(m, member_id, mark) for member_id, mark in page["marks"]))
    shops = ShopCache(table)
    left: list[tuple[str, str]] = []
    count = failed = 0
    for (member_id, mark), item in zip(page["marks"], items, strict=True):
        if item is None or item.get("hour") != hour:
            continue
        if left or (count and is_over()):
            left.append((member_id, mark))
            continue
        count += 1
        try:
            due = Due(hour, m, member_id, mark, item.get("tries", 0))
            if not _do(shops, due, jobs[due.job], is_over):
                left.append((member_id, mark))
        except Exception:  # the next ones are not held up
            logger().exception("a due card failed", extra={"job": mark, "hour": hour})
            failed += 1
    if failed:
        raise DueFailedError(f"{failed} of {count} due cards failed; see the log")
    return {**page, "marks": left} if left else None


def _do(shops: ShopCache, due: Due, job: Job, is_over: Callable[[], bool]) -> bool:
    """Do one thing, or set it aside; False when there was no time for all its steps. Raises what
    may go well a moment later."""
    try:
        shop = shops.at(due.merchant_id, closed=due.job in EVEN_CLOSED)
    except ClosedError as closed:
        _put_away(shops.table, due, closed.at_ms + GRACE_MS)
        return True
    except Exception as error:  # a merchant that cannot be read does not hold up the others
        _merchant_aside(shops.table, due, error)
        return True
    try:
        while job(shop, due.subject):
            if is_over():
                return False
    except Exception as error:  # whatever it is, it does not hold up the others
        _set_aside(shop, due, error)
    if due.job in CHANGES_PROGRAM:
        shops.forget(due.merchant_id)
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


def _due_of(item: Item, merchant_id: str) -> Due:
    hour, member_id, mark = item["GSI1SK"].split("#")
    return Due(hour, merchant_id, member_id, mark, item.get("tries", 0))


def start_of(hour: str) -> datetime:
    """Return the beginning of an hour of the due list."""
    return datetime.fromisoformat(hour).replace(tzinfo=UTC)
