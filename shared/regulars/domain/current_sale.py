"""A sale as it is now: as it was sent last, or as it came from another card.

The entry that changed it holds the whole sale and all that it granted, among its facts. One that
was refunded whole and sent again says in `resold` when (ms): refunds before were of what it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from regulars.domain import taking
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry, Line
from regulars.domain.program import Program
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.shares import Shares

SALE = "sale"
"""The fact of an entry that holds the sale as it changed or moved it, and all that it granted."""

_STAYS = ("order", "vouchers", "benefits", "surprises", "first", "last",
          "waiting", "waited", "in", "had", "referral", "bought", "challenges",
          "tickets")  # fmt: skip
"""Facts of a sale that a revision leaves as they are."""


def written(lines: Iterable[Line]) -> list[list[Any]]:
    """Write lines as the facts of a sale hold them."""
    return [
        [line.unit, line.amount, line.lot, line.rule, dict(line.reason.stored)] for line in lines
    ]


def as_sent_last(original: Entry, revision: Entry) -> Entry:
    """Return the entry of a sale as its newest revision leaves it."""
    return effective(original, revision.facts[SALE])


def effective(original: Entry, facts: Mapping[str, Any]) -> Entry:
    """Return the entry of a sale as a revision with these facts leaves it."""
    stays = {name: original.facts[name] for name in _STAYS if name in original.facts}
    lines = (
        Line(unit, amount, lot, rule, Reason(why))
        for unit, amount, lot, rule, why in facts["grants"]
    )
    return original._replace(lines=tuple(lines), facts={**stays, **facts})


def keep_milestones(draft: Draft, before: Entry, lost: Mapping[str, int]) -> None:
    """Write into the sale of this entry which milestones it has reached in all, and what they
    granted: what it had reached `before`, without what is lost, and what it reaches now."""
    reached = Counter(before.facts.get("milestones", {}))
    reached.subtract(lost)
    kept = [
        line._replace(amount=line.amount * reached[line.rule] // (reached[line.rule] + gone))
        for line in before.lines
        if line.reason.kind is ReasonKind.MILESTONE
        for gone in (lost.get(line.rule, 0),)
        if reached[line.rule] > 0
    ]
    reached.update(draft.facts.get("milestones", {}))
    new = [line for line in draft.lines if line.reason.kind is ReasonKind.MILESTONE]
    sale = draft.facts[SALE]
    sale["grants"] += written([*kept, *new])
    sale["milestones"] = {one: times for one, times in reached.items() if times > 0}
    sale["runs"] = {**before.facts.get("runs", {}), **draft.facts.get("runs", {})}


def unchanged(sale: Entry) -> dict[str, Any]:
    """Return the facts of a change that leaves a sale as it is."""
    facts = {name: value for name, value in sale.facts.items() if name not in _STAYS}
    return {**facts, "grants": written(sale.lines)}


def left(entry: Entry, under: Program, gone: Shares) -> dict[str, int]:
    """Count what is left of a sale after its refunds."""
    spend, count = int(entry.facts.get("spend", 0)), int(entry.facts.get("visits", 0))
    points = taking.points_of(entry, under)
    return {
        "spend": spend - gone.money.of(spend),
        "visits": count - gone.visit.of(count),
        "points": sum(one.amount - gone.line(one.line).of(one.amount) for one in points),
    }
