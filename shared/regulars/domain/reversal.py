"""Take back the lines of an entry for a refund or an undo.

The shares are exact (see `shares.py`); rules and calendar are those of the programme version under
which the entry was booked.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from regulars.domain import (
    benefits,
    breakage,
    calendar,
    carryover,
    limits,
    milestones,
    raffles,
    reasons,
    surprises,
    visits,
)
from regulars.domain.card import Lot
from regulars.domain.draft import Draft
from regulars.domain.ledger import DEBT, Entry, Line, granted, lot_dates
from regulars.domain.operations import Reverse, Voucher
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import QUEUED, give_back, issue_automatic
from regulars.domain.shares import Shares, Span, shares

WHOLE = -1
"""`refunded_minor` of an original that has been reversed completely."""


class Refunded(NamedTuple):
    """What has been refunded of an original in total.

    `minor` is the money (WHOLE at the end), `rules` the shares per rule that differ from it.
    """

    minor: int
    rules: dict[str, int]


def reverse(draft: Draft, operation: Reverse) -> Refunded:
    """Book the reversal; return what is now refunded of the original in total."""
    original = operation.original
    under = operation.under or draft.program
    total = _paid(original)
    before, after = _refunded(operation, total, draft.now_ms)
    whole = after == total
    money = Span(before, after, total) if total else Span(0, 1, 1)
    parts = shares(under, operation, money)
    draft.facts.update({"reverses": original.seq, "amount": after - before})
    for name, value in (("order", original.facts.get("order")), ("refund", operation.refund_id)):
        if value:
            draft.facts[name] = value
    if operation.items:  # for audits: what each rule took back follows from the entries alone
        draft.facts["items"] = [list(item) for item in operation.items]

    if whole:
        _return_vouchers(draft, operation, units=None)
    for line in granted(carryover.lines_now(draft.program, original)):
        _take_back(draft, operation, line, parts.line(line).of(line.amount))
    for rule, moved in original.facts.get("carry", {}).items():
        _restore_carry(draft, rule, -parts.rules.get(rule, money).of(moved))
    _correct_windows(draft, original, under, parts, whole)
    if whole:
        _give_back_uses(draft, operation, under)
    draft.pay_debt()
    issue_automatic(draft)
    return Refunded(WHOLE, {}) if whole else Refunded(after, parts.kept)


def _paid(original: Entry) -> int:
    """Return the payment of the original, in minor units: refunds are shares of it."""
    return int(original.facts.get("paid", original.facts.get("spend", 0)))


def _refunded(operation: Reverse, total: int, now_ms: int) -> tuple[int, int]:
    """Compute what was refunded before and after, in minor units.

    Raises UNDO_EXPIRED, ALREADY_REVERSED or REFUND_EXCEEDS, in this order.
    """
    if operation.undo_until_ms is not None and now_ms > operation.undo_until_ms:
        raise Refused(
            RefusalCode.UNDO_EXPIRED, "It can be undone for five minutes; refund it instead."
        )
    if operation.refunded_minor == WHOLE:
        raise Refused(RefusalCode.ALREADY_REVERSED, "All of it has been taken back already.")
    left = total - operation.refunded_minor
    amount = left if operation.amount_minor is None else operation.amount_minor
    if amount > left:
        raise Refused(
            RefusalCode.REFUND_EXCEEDS,
            f"Of this sale {left} is left to refund, in minor units.",
        )
    return operation.refunded_minor, operation.refunded_minor + amount


def _take_back(draft: Draft, operation: Reverse, line: Line, amount: int) -> None:
    """Take `amount` of a granted line out of its own lot, then other lots, then vouchers; owe the
    rest. What expired of its own lot is not taken again."""
    reason = reasons.refund(operation.original.seq)
    if line.lot != DEBT:
        own = Lot(*lot_dates(line.lot), amount)
        held = {lot.key: lot.amount for lot in draft.card.lots.get(line.unit, ())}
        piece = min(amount, held.get(own.key, 0))
        if piece:
            draft.take_out(line.unit, (own._replace(amount=piece),), line.rule, reason)
            amount -= piece
        granted_on = calendar.local_date(
            calendar.from_ms(operation.original.recorded_ms), draft.program.timezone
        ).isoformat()
        draft.card, gone = breakage.claimed(draft.card, line.unit, own, amount, granted_on)
        amount -= gone
        _note(draft, "lapsed", line.unit, gone)
    amount = draft.spend(line.unit, amount, line.rule, reason)[1]
    if amount and _return_vouchers(draft, operation, units=line.unit):
        amount = draft.spend(line.unit, amount, line.rule, reason)[1]
    if draft.program.refunds == "waive":
        owed = min(amount, _locked(draft, line.unit))
        _note(draft, "waived", line.unit, amount - owed)
        amount = owed
    draft.owe(line.unit, amount, line.rule, reason)


def _note(draft: Draft, fact: str, unit: str, amount: int) -> None:
    if amount:
        noted = draft.facts.setdefault(fact, {})
        noted[unit] = noted.get(unit, 0) + amount


def _locked(draft: Draft, unit: str) -> int:
    """Sum the units locked in open vouchers, less what is owed already: they are not spent, so a
    waived refund does not cover them."""
    locked = 0
    for held in draft.card.open.values():
        if reward := draft.program.terms(held.reward_id, held.version):
            of, cost = carryover.amount_now(draft.program, reward.unit, held.cost, held.version)
            locked += cost if of == unit else 0
    return max(0, locked - draft.card.debt.get(unit, 0))


def _return_vouchers(draft: Draft, operation: Reverse, units: str | None) -> bool:
    """Cancel the open vouchers that the original issued, of one unit or (None) all."""
    returned = False
    for voucher in _caused(operation):
        fits = units is None or voucher.unit == units
        if fits and voucher.voucher_id in draft.card.open:
            give_back(draft, voucher, "cancelled")
            benefits.take_back(draft, operation.original.facts, voucher.voucher_id)
            surprises.take_back(draft, operation.original.facts, voucher.voucher_id)
            returned = True
    return returned


def _caused(operation: Reverse) -> list[Voucher]:
    """List the vouchers the original caused, without gifts that had been queued before it."""
    queued = operation.original.facts.get("waited", ())
    return [voucher for voucher in operation.vouchers if voucher.voucher_id not in queued]


def _restore_carry(draft: Draft, rule: str, change: int) -> None:
    """Move a spend rule's remainder back; below zero it is earned back first."""
    carry = {**draft.card.carry, rule: draft.card.carry.get(rule, 0) + change}
    if not carry[rule]:
        del carry[rule]
    draft.card = draft.card._replace(carry=carry)


