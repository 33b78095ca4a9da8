"""Take back the lines of an entry for a refund or an undo.

The shares are exact (see `shares.py`); rules, calendar and the terms of refunds are those of the
programme version under which the entry was booked. `taking.py` has what goes beyond the lines.
"""

from __future__ import annotations

from regulars.domain import breakage, calendar, carryover, reasons, taking
from regulars.domain.card import Lot
from regulars.domain.draft import Draft
from regulars.domain.operations import Refunded, Reverse
from regulars.domain.program import Program
from regulars.domain.reasons import Reason
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import give_back, issue_automatic
from regulars.domain.shares import Grant, Shares, grants, shares


def reverse(draft: Draft, operation: Reverse) -> tuple[Refunded, list[tuple[str, Reason]]]:
    """Book the reversal.

    Returns what is now refunded of the original in all, and (rule, reason) when more was asked for
    than was left. Raises UNDO_EXPIRED, or ALREADY_REVERSED when nothing is left.
    """
    original, under = operation.original, operation.under or draft.program
    if operation.undo_until_ms is not None and draft.now_ms > operation.undo_until_ms:
        raise Refused(
            RefusalCode.UNDO_EXPIRED, "It can be undone for five minutes; refund it instead."
        )
    parts = shares(under, operation)
    if "held" in original.facts:
        from regulars.domain import held_visits

        held_visits.forget(draft, original)
    _note(draft, operation, parts)
    exact, owed = operation.undo_until_ms is not None and original.kind != "earn", draft.card.debt
    if exact:
        from regulars.domain import undoing

        undoing.begin(draft, operation)
    for grant in grants(carryover.lines_now(draft.program, original)):
        amount = parts.line(grant.line).of(grant.amount)
        take(draft, operation, under, grant, amount, reasons.refund(original.seq))
    lost = carryover.dropped_since(draft.program, original.program_version)
    for rule, moved in original.facts.get("carry", {}).items():
        if rule not in lost:
            move_carry(draft, rule, -parts.rules.get(rule, parts.money).of(moved))
    taking.windows(draft, original, under, parts)
    if parts.takes_visit:
        taking.visit(draft, operation, under)
    taking.tickets(draft, original, under, parts)
    if parts.is_whole:
        draft.facts["whole"] = 1
        taking.rest(draft, operation, under)
    if exact:
        undoing.require_no_debt(draft, original, owed)
    draft.pay_debt()
    before = len(draft.facts.get("vouchers", ()))
    issue_automatic(draft)
    issued = tuple(draft.facts.get("vouchers", ())[before:])
    refunded = parts.refunded._replace(
        vouchers=(*operation.refunded.vouchers, *issued),
        revised_seq=operation.refunded.revised_seq,
        confirmed=operation.refunded.confirmed,
    )
    refused = []
    if parts.asked_minor > parts.amount_minor:
        left = reasons.clamped(parts.asked_minor, parts.amount_minor)
        refused.append(("refund", left))
    return refunded, refused


def _note(draft: Draft, operation: Reverse, parts: Shares) -> None:
    """Write what was asked and what is refunded into the entry's facts, for later refunds, for
    taking the refund back, and for audits."""
    original = operation.original
    draft.facts.update({"reverses": original.seq, "amount": parts.amount_minor})
    for name, value in (
        ("order", original.facts.get("order")),
        ("refund", operation.refund_id),
        ("asked", operation.amount_minor),
        ("listed", parts.listed_minor - operation.refunded.listed_minor),
    ):
        if value is not None and value != 0:
            draft.facts[name] = value
    if operation.moved_to:
        draft.facts["moved_to"] = operation.moved_to
    if operation.items:  # what each rule took back follows from the entries alone
        draft.facts["items"] = [
            [reasons.quantity(item.milli), *item[1:4]] for item in operation.items
        ]


def take(
    draft: Draft,
    operation: Reverse,
    under: Program,
    grant: Grant,
    amount: int,
    reason: Reason,
) -> None:
    """Take `amount` of a grant out of its own lots, then of other lots, then of the vouchers that
    the sale issued, the newest first; owe the rest.

    What expired of its own lots is not taken again.
    """
    line = grant.line
    amount -= _from_own(draft, operation, grant, amount, reason)
    amount = draft.spend(line.unit, amount, line.rule, reason)[1]
    for voucher in taking.caused(operation, draft.card.open):
        unit, lots = carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)
        if amount and unit == line.unit and lots:
            give_back(draft, voucher, "cancelled")
            amount -= _from_lots(draft, grant, amount, reason)
            amount = draft.spend(line.unit, amount, line.rule, reason)[1]
    if under.refunds.policy == "waive" and not operation.moved_to:
        owed = min(amount, _locked(draft, line.unit))
        _count(draft, "waived", line.unit, amount - owed)
        amount = owed
    draft.owe(line.unit, amount, line.rule, reason)


def _from_own(draft: Draft, operation: Reverse, grant: Grant, amount: int, reason: Reason) -> int:
    """Take from the lots of the grant, and count what expired there; return how much is settled."""
    settled, unit = _from_lots(draft, grant, amount, reason), grant.line.unit
    recorded = calendar.from_ms(operation.original.recorded_ms)
    granted_on = calendar.local_date(recorded, draft.program.timezone).isoformat()
    for own in grant.lots:
        _recall(draft, operation, unit, own)
        draft.card, gone = breakage.claimed(
            draft.card, unit, own, min(own.amount, amount - settled), granted_on
        )
        settled += gone
        _count(draft, "lapsed", unit, gone)
    return settled


def _recall(draft: Draft, operation: Reverse, unit: str, own: Lot) -> None:
    """Put back on the card what it has forgotten of a lot that expired; once in an entry."""
    known, done = operation.forgotten, draft.facts.get(breakage.RECALLED, [])
    card, name = breakage.recalled(draft.card, unit, own, known)
    if name and name not in done:
        draft.card = card
        draft.facts[breakage.RECALLED] = [*done, name]


def _from_lots(draft: Draft, grant: Grant, amount: int, reason: Reason) -> int:
    """Take up to `amount` from what is left in the lots of the grant; return how much it was."""
    taken, line = 0, grant.line
    for own in grant.lots:
        held = {lot.key: lot.amount for lot in draft.card.lots.get(line.unit, ())}
        piece = min(own.amount, amount - taken, held.get(own.key, 0))
        if piece > 0:
            draft.take_out(line.unit, (own._replace(amount=piece),), line.rule, reason)
            taken += piece
    return taken


def _count(draft: Draft, fact: str, unit: str, amount: int) -> None:
    if amount:
        noted = draft.facts.setdefault(fact, {})
        noted[unit] = noted.get(unit, 0) + amount


def _locked(draft: Draft, unit: str) -> int:
    """Sum the units locked in open vouchers, less what is owed already: they are not spent, so a
    waived refund does not cover them."""
    locked = 0
    for held in draft.card.open.values():
        if reward := draft.program.terms(held.reward_id, held.version):
            of, cost = carryover.amount_now(draft.program, reward.unit, held.locked, held.version)
            locked += cost if of == unit else 0
    return max(0, locked - draft.card.debt.get(unit, 0))


def move_carry(draft: Draft, rule: str, change: int) -> None:
    """Move a spend rule's remainder; below zero it is earned back first."""
    carry = {**draft.card.carry, rule: draft.card.carry.get(rule, 0) + change}
    if not carry[rule]:
        del carry[rule]
    draft.card = draft.card._replace(carry=carry)
