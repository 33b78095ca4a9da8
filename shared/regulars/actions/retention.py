"""The merchant's retention rule: until when a member is kept, and how many it would erase now.

What a member did is in the ledger and in the profile. Looking at a card leaves no trace, so it is
no use of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from regulars.actions import aside
from regulars.core.deadline import Deadline
from regulars.domain import calendar, retention
from regulars.domain.card import Card
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.member_lists import members_page
from regulars.store.profiles import Profile

NOTICE = timedelta(days=7)
"""How long after it was set, or made shorter, a rule begins to hold: a mistake can be corrected."""

COUNTED_MAX = 2000
"""How many of the oldest members are looked at to say how many a rule would erase."""

PAGE = 100
LATE = timedelta(minutes=5)
"""How much later than it was recorded an entry can say that it happened."""


def kept_until(shop: Shop, card: Card, profile: Profile, months: int) -> date | None:
    """Compute the last day on which a member is kept, or an earlier one from today on: entries are
    read only for a member who would not be kept today. None when there is none to say yet."""
    zone, today = shop.program.timezone, calendar.local_date(shop.now, shop.program.timezone)
    used_ms = max(card.enrolled_ms, card.last_visit_ms, _acted_ms(profile))
    until = retention.kept_until(card, used_ms, months, zone)
    if until is None or until >= today:
        return until
    for at_ms in _booked_uses(shop, card, today, months):
        used_ms = max(used_ms, at_ms)
        until = retention.kept_until(card, used_ms, months, zone)
        if until and until >= today:
            break
    return until


def count(shop: Shop, months: int) -> tuple[int, bool]:
    """Count the members whom a rule of so many months would erase today; and whether there are
    more that were not looked at."""
    deadline, start = Deadline(), None
    zone, today = shop.program.timezone, calendar.local_date(shop.now, shop.program.timezone)
    found = looked_at = 0
    while looked_at < COUNTED_MAX and not deadline.passed:
        page, start = members_page(shop.table, shop.merchant_id, start, aside.only_logged)
        for profile, card in page:
            if retention.last_day(profile.enrolled_ms, months, zone) >= today:
                return found, False  # and so it is for all who came later
            until = kept_until(shop, card, profile, months)
            found += until is not None and until < today
        looked_at += len(page)
        if start is None:
            return found, False
    return found, True


def _acted_ms(profile: Profile) -> int:
    """When the member last did something that is in the profile: gave a consent, confirmed a
    contact, opened the card on a device where it has lived since."""
    proved: list[int] = [
        proof["at"] for proof in profile.proofs.values() if proof["by"] != "merchant"
    ]
    devices = [one.at_ms for one in profile.devices]
    return max([*proved, *devices, profile.recovered_ms])


def _booked_uses(shop: Shop, card: Card, today: date, months: int) -> Iterator[int]:
    """Yield when (ms) the card was used, by its entries from the newest back to those that cannot
    keep the member any more."""
    late_ms = LATE // timedelta(milliseconds=1)
    zone, start = shop.program.timezone, None
    if retention.last_day(card.recorded_ms + late_ms, months, zone) < today:
        return
    while True:
        page = shop.table.query(
            keys.card(shop.merchant_id, card.member_id), prefix=keys.ENTRY_PREFIX,
            newest_first=True, limit=PAGE, start=start, consistent=True,
        )  # fmt: skip
        for item in page.items:
            entry = cards.entry_of(item)
            if retention.last_day(entry.recorded_ms + late_ms, months, zone) < today:
                return
            if retention.is_use(entry):
                yield entry.effective_ms
        start = page.next
        if start is None:
            return
