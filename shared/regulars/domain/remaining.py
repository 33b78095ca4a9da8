"""Compute what is refunded of a sale when one of its refunds is taken back.

The refunds that stay are counted again from the first, each with its money and its items: the sum
of all no longer tells what each of them took, once the sale was refunded whole.
"""

from __future__ import annotations

from regulars.domain.ledger import Entry
from regulars.domain.operations import WHOLE, Item, Refunded, Reverse, Void
from regulars.domain.replay import REFUNDED
from regulars.domain.shares import Span, by_rule, paid, shares, taken, visit_gone
from regulars.domain.values import thousandths


def without(operation: Void) -> Refunded:
    """Return what is refunded then, with the vouchers and notes that are kept of the sale."""
    now, again = operation.refunded, _again(operation)
    if again is None:
        return _subtracted(operation)
    return again._replace(
        vouchers=now.vouchers, revised_seq=now.revised_seq, confirmed=now.confirmed, rest=now.rest
    )


def _again(operation: Void) -> Refunded | None:
    """Count the refunds that stay again; None when the entries of the card do not tell all."""
    original, under = operation.original, operation.under
    found = _refunds(operation)
    if found is None or under is None:
        return None
    so_far, stay = found
    total = paid(original)
    for entry, items in stay:
        amount = int(entry.facts["amount"])
        if so_far.minor + amount >= total:  # the order was changed to less, or comes to nothing
            so_far = Refunded(so_far.minor + amount or WHOLE, visit_gone=True)
            continue
        part = Reverse(operation.origin, original, so_far, amount, items=items)
        listed_minor = so_far.listed_minor + int(entry.facts.get("listed", 0)) * bool(items)
        so_far = shares(under, part).refunded._replace(listed_minor=listed_minor)
    return so_far


def _refunds(
    operation: Void,
) -> tuple[Refunded, list[tuple[Entry, tuple[Item, ...]]]] | None:
    """Return what was refunded of the sale when it came to the card, and the refunds since that
    stay, with their items; None when the entries of this card do not tell all."""
    so_far, stay = Refunded(), list[tuple[Entry, tuple[Item, ...]]]()
    for entry in operation.changes:
        facts = entry.facts
        if "voids" in facts:
            gone = facts["voids"], facts.get("refund")
            left = [one for one in stay if (one[0].seq, one[0].facts.get("refund")) != gone]
            if len(left) == len(stay):  # it was booked on another card
                return None
            stay = left
        elif facts.get("reverses") == operation.original.seq:
            stay.append((entry, _items(entry)))
        elif "revises" in facts:  # of what went back only the money is known from here on
            if facts["sale"].get("resold") == entry.recorded_ms:
                so_far, stay = Refunded(), []
            so_far = so_far._replace(rules={}, listed_minor=0)
            stay = [(one, ()) for one, _ in stay]
        else:
            minor, rules, listed_minor, _, *_ = (
                (entry.patch or {}).get(REFUNDED, {}).get(str(entry.seq), (0, {}, 0, ()))
            )
            so_far = Refunded(minor, rules, listed_minor)
    if so_far.minor == WHOLE or not operation.changes:
        return None
    others = [one for one in stay if one[0].op != operation.refund.op]
    if len(others) == len(stay):  # it came with the sale
        so_far = _subtracted(operation._replace(refunded=so_far))
    return so_far, others


def _items(refund: Entry) -> tuple[Item, ...]:
    return tuple(
        Item(thousandths(str(pieces)), amount, sku, category)
        for pieces, amount, sku, category in refund.facts.get("items", ())
    )


def _subtracted(operation: Void) -> Refunded:
    """Take one refund off the sum of all; of a sale that was refunded whole only money is known."""
    original, under, refunded = operation.original, operation.under, operation.refunded
    facts = operation.refund.facts
    if under is None:
        raise AssertionError("a void names the version of the programme of its sale")
    now = taken(original, under, refunded)
    minor = max(0, now.money.after - int(facts["amount"])) if paid(original) else 0
    listed_minor = max(0, refunded.listed_minor - int(facts.get("listed", 0)))
    items = _items(operation.refund)
    alone = Reverse(
        operation.origin, original, Refunded(minor, listed_minor=listed_minor),
        facts.get("asked"), items=items,
    )  # fmt: skip
    moved = by_rule(under, alone, Span(minor, now.money.after, now.money.whole))
    rules = {
        rule: max(0, span.after - (moved[rule].after - moved[rule].before))
        for rule, span in now.rules.items()
    }
    part, whole = minor, now.money.whole
    kept = {
        rule: n for rule, n in rules.items() if part and n * whole != part * now.rules[rule].whole
    }
    gone = visit_gone(minor, paid(original), under.refunds.visit_kept_from) if minor else False
    return refunded._replace(minor=minor, rules=kept, listed_minor=listed_minor, visit_gone=gone)
