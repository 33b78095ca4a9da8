"""Book the difference when an order is sent again with other items or another amount.

The card ends as if the order had been sent so at first: at its time, tier and version, and after
the refunds that it had. What follows from sums - milestones, tiers, automatic rewards - is judged
by the sums as they are now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from regulars.domain import (
    accrual,
    baskets,
    benefits,
    calendar,
    carryover,
    limits,
    milestones,
    raffles,
    reasons,
    reversal,
    taking,
    tiering,
    visits,
)
from regulars.domain.card import Card, TierRight
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry, Line
from regulars.domain.operations import WHOLE, Earn, Refunded, Reverse, Revise
from regulars.domain.program import Program
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.rewards import give_back, issue_automatic
from regulars.domain.shares import Grant, Shares, grants, taken

SALE = "sale"
"""The fact of a revision that holds the sale as it was sent last, and all that it granted."""

_STAYS = ("order", "vouchers", "benefits", "surprises", "first", "last",
          "waiting", "waited", "in", "had", "referral", "bought", "challenges",
          "tickets")  # fmt: skip
"""Facts of a sale that a revision leaves as they are."""


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
    if points := accrual.points_of(scratch):
        facts["points"] = points
    facts["grants"] = written(scratch.lines)
    draft.facts.update({"revises": before.seq, SALE: facts, "order": before.facts.get("order")})
    after = effective(before, facts)
    refunded = refunded._replace(rules={}, listed_minor=0)
    gone_before = taken(before, under, operation.refunded)
    gone_after = taken(after, under, refunded)
    _sums(draft, before, after, under, gone_before, gone_after)
    _uses(draft, before, after, under)
    _first_purchase(draft, before, facts)
    _units(draft, operation, under, gone_before, gone_after, after)
    _what_follows(draft, operation, before, under)
    draft.pay_debt()
    issue_automatic(draft)
    issued = tuple(draft.facts.get("vouchers", ()))
    return refunded._replace(
        vouchers=(*operation.refunded.vouchers, *issued),
        visit_gone=bool(gone_after.visit.after),
        revised_seq=draft.card.seq + 1,
        confirmed=operation.refunded.confirmed,
    ), refused


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
    scratch.facts["order"] = before.facts.get("order")
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


def _sums(
    draft: Draft, before: Entry, after: Entry, under: Program, gone_before: Shares,
    gone_after: Shares,
) -> None:  # fmt: skip
    """Move money, visits, points, remainders, challenges and tickets by the difference."""
    day = taking.day_of(before, under)
    change = Counter(left(after, under, gone_after))
    change.subtract(left(before, under, gone_before))
    spend, count, points = (change[name] for name in ("spend", "visits", "points"))
    draft.card = draft.card.with_window(calendar.month_index(day), spend, count, points)
    draft.facts.update({name: amount for name, amount in change.items() if amount})
    if count > 0:
        visits.book(draft, count)
        milestones.extend_streaks(draft, day, count)
    elif count < 0:
        visits.uncount(draft, before, day, -count)
        milestones.break_streaks(draft, day, -count)
    milestones.count_challenges(draft, day, spend, count, points)
    counted = Counter(before.facts.get("challenges", {}))
    counted.update(draft.facts.get("challenges", {}))
    draft.facts[SALE]["challenges"] = dict(counted)
    _tickets(draft, before, after, under, gone_before, gone_after)
    moved: Counter[str] = Counter()
    for entry, gone, sign in ((after, gone_after, 1), (before, gone_before, -1)):
        for rule, amount in entry.facts.get("carry", {}).items():
            moved[rule] += sign * (amount - gone.rules.get(rule, gone.money).of(amount))
    lost = carryover.dropped_since(draft.program, before.program_version)
    for rule, amount in moved.items():
        if rule not in lost:
            reversal.move_carry(draft, rule, amount)


def left(entry: Entry, under: Program, gone: Shares) -> dict[str, int]:
    """Count what is left of a sale after its refunds."""
    spend, count = int(entry.facts.get("spend", 0)), int(entry.facts.get("visits", 0))
    points = taking.points_of(entry, under)
    return {
        "spend": spend - gone.money.of(spend),
        "visits": count - gone.visit.of(count),
        "points": sum(one.amount - gone.line(one.line).of(one.amount) for one in points),
    }


def _tickets(
    draft: Draft, before: Entry, after: Entry, under: Program, gone_before: Shares,
    gone_after: Shares,
) -> None:  # fmt: skip
    """Move the tickets of raffles that have begun on the day of the order and are not over."""
    on, facts = taking.day_of(before, under).isoformat(), after.facts
    was, now = left(before, under, gone_before), left(after, under, gone_after)
    tickets = dict(before.facts.get("tickets", {}))
    for raffle in under.raffles:
        if raffle.first_day <= on and draft.today.isoformat() <= raffle.last_day:
            old, new = (raffles.won(raffle, it["spend"], it["visits"]) for it in (was, now))
            raffles.take_back(draft, {raffle.id: old - new})
            tickets[raffle.id] = raffles.won(raffle, int(facts.get("spend", 0)), facts["visits"])
    draft.facts[SALE]["tickets"] = tickets


def _first_purchase(draft: Draft, before: Entry, facts: dict[str, Any]) -> None:
    """Undo the first purchase of a friend that is none any more: too little is left of it."""
    referral = draft.program.referral
    least = referral.min_spend_minor if referral else 0
    if before.facts.get("first") and facts.get("spend", 0) < max(1, least):
        draft.card = limits.counted(draft.card, limits.FIRST_PURCHASE, "", -1)
        draft.facts.update({"unfirst": 1, "reverses": before.seq})
        facts["first"] = 0


def _uses(draft: Draft, before: Entry, after: Entry, under: Program) -> None:
    """Move the uses of campaigns."""
    old, new = (set(entry.facts.get("campaigns", ())) for entry in (before, after))
    for campaign in under.campaigns:
        by = int(campaign.id in new) - int(campaign.id in old)
        if by and campaign.per_member:
            draft.card = limits.counted(draft.card, f"campaign:{campaign.id}", "", by)
        if by and campaign.total:
            draft.count(f"campaign:{campaign.id}", by, campaign.total)


def _units(
    draft: Draft, operation: Revise, under: Program, gone_before: Shares, gone_after: Shares,
    after: Entry,
) -> None:  # fmt: skip
    """Book the difference of each rule: what is missing is granted, what is too much is taken."""
    before, reason = operation.original, reasons.revised(operation.original.seq)
    old = _by_rule(draft, before, gone_before)
    new = _by_rule(draft, after, gone_after)
    reverse = Reverse(operation.origin, before, operation.refunded, vouchers=operation.vouchers)
    for name in dict.fromkeys((*old, *new)):
        grant = new[name][0] if name in new else old[name][0]
        more = (new[name][1] if name in new else 0) - (old[name][1] if name in old else 0)
        if more > 0:
            draft.grant_into(grant.line.unit, more, grant.line.rule, reason, grant.lots[0])
        elif more < 0:
            taken_from = old[name][0] if name in old else grant
            reversal.take(draft, reverse, under, taken_from, -more, reason)


def _by_rule(draft: Draft, entry: Entry, gone: Shares) -> dict[tuple[str, str], tuple[Grant, int]]:
    """By unit and rule what was granted, and how much of it is left after the refunds."""
    found: dict[tuple[str, str], tuple[Grant, int]] = {}
    for grant in grants(carryover.lines_now(draft.program, entry)):
        if grant.line.reason.kind is ReasonKind.MILESTONE:
            continue
        key = grant.line.unit, grant.line.rule
        known, left = found.get(key, (grant, 0))
        found[key] = known, left + grant.amount - gone.line(grant.line).of(grant.amount)
    return found


def _what_follows(draft: Draft, operation: Revise, before: Entry, under: Program) -> None:
    """Judge milestones and tiers by the sums as they are now."""
    milestones.reach(draft)
    reverse = Reverse(operation.origin, before, operation.refunded, vouchers=operation.vouchers)
    lost = {}
    for milestone, times in milestones.too_many(draft, before):
        reason = reasons.revised(before.seq)
        lost[milestone.id] = times
        line = Line(milestone.unit, milestone.amount * times, "", milestone.id, reason)
        if milestone.unit:
            reversal.take(draft, reverse, under, Grant(line, line.amount, ()), line.amount, reason)
        gifts = [
            one
            for one in taking.caused(reverse, draft.card.open)
            if one.reward_id == milestone.reward and not one.lots and not one.benefit
        ]
        for voucher in gifts[:times]:
            give_back(draft, voucher, "cancelled")
    keep_milestones(draft, before, lost)
    day: date = taking.day_of(before, under)
    change = {name: int(draft.facts.get(name, 0)) for name in ("spend", "visits", "points")}
    fell = [max(0, -amount) for amount in change.values()]
    with_sale = draft.card.with_window(calendar.month_index(day), *fell)
    card = draft.card
    if under.refunds.tier == "take" and any(fell):
        card = tiering.without_sale(draft.program, with_sale, card, draft.today)
    if card.held != draft.card.held:
        had = draft.card.tier.id if draft.card.tier else None
        draft.card = tiering.reviewed(draft.program, card, draft.today)
        for voucher in taking.lost_benefits(
            draft, (*operation.vouchers, *operation.benefits), before.facts, had
        ):
            give_back(draft, voucher, "cancelled")
            benefits.uncount(draft, voucher, before.facts)
    draft.card = tiering.upgraded(draft.program, draft.card, draft.today, draft.today)
    benefits.give_due(draft)
