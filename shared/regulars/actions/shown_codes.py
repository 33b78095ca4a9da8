"""Finds the voucher whose rotating code a guest shows."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.core import guest_codes
from regulars.domain.calendar import to_ms
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.cards import card_of


def voucher_of(shop: Shop, code: str) -> tuple[str, str] | None:
    """Return member and voucher of the code that a guest's page shows for a voucher now, in its
    normal form; None when no voucher shows it. A voucher that was closed meanwhile is found too."""
    m, epoch_s = shop.merchant_id, to_ms(shop.now) // 1000
    handles = guest_codes.handles_in(m, code, epoch_s)
    items = shop.table.get(*(keys.handle(m, one) for one in handles), consistent=False)
    for handle, item in zip(handles, items, strict=True):
        if item and "c" in item:
            for voucher_id in _vouchers(shop, item["c"]):
                if guest_codes.is_voucher_code(m, handle, voucher_id, code, epoch_s):
                    return item["c"], voucher_id
    return None


def _vouchers(shop: Shop, member_id: str) -> Iterator[str]:
    """The vouchers of a card: the open ones, then all."""
    m = shop.merchant_id
    (state,) = shop.table.get(keys.state(m, member_id))
    if state:
        yield from card_of(state).open
    for item in shop.table.items(keys.card(m, member_id), prefix=keys.VOUCHER_PREFIX):
        yield item["SK"].removeprefix(keys.VOUCHER_PREFIX)