def _correct_windows(
    draft: Draft, original: Entry, under: Program, parts: Shares, whole: bool
) -> None:
    """Subtract refunded money, points and (when `whole`) visits from the month of the sale."""
    day = calendar.local_date(calendar.from_ms(original.effective_ms), under.timezone)
    points = sum(parts.line(line).of(line.amount) for line in _counted(original, under))
    count = int(original.facts.get("visits", 0)) if whole else 0
    spend = parts.money.of(int(original.facts.get("spend", 0)))
    draft.card = draft.card.with_window(calendar.month_index(day), -spend, -count, -points)
    if count:
        visits.uncount(draft, original, day, count)


def _counted(original: Entry, under: Program) -> list[Line]:
    """List the lines that counted as points; what milestones grant does not."""
    if not original.facts.get("points"):
        return []
    return [
        line
        for line in granted(original.lines)
        if line.reason.kind is not ReasonKind.MILESTONE
        and line.unit in under.units
        and under.units[line.unit].kind == "points"
    ]


def _give_back_uses(draft: Draft, operation: Reverse, under: Program) -> None:
    """Uncount what the original counted - campaigns, milestones, actions, tickets - unless the gift
    for it was used."""
    facts = operation.original.facts
    for campaign_id in facts.get("campaigns", ()):
        campaign = next((one for one in under.campaigns if one.id == campaign_id), None)
        name = f"campaign:{campaign_id}"
        if campaign and campaign.per_member:
            draft.card = limits.counted(draft.card, name, "", -1)
        if campaign and campaign.total:
            draft.count(name, -1, campaign.total)
    used = Counter(one.reward_id for one in _caused(operation) if one.status == "redeemed")
    for reward_id in facts.get("waiting", ()):
        if limits.given(draft.card, QUEUED + reward_id, ""):
            draft.card = limits.counted(draft.card, QUEUED + reward_id, "", -1)
        else:  # it has been given since
            used[reward_id] += 1
    if "waived" not in draft.facts:
        milestones.take_back(draft, facts, used)
    milestones.uncount(draft, facts)
    raffles.take_back(draft, facts.get("tickets", {}))
    _give_back_actions(draft, operation.original, under)
    if facts.get("referral"):
        draft.card = limits.counted(draft.card, milestones.REFERRALS, "", -1)
    if facts.get("first"):
        draft.card = limits.counted(draft.card, limits.FIRST_PURCHASE, "", -1)
        draft.facts["unfirst"] = 1


def _give_back_actions(draft: Draft, original: Entry, under: Program) -> None:
    """Uncount actions whose units are taken back: they can be rewarded again in their period."""
    recorded = calendar.from_ms(original.recorded_ms)
    day = calendar.local_date(recorded, under.timezone).isoformat()
    rewarded = {line.rule for line in original.lines if line.reason.kind is ReasonKind.ACTION}
    for rule in under.earn:
        period = limits.period(rule.limit_window, day)
        if rule.id in rewarded and limits.given(draft.card, f"a:{rule.id}", period):
            draft.card = limits.counted(draft.card, f"a:{rule.id}", period, -1)
