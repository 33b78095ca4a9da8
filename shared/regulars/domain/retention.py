"""Decide until which day a member is kept under a merchant's retention rule.

The rule names a number of months. A member whose card was not used for so long is erased: not
before the day after, by the merchant's calendar. What jobs book is no use of a card.
"""

from __future__ import annotations

from datetime import date

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.tiering import BOUGHT

_USES = frozenset({"join", "earn", "issue", "redeem", "cancel", "merge"})


def is_use(entry: Entry) -> bool:
    """Tell whether an entry tells of the member: also an action that is rewarded, units given away,
    a membership that was paid; not what a job books, nor a correction by hand."""
    if entry.source == "job":
        return False
    facts = entry.facts
    return (
        entry.kind in _USES or "action" in facts or "to" in facts or facts.get("by") == "membership"
    )


def last_day(used_ms: int, months: int, zone: str) -> date:
    """Compute the last day on which a card is kept that was used last at an instant (ms)."""
    return calendar.add_months(calendar.local_date(calendar.from_ms(used_ms), zone), months)


def kept_until(card: Card, used_ms: int, months: int, zone: str) -> date | None:
    """Compute the last day on which a member is kept; None when there is none to say yet.

    `used_ms` is when the card was used last. A right to a tier that was paid for keeps the member
    to its last day, and so does an open voucher that units were locked for. A right without an end
    keeps the member, and so does a card that somebody keeps on hold.
    """
    if card.holds:
        return None
    days = [last_day(used_ms, months, zone)]
    for name, held in card.held.items():
        if name.partition("/")[2] in BOUGHT:
            if not held.until:
                return None
            days.append(date.fromisoformat(held.until))
    vouchers = (one for one in card.open.values() if one.cost and one.expires_on)
    return max([*days, *(date.fromisoformat(one.expires_on) for one in vouchers)])
