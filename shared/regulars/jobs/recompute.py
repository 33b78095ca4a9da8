"""After a new programme: every member's tier is decided again, in pages that can be resumed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from regulars.actions import aside, due_marks
from regulars.domain.due import TIER
from regulars.jobs.cards import review_tier
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys, versions
from regulars.store.marshal import Item
from regulars.store.table import AbsentOr, Below, Table

PAGE = 50
FIRST_VERSION = 1


def handle(image: Mapping[str, Any]) -> None:
    """Recompute the merchant whose programme has a new version in the stream."""
    with suppress(ClosedError):
        recompute(connect.table(), image["PK"].removeprefix("M#"), int(image["version"]))


def recompute(table: Table, merchant_id: str, version: int, now: datetime | None = None) -> int:
    """Review the tiers of all members under the programme in force; returns how many.

    Progress is kept per version: when the function is stopped and the record comes again, it goes
    on where it was. Reviewing a card twice changes nothing.
    """
    if version == FIRST_VERSION:
        return 0  # nobody has joined before there was a programme
    return _review_all(load_shop(table, merchant_id, now), f"recompute:{merchant_id}:{version:08}")


def zone_changed(shop: Shop, _: str) -> None:
    """Review all members when another time zone begins to hold: their days begin otherwise."""
    _review_all(shop, f"zone:{shop.merchant_id}:{shop.program.version:08}")
    mark = due_marks.of_zone(shop.merchant_id, shop.program, shop.now)
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)


def _review_all(shop: Shop, name: str) -> int:
    """Review all members; returns how many. Progress is kept under a name."""
    table, cursor_key = shop.table, keys.cursor(name)
    (kept,) = table.get(cursor_key)
    start = kept["start"] if kept else None
    count = kept["count"] if kept else 0
    if kept and start is None:
        return count
    while True:
        page = table.query(keys.members(shop.merchant_id), index=True, limit=PAGE, start=start)
        for item in page.items:
            if item.get("erased"):
                continue
            member_id = item["PK"].rpartition("#")[2]
            try:
                review_tier(shop, member_id)
            except Exception as error:  # whatever it is, the others are reviewed
                aside.set_aside(shop, member_id, error, TIER)
        count, start = count + len(page.items), page.next
        progress: Item = {"PK": cursor_key[0], "SK": cursor_key[1], "count": count, "start": start}
        table.put(progress, AbsentOr(Below("count", count)) if page.items else None)
        if start is None:
            return count
