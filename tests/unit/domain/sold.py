"""A booked sale as the oracle remembers it, and how much of it has gone back, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

VISIT = "a visit"
"""Stands for the rule of what is not divided: the visit, and what was granted for it."""


@dataclass
class Sale:
    """A booked sale and how much of its payment has been given back."""

    month: int
    granted: list[tuple[str, int, str]]
    """(unit, amount, rule) of every line granted; the rule of what counted money or pieces."""
    spend: int
    visits: int
    points: list[tuple[int, str]]
    """(amount, rule) of every line that counts as points."""
    carry: Mapping[str, int]
    paid: int
    bought: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """By tier that it opened the last day of the right, after it and before."""
    refunded: int = 0
    whole: bool = False
    lots: frozenset[str] = frozenset()
    """The lots that the lines went into."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """By rule what it counted in the sale: pieces, or money."""
    parts: dict[str, Fraction] = field(default_factory=dict)
    """By such a rule what part of that has gone back."""

    @property
    def visit_gone(self) -> bool:
        """Whether less than half of the money stays."""
        return self.whole or 2 * (self.paid - self.refunded) < self.paid

    def left_of(self, value: int, rule: str = "") -> int:
        """What is left of a value after the refunds: floor of the share is taken, towards zero."""
        return value - self.gone_of(value, rule)

    def gone_of(self, value: int, rule: str = "") -> int:
        if self.whole:
            return value
        if rule == VISIT:
            return value if self.visit_gone else 0
        if not (self.paid and self.refunded):
            return 0
        if rule in self.parts:
            return int(value * self.parts[rule])  # int() cuts towards zero
        size = abs(value) * self.refunded // self.paid
        return size if value >= 0 else -size

    def refund(self, amount: int, items: list[list[Any]], rules: Mapping[str, Any]) -> None:
        """So much money goes back, for these (quantity, amount, sku, category) if it is said."""
        for rule, counted in self.counted.items():
            part = Fraction(amount, self.paid) if self.paid else Fraction(1)
            if items:
                part = Fraction(_counted(rules[rule], items), counted)
            self.parts[rule] = min(Fraction(1), self.parts.get(rule, Fraction(0)) + part)
        self.refunded += amount
        assert self.refunded <= self.paid
        self.whole = self.refunded == self.paid


def counted_in(lines: Iterable[list[Any]], carry: Mapping[str, int]) -> dict[str, int]:
    """By rule what it counted; what was all carried has no line."""
    found = {rule: moved for rule, moved in carry.items() if moved > 0}
    for _, _, _, rule, why in lines:
        if why["k"] in {"item", "spend"}:
            found[rule] = why["n"] if why["k"] == "item" else why["spent"]  # whole pieces only
    return found


def _counted(rule: Mapping[str, Any], items: list[list[Any]]) -> int:
    """What a rule counts of items."""
    cats, out = rule.get("categories", ()), rule.get("exclude", ())
    fits = [one for one in items if (one[3] in cats if cats else one[3] not in out)]
    return sum(one[0 if rule["on"] == "item" else 1] for one in fits)
