"""A sale as it stands: what it was said to be last, its refunds that were not taken back, and on
whose card it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from tests.unit.domain.sold import VISIT, Sale, _counted, counted_in

GRANTS = frozenset({"join", "visit", "spend", "item", "campaign", "action", "referral", "bonus"})
"""Reasons of what a sale grants by itself; a milestone's follow from all that was bought."""


class Part(NamedTuple):
    """One refund of a sale."""

    refund_id: str
    amount: int
    items: list[list[Any]]
    at: int


@dataclass
class Booked:
    """A sale of a merchant."""

    sale: Sale
    holder: str
    """The member on whose card it counts; nobody while it moves."""
    version: int
    at: int
    """When it was."""
    order: str | None
    facts: Mapping[str, Any]
    op: str = ""
    parts: list[Part] = field(default_factory=list)
    whole_at: int = 0
    """When the last of it was refunded; 0 while something is left."""
    resold: bool = False
    """Whether it was refunded whole once and sold again."""
    moving_to: str = ""
    """The member whose sale it was, while it moves."""
    kept_parts: list[Part] = field(default_factory=list)
    """The refunds that it had before it moved."""

    @property
    def left_minor(self) -> int:
        """How much of the payment is left; one that was changed to less has nothing left."""
        return max(0, self.sale.paid - sum(one.amount for one in self.parts))

    def left(self) -> Counter[str]:
        """What is left of what it grants by itself."""
        sums: Counter[str] = Counter()
        for unit, amount, rule in self.sale.granted:
            sums[unit] += self.sale.left_of(amount, rule)
        return sums

    def refund(self, part: Part, rules: Mapping[str, Any]) -> None:
        """Some of it, or the rest, goes back."""
        self.parts = [*self.parts, part]
        self.apply(rules)
        left = self.sale.paid - sum(one.amount for one in self.parts)
        if left <= 0:
            self.whole_at, self.sale.whole = part.at, True

    def leave(self, to: str) -> None:
        """It goes to another card, with its refunds."""
        self.holder, self.moving_to, self.kept_parts = "", to, self.parts

    def void(self, refund_id: str, rules: Mapping[str, Any]) -> None:
        """A refund was not meant."""
        self.parts = [one for one in self.parts if one.refund_id != refund_id]
        if self.sale.paid or not self.parts:
            self.whole_at = 0
        self.apply(rules)

    def become(self, sale: Sale, facts: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
        """It is said to be another one; of items that went back only the money is known then."""
        if self.whole_at:
            self.parts, self.whole_at, self.resold = [], 0, True
        self.parts = [one._replace(items=[]) for one in self.parts]
        self.sale, self.facts = sale, {**self.facts, **facts}
        if "campaigns" not in facts:
            self.facts = {k: v for k, v in self.facts.items() if k != "campaigns"}
        self.apply(rules)

    def apply(self, rules: Mapping[str, Any]) -> None:
        """Count its refunds again, from the first."""
        sale = self.sale
        sale.refunded, sale.parts = 0, {}
        for part in self.parts:
            for rule, counted in sale.counted.items():
                share = Fraction(part.amount, sale.paid) if sale.paid else Fraction(1)
                if part.items:
                    share = Fraction(_counted(rules[rule], part.items), counted)
                before = sale.parts.get(rule, Fraction(0))
                sale.parts[rule] = min(Fraction(1), before + share)
            sale.refunded = min(sale.paid, sale.refunded + part.amount)
        sale.whole = bool(self.whole_at) or (sale.paid > 0 and sale.refunded >= sale.paid)


def read(
    document: Mapping[str, Any], month: int, lines: list[list[Any]], facts: Mapping[str, Any]
) -> Sale:
    """A sale from what an entry says that it grants."""
    kinds = {unit["id"]: unit["kind"] for unit in document["units"]}
    visits_only = {one["id"] for one in document.get("campaigns", ()) if one.get("on") == ["visit"]}
    grants: Counter[tuple[str, str]] = Counter()
    for unit, amount, _, rule, why in lines:  # a part may have paid debt
        if why["k"] in GRANTS:
            whole = why["k"] == "visit" or rule in visits_only
            grants[unit, VISIT if whole else rule if why["k"] in {"item", "spend"} else ""] += (
                amount
            )
    points = [(n, name) for (unit, name), n in grants.items() if kinds[unit] == "points"]
    assert facts.get("points", 0) == sum(n for n, _ in points), "other points than are granted"
    carry, spend = facts.get("carry", {}), facts.get("spend", 0)
    return Sale(
        month, [(unit, n, name) for (unit, name), n in grants.items()], spend,
        facts.get("visits", 0), points, carry, facts.get("paid", spend),
        counted=counted_in(lines, carry),
    )  # fmt: skip
