"""What happened at a merchant in a span of time, from the activity index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from regulars.domain import calendar
from regulars.domain.ledger import Entry
from regulars.store import cards, keys
from regulars.store.table import Table

HOUR = timedelta(hours=1)


def entries(
    table: Table, merchant_id: str, start: datetime, end: datetime
) -> Iterator[tuple[str, Entry]]:
    """Members and their entries recorded from `start` until before `end`, hour by hour.

    A day may begin in the middle of an hour of the index (zones with a half-hour offset), so the
    first and the last hour are read whole and what lies outside is left out.
    """
    start_ms, end_ms = calendar.to_ms(start), calendar.to_ms(end)
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        partition, cursor = keys.activity(merchant_id, calendar.hour_of(hour)), None
        while True:
            page = table.query(partition, index=True, start=cursor)
            for item in page.items:
                entry = cards.entry_of(item)
                if start_ms <= entry.recorded_ms < end_ms:
                    yield item["PK"].rpartition("#")[2], entry
            cursor = page.next
            if cursor is None:
                break
        hour += HOUR
