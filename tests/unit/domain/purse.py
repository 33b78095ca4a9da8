"""An independent reading of what entries say about vouchers for credit, in plain fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

Piece = tuple[str, str, int]
"""Unit, lot and amount."""


@dataclass
class Purse:
    """One voucher for credit: what it is worth, and what was used of it."""

    value: int
    uses: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By entry the money and the order."""

    @property
    def used(self) -> int:
        return sum(amount for amount, _ in self.uses.values())

    @property
    def left(self) -> int:
        return self.value - self.used

    def use(self, entry: Mapping[str, Any], voucher: str) -> None:
        """Money is used, once for each order, and no more than there is."""
        ((amount, seq),) = entry["facts"]["credit"][voucher]
        order = entry["facts"].get("order", "")
        assert seq == entry["seq"]
        assert 0 < amount <= self.left, "more was used than is left"
        assert not order or order not in self.orders(), "an order used a voucher twice"
        self.uses[seq] = (amount, order)

    def orders(self) -> list[str]:
        return [order for _, order in self.uses.values()]

    def of_order(self, order: str) -> list[list[int]]:
        """What a refund of an order has to put back, as entries say it."""
        return [[-amount, seq] for seq, (amount, of) in self.uses.items() if of == order]

    def put_back(self, changes: list[list[int]]) -> None:
        """Money is no longer used."""
        for amount, seq in changes:
            assert self.uses[seq][0] == -amount, "other money was put back than was used"
            del self.uses[seq]

    def back(self, pieces: list[Piece], put_back: list[list[int]] | None) -> list[Piece]:
        """The pieces that come back when it is closed, or (of one that is closed) when this was
        put back: those that were locked last."""
        units = sum(amount for _, _, amount in pieces)
        after = self.used + sum(amount for amount, _ in put_back or ())
        kept, until = ceil(after * units / self.value), units
        if put_back is not None:
            until = ceil(self.used * units / self.value)
        found, place = [], 0
        for unit, lot, amount in pieces:
            low, high = max(kept, place), min(until, place + amount)
            place += amount
            if low < high:
                found.append((unit, lot, high - low))
        return found
