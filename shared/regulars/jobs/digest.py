"""The owner's weekly digest: what happened in the week that ended, on Monday at eight.

Figures come from the activity index: the entries of the week's hours, so the work grows with what
happened, not with how many members there are. Each week's figures are kept for the comparison.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from regulars.actions import signals
from regulars.actions.due_marks import DIGEST, MONDAY_HOUR, next_digest, next_look
from regulars.domain import calendar
from regulars.domain.ledger import Entry
from regulars.domain.reasons import ReasonKind
from regulars.jobs import earlier_shops, over_campaigns, retention
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.members import Members
from regulars.store.table import Absent

BEST = 5
SIGNALS = 5
OPEN_DAYS_MIN = 3
"""A quietest day is named only when the week had at least so many days with visits."""


def digest(shop: Shop, member_id: str) -> None:
    """Count the week before this Monday, tell the owner, and come again next Monday."""
    zone = shop.program.timezone
    today = calendar.local_date(shop.now, zone)
    monday = today - timedelta(days=today.weekday())
    if today == monday and shop.now < calendar.local_start(monday, zone, MONDAY_HOUR):
        return  # where hours begin at half past, this hour is looked at again when it is over
    week = monday - timedelta(days=7)
    figures = _figures(shop, week)
    (before,) = shop.table.get(keys.week(shop.merchant_id, str(week - timedelta(days=7))))
    pk, sk = keys.week(shop.merchant_id, str(week))
    kept = {name: figures[name] for name in ("visits", "members", "joined", "redeemed")}
    shop.table.put({"PK": pk, "SK": sk, **kept})
    compared = {name: before[name] for name in kept} if before else None
    facts = {"figures": {**figures, "before": compared}, "signals": _signals(shop)}
    notify(shop.merchant_id, Notification(keys.MERCHANT_LEVEL, DIGEST, str(week), facts), shop.now)
    earlier_shops.take_up(shop.table, shop.merchant_id, shop.now)
    shop.table.put(next_digest(shop.merchant_id, zone, today))
    shop.table.put(next_look(shop.merchant_id, shop.now), Absent())  # for merchants of before
    retention.take_up(shop)
    over_campaigns.count(shop)


def _figures(shop: Shop, week: date) -> dict[str, Any]:
    """The figures of the seven days from `week` on."""
    visits: Counter[str] = Counter()
    by_day: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    issued: set[str] = set()
    closed: set[str] = set()
    corrected = 0
    for member_id, entry in signals.look_at_week(shop, week, DIGEST):
        kinds[entry.kind] += 1
        corrected += any(line.reason.kind is ReasonKind.ADJUST for line in entry.lines)
        issued.update(entry.facts.get("vouchers", ()))
        closed.update(entry.facts.get("returned", ()))
        if "voucher" in entry.facts:
            closed.add(entry.facts["voucher"])
        if entry.kind == "earn" and (count := int(entry.facts.get("visits", 0))):
            visits[member_id] += count
            by_day[_weekday(entry, shop.program.timezone)] += count
    best = [(_name(shop, member_id), count) for member_id, count in visits.most_common(BEST)]
    quiet = (
        min(by_day, key=lambda day: (by_day[day], day)) if len(by_day) >= OPEN_DAYS_MIN else None
    )
    return {
        "visits": visits.total(),
        "members": len(visits),
        "joined": kinds["join"],
        "redeemed": kinds["redeem"],
        "waiting": len(issued - closed),
        "corrected": corrected,
        "best": best,
        "quiet_day": quiet,
    }


def _signals(shop: Shop) -> list[tuple[str, dict[str, int], str]]:
    """The signals of fraud that somebody should look at, the largest first: kind, figures, and
    whose card it is about when it is one."""
    found = sorted(signals.newest(shop), key=lambda item: -item.about["figures"]["n"])
    return [
        (item.about["signal"], item.about["figures"], _whose(shop, item.about["members"]))
        for item in found[:SIGNALS]
    ]


def _whose(shop: Shop, members: list[str]) -> str:
    return _name(shop, members[0]) if len(members) == 1 else ""


def _weekday(entry: Entry, zone: str) -> int:
    return calendar.local_date(calendar.from_ms(entry.recorded_ms), zone).weekday()


def _name(shop: Shop, member_id: str) -> str:
    """How the owner knows a member; anonymous cards go by the end of their id."""
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    return (profile.name if profile else "") or f"…{member_id[-4:].upper()}"
