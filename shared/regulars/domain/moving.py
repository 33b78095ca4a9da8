"""Book a sale on the right card that was booked on another: as if it had been sold there.

It is earned at its time and under its version, by the tier, limits and remainders of the card it
comes to. Its refunds come with it.
"""

from __future__ import annotations

from typing import Any

from regulars.domain import (
    accrual,
    benefits,
    calendar,
    carryover,
    confirming,
    first_purchase,
    limits,
    milestones,
    packages,
    raffles,
    reversal,
    rewards,
    tiering,
    visits,
)
from regulars.domain.baskets import Basket
from regulars.domain.current_sale import SALE, effective, keep_milestones, left, written
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import Adopt, Earn, Refunded
from regulars.domain.program import Program
from regulars.domain.reasons import Reason
from regulars.domain.shares import grants, taken


def adopt(draft: Draft, operation: Adopt) -> tuple[Refunded, list[tuple[str, Reason]]]:
    """Book the sale; return what is refunded of it, and (rule, reason) for what was not granted."""
    under, before = operation.under or draft.program, operation.original
    basket = _basket(before)
    wanted, _ = before.facts.get("uncounted", (before.facts.get("visits", 0), ()))
    sale = Earn(operation.origin, visits=int(wanted))
    count, refused = visits.granted(draft, sale, basket)
    scratch = _as_sold_here(draft, operation, under, sale, basket, count)
    facts: dict[str, Any] = {
        **{name: before.facts[name] for name in _OF_THE_SALE if name in before.facts},
        **{name: scratch.facts[name] for name in ("campaigns", "carry") if name in scratch.facts},
        "visits": count,
        "prog": under.version,
    }
    if count < sale.visits:
        rules = (rule for rule in under.earn if rule.on == "visit")
        would = [one.id for one in rules if accrual.base_of_entry(scratch, one, before, 1)[0]]
        facts["uncounted"] = [sale.visits, would]
    if points := accrual.points_of(scratch):
        facts["points"] = points
    lines = confirming.released(scratch.lines) if operation.refunded.confirmed else scratch.lines
    facts["grants"] = written(lines)
    after = effective(before._replace(facts={}), facts)
    gone = taken(after, under, operation.refunded)
    now = carryover.lines_now(draft.program, after)
    lost = carryover.dropped_since(draft.program, after.program_version)
    carry = {rule: moved for rule, moved in facts.get("carry", {}).items() if rule not in lost}
    facts |= {"grants": written(now), "carry": carry}
    draft.facts.update({SALE: facts, "moved_from": operation.moved_from, "note": operation.reason})
    draft.facts.update(accrual.found_by(draft.card))
    if "order" in before.facts:
        draft.facts["order"] = before.facts["order"]
    packages.give(draft, under, before.facts.get("bought", ()))
    for grant in grants(now):
        amount = grant.amount - gone.line(grant.line).of(grant.amount)
        if amount > 0:
            draft.renew(grant.line.unit)
            draft.grant_into(
                grant.line.unit, amount, grant.line.rule, grant.line.reason, grant.lots[0]
            )
    for rule, moved in carry.items():
        reversal.move_carry(draft, rule, moved - gone.rules.get(rule, gone.money).of(moved))
    _count(draft, after, under, gone)
    refunded = operation.refunded._replace(vouchers=(), revised_seq=draft.card.seq + 1)
    return refunded, refused


_OF_THE_SALE = ("spend", "paid", "listed", "sum", "resold")
"""Facts of a sale that are the same on any card."""


def _basket(before: Entry) -> Basket:
    """Read the sale from its entry, which keeps sums and what each rule counted, not the lines."""
    spend = int(before.facts.get("spend", 0))
    paid = int(before.facts.get("paid", spend))
    return Basket((), spend, paid, 0, False, bool(spend or paid))


def _as_sold_here(
    draft: Draft, operation: Adopt, under: Program, sale: Earn, basket: Basket, count: int
) -> Draft:
    """Compute what the sale would have granted on this card, on a copy that holds no units."""
    before = operation.original
    card = draft.card._replace(lots={}, debt={}, open={}, recorded_ms=0, stepped=under.version)
    origin = sale.origin._replace(effective_ms=before.effective_ms, location=before.location)
    at = calendar.from_ms(before.recorded_ms)
    scratch = Draft(under, card, sale._replace(origin=origin), at)
    occasion = accrual.occasion_of(scratch, basket.spend_minor)
    accrual.purchase(
        scratch,
        lambda rule: accrual.base_of_entry(scratch, rule, before, count),
        accrual.kinds_of(basket, count),
        accrual.running(scratch, occasion),
    )
    return scratch


def _count(draft: Draft, after: Entry, under: Program, gone: Any) -> None:
    """Count what is left of the sale, and do what follows from it."""
    sums = left(after, under, gone)
    spend, count, points = (sums[name] for name in ("spend", "visits", "points"))
    draft.facts.update({name: amount for name, amount in sums.items() if amount})
    for campaign in under.campaigns:
        if campaign.id in after.facts.get("campaigns", ()):
            name = f"campaign:{campaign.id}"
            if campaign.per_member:
                draft.card = limits.counted(draft.card, name, "")
            if campaign.total:
                draft.count(name, 1, campaign.total)
    if count:
        visits.book(draft, count)
        milestones.extend_streaks(draft, draft.effective_day, count)
    raffles.count(draft, spend, count)
    whole = left(after, under, taken(after, under, Refunded()))
    refunded = [whole[name] - sums[name] for name in whole]
    draft.card = draft.card.with_window(draft.effective_month, spend, count, points)
    if gone.visit.after:
        milestones.reach(draft)
    else:  # as long as its visit counts, refunds of a part take no mark
        milestones.count_challenges(draft, draft.effective_day, *whole.values())
        if first_purchase.counts(draft, whole["spend"]):
            first_purchase.count(draft, draft.card.seq + 1)
        draft.card = draft.card.with_window(draft.effective_month, *refunded)
        milestones.reach(draft)
        less = (-amount for amount in refunded)
        draft.card = draft.card.with_window(draft.effective_month, *less)
    keep_milestones(draft, after._replace(lines=(), facts={}), {})
    _tiers(draft, refunded)
    benefits.give_due(draft)
    draft.pay_debt()
    rewards.issue_automatic(draft)


def _tiers(draft: Draft, refunded: list[int]) -> None:
    """Move the tier up by the whole sale: refunds of a part (money, visits, points) take none."""
    card = draft.card
    whole = card.with_window(draft.effective_month, *refunded)
    whole = tiering.upgraded(draft.program, whole, draft.today, draft.effective_day)
    draft.card = card._replace(held=whole.held, tier=whole.tier)
