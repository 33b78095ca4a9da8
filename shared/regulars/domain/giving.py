"""Give units from one member to another: lots keep their dates, and nothing is earned by it."""

from __future__ import annotations

from regulars.domain import reasons, rewards
from regulars.domain.card import Lot
from regulars.domain.decision import Decision
from regulars.domain.draft import Draft
from regulars.domain.ledger import lot_dates
from regulars.domain.operations import Give, Origin, Receive
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused


def give(draft: Draft, operation: Give) -> None:
    """Book units out of what can be spent: neither pending nor locked in vouchers.

    Raises INVALID for an unknown unit, HELD, DEBT while the card owes, INSUFFICIENT_BALANCE.
    """
    known = dict.fromkeys((*draft.program.units, *draft.card.units()))
    if operation.unit not in known:
        hint = f"must be one of: {', '.join(known)}"
        raise Refused(RefusalCode.INVALID, "No such unit.", (("unit", hint),))
    if draft.card.holds:
        raise Refused(RefusalCode.HELD, rewards.HELD)
    if rewards.in_debt(draft.program, draft.card):
        raise Refused(RefusalCode.DEBT, "This card owes units; they are paid off first.")
    reason = reasons.plain(ReasonKind.GIVEN)
    available = draft.available(operation.unit)
    if draft.spend(operation.unit, operation.amount, "give", reason)[1]:
        raise Refused(RefusalCode.INSUFFICIENT_BALANCE, f"Only {available} can be given.")
    draft.facts["to"] = operation.to
    if operation.note:
        draft.facts["note"] = operation.note


def received(decision: Decision, origin: Origin) -> Receive:
    """Return the other side of what was given."""
    entry = decision.entry
    if entry is None:
        raise AssertionError("what is given is booked")
    lines = [line for line in entry.lines if line.reason.kind is ReasonKind.GIVEN]
    return Receive(
        origin,
        lines[0].unit,
        tuple(Lot(*lot_dates(line.lot), -line.amount) for line in lines),
        decision.card.member_id,
        entry.facts.get("note"),
    )


def receive(draft: Draft, operation: Receive) -> None:
    """Book units into lots with the dates they had; debt is paid off first."""
    reason = reasons.plain(ReasonKind.RECEIVED)
    draft.renew(operation.unit)
    for lot in operation.lots:
        draft.grant_into(operation.unit, lot.amount, "give", reason, lot)
    draft.facts["giver"] = operation.giver
    if operation.note:
        draft.facts["note"] = operation.note
    rewards.issue_automatic(draft)
