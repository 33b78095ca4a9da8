"""The weeks that are over, as the owner's digest counted them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from regulars.domain import calendar
from regulars.program.shop import Shop
from regulars.store import keys

WEEKS = 12


class Week(NamedTuple):
    """One week from its Monday; `is_known` says whether it was counted."""

    monday: date
    visits: int
    members: int
    joined: int
    redeemed: int
    is_known: bool


def read(shop: Shop, weeks: int = WEEKS) -> tuple[Week, ...]:
    """The last weeks that are over, the oldest first; before the first that was counted nothing."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    monday = today - timedelta(days=today.weekday())
    days = [monday - timedelta(days=7 * back) for back in range(weeks, 0, -1)]
    items = shop.table.get(*(keys.week(shop.merchant_id, str(day)) for day in days))
    found = [
        Week(day, item["visits"], item["members"], item["joined"], item["redeemed"], is_known=True)
        if item
        else Week(day, 0, 0, 0, 0, is_known=False)
        for day, item in zip(days, items, strict=True)
    ]
    while found and not found[0].is_known:
        found.pop(0)
    return tuple(found)
