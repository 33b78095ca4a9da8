"""Read a sale as tills send it: what was paid, what of it counts, and for which lines.

Discounts, negative lines, fractions of a piece, tips, taxes, gift cards and deliveries each have
one reading; `docs/rules.md` has the table. Everything is a whole number of minor units or of
thousandths of a piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from regulars.domain.operations import Earn, Item
from regulars.domain.program import Counts, EarnRule


class Basket(NamedTuple):
    """A sale in one form."""

    lines: tuple[Item, ...]
    """What counts, at the price that was paid for it; discounts are taken off already."""
    spend_minor: int
    """The money that counts; more than the lines when the till names only some of them."""
    paid_minor: int
    """All that was paid: refunds are shares of it."""
    listed_minor: int
    """The sum of the items at list price; 0 when the till names none."""
    itemized: bool
    """Whether the till named any items."""
    is_sale: bool
    """Whether it is about money; else it is a plain visit."""

    @property
    def is_free(self) -> bool:
        """Whether nothing was paid in a sale: it is no visit."""
        return self.is_sale and self.paid_minor <= 0


def read(operation: Earn, counts: Counts) -> Basket:
    """Read what was sold, under what a programme counts.

    An order discount - a discount line without a category, `discount_minor`, or what `spend_minor`
    is below the sum of the items - is spread over all lines with money. So is a tax inside the
    prices when it does not count.
    """
    goods = [item for item in operation.items if not _is_order_discount(item)]
    listed = sum(item.amount_minor for item in goods)
    discounts = sum(item.amount_minor for item in operation.items if _is_order_discount(item))
    spend = operation.spend_minor
    if spend is None:
        spend = listed + discounts - operation.discount_minor
    nets = _less([item.amount_minor for item in goods], listed - spend if goods else 0)
    tax = operation.tax_minor if operation.tax_inside and not counts.tax_inside else 0
    counted = _less(nets, tax)
    lines = tuple(
        item._replace(amount_minor=net)
        for item, net in zip(goods, counted, strict=True)
        if net and item.amount_minor and _counts(item, counts)
    )
    tip = operation.tip_minor
    spend_counted = sum(line.amount_minor for line in lines)
    if not goods:
        spend_counted = spend - tax
    elif listed < spend:  # the rest has no line of its own
        spend_counted += spend - listed
    on_top = 0 if operation.tax_inside else operation.tax_minor
    paid = spend + tip + on_top if operation.paid_minor is None else operation.paid_minor
    return Basket(
        lines=lines,
        spend_minor=spend_counted + (tip if counts.tip else 0),
        paid_minor=paid,
        listed_minor=sum(item.amount_minor for item in goods if item.kind != "discount"),
        itemized=bool(goods),
        is_sale=operation.spend_minor is not None or bool(operation.items),
    )


def fingerprint(basket: Basket) -> str:
    """Compute a fingerprint of what was sold, to be compared when the order comes again: six hex
    digits of the money, and six of the lines if the till named any; empty without money."""
    if not basket.is_sale:
        return ""
    money = _digest((basket.spend_minor, basket.paid_minor))
    return money + (_digest([tuple(line) for line in basket.lines]) if basket.itemized else "")


def is_same(before: str, now: str) -> bool:
    """Tell whether two fingerprints are of the same sale; one without lines says less."""
    shorter = min(len(before), len(now))
    return before[:shorter] == now[:shorter]


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()[:6]


def matches(rule: EarnRule, item: Item) -> bool:
    """Tell whether a rule counts an item."""
    if item.category and item.category in rule.exclude:
        return False
    if not rule.categories and not rule.skus:
        return True
    return item.category in rule.categories or (bool(item.sku) and item.sku in rule.skus)


def money(rule: EarnRule, basket: Basket) -> int:
    """Sum the money that a spend rule counts, in minor units.

    A rule that names categories or skus counts the matching lines, each category from 0 up unless
    the whole sale is below 0; any other counts all that is not excluded.
    """
    if not rule.categories and not rule.skus:
        left = not_excluded(rule, basket)
        return left if basket.spend_minor < 0 else max(0, left)
    found = _from_zero(
        ((line.category, line.amount_minor) for line in basket.lines if matches(rule, line)), basket
    )
    return found if basket.spend_minor < 0 else min(found, basket.spend_minor)


def pieces(rule: EarnRule, basket: Basket) -> int:
    """Sum the pieces that an item rule counts, in thousandths; as with `money`, from 0 up."""
    return _from_zero(
        (
            (line.category, abs(line.milli) * (1 if line.amount_minor > 0 else -1))
            for line in basket.lines
            if line.kind != "discount" and matches(rule, line)
        ),
        basket,
    )


def not_excluded(rule: EarnRule, basket: Basket) -> int:
    """Sum the money that a rule does not exclude: its minimum is judged by it."""
    return basket.spend_minor - sum(
        line.amount_minor
        for line in basket.lines
        if line.category and line.category in rule.exclude
    )


def is_all_excluded(rule: EarnRule, basket: Basket) -> bool:
    """Tell whether nothing that was paid for is counted by a visit rule."""
    return basket.itemized and basket.paid_minor > 0 and not_excluded(rule, basket) <= 0


def _is_order_discount(item: Item) -> bool:
    return item.kind == "discount" and not item.category


def _counts(item: Item, counts: Counts) -> bool:
    if item.kind == "gift_card":
        return counts.gift_card_sold
    if item.kind == "delivery":
        return counts.delivery
    return item.kind != "fee"


def _from_zero(amounts: Iterable[tuple[str, int]], basket: Basket) -> int:
    """Sum amounts by category: a category below 0 counts only when the whole sale is."""
    sums: dict[str, int] = {}
    for category, amount in amounts:
        sums[category] = sums.get(category, 0) + amount
    if basket.spend_minor < 0:
        return sum(sums.values())
    return sum(max(0, amount) for amount in sums.values())


def _less(amounts: Sequence[int], off: int) -> list[int]:
    """Spread what is taken off over the positive amounts in proportion, by largest remainder.

    More than they hold takes them all; the rest is taken off nowhere. `off` below 0 changes
    nothing.
    """
    positive = [max(0, amount) for amount in amounts]
    whole = sum(positive)
    off = min(off, whole)
    if off <= 0:
        return list(amounts)
    shares = [amount * off for amount in positive]
    taken = [share // whole for share in shares]
    by_rest = sorted(range(len(amounts)), key=lambda place: (-(shares[place] % whole), place))
    for place in by_rest[: off - sum(taken)]:
        taken[place] += 1
    return [amount - less for amount, less in zip(amounts, taken, strict=True)]
