"""Undo a correction or a gift: as if it had never been, or not at all.

A sale that is undone may leave a debt, as with a refund. A correction or a gift that was used
meanwhile stays. What a correction took off comes back into the lots that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping

from regulars.domain import reasons, surprises
from regulars.domain.card import Lot
from regulars.domain.draft import Draft
from regulars.domain.ledger import DEBT, Entry, lot_dates
from regulars.domain.operations import Reverse
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused


def is_undone(entry: Entry) -> bool:
    """Tell whether an entry is a sale, a correction or a gift by hand."""
    return entry.kind == "earn" or is_correction(entry) or surprises.FACTS in entry.facts


def is_correction(entry: Entry) -> bool:
    """Tell whether an entry corrects a balance by hand."""
    return any(line.reason.kind is ReasonKind.ADJUST for line in entry.lines)


def begin(draft: Draft, operation: Reverse) -> None:
    """Put back what a correction took off. Raises VOUCHER_REDEEMED, VOUCHER_CANCELLED for a gift
    that is not open any more."""
    for voucher in operation.vouchers:
        gone = voucher.voucher_id not in draft.card.open
        if gone and voucher.voucher_id in operation.original.facts.get(surprises.FACTS, {}):
            cancelled = voucher.status == "cancelled"
            code = RefusalCode.VOUCHER_CANCELLED if cancelled else RefusalCode.VOUCHER_REDEEMED
            raise Refused(code, "The gift was used or taken back meanwhile.")
    reason = reasons.refund(operation.original.seq)
    for line in operation.original.lines:
        if line.reason.kind is not ReasonKind.ADJUST or line.amount > 0:
            continue
        if line.lot == DEBT:
            draft.grant(line.unit, -line.amount, line.rule, reason)
        else:
            lot = Lot(*lot_dates(line.lot), -line.amount)
            draft.grant_into(line.unit, -line.amount, line.rule, reason, lot)


def require_no_debt(draft: Draft, original: Entry, before: Mapping[str, int]) -> None:
    """Raise INSUFFICIENT_BALANCE when more would be owed than before the entry: it was used."""
    paid: dict[str, int] = {}
    for line in original.lines:
        if line.lot == DEBT and line.amount > 0:
            paid[line.unit] = paid.get(line.unit, 0) + line.amount
    for unit, owed in draft.card.debt.items():
        if owed > before.get(unit, 0) + paid.get(unit, 0):
            raise Refused(RefusalCode.INSUFFICIENT_BALANCE, "It was used meanwhile.")
