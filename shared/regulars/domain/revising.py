"""Book the difference when an order is sent again with other items or another amount.

The card ends as if the order had been sent so at first: at its time, tier and version, and after
the refunds that it had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regulars.domain import (
    accrual,
    baskets,
    calendar,
    confirming,
    difference,
    limits,
    reasons,
    visits,
)
from regulars.domain.card import Card, TierRight
from regulars.domain.current_sale import written
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import WHOLE, Earn, Refunded, Reverse, Revise
from regulars.domain.program import Program
from regulars.domain.reasons import Reason


def revise(draft: Draft, operation: Revise) -> tuple[Refunded, list[tuple[str, Reason]]]:
    """Book the difference.

    Returns what is refunded of the order as it is now, and (rule, reason) for what it does not
    grant. An order that was refunded whole counts as new: nothing of it is left.
    """
    under = operation.under or draft.program
    before = operation.original
    was_whole = operation.refunded.minor == WHOLE
    refunded = Refunded() if was_whole else operation.refunded
    basket = baskets.read(operation.sale, under.counts)
    count = _visits(draft, operation.sale, before, basket)
    scratch, refused = _as_at_first(draft, operation, under, basket, count)
    facts: dict[str, Any] = {
        **accrual.facts_of(operation.sale, count, basket),
        **{name: scratch.facts[name] for name in ("campaigns", "carry") if name in scratch.facts},
    }
    if "uncounted" in before.facts and basket.spend_minor > 0:
        wanted = min(before.facts["uncounted"][0], operation.sale.visits)
        if count < wanted:
            facts["uncounted"] = accrual.uncounted(scratch, basket, wanted)
    if points := accrual.points_of(scratch):
        facts["points"] = points
    lines = confirming.released(scratch.lines) if refunded.confirmed else scratch.lines
    facts["grants"] = written(lines)
    if since := draft.now_ms if was_whole else before.facts.get("resold"):
        facts["resold"] = since
    change = difference.Change(
        before, facts, refunded._replace(rules={}, listed_minor=0),
        Reverse(operation.origin, before, operation.refunded, vouchers=operation.vouchers,
                benefits=operation.benefits),
        under, reasons.revised(before.seq),
    )  # fmt: skip
    return difference.book(draft, change), refused


def _visits(draft: Draft, sale: Earn, before: Entry, basket: baskets.Basket) -> int:
    """Count the visits of the order now: as many as were granted. The limits of its day are not
    judged again, but for an order of nothing, for which they never were."""
    if basket.is_free or basket.spend_minor < 0:
        return 0
    had = int(before.facts.get("visits", 0))
    was_free = "spend" not in before.facts and "paid" not in before.facts
    if had or not was_free:
        return min(had, sale.visits)
    return visits.granted(draft, sale._replace(refusable=False), basket)[0]


def _as_at_first(
    draft: Draft, operation: Revise, under: Program, basket: baskets.Basket, count: int
) -> tuple[Draft, list[tuple[str, Reason]]]:
    """Compute what the order would have granted at its time, on a card that has nothing else."""
    before = operation.original
    tier = before.facts.get("in")
    used = before.facts.get("campaigns", ())
    card = Card(
        before.op,
        carry=before.facts.get("had", {}),
        tier=TierRight(tier, "", "") if tier else None,
        taken=_other_uses(draft, used),
        stepped=under.version,
    )
    origin = operation.sale.origin._replace(
        effective_ms=before.effective_ms, location=before.location, left=operation.origin.left
    )
    sale = operation.sale._replace(origin=origin)
    scratch = Draft(under, card, sale, calendar.from_ms(before.recorded_ms))
    occasion = accrual.occasion_of(scratch, basket.spend_minor)
    applies = [
        one
        for one in accrual.running(scratch, occasion._replace(segment=""))
        if not one.segments or one.id in used
    ]
    refused = accrual.purchase(
        scratch,
        lambda rule: accrual.base_of(scratch, rule, basket, count),
        accrual.kinds_of(basket, count),
        applies,
    )
    return scratch, refused


def _other_uses(draft: Draft, used: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return how often the card used campaigns apart from this order."""
    card = draft.card
    for campaign_id in used:
        card = limits.counted(card, f"campaign:{campaign_id}", "", -1)
    return {name: uses for name, uses in card.taken.items() if name.startswith("campaign:")}
