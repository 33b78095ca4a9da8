"""Refunds and undo: lines of the original entry are taken back, exactly.

Of a grant of G for a sale of T, after refunds of R in all, floor(G x R / T) has been taken back.
Each refund books the difference to the one before, so partial refunds sum to the whole without a
rounding leak whatever way they are split, and never exceed what was granted.
"""

from __future__ import annotations

from regulars.domain import benefits, calendar, limits, milestones, raffles, surprises
from regulars.domain.card import Lot
from regulars.domain.draft import Draft
from regulars.domain.ledger import DEBT, Entry, Line, lot_dates
from regulars.domain.operations import Reverse
from regulars.domain.refusals import Code, Refused
from regulars.domain.rewards import WAITING, give_back, issue_automatic

WHOLE = -1
"""`refunded_minor` of an original that has been reversed altogether."""


def reverse(draft: Draft, operation: Reverse) -> int:
    """Book the reversal; returns what is now refunded of the original in all (WHOLE at the end)."""
    original = operation.original
    total = _paid(original)
    before, after = _span(operation, total, draft.now_ms)
    whole = after == total or not total
    draft.facts.update({"reverses": original.seq, "amount": after - before})
    for name, value in (("order", original.facts.get("order")), ("refund", operation.refund_id)):
        if value:
            draft.facts[name] = value

    granted = [line for line in original.lines if line.amount > 0]
    if whole:
        _return_vouchers(draft, operation, units=None)
    for line in granted:
        _take_back(draft, operation, line, _share(line.amount, before, after, total, whole))
    for rule, moved in original.facts.get("carry", {}).items():
        _restore_carry(draft, rule, -_share(moved, before, after, total, whole))
    _correct_windows(draft, operation, before, after, whole)
    if whole:
        _give_back_uses(draft, operation.original)
    issue_automatic(draft)
    return WHOLE if whole else after


def _paid(original: Entry) -> int:
    """What refunds of the original are measured in: the payment, in minor units."""
    return int(original.facts.get("paid", original.facts.get("spend", 0)))


def _span(operation: Reverse, total: int, now_ms: int) -> tuple[int, int]:
    """What was refunded before and is after, in minor units; raises the refusals of a refund."""
    if operation.undo_until_ms is not None and now_ms > operation.undo_until_ms:
        raise Refused(Code.UNDO_EXPIRED, "It can be undone for five minutes; refund it instead.")
    if operation.refunded_minor == WHOLE:
        raise Refused(Code.ALREADY_REVERSED, "All of it has been taken back already.")
    left = total - operation.refunded_minor
    amount = left if operation.amount_minor is None else operation.amount_minor
    if amount > left:
        raise Refused(
            Code.REFUND_EXCEEDS,
            f"Of this sale {left} is left to refund, in minor units.",
        )
    return operation.refunded_minor, operation.refunded_minor + amount


def _share(granted: int, before: int, after: int, total: int, whole: bool) -> int:
    """The part of `granted` that this refund takes back (towards zero; signed like `granted`)."""
    sign = 1 if granted >= 0 else -1
    size = abs(granted)
    upto = size if whole else size * after // total
    already = size * before // total if total else 0
    return sign * (upto - already)


def _take_back(draft: Draft, operation: Reverse, line: Line, amount: int) -> None:
    """Take `amount` of a granted line out of its own lot, then others, then vouchers, then debt."""
    why = {"k": "refund", "of": operation.original.seq}
    if line.lot != DEBT:
        own = Lot(*lot_dates(line.lot), amount)
        held = {lot.key: lot.amount for lot in draft.card.lots.get(line.unit, ())}
        piece = min(amount, held.get(own.key, 0))
        if piece:
            draft.take_out(line.unit, (own._replace(amount=piece),), line.rule, why)
            amount -= piece
    amount = draft.spend(line.unit, amount, line.rule, why)[1]
    if amount and _return_vouchers(draft, operation, units=line.unit):
        amount = draft.spend(line.unit, amount, line.rule, why)[1]
    if draft.program.refunds == "debt":
        draft.owe(line.unit, amount, line.rule, why)
    elif amount:
        waived = draft.facts.setdefault("waived", {})
        waived[line.unit] = waived.get(line.unit, 0) + amount


def _return_vouchers(draft: Draft, operation: Reverse, units: str | None) -> bool:
    """Cancel the unredeemed vouchers that the original granted (of one unit, or all)."""
    returned = False
    for voucher in operation.vouchers:
        matches = units is None or voucher.unit == units
        if matches and voucher.voucher_id in draft.card.open:
            give_back(draft, voucher, "cancelled")
            benefits.take_back(draft, operation.original.facts, voucher.voucher_id)
            surprises.take_back(draft, operation.original.facts, voucher.voucher_id)
            returned = True
    return returned


def _restore_carry(draft: Draft, rule: str, change: int) -> None:
    """Move a spend rule's remainder back; it may pass below zero and is then earned back first."""
    carry = {**draft.card.carry, rule: draft.card.carry.get(rule, 0) + change}
    if not carry[rule]:
        del carry[rule]
    draft.card = draft.card._replace(carry=carry)


def _correct_windows(
    draft: Draft, operation: Reverse, before: int, after: int, whole: bool
) -> None:
    """Take the refunded money, points and (at the end) visits out of the month they counted in."""
    original = operation.original
    total = _paid(original)
    effective = calendar.from_ms(original.effective_ms)
    month = calendar.month_index(calendar.local_date(effective, draft.program.timezone))
    points = _share(int(original.facts.get("points", 0)), before, after, total, whole)
    visits = int(original.facts.get("visits", 0)) if whole else 0
    spend = _share(int(original.facts.get("spend", 0)), before, after, total, whole)
    draft.card = draft.card.with_window(month, -spend, -visits, -points)
    if visits:
        _forget_visit(draft, original, visits)


def _give_back_uses(draft: Draft, original: Entry) -> None:
    """What the original used up - campaigns, milestones, actions - can be had again."""
    for campaign_id in original.facts.get("campaigns", ()):
        campaign = next((one for one in draft.program.campaigns if one.id == campaign_id), None)
        name = f"campaign:{campaign_id}"
        if campaign and campaign.per_member:
            draft.card = limits.once_more(draft.card, name, "", -1)
        if campaign and campaign.total:
            draft.count(name, -1, campaign.total)
    for reward_id in original.facts.get("waiting", ()):
        draft.card = limits.once_more(draft.card, WAITING + reward_id, "", -1)
    milestones.take_back(draft, original.facts)
    raffles.take_back(draft, original.facts.get("tickets", {}))


def _forget_visit(draft: Draft, original: Entry, visits: int) -> None:
    """Let the limits of today count as if the reversed visit had not been."""
    day, count = draft.card.today
    visited = calendar.local_date(calendar.from_ms(original.recorded_ms), draft.program.timezone)
    if day == visited.isoformat():
        draft.card = draft.card._replace(today=(day, max(0, count - visits)))
    if draft.card.last_visit_ms == original.recorded_ms:
        draft.card = draft.card._replace(last_visit_ms=int(original.facts.get("last", 0)))
