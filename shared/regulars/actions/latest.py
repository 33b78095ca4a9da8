"""The newest entries of a card."""

from __future__ import annotations

from regulars.domain.ledger import Entry
from regulars.program.shop import Shop
from regulars.store import cards, keys


def entries(shop: Shop, member_id: str, count: int) -> list[Entry]:
    """Return so many entries of a card at most, the newest first; the newest of all may be
    missing for a moment."""
    page = shop.table.query(
        keys.card(shop.merchant_id, member_id), prefix=keys.ENTRY_PREFIX, newest_first=True,
        limit=count,
    )  # fmt: skip
    return [cards.entry_of(item) for item in page.items]
