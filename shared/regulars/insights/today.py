"""What happened today, beside the same day of the week before, up to the same time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from regulars.actions import aside
from regulars.domain import calendar
from regulars.domain.ledger import Entry
from regulars.program.shop import Shop
from regulars.store import activity

LATEST_BACK = timedelta(hours=24)


class DayFigures(NamedTuple):
    """One day, or the part of it that has passed.

    `visits` as counted, less those that were taken back; `spend_minor` and `sales` likewise,
    without what memberships cost; `joined` members; `redeemed` vouchers.
    """

    visits: int = 0
    sales: int = 0
    spend_minor: int = 0
    joined: int = 0
    redeemed: int = 0


class Comparison(NamedTuple):
    """Today up to now, and the same weekday a week before up to the same time of the clock."""

    today: DayFigures
    before: DayFigures


def figures(entries: Iterable[Entry]) -> DayFigures:
    """Sum entries up. What was taken back counts on the day that it was taken back."""
    visits = sales = spend = joined = redeemed = 0
    for entry in entries:
        facts = entry.facts
        joined += entry.kind == "join"
        redeemed += entry.kind == "redeem"
        visits += int(facts.get("visits", 0))
        if "reverses" in facts:
            spend -= int(facts["amount"])
            sales -= int("whole" in facts and facts["amount"] > 0)
        elif entry.kind == "earn":
            money = int(facts.get("spend", 0))
            spend += money
            sales += int(money > 0)
    return DayFigures(visits, sales, spend, joined, redeemed)


def compare(shop: Shop) -> Comparison:
    """Count today and the same weekday before, from the activity index."""
    zone, now = shop.program.timezone, shop.now
    today = calendar.local_date(now, zone)
    start = calendar.local_start(today, zone)
    before = calendar.local_start(today - timedelta(days=7), zone)
    passed = now + timedelta(milliseconds=1) - start
    return Comparison(
        figures(entry for _, entry in _entries(shop, start, start + passed)),
        figures(entry for _, entry in _entries(shop, before, before + passed)),
    )


def _entries(shop: Shop, start: datetime, end: datetime) -> Iterator[tuple[str, Entry]]:
    return activity.entries(shop.table, shop.merchant_id, start, end, aside.only_logged)


def latest(shop: Shop, count: int) -> list[tuple[str, Entry]]:
    """The newest entries of the last day with their members, the newest first."""
    now = shop.now + timedelta(milliseconds=1)
    return list(
        activity.newest(
            shop.table, shop.merchant_id, now - LATEST_BACK, now, count, aside.only_logged
        )
    )
