"""Bring a card under the programme in force: what earlier versions held is carried over once.

A card may have slept through several versions. Each version that replaced units or dropped rules
left a step in `Past`; the steps after the one the card has reached are applied in order, so that a
card is the same whether it was touched after each of them or after all. Mapped lots keep their
dates; each is rounded down by itself. Lines say what was moved, and are no earning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from regulars.domain import breakage, reasons, tiering
from regulars.domain.card import NEVER, Card, Lot, add_lots
from regulars.domain.expiry import by_policy, ends_on
from regulars.domain.ledger import DEBT, Entry, Line, lot_name
from regulars.domain.program import Program, Step
from regulars.domain.reasons import ReasonKind

MILLION = 1_000_000
RULE = "replaces"
"""The rule that lines of a mapping name."""


def of(program: Program, card: Card, today: date) -> Card:
    """Return a card as it stands under a programme today, as the next entry would find it."""
    return tiering.as_of(program, carried_over(program, card, today)[0], today)


def carried_over(program: Program, card: Card, today: date) -> tuple[Card, list[Line]]:
    """Return the card with units replaced, remainders dropped and ended debts written off, and the
    lines that book it; the tier is left as it is."""
    lines: list[Line] = []
    for step in program.past.steps:
        if step.version > card.stepped:
            card = _stepped(card, step, lines)
    for unit in [unit for unit in card.debt if is_over(program, unit, today)]:
        owed = card.debt[unit]
        card = card.with_debt(unit, 0)
        lines.append(Line(unit, owed, DEBT, "expiry", reasons.plain(ReasonKind.ENDED)))
    return by_policy(program, card, today), lines


def lots_now(
    program: Program, unit: str, lots: Iterable[Lot], version: int
) -> tuple[str, tuple[Lot, ...]]:
    """Return the unit and the lots that stand now for lots that were taken under a version."""
    pieces = tuple(lots)
    for step in _after(program, version):
        if unit in step.replaced:
            unit, rate = step.replaced[unit]
            pieces = tuple(lot._replace(amount=scaled(lot.amount, rate)) for lot in pieces)
    return unit, tuple(lot for lot in pieces if lot.amount)


def amount_now(program: Program, unit: str, amount: int, version: int) -> tuple[str, int]:
    """Return the unit and the amount that stand now for an amount of a version."""
    for step in _after(program, version):
        if unit in step.replaced:
            unit, rate = step.replaced[unit]
            amount = scaled(amount, rate)
    return unit, amount


def lines_now(program: Program, entry: Entry) -> tuple[Line, ...]:
    """Return the lines of an entry in the units that stand for them now: refunds take these."""
    lines = []
    for line in entry.lines:
        unit, amount = amount_now(program, line.unit, line.amount, entry.program_version)
        lines.append(line._replace(unit=unit, amount=amount))
    return tuple(lines)


def dropped_since(program: Program, version: int) -> frozenset[str]:
    """Return the rules whose remainders were lost after a version: a refund restores none."""
    return frozenset(rule for step in _after(program, version) for rule in step.dropped)


def scaled(amount: int, rate: int) -> int:
    """Map an amount by a rate in millionths, rounded towards zero."""
    size = abs(amount) * rate // MILLION
    return size if amount >= 0 else -size


def _after(program: Program, version: int) -> Iterator[Step]:
    return (step for step in program.past.steps if step.version > version)


def _stepped(card: Card, step: Step, lines: list[Line]) -> Card:
    """Apply one step, and add its lines."""
    for old, (new, rate) in step.replaced.items():
        reason = reasons.replaced(old, step.version)
        for lot in card.lots.get(old, ()):
            mapped = lot._replace(amount=scaled(lot.amount, rate))
            card = add_lots(card, old, (lot,), sign=-1)
            lines.append(Line(old, -lot.amount, lot_name(*lot.key), RULE, reason))
            if mapped.amount:
                card = add_lots(card, new, (mapped,))
                lines.append(Line(new, mapped.amount, lot_name(*lot.key), RULE, reason))
        if owed := card.debt.get(old, 0):
            still = scaled(owed, rate)
            card = card.with_debt(old, 0)
            card = card.with_debt(new, card.debt.get(new, 0) + still)
            lines.append(Line(old, owed, DEBT, RULE, reason))
            if still:
                lines.append(Line(new, -still, DEBT, RULE, reason))
        card = breakage.renamed(_idle_renamed(card, old, new), old, new, rate)
    gone = [rule for rule in step.dropped if rule in card.carry]
    if gone:
        carry = {rule: left for rule, left in card.carry.items() if rule not in gone}
        card = card._replace(carry=carry)
    return card._replace(stepped=step.version)


def _idle_renamed(card: Card, old: str, new: str) -> Card:
    """Return the card with the day of inactivity under the new unit; the later one counts."""
    if old not in card.inactive_after:
        return card
    days = {unit: day for unit, day in card.inactive_after.items() if unit != old}
    days[new] = max(card.inactive_after[old], days.get(new, ""))
    return card._replace(inactive_after=days)


def is_over(program: Program, unit: str, today: date) -> bool:
    """Tell whether the last day of a unit has passed."""
    last = ends_on(program, unit)
    return last != NEVER and last < today.isoformat()
