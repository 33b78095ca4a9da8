"""Compute what part of a sale is taken back, rule by rule, so that any mix of refunds sums exactly.

Of a line that granted G by counting M (money or pieces) for a payment T, after refunds whose
shares sum to N / (T x M), floor(G x N / (T x M)) has been taken back. A refund of an amount A adds
A x M to N; one of items, of which the rule counted m, adds m x T. N never passes T x M, and the
refund that completes the payment takes what is left of every line. So rounding loses nothing in
either direction, and never more is taken back than was granted.

Items are told at list price. In a discounted sale that counted S of a list L, m is m x S / L: to
stay with whole numbers, the denominator is T x M x L then.

A visit is not divided: it stays whole while enough of the money stays, then all of it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd
from typing import NamedTuple

from regulars.domain.baskets import matches
from regulars.domain.card import Lot
from regulars.domain.ledger import DEBT, Entry, Line, granted, lot_dates
from regulars.domain.operations import WHOLE, Item, Refunded, Reverse
from regulars.domain.program import EarnRule, Program
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused


class Grant(NamedTuple):
    """What one rule granted in one entry: a part of it may have paid debt."""

    line: Line
    """Its first line, for unit, rule and reason."""
    amount: int
    lots: tuple[Lot, ...]
    """What went into lots."""


def grants(lines: Iterable[Line]) -> list[Grant]:
    """Put the lines of each grant together, so that its share is rounded once."""
    found: dict[tuple[str, str, str], Grant] = {}
    for line in granted(lines):
        name = (line.unit, line.rule, str(sorted(line.reason.stored.items(), key=str)))
        known = found.get(name) or Grant(line, 0, ())
        lots = () if line.lot == DEBT else (Lot(*lot_dates(line.lot), line.amount),)
        found[name] = Grant(known.line, known.amount + line.amount, (*known.lots, *lots))
    return list(found.values())


class Span(NamedTuple):
    """The share of the original that is taken back before and after a refund, as numerators."""

    before: int
    after: int
    whole: int

    def of(self, granted: int) -> int:
        """Compute what this refund takes back of an amount, rounded towards zero."""
        return self.upto(granted, self.after) - self.upto(granted, self.before)

    def upto(self, granted: int, part: int) -> int:
        """Compute what has been taken back of an amount when the share is `part`."""
        if part >= self.whole:
            return granted
        sign = 1 if granted >= 0 else -1
        return sign * (abs(granted) * part // self.whole)


class Shares(NamedTuple):
    """The spans of one refund."""

    money: Span
    visit: Span
    """Of what is not divided: the visit, and what was granted for it."""
    rules: Mapping[str, Span]
    """By rule that counted something; other rules use the span of the money."""
    undivided: frozenset[str]
    """The campaigns that are only about visits."""
    amount_minor: int
    """What is refunded now."""
    listed_minor: int
    """The list prices of all items that were given back without an amount."""
    asked_minor: int
    """What was asked for; more than `amount_minor` when less was left."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left afterwards."""
        return self.money.after >= self.money.whole

    @property
    def takes_visit(self) -> bool:
        """Whether it is this refund that takes the visit."""
        return self.visit.before < self.visit.after

    def line(self, line: Line) -> Span:
        """Find the span of a granted line."""
        kind = line.reason.kind
        if kind in _UNDIVIDED or (kind is ReasonKind.CAMPAIGN and line.rule in self.undivided):
            return self.visit
        return self.rules.get(line.rule, self.money) if line.reason.counts_purchase else self.money

    @property
    def refunded(self) -> Refunded:
        """What has been refunded after this refund, without vouchers."""
        if self.is_whole:
            return Refunded(WHOLE, visit_gone=True)
        part, whole = self.money.after, self.money.whole
        rules = {
            rule: span.after
            for rule, span in self.rules.items()
            if span.after * whole != part * span.whole
        }
        return Refunded(part, rules, self.listed_minor, visit_gone=bool(self.visit.after))


def taken(original: Entry, under: Program, refunded: Refunded) -> Shares:
    """Compute the spans of all that has been refunded of a sale so far: of(x) is what is gone."""
    total = paid(original)
    minor = total if refunded.minor == WHOLE else min(refunded.minor, total)
    money = Span(0, minor, total) if total else Span(0, int(refunded.minor == WHOLE), 1)
    kept = under.refunds.visit_kept_from
    gone = refunded.visit_gone if not total else _visit_gone(minor, total, kept)
    _, listed = _discount(original)
    rules = {}
    for rule_id, counted in _measures(original).items():
        whole = money.whole * counted * listed
        after = refunded.rules.get(rule_id, money.after * counted * listed)
        rules[rule_id] = Span(0, min(whole, after) if minor < total else whole, whole)
    return Shares(money, Span(0, int(gone), 1), rules, _undivided(under), minor, 0, minor)


