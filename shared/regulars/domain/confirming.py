"""End the hold on what an entry granted: it can be spent at once, and keeps its last day."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.domain import carryover, reasons
from regulars.domain.draft import Draft
from regulars.domain.ledger import Line, lot_dates
from regulars.domain.operations import Confirm, Refunded
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import issue_automatic
from regulars.domain.shares import grants, shares


def confirm(draft: Draft, operation: Confirm) -> Refunded:
    """Book what is left of the entry's pending units into lots that are not held.

    Returns what has been refunded of it, as before, with the note that it was confirmed: refunds
    find its units in their new place. Raises INVALID when nothing of it is held.
    """
    original, under = operation.sale.original, operation.sale.under or draft.program
    parts, today = shares(under, operation.sale), draft.today.isoformat()
    reason = reasons.plain(ReasonKind.CONFIRMED)
    confirmed = 0
    granted = grants(carryover.lines_now(draft.program, original))
    for grant in granted:
        left, unit = parts.line(grant.line).of(grant.amount), grant.line.unit
        for lot in grant.lots:
            held = {it.key: it.amount for it in draft.card.valid_lots(unit, today)}
            amount = min(lot.amount, left, held.get(lot.key, 0))
            if lot.available_on > today and amount > 0:
                piece = lot._replace(amount=amount)
                draft.take_out(unit, (piece,), grant.line.rule, reason)
                draft.put_back(unit, (piece._replace(available_on=""),), grant.line.rule, reason)
                left -= amount
                confirmed += amount
    if not confirmed:
        hint = "nothing that this entry granted is on hold"
        raise Refused(RefusalCode.INVALID, "Nothing is on hold.", (("entry_id", hint),))
    draft.facts["confirms"] = original.seq
    draft.pay_debt()
    issue_automatic(draft)
    refunded = operation.sale.refunded
    issued = tuple(draft.facts.get("vouchers", ()))  # they belong to the sale, as if it issued them
    return refunded._replace(vouchers=(*refunded.vouchers, *issued), confirmed=True)


def released(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines of a sale as if nothing that they grant was held: where its units are once
    the hold was ended."""
    return tuple(line._replace(lot=lot_dates(line.lot)[0]) for line in lines)
