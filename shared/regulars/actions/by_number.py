"""Finds whose number it is: that of a card, of a voucher, of an order, or of the member."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.actions import shown_codes
from regulars.domain import codes
from regulars.domain.calendar import to_ms
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.members import Members
from regulars.tills import registry

TEXT_MAX = 200


class FoundBy(NamedTuple):
    """A member, and what was typed."""

    member_id: str
    what: Literal["card", "voucher", "order", "member"]


def find(shop: Shop, text: str) -> FoundBy | None:
    """Find the member of a number as somebody types it. The code of a card is the one that it
    shows now; an order is found with and without the name of its till before it."""
    m, members = shop.merchant_id, Members(shop.table, shop.merchant_id)
    typed, code = text.strip()[:TEXT_MAX], codes.normal(text)[:TEXT_MAX]
    if not typed:
        return None
    if found := members.by_code(code, to_ms(shop.now) // 1000):
        return FoundBy(found, "card")
    if len(code) == codes.CODE_LENGTH and codes.decode(code) is not None:
        voucher = members.by_voucher_code(code) or shown_codes.voucher_of(shop, code)
        if voucher:
            return FoundBy(voucher[0], "voucher")
    names = (typed, *(f"{till}:{typed}" for till in registry.names()))
    wanted = [keys.operation(m, f"order:{name}") for name in names]
    for item in shop.table.get(*wanted, keys.state(m, typed)):
        if item and "c" in item and "seq" in item:
            return FoundBy(item["c"], "order")
        if item and item["SK"] == keys.state("", "")[1]:
            return FoundBy(typed, "member")
    return None