def _undivided(under: Program) -> frozenset[str]:
    return frozenset(one.id for one in under.campaigns if set(one.on) == {"visit"})


_UNDIVIDED = frozenset({ReasonKind.VISIT, ReasonKind.MILESTONE})


def paid(original: Entry) -> int:
    """Return the payment of the original, in minor units: refunds are shares of it."""
    return max(0, int(original.facts.get("paid", original.facts.get("spend", 0))))


def shares(under: Program, operation: Reverse) -> Shares:
    """Compute the spans of a refund, by the rules of the version the sale was booked under.

    Raises ALREADY_REVERSED when nothing is left; more than is left is cut to what is left.
    """
    original, before = operation.original, operation.refunded
    if before.minor == WHOLE:
        raise Refused(RefusalCode.ALREADY_REVERSED, "All of it has been taken back already.")
    total = paid(original)
    listed = before.listed_minor
    asked = left = total - before.minor
    if left <= 0 and (total or before.minor):  # the order was changed to less than was refunded
        raise Refused(RefusalCode.ALREADY_REVERSED, "All of it has been taken back already.")
    if operation.amount_minor is not None:
        asked = operation.amount_minor
    elif operation.items:
        asked, listed = _worth(operation, total)
    amount = min(asked, left)
    money = Span(before.minor, before.minor + amount, total) if total else Span(0, 1, 1)
    kept = under.refunds.visit_kept_from
    visit = Span(int(_visit_gone(money.before, total, kept)), 0, 1)
    visit = visit._replace(after=int(_visit_gone(money.after, total, kept)))
    return Shares(
        money,
        visit,
        _by_rule(under, operation, money),
        _undivided(under),
        amount,
        listed,
        asked,
    )


def _worth(operation: Reverse, total: int) -> tuple[int, int]:
    """Compute what returned items are worth of the payment, and their list prices so far.

    Raises INVALID when they are worth nothing.
    """
    facts = operation.original.facts
    of = int(facts.get("listed", facts.get("spend", 0)))
    before = operation.refunded.listed_minor
    after = before + sum(item.amount_minor for item in operation.items)
    if after <= before:
        raise Refused(RefusalCode.INVALID, "", (("items", "must add up to more than 0"),))
    if of <= 0:
        return after - before, after
    worth = total if after >= of else total * after // of
    if worth >= total:
        return max(after - before, total - operation.refunded.minor), after
    return worth - total * before // of, after


def _visit_gone(refunded: int, total: int, kept_from: int) -> bool:
    """Tell whether less than the share `kept_from` (thousandths) of the money stays."""
    if not total:
        return refunded > 0
    return refunded >= total or (total - refunded) * 1000 < kept_from * total


def _by_rule(under: Program, operation: Reverse, money: Span) -> dict[str, Span]:
    """Compute the spans of the rules that counted pieces or money."""
    original, known = operation.original, {rule.id: rule for rule in under.earn}
    paid_of, listed = _discount(original)
    spans = {}
    for rule_id, counted in _measures(original).items():
        whole = money.whole * counted * listed
        before = operation.refunded.rules.get(rule_id, money.before * counted * listed)
        after = before + (money.after - money.before) * counted * listed
        rule = known.get(rule_id)
        if operation.items and rule:
            part = _counted(rule, operation.items)
            part *= listed if rule.on == "item" else paid_of
            after = before + part * money.whole
        if money.after >= money.whole:
            after = whole
        spans[rule_id] = Span(before, min(after, whole), whole)
    return spans


def _discount(original: Entry) -> tuple[int, int]:
    """Find what was paid of the list price, as a fraction in lowest terms; 1 of 1 without."""
    spend, listed = int(original.facts.get("spend", 0)), int(original.facts.get("listed", 0))
    if not (0 < spend < listed):
        return 1, 1
    by = gcd(spend, listed)
    return spend // by, listed // by


def _counted(rule: EarnRule, items: tuple[Item, ...]) -> int:
    """Sum what a rule counts of returned items: thousandths of pieces, or list prices."""
    if rule.on == "item":
        return sum(item.milli for item in items if matches(rule, item))
    return sum(item.amount_minor for item in items if matches(rule, item))


def _measures(original: Entry) -> dict[str, int]:
    """Collect what each rule counted in the sale: thousandths of pieces, or minor units."""
    counted = {
        line.rule: line.reason.counted
        for line in original.lines
        if line.amount > 0 and line.reason.counts_purchase
    }
    for rule_id, moved in original.facts.get("carry", {}).items():
        if moved > 0:  # no full step came together: all of it was carried
            counted.setdefault(rule_id, moved)
    return counted
