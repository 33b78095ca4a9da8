"""What happened at a merchant in a span of time, from the activity index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from regulars.core.tokens import is_sandbox
from regulars.domain import calendar
from regulars.domain.ledger import Entry
from regulars.store import activity_keys, cards
from regulars.store.table import Table

HOUR = timedelta(hours=1)


def entries(
    table: Table,
    merchant_id: str,
    start: datetime,
    end: datetime,
    aside: Callable[[str, Exception], None],
) -> Iterator[tuple[str, Entry]]:
    """Members and their entries recorded from `start` until before `end`, in order of time.

    An entry that cannot be read is handed to `aside` with its member and the error, and left out.

    A day may begin in the middle of an hour of the index (zones with a half-hour offset), so sort
    keys bound the first and the last hour.
    """
    between = (
        activity_keys.activity_from(calendar.to_ms(start)),
        activity_keys.activity_from(calendar.to_ms(end)),
    )
    for partition in _partitions(merchant_id, start, end):
        cursor = None
        while True:
            page = table.query(partition, index=True, between=between, start=cursor)
            for item in page.items:
                member_id = item["PK"].rpartition("#")[2]
                try:
                    entry = cards.entry_of(item)
                except cards.DamagedError as damaged:
                    aside(member_id, damaged)
                else:
                    yield member_id, entry
            cursor = page.next
            if cursor is None:
                break


def newest(
    table: Table, merchant_id: str, start: datetime, end: datetime, count: int,
    aside: Callable[[str, Exception], None],
) -> Iterator[tuple[str, Entry]]:  # fmt: skip
    """At most `count` members and entries from `start` until before `end`, the newest first."""
    between = (
        activity_keys.activity_from(calendar.to_ms(start)),
        activity_keys.activity_from(calendar.to_ms(end)),
    )
    for partition in reversed(list(_partitions(merchant_id, start, end))):
        page = table.query(partition, index=True, between=between, newest_first=True, limit=count)
        for item in page.items:
            member_id = item["PK"].rpartition("#")[2]
            try:
                yield member_id, cards.entry_of(item)
            except cards.DamagedError as damaged:
                aside(member_id, damaged)
            count -= 1
        if count <= 0:
            return


def first(table: Table, merchant_id: str, start: datetime, end: datetime) -> datetime | None:
    """When the first entry from `start` until before `end` was recorded; None without one."""
    between = (
        activity_keys.activity_from(calendar.to_ms(start)),
        activity_keys.activity_from(calendar.to_ms(end)),
    )
    for partition in _partitions(merchant_id, start, end):
        page = table.query(partition, index=True, between=between, limit=1)
        if page.items:
            return calendar.from_ms(activity_keys.recorded_ms(page.items[0]["GSI1SK"]))
    return None


def _partitions(merchant_id: str, start: datetime, end: datetime) -> Iterator[str]:
    """One per hour; a sandbox has a single one, because its clock may run through years."""
    if is_sandbox(merchant_id):
        yield activity_keys.sandbox_activity(merchant_id)
        return
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        yield activity_keys.activity(merchant_id, calendar.hour_of(hour))
        hour += HOUR
