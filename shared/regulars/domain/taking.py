"""Undo what an entry did beyond its lines: money and visits that count, gifts, tiers, vouchers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from regulars.domain import (
    benefits,
    calendar,
    first_purchase,
    limits,
    milestones,
    raffles,
    rewards,
    surprises,
    tiering,
    visits,
)
from regulars.domain.card import NEVER, OpenVoucher
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import Reverse, Voucher
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.domain.rewards import QUEUED, give_back
from regulars.domain.shares import Grant, Shares, grants

RETURNED_DAYS = 7
"""Days for which a voucher that comes back with its order is valid at least."""


def caused(operation: Reverse, still_open: Mapping[str, OpenVoucher]) -> list[Voucher]:
    """List the open vouchers that the sale and its refunds issued, the newest first, without gifts
    that had been queued before it."""
    return [
        voucher for voucher in reversed(_of_the_sale(operation)) if voucher.voucher_id in still_open
    ]


def _of_the_sale(operation: Reverse) -> list[Voucher]:
    queued = operation.original.facts.get("waited", ())
    return [one for one in operation.vouchers if one.voucher_id not in queued]


def windows(draft: Draft, original: Entry, under: Program, parts: Shares) -> None:
    """Subtract refunded money, points and a refunded visit from the month of the sale."""
    facts, day = original.facts, day_of(original, under)
    points = sum(parts.line(one.line).of(one.amount) for one in points_of(original, under))
    visited = int(facts.get("visits", 0)) if parts.takes_visit else 0
    spend = parts.money.of(int(facts.get("spend", 0)))
    draft.card = draft.card.with_window(calendar.month_index(day), -spend, -visited, -points)
    if visited:
        visits.uncount(draft, original, day, visited)
        milestones.break_streaks(draft, day, visited)
    for name, amount in (("spend", spend), ("visits", visited), ("points", points)):
        if amount:
            draft.facts[name] = -amount


def points_of(original: Entry, under: Program) -> list[Grant]:
    """List what counted as points; what milestones grant does not."""
    if not original.facts.get("points"):
        return []
    return [
        grant
        for grant in grants(original.lines)
        if grant.line.reason.kind is not ReasonKind.MILESTONE
        and grant.line.unit in under.units
        and under.units[grant.line.unit].kind == "points"
    ]


def visit(draft: Draft, operation: Reverse, under: Program) -> None:
    """Undo what came of the visit: gifts that are not used, milestones, challenges, a referral."""
    facts = operation.original.facts
    of_a_tier = facts.get("benefits", {})
    for voucher in caused(operation, draft.card.open):
        if not voucher.lots and voucher.voucher_id not in of_a_tier:
            give_back(draft, voucher, "cancelled")
            surprises.take_back(draft, facts, voucher.voucher_id)
    used = Counter(one.reward_id for one in _of_the_sale(operation) if one.status == "redeemed")
    for reward_id in facts.get("waiting", ()):
        if limits.given(draft.card, QUEUED + reward_id, ""):
            draft.card = limits.counted(draft.card, QUEUED + reward_id, "", -1)
        else:  # it has been given since
            used[reward_id] += 1
    if "waived" not in draft.facts:
        milestones.take_back(draft, facts, used)
    milestones.uncount(draft, facts)
    if facts.get("referral"):
        draft.card = limits.counted(draft.card, milestones.REFERRALS, "", -1)
    first_purchase.uncount(draft, operation.original)


def tickets(draft: Draft, original: Entry, under: Program, parts: Shares) -> None:
    """Take back raffle tickets: those for a visit with it, those for money as it goes back."""
    gone = {}
    for raffle_id, won in original.facts.get("tickets", {}).items():
        raffle = raffles.find(under.raffles, raffle_id)
        if raffle is None or not raffle.per_minor:
            gone[raffle_id] = won if parts.takes_visit else 0
            continue
        spend = int(original.facts.get("spend", 0))
        before, after = (
            (spend - parts.money.upto(spend, part)) // raffle.per_minor
            for part in (parts.money.before, parts.money.after)
        )
        gone[raffle_id] = before - after
    gone = {raffle_id: count for raffle_id, count in gone.items() if count}
    raffles.take_back(draft, gone)
    if gone:
        draft.facts["tickets"] = {raffle_id: -count for raffle_id, count in gone.items()}


def rest(draft: Draft, operation: Reverse, under: Program) -> None:
    """Undo what goes only with the whole: uses of campaigns, actions, tiers, redeemed vouchers."""
    facts = operation.original.facts
    for campaign_id in facts.get("campaigns", ()):
        campaign = next((one for one in under.campaigns if one.id == campaign_id), None)
        name = f"campaign:{campaign_id}"
        if campaign and campaign.per_member:
            draft.card = limits.counted(draft.card, name, "", -1)
        if campaign and campaign.total:
            draft.count(name, -1, campaign.total)
    _actions(draft, operation.original, under)
    if under.refunds.tier == "take":
        _tiers(draft, operation, under)
    if under.refunds.voucher == "return":
        for voucher in operation.redeemed:
            at_least = (draft.today + timedelta(days=RETURNED_DAYS)).isoformat()
            until = max(voucher.expires_on, at_least) if voucher.expires_on else NEVER
            if voucher.value_minor:
                from regulars.domain import credit

                credit.put_back_of_order(draft, voucher, facts.get("order", ""), until)
            elif voucher.status == "redeemed":
                rewards.reopen(draft, voucher, until)


def _actions(draft: Draft, original: Entry, under: Program) -> None:
    """Uncount actions whose units are taken back: they can be rewarded again in their period."""
    recorded = calendar.from_ms(original.recorded_ms)
    day = calendar.local_date(recorded, under.timezone).isoformat()
    rewarded = {line.rule for line in original.lines if line.reason.kind is ReasonKind.ACTION}
    for rule in under.earn:
        period = limits.period(rule.limit_window, day)
        if rule.id in rewarded and limits.given(draft.card, f"a:{rule.id}", period):
            draft.card = limits.counted(draft.card, f"a:{rule.id}", period, -1)


def _tiers(draft: Draft, operation: Reverse, under: Program) -> None:
    """Take the rights to tiers that would not stand without the sale, and the unused benefits of a
    tier that is lost by it, or was bought with it and is over by now."""
    original, facts, was = operation.original, operation.original.facts, draft.card
    with_sale = was.with_window(
        calendar.month_index(day_of(original, under)),
        int(facts.get("spend", 0)),
        int(facts.get("visits", 0)),
        sum(grant.amount for grant in points_of(original, under)),
    )
    card = tiering.without_sale(draft.program, with_sale, was, draft.today)
    for tier_id, (until, before) in facts.get("bought", {}).items():
        card = tiering.without_right(card, tier_id, "purchase", until, before)
    if original.kind == "tier" and facts.get("by") == "membership":
        card = tiering.without_payment(
            draft.program, card, facts["tier"], facts.get("from", ""), facts["until"]
        )
    lost = set(facts.get("bought", ()))
    if changed := card.held != was.held:
        draft.card = tiering.reviewed(draft.program, card, draft.today)
        lost |= {was.tier.id} if was.tier else set()
    for had in sorted(lost):
        for voucher in lost_benefits(draft, (*operation.vouchers, *operation.benefits), facts, had):
            give_back(draft, voucher, "cancelled")
            benefits.uncount(draft, voucher, facts)
    if changed:
        benefits.give_due(draft)


def lost_benefits(
    draft: Draft, vouchers: Iterable[Voucher], facts: Mapping[str, Any], had: str | None
) -> Iterator[Voucher]:
    """Yield the unused ones of these vouchers that are benefits of a tier the card has lost.

    `had` is the tier before, `facts` are those of the sale: they name the benefit of a voucher that
    does not. A tier that stands below a higher one (a season begins on that day) is not lost.
    """
    rank, card = draft.program.tier_rank(had), draft.card
    if rank < 0 or had in {card.tier_id, *(it.id for it in card.held.values())}:
        return
    ids = {benefit.id for benefit in draft.program.tiers[rank].benefits}
    for voucher in {one.voucher_id: one for one in vouchers}.values():
        key, _ = facts.get("benefits", {}).get(voucher.voucher_id, ("", ""))
        benefit = voucher.benefit or key.removeprefix("b:")
        if voucher.voucher_id in draft.card.open and benefit in ids:
            yield voucher


def day_of(original: Entry, under: Program) -> date:
    """Find the day of the sale, by the calendar of its version."""
    return calendar.local_date(calendar.from_ms(original.effective_ms), under.timezone)
