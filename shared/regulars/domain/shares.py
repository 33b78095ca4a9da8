"""Compute what part of a sale is taken back, rule by rule, so that any mix of refunds sums exactly.

Of a line that granted G by counting M (money or pieces) for a payment T, after refunds whose
shares sum to N / (T x M), floor(G x N / (T x M)) has been taken back. A refund of an amount A adds
A x M to N; one of items, of which the rule counted m, adds m x T. N never passes T x M, and the
refund that completes the payment takes what is left of every line. So rounding loses nothing in
either direction, and never more is taken back than was granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from regulars.domain.accrual import counted_money, matches
from regulars.domain.ledger import Entry, Line
from regulars.domain.operations import Reverse
from regulars.domain.program import Program


class Span(NamedTuple):
    """The share of the original that is taken back before and after a refund, as numerators."""

    before: int
    after: int
    whole: int

    def of(self, granted: int) -> int:
        """Compute what this refund takes back of an amount, rounded towards zero."""
        sign, size = (1 if granted >= 0 else -1), abs(granted)
        return sign * (self._upto(size, self.after) - self._upto(size, self.before))

    def _upto(self, size: int, part: int) -> int:
        return size if part >= self.whole else size * part // self.whole


class Shares(NamedTuple):
    """The spans of one refund."""

    money: Span
    rules: Mapping[str, Span]
    """By rule that counted something; other rules use the span of the money."""

    def line(self, line: Line) -> Span:
        """Find the span of a granted line."""
        return self.rules.get(line.rule, self.money) if line.reason.counts_purchase else self.money

    @property
    def kept(self) -> dict[str, int]:
        """Per rule the numerators that do not follow from the money: the next refund needs them."""
        part, whole = self.money.after, self.money.whole
        return {
            rule: span.after
            for rule, span in self.rules.items()
            if span.after * whole != part * span.whole
        }


def shares(under: Program, operation: Reverse, money: Span) -> Shares:
    """Compute the spans of a refund, by the rules of the version the sale was booked under."""
    original, known = operation.original, {rule.id: rule for rule in under.earn}
    spans = {}
    for rule_id, counted in _measures(original).items():
        whole = money.whole * counted
        before = operation.refunded_rules.get(rule_id, money.before * counted)
        after = before + (money.after - money.before) * counted
        rule = known.get(rule_id)
        if operation.items and rule:
            total = sum(item.amount_minor for item in operation.items)
            part = (
                sum(item.quantity for item in operation.items if matches(rule, item))
                if rule.on == "item"
                else counted_money(rule, operation.items, total)
            )
            after = before + part * money.whole
        if money.after >= money.whole:
            after = whole
        spans[rule_id] = Span(before, min(after, whole), whole)
    return Shares(money, spans)


def _measures(original: Entry) -> dict[str, int]:
    """Collect what each rule counted in the sale: pieces, or money in minor units."""
    counted = {
        line.rule: line.reason.counted for line in original.lines if line.reason.counts_purchase
    }
    for rule_id, moved in original.facts.get("carry", {}).items():
        if moved > 0:  # no full step came together: all of it was carried
            counted.setdefault(rule_id, moved)
    return counted
