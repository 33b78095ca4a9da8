"""Book on a card what a change of a sale makes it different: of its content, or of its refunds.

The card ends as if the sale had been so from the start. What follows from sums - milestones, tiers,
automatic rewards - is judged by the sums as they are now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.domain import (
    benefits,
    breakage,
    calendar,
    carryover,
    first_purchase,
    limits,
    milestones,
    packages,
    raffles,
    reversal,
    taking,
    tiering,
    visits,
)
from regulars.domain.card import Lot
from regulars.domain.current_sale import SALE, effective, keep_milestones, left
from regulars.domain.draft import Draft
from regulars.domain.expiry import lot_dates_for
from regulars.domain.ledger import Entry, Line
from regulars.domain.operations import Refunded, Reverse
from regulars.domain.program import Program
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.rewards import give_back, issue_automatic
from regulars.domain.shares import Grant, Shares, grants, taken


class Change(NamedTuple):
    """A sale as it was and as it is now."""

    before: Entry
    facts: Mapping[str, Any]
    """The sale now, as facts of the entry that is being built (see `current_sale.py`)."""
    refunded: Refunded
    """What is refunded of it now."""
    operation: Reverse
    """A reversal of it, which is not done: what was refunded of it before, and its vouchers."""
    under: Program
    """The version of the programme it was booked under."""
    reason: Reason
    waived: Mapping[str, int] = MappingProxyType({})
    """By unit what a refund that is taken back did not take, for it was waived."""
    lapsed: Mapping[str, int] = MappingProxyType({})
    """... and for it had expired: another refund does not take it either."""

    @property
    def after(self) -> Entry:
        """The sale now."""
        return effective(self.before, self.facts)

    @property
    def gone_before(self) -> Shares:
        """What was refunded of it before."""
        return taken(self.before, self.under, self.operation.refunded)

    @property
    def gone_after(self) -> Shares:
        """What is refunded of it now."""
        return taken(self.after, self.under, self.refunded)


def book(draft: Draft, change: Change) -> Refunded:
    """Book the difference; return what is refunded of the sale now, with the vouchers that are its
    own."""
    draft.facts.update({"revises": change.before.seq, SALE: dict(change.facts)})
    if order := change.before.facts.get("order"):
        draft.facts["order"] = order
    _sums(draft, change)
    _uses(draft, change)
    _first_purchase(draft, change)
    _units(draft, change)
    _marks(draft, change)
    _tiers(draft, change)
    draft.pay_debt()
    issue_automatic(draft)
    _keep(draft, change.before)
    issued = tuple(draft.facts.get("vouchers", ()))
    return change.refunded._replace(
        vouchers=(*change.operation.refunded.vouchers, *issued),
        visit_gone=bool(change.gone_after.visit.after),
        revised_seq=draft.card.seq + 1,
    )


def _keep(draft: Draft, before: Entry) -> None:
    """Write into the sale of this entry what a refund looks for: which visit came before it, the
    benefits that came of it, and rewards that were queued, those of before included."""
    had, given = before.facts, draft.facts
    kept = {
        "benefits": {**had.get("benefits", {}), **given.get("benefits", {})},
        "last": given.get("last") or had.get("last"),
        **{name: [*had.get(name, ()), *given.get(name, ())] for name in ("waiting", "waited")},
    }
    draft.facts[SALE] |= {name: value for name, value in kept.items() if value}


def _sums(draft: Draft, change: Change) -> None:
    """Move money, visits, points, remainders, challenges and tickets by the difference."""
    before, under, day = change.before, change.under, taking.day_of(change.before, change.under)
    more = Counter(left(change.after, under, change.gone_after))
    more.subtract(left(before, under, change.gone_before))
    spend, count, points = (more[name] for name in ("spend", "visits", "points"))
    draft.card = draft.card.with_window(calendar.month_index(day), spend, count, points)
    draft.facts.update({name: amount for name, amount in more.items() if amount})
    if count > 0:
        visits.book(draft, count)
        milestones.extend_streaks(draft, day, count)
    elif count < 0:
        visits.uncount(draft, before, day, -count)
        milestones.break_streaks(draft, day, -count)
    _challenges(draft, change)
    _tickets(draft, change)
    moved: Counter[str] = Counter()
    sides = ((change.after, change.gone_after, 1), (before, change.gone_before, -1))
    for entry, gone, sign in sides:
        for rule, amount in entry.facts.get("carry", {}).items():
            moved[rule] += sign * (amount - gone.rules.get(rule, gone.money).of(amount))
    lost = carryover.dropped_since(draft.program, before.program_version)
    for rule, amount in moved.items():
        if rule not in lost:
            reversal.move_carry(draft, rule, amount)


def _challenges(draft: Draft, change: Change) -> None:
    """Move what challenges count: the whole sale, as long as its visit was not refunded."""
    day = taking.day_of(change.before, change.under)
    whole = left(change.after, change.under, taken(change.after, change.under, Refunded()))
    old = change.before.facts.get("challenges", {})
    new = milestones.challenges(draft.program, day, *whole.values())
    draft.facts[SALE]["challenges"] = new
    more = Counter({} if change.gone_after.visit.after else new)
    more.subtract({} if change.gone_before.visit.after else old)
    milestones.move_challenges(draft, more)


def _tickets(draft: Draft, change: Change) -> None:
    """Move the tickets of raffles that have begun on the day of the sale and are not over."""
    before, under, facts = change.before, change.under, change.facts
    on = taking.day_of(before, under).isoformat()
    was = left(before, under, change.gone_before)
    now = left(change.after, under, change.gone_after)
    tickets = dict(before.facts.get("tickets", {}))
    for raffle in under.raffles:
        if raffle.first_day <= on and draft.today.isoformat() <= raffle.last_day:
            old, new = (raffles.won(raffle, it["spend"], it["visits"]) for it in (was, now))
            raffles.take_back(draft, {raffle.id: old - new})
            tickets[raffle.id] = raffles.won(
                raffle, *(int(facts.get(name, 0)) for name in ("spend", "visits"))
            )
    draft.facts[SALE]["tickets"] = tickets


def _first_purchase(draft: Draft, change: Change) -> None:
    """Make the sale a friend's first purchase, or undo that it is: it is one with enough money, as
    long as its visit was not refunded."""
    spend = int(change.facts.get("spend", 0))
    if change.gone_after.visit.after or not first_purchase.is_enough(draft, spend):
        first_purchase.uncount(draft, change.before)
    elif first_purchase.counts(draft, spend):
        first_purchase.count(draft, change.before.seq)


def _uses(draft: Draft, change: Change) -> None:
    """Move the uses of campaigns; a sale that is refunded whole uses none."""
    old = set() if change.gone_before.is_whole else set(change.before.facts.get("campaigns", ()))
    new = set() if change.gone_after.is_whole else set(change.facts.get("campaigns", ()))
    for campaign in change.under.campaigns:
        by = int(campaign.id in new) - int(campaign.id in old)
        if by and campaign.per_member:
            draft.card = limits.counted(draft.card, f"campaign:{campaign.id}", "", by)
        if by and campaign.total:
            count = draft.count_again if by > 0 else draft.count
            count(f"campaign:{campaign.id}", by, campaign.total)


def _units(draft: Draft, change: Change) -> None:
    """Book the difference of each rule: what is missing is granted, what is too much is taken."""
    old = _by_rule(draft, change.before, change.gone_before)
    new = _by_rule(draft, change.after, change.gone_after)
    waived, lapsed = dict(change.waived), dict(change.lapsed)
    for name in dict.fromkeys((*old, *new)):
        grant = new[name][0] if name in new else old[name][0]
        line = grant.line
        more = (new[name][1] if name in new else 0) - (old[name][1] if name in old else 0)
        if more > 0:
            more -= _used(waived, line.unit, more)
            gone = _used(lapsed, line.unit, more)
            draft.card = breakage.remembered(draft.card, line.unit, grant.lots, gone)
            more -= gone
        if more > 0:
            lot = grant.lots[0] if grant.lots else _new_lot(draft, line.unit)
            draft.grant_into(line.unit, more, line.rule, change.reason, lot)
        elif more < 0:
            taken_from = old[name][0] if name in old else grant
            reversal.take(
                draft, change.operation, change.under, taken_from, -more, change.reason
            )  # fmt: skip


def _used(amounts: dict[str, int], unit: str, most: int) -> int:
    """Take up to `most` off what there is of a unit; return how much it was."""
    used = min(most, amounts.get(unit, 0))
    if used:
        amounts[unit] -= used
    return used


def _new_lot(draft: Draft, unit: str) -> Lot:
    """A lot of today, for a sale that had paid debt with all that it granted."""
    return Lot(*lot_dates_for(draft.program.units.get(unit), draft.today), 0)


def _by_rule(draft: Draft, entry: Entry, gone: Shares) -> dict[tuple[str, str], tuple[Grant, int]]:
    """By unit and rule what was granted, and how much of it is left after the refunds."""
    found: dict[tuple[str, str], tuple[Grant, int]] = {}
    for grant in grants(carryover.lines_now(draft.program, entry)):
        if grant.line.reason.kind is not ReasonKind.MILESTONE:
            key = grant.line.unit, grant.line.rule
            known, left = found.get(key, (grant, 0))
            found[key] = known, left + grant.amount - gone.line(grant.line).of(grant.amount)
    return found


def _marks(draft: Draft, change: Change) -> None:
    """Judge milestones by the sums as they are now; a refund of its visit took those of before."""
    before = change.before
    if change.gone_before.visit.after:
        before = before._replace(lines=(), facts={})
    milestones.reach(draft)
    lost = {}
    of_marks = {
        grant.line.rule: grant.lots
        for grant in grants(carryover.lines_now(draft.program, before))
        if grant.line.reason.kind is ReasonKind.MILESTONE
    }
    for milestone, times in milestones.too_many(draft, before):
        lost[milestone.id] = times
        amount = milestone.amount * times
        line = Line(milestone.unit, amount, "", milestone.id, change.reason)
        if milestone.unit:  # from where it was put, held or not
            grant = Grant(line, amount, of_marks.get(milestone.id, ()))
            reversal.take(draft, change.operation, change.under, grant, amount, change.reason)
        gifts = [
            one
            for one in taking.caused(change.operation, draft.card.open)
            if one.reward_id == milestone.reward and not one.lots and not one.benefit
        ]
        for voucher in gifts[:times]:
            give_back(draft, voucher, "cancelled")
    keep_milestones(draft, before, lost)


def _tiers(draft: Draft, change: Change) -> None:
    """Judge tiers by the sums as they are now; a tier that is lost takes its unused benefits."""
    before, under, day = change.before, change.under, taking.day_of(change.before, change.under)
    more = (int(draft.facts.get(name, 0)) for name in ("spend", "visits", "points"))
    fell = [max(0, -amount) for amount in more]
    with_sale = draft.card.with_window(calendar.month_index(day), *fell)
    card = draft.card
    if under.refunds.tier == "take" and any(fell):
        card = tiering.without_sale(draft.program, with_sale, card, draft.today)
    if card.held != draft.card.held:
        had = draft.card.tier_id
        draft.card = tiering.reviewed(draft.program, card, draft.today)
        vouchers = (*change.operation.vouchers, *change.operation.benefits)
        for voucher in taking.lost_benefits(draft, vouchers, before.facts, had):
            give_back(draft, voucher, "cancelled")
            benefits.uncount(draft, voucher, before.facts)
    if change.gone_before.is_whole and not change.gone_after.is_whole:
        packages.give(draft, under, before.facts.get("bought", ()))
        if before.facts.get("by") == "membership":
            tier, first, until = (before.facts.get(name, "") for name in ("tier", "from", "until"))
            draft.card = tiering.with_payment(draft.card, tier, first, until, draft.today)
    draft.card = tiering.upgraded(draft.program, draft.card, draft.today, draft.today)
    benefits.give_due(draft)
