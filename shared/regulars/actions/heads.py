"""Where the ledger of a card stood at an instant."""

from __future__ import annotations

from regulars.store import activity_keys, cards, keys
from regulars.store.marshal import Item
from regulars.store.table import Table

PAGE = 20


def head_before(
    table: Table, m: str, member_id: str, state: Item | None, before_ms: int
) -> tuple[int, str] | None:
    """Return number and hash of the newest entry that was recorded before an instant; None when
    there is none.

    The state (as it was read) tells it unless something was booked since, or it cannot be read.
    """
    try:
        card = cards.card_of(state) if state else None
    except cards.DamagedError:
        card = None
    if card and card.recorded_ms < before_ms:
        return card.seq, card.head
    start = None
    while True:
        page = table.query(
            keys.card(m, member_id), prefix=keys.ENTRY_PREFIX, newest_first=True, limit=PAGE,
            consistent=True, start=start,
        )  # fmt: skip
        for item in page.items:
            if activity_keys.recorded_ms(item["GSI1SK"]) < before_ms:
                return int(item["SK"].removeprefix(keys.ENTRY_PREFIX)), item["hash"]
        start = page.next
        if start is None:
            return None
