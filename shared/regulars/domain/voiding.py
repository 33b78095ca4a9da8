"""Take a refund back: the card gets what the refund took, as far as nothing else changed it since.

The card is known as it was before the refund and after it. Their difference is booked on the card
as it is now: lots with their dates, vouchers with their codes, visits, marks, rights to tiers.
Units that were given back by a voucher and spent since are owed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regulars.domain import (
    benefits,
    carryover,
    credit,
    current_sale,
    difference,
    first_purchase,
    limits,
    reasons,
    remaining,
    reversal,
    rewards,
    streaks,
    surprises,
    tiering,
    visits,
)
from regulars.domain.card import NOTHING, Card, Lot, OpenVoucher
from regulars.domain.draft import Draft
from regulars.domain.expiry import lot_dates_for
from regulars.domain.ledger import DEBT, Entry, Line
from regulars.domain.operations import Refunded, Reverse, Void, Voucher
from regulars.domain.reasons import Reason
from regulars.domain.refusals import RefusalCode, Refused

VOID_DAYS = 30
"""Days for which a refund can be taken back."""


def void(draft: Draft, operation: Void) -> Refunded:
    """Book the difference; return what is refunded of the sale without the refund.

    Raises UNDO_EXPIRED after VOID_DAYS, ALREADY_REVERSED when the order was sold again since.
    """
    refund, original = operation.refund, operation.original
    if draft.now_ms > refund.recorded_ms + VOID_DAYS * 24 * 3600 * 1000:
        raise Refused(RefusalCode.UNDO_EXPIRED, f"A refund can be taken back for {VOID_DAYS} days.")
    if not remaining.counts(operation):
        raise Refused(
            RefusalCode.ALREADY_REVERSED,
            "All of the order was refunded, and it was sold again since.",
        )
    draft.facts.update({"voids": refund.seq, "amount": -int(refund.facts["amount"])})
    for name in ("order", "refund"):
        if name in refund.facts:
            draft.facts[name] = refund.facts[name]
    refunded, reason = remaining.without(operation), reasons.void(refund.seq)
    if operation.around is None:
        under = operation.under or draft.program
        undone = Reverse(
            operation.origin, original, operation.refunded, vouchers=operation.vouchers
        )
        facts = current_sale.unchanged(original)
        waived, lapsed = (_in_units_now(draft, refund, fact) for fact in ("waived", "lapsed"))
        change = difference.Change(original, facts, refunded, undone, under, reason, waived, lapsed)
        _use_again(draft, operation, {})
        return difference.book(draft, change)
    before, after = (
        carryover.carried_over(draft.program, card, draft.today)[0] for card in operation.around
    )
    _give_back_issued(draft, operation)
    _lots(draft, operation, before, after, reason)
    debts(draft, before, after, "void", reason)
    for rule in dict.fromkeys((*before.carry, *after.carry)):
        by = before.carry.get(rule, 0) - after.carry.get(rule, 0)
        reversal.move_carry(draft, rule, by)
    _counts(draft, before, after)
    _vouchers(draft, operation, before, after)
    _shared(draft, operation)
    _rights(draft, before, after)
    if refund.facts.get("unfirst") and first_purchase.made_by(draft.card) is None:
        first_purchase.count(draft, operation.original.seq)
    draft.pay_debt()
    rewards.issue_automatic(draft)
    return refunded


def _in_units_now(draft: Draft, refund: Entry, fact: str) -> dict[str, int]:
    """Sum what a refund did not take, by the units of today: what was `waived`, or had `lapsed`."""
    found: dict[str, int] = {}
    for unit, amount in refund.facts.get(fact, {}).items():
        now, much = carryover.amount_now(draft.program, unit, amount, refund.program_version)
        found[now] = found.get(now, 0) + much
    return found


def _give_back_issued(draft: Draft, operation: Void) -> None:
    """Cancel what the refund issued from what it returned, where it is still open."""
    for voucher in _issued(operation):
        if voucher.voucher_id in draft.card.open:
            rewards.give_back(draft, voucher, "cancelled")


def _issued(operation: Void) -> Iterator[Voucher]:
    ids = operation.refund.facts.get("vouchers", ())
    return (voucher for voucher in operation.vouchers if voucher.voucher_id in ids)


def _lots(draft: Draft, operation: Void, before: Card, after: Card, reason: Reason) -> None:
    """Put back what was taken, then take what vouchers that open again lock."""
    rule = "void"
    issued = [
        carryover.lots_now(draft.program, one.unit, one.lots, one.version)
        for one in _issued(operation)
    ]
    for unit in dict.fromkeys((*before.units(), *after.units(), *(of for of, _ in issued))):
        change: dict[tuple[str, str], int] = {}
        pieces = [piece for of, lots in issued for piece in lots if of == unit]
        for lots, sign in ((before.lots.get(unit, ()), 1), (after.lots.get(unit, ()), -1)):
            for lot in lots:
                change[lot.key] = change.get(lot.key, 0) + sign * lot.amount
        for locked in pieces:  # by the refund
            change[locked.key] = change.get(locked.key, 0) - locked.amount
        more = [Lot(*key, amount) for key, amount in change.items() if amount > 0]
        draft.put_back(unit, more, rule, reason)
        for key, amount in change.items():
            held = {lot.key: lot.amount for lot in draft.card.lots.get(unit, ())}.get(key, 0)
            piece = min(-amount, held)
            if piece > 0:
                draft.take_out(unit, (Lot(*key, piece),), rule, reason)
            if amount < 0:
                draft.charge(unit, -amount - max(0, piece), rule, reason)


def debts(draft: Draft, before: Card, after: Card, rule: str, reason: Reason) -> None:
    """Write off what an entry left owing; what has been paid of it comes back as units."""
    for unit in dict.fromkeys((*before.debt, *after.debt)):
        owed = after.debt.get(unit, 0) - before.debt.get(unit, 0)
        if owed < 0:
            draft.owe(unit, -owed, rule, reason)
            continue
        paid = min(owed, draft.card.debt.get(unit, 0))
        if paid:
            draft.card = draft.card.with_debt(unit, draft.card.debt[unit] - paid)
            draft.lines.append(Line(unit, paid, DEBT, rule, reason))
        if owed > paid:
            dates = lot_dates_for(draft.program.units.get(unit), draft.today)
            draft.put_back(unit, (Lot(*dates, owed - paid),), rule, reason)


def _counted_again(
    now: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> dict[str, int]:
    """Return visits by day, or by instant, with what a refund took off them."""
    counts = dict(now)
    for name in dict.fromkeys((*before, *after)):
        counts[name] = counts.get(name, 0) + before.get(name, 0) - after.get(name, 0)
    return {name: count for name, count in counts.items() if count > 0}


def _counts(draft: Draft, before: Card, after: Card) -> None:
    """Count money, visits and points again, and what limits, marks and streaks count."""
    change = [0, 0, 0]
    for month in dict.fromkeys((*before.windows, *after.windows)):
        sides = (card.windows.get(month, NOTHING) for card in (before, after))
        more = [was - now for was, now in zip(*sides, strict=True)]
        draft.card = draft.card.with_window(month, *more)
        change = [sum(both) for both in zip(change, more, strict=True)]
    for name, amount in zip(("spend", "visits", "points"), change, strict=True):
        if amount:
            draft.facts[name] = amount
    count_again(draft, before, after)


def count_again(draft: Draft, before: Card, after: Card) -> None:
    """Count visits by day and instant again, and what limits, marks and streaks count, as if the
    entry between two cards had not been."""
    if draft.card.last_visit_ms == after.last_visit_ms:
        draft.card = draft.card._replace(last_visit_ms=before.last_visit_ms)
    draft.card = draft.card._replace(
        came=visits.newest_days(_counted_again(draft.card.came, before.came, after.came)),
        visited=visits.newest(_counted_again(draft.card.visited, before.visited, after.visited)),
    )
    runs = {f"s:{kind}": kind for kind in streaks.KINDS}
    of_streaks = {f"m:{one.id}" for one in draft.program.milestones if one.metric in streaks.KINDS}
    for name in dict.fromkeys((*before.taken, *after.taken)):
        if name in runs:
            _streak(draft, runs[name], before, after)
            continue
        if name in of_streaks or name == first_purchase.NAME:  # counted apart
            continue
        (period, was), (other, now) = limits.stored(before, name), limits.stored(after, name)
        named = period or other
        there, count = limits.stored(draft.card, name)
        if was != now and (not count or there == named):
            draft.card = limits.with_count(draft.card, name, named, max(0, count + was - now))


def _streak(draft: Draft, kind: str, before: Card, after: Card) -> None:
    """Join the streak as it was with the visits since."""
    was, then, now = (streaks.running(card, kind) for card in (before, after, draft.card))
    visits = was.by_period()
    for period, count in now.by_period().items():
        visits[period] = visits.get(period, 0) + count - then.by_period().get(period, 0)
    joined = streaks.joined(visits)
    first = streaks.name_of(kind, now)
    draft.card = streaks.stored(draft.card, kind, joined)
    for milestone in draft.program.milestones:
        key = f"m:{milestone.id}"
        had = limits.given(before, key, streaks.name_of(kind, was))
        rewarded = max(limits.given(draft.card, key, first), had)
        if milestone.metric == kind and rewarded and joined.visits:
            name = streaks.name_of(kind, joined)
            draft.card = limits.with_count(draft.card, key, name, rewarded)


def _vouchers(draft: Draft, operation: Void, before: Card, after: Card) -> None:
    """Open what the refund cancelled, with its code and validity; close what it gave back."""
    known: Mapping[str, Voucher] = {one.voucher_id: one for one in operation.vouchers}
    issued = operation.original.facts.get("vouchers", ())
    for voucher_id in dict.fromkeys((*(one for one in issued if one in before.open), *before.open)):
        voucher, held = known.get(voucher_id), before.open[voucher_id]
        if voucher_id in after.open or voucher is None or voucher.status != "cancelled":
            continue
        reward = draft.program.rewards.get(voucher.reward_id)
        if reward and reward.stock and not voucher.uses:
            draft.count_again(rewards.stock_name(reward), 1, reward.stock)
        if voucher.value_minor:
            draft.was.setdefault(voucher_id, voucher)
        still = voucher._replace(left_minor=held.left_minor)
        rewards.reopen(draft, still, held.expires_on)
    _use_again(draft, operation, before.open)


def _use_again(draft: Draft, operation: Void, before: Mapping[str, OpenVoucher]) -> None:
    """Close the vouchers of the order that the refund gave back; what is not open any more was used
    or returned since, and is owed in units. `before` are those that were open before the refund."""
    known: Mapping[str, Voucher] = {one.voucher_id: one for one in operation.vouchers}
    credited = operation.refund.facts.get("credit", ())
    for voucher_id in operation.refund.facts.get("reopened", ()):
        voucher = known.get(voucher_id)
        if voucher is None or voucher_id in credited:
            continue
        if voucher_id in draft.card.open:
            rewards.close(draft, voucher, "redeemed")
            continue
        unit, lots = carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)
        reason = reasons.void(operation.refund.seq)
        draft.charge(unit, sum(lot.amount for lot in lots), voucher.reward_id, reason)
    for voucher_id in credited:
        if voucher_id in known:
            until = before[voucher_id].expires_on if voucher_id in before else None
            credit.use_again(draft, operation, known[voucher_id], until)
    closed = [
        one
        for one, now in draft.vouchers.items()
        if now.status == "redeemed" and one in draft.before.open
    ]
    if closed:
        draft.facts["redeemed"] = closed


def _shared(draft: Draft, operation: Void) -> None:
    """Count the uses of campaigns and budgets that all cards share again."""
    facts = operation.original.facts
    under = operation.under or draft.program
    whole = operation.refund.facts.get("whole")
    for campaign in under.campaigns:
        if whole and campaign.total and campaign.id in facts.get("campaigns", ()):
            draft.count_again(f"campaign:{campaign.id}", 1, campaign.total)
    budgets = {terms.id: terms.budget_minor for terms in draft.program.surprises}
    for gift in surprises.given(facts):
        if gift.voucher_id in draft.reopened and gift.surprise_id in budgets:
            draft.count_again(gift.counter, gift.cost_minor, budgets[gift.surprise_id])


def _rights(draft: Draft, before: Card, after: Card) -> None:
    """Give back rights to tiers that the refund took, unless they have changed since."""
    held = dict(draft.card.held)
    for name, right in before.held.items():
        if after.held.get(name) != right and held.get(name) == after.held.get(name):
            held[name] = right
    draft.card = tiering.reviewed(draft.program, draft.card._replace(held=held), draft.today)
    benefits.give_due(draft)
