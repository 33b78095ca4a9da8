"""Counts what a person has booked by hand today, for the limits of staff.

The stream delivers an entry at least once; a mark for each entry counts it once.
"""

from __future__ import annotations

from regulars.domain import calendar, staff_limits
from regulars.domain.ledger import Entry
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import staff

TRIES_MAX = 10


def count(shop: Shop, member_id: str, entry: Entry) -> None:
    """Count an entry for whoever booked it at the counter; other entries count for nobody.

    Raises CONFLICT when others were faster each time; the entry is delivered again then.
    """
    if entry.source != "staff" or not entry.staff:
        return
    recorded = calendar.from_ms(entry.recorded_ms)
    today = calendar.local_date(recorded, shop.program.timezone).isoformat()
    for _ in range(TRIES_MAX):
        before, version = staff.read_day(shop.table, shop.merchant_id, entry.staff)
        if before.day > today:  # no limit asks for an earlier day any more
            return
        after = staff_limits.counted(before, entry, today)
        if staff.write_day(
            shop.table, shop.merchant_id, entry.staff, after, version,
            counting=(member_id, entry.seq), now_ms=entry.recorded_ms,
        ):  # fmt: skip
            return
    raise Refused(RefusalCode.CONFLICT)
