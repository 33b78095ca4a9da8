"""Compute what is refunded of a sale when one of its refunds is taken back.

The refunds that stay are counted again from the first, each with its money and its items: the sum
of all no longer tells what each of them took, once one rule, or the whole sale, had nothing left.
"""

from __future__ import annotations

from regulars.domain.ledger import Entry
from regulars.domain.operations import WHOLE, Item, Refunded, Reverse, Void
from regulars.domain.shares import paid, shares
from regulars.domain.values import thousandths


def without(operation: Void) -> Refunded:
    """Return what is refunded then, with the vouchers and notes that are kept of the sale."""
    original, under, now = operation.original, operation.under, operation.refunded
    if under is None:
        raise AssertionError("a void names the version of the programme of its sale")
    total, so_far = paid(original), Refunded()
    for entry, items in _refunds(operation):
        if entry.op == operation.refund.op:
            continue
        amount = int(entry.facts["amount"])
        if so_far.minor + amount >= total:  # the order was changed to less, or comes to nothing
            so_far = Refunded(so_far.minor + amount or WHOLE, visit_gone=True)
            continue
        part = Reverse(operation.origin, original, so_far, amount, items=items)
        listed_minor = so_far.listed_minor + int(entry.facts.get("listed", 0)) * bool(items)
        so_far = shares(under, part).refunded._replace(listed_minor=listed_minor)
    return so_far._replace(
        vouchers=now.vouchers, revised_seq=now.revised_seq, confirmed=now.confirmed, rest=now.rest
    )


def counts(operation: Void) -> bool:
    """Tell whether the refund is one of the sale as it is now: not of what was refunded whole and
    sold again since. Cards are not asked for their time: each counts its own milliseconds."""
    return any(entry.op == operation.refund.op for entry, _ in _refunds(operation))


def _refunds(operation: Void) -> list[tuple[Entry, tuple[Item, ...]]]:
    """List the refunds of the sale as it is now, with their items."""
    stay = list[tuple[Entry, tuple[Item, ...]]]()
    for entry in operation.changes:
        facts = entry.facts
        if "voids" in facts:
            gone = facts["voids"], facts.get("refund")
            stay = [one for one in stay if (one[0].seq, one[0].facts.get("refund")) != gone]
        elif "reverses" in facts:
            stay.append((entry, _items(entry)))
        elif "revises" in facts:  # of what went back only the money is known from here on
            is_new = facts["sale"].get("resold") == entry.recorded_ms
            stay = [] if is_new else [(one, ()) for one, _ in stay]
    return stay


def _items(refund: Entry) -> tuple[Item, ...]:
    return tuple(
        Item(thousandths(str(pieces)), amount, sku, category)
        for pieces, amount, sku, category in refund.facts.get("items", ())
    )
