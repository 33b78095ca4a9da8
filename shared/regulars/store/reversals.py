"""What is kept of refunds: how much of an entry has been refunded, and the vouchers it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.ledger import Entry
from regulars.domain.operations import (
    WHOLE,
    Adopt,
    AnyOperation,
    Cancel,
    Carry,
    Confirm,
    Expire,
    Redeem,
    Refunded,
    Reverse,
    ReverseRedemption,
    Revise,
    Void,
    Voucher,
)
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import cards, formats, keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, AbsentOr, Count, Equals, Put, Table

OfSale = Reverse | Revise | Void | Adopt
"""What changes a sale that was booked."""

AboutSale = OfSale | Confirm | Carry
"""What depends on a sale that was booked, and what has been refunded of it."""

VERSION = 1
"""How shares are counted: pieces in thousandths. Items without it counted whole pieces."""


def refunded_of(item: Item | None, under: Program) -> Refunded:
    """Return how much has been refunded of an entry, from its item; nothing without one."""
    if item is None:
        return Refunded()
    take, rest = formats.taken(item)
    rules: Mapping[str, int] = take("rules", {})
    if take("format", 0) != VERSION:
        of_items = {rule.id for rule in under.earn if rule.on == "item"}
        rules = {rule: n * 1000 if rule in of_items else n for rule, n in rules.items()}
    minor = take("refunded")
    return Refunded(
        minor,
        rules,
        take("listed", 0),
        tuple(take("vouchers", ())),
        take("gone", minor == WHOLE),
        take("revised", 0),
        take("confirmed", False),
        rest,
    )


def refunded_put(m: str, c: str, operation: AboutSale, decision: Decision) -> Put:
    """Return the write of what has been refunded now, if it is still what was read."""
    if decision.refunded is None:
        raise AssertionError("a reversal says what has been refunded")
    about = operation.sale if isinstance(operation, Confirm) else operation
    if isinstance(about, Adopt | Carry):  # it has just come to this card
        read, seq = Refunded(), decision.card.seq
    else:
        read, seq = about.refunded, about.original.seq
    now = decision.refunded._replace(rest=read.rest)
    as_read = Equals("refunded", read.minor)
    condition = as_read if read.minor else AbsentOr(as_read)
    return Put(refunded_item(m, c, seq, now), condition)


def refunded_item(m: str, c: str, seq: int, refunded: Refunded) -> Item:
    """Return the item that says how much has been refunded of an entry."""
    pk, sk = keys.refunded(m, c, seq)
    return {
        **refunded.rest,
        "PK": pk,
        "SK": sk,
        "format": VERSION,
        "refunded": refunded.minor,
        "rules": dict(refunded.rules),
        "listed": refunded.listed_minor,
        "vouchers": list(refunded.vouchers),
        "gone": refunded.visit_gone,
        "revised": refunded.revised_seq,
        **({"confirmed": True} if refunded.confirmed else {}),
    }


def voucher_puts(m: str, c: str, decision: Decision) -> list[Put]:
    """Return the writes of the vouchers of a decision, and of the codes of new ones."""
    puts: list[Put] = []
    for voucher in decision.vouchers:
        if of := decision.came.get(voucher.voucher_id):
            puts += _from_another_card(m, c, of, voucher)
            continue
        before = decision.reopened.get(voucher.voucher_id)
        was = decision.was.get(voucher.voucher_id)
        is_new = voucher.status == "issued" and before is None and was is None
        condition = Absent() if is_new else Equals("status", before or "issued")
        if was:  # money was used, perhaps by another counter, too
            condition = Equals("credit", cards.credit_text(was))
        puts.append(Put(cards.voucher_item(m, c, voucher), condition))
        if is_new:
            pk, sk = keys.code(m, voucher.code)
            puts.append(Put({"PK": pk, "SK": sk, "c": c, "v": voucher.voucher_id}, Absent()))
    return puts


def _from_another_card(m: str, c: str, of: str, voucher: Voucher) -> Iterator[Put]:
    """Yield the writes of a voucher that comes from the card of the member `of`: its code leads to
    this card since."""
    yield Put(cards.voucher_item(m, c, voucher), AbsentOr(Equals("status", "moved")))
    pk, sk = keys.code(m, voucher.code)
    yield Put({"PK": pk, "SK": sk, "c": c, "v": voucher.voucher_id}, Equals("c", of))


def redeemed_put(m: str, c: str, order_id: str, voucher_id: str) -> Put:
    """Return the write that says which voucher was redeemed with an order."""
    pk, sk = keys.parked(m, f"order:{order_id}"), keys.VOUCHER_PREFIX + voucher_id
    return Put({"PK": pk, "SK": sk, "c": c, "v": voucher_id})


def redeemed_with(table: Table, m: str, order_id: str, *members: str) -> list[str]:
    """Read the ids of the vouchers of a card, or of some, that were redeemed with an order."""
    page = table.query(
        keys.parked(m, f"order:{order_id}"), prefix=keys.VOUCHER_PREFIX, consistent=True
    )
    return [item["v"] for item in page.items if item["c"] in members]


def beside(table: Table, m: str, c: str, order_id: str, voucher_id: str) -> tuple[Voucher, ...]:
    """Read the other vouchers of a card that were redeemed with an order."""
    others = [one for one in redeemed_with(table, m, order_id, c) if one != voucher_id]
    items = table.get(*(keys.voucher(m, c, one) for one in others)) if others else []
    return tuple(map(cards.voucher_of, filter(None, items)))


def read(
    table: Table, m: str, card: Card, original: Entry, refunded_item: Item | None, under: Program
) -> tuple[Refunded, tuple[Voucher, ...], tuple[Voucher, ...], tuple[Voucher, ...]]:
    """Read what a reversal of an entry needs besides the entry.

    Returns what has been refunded, the vouchers that the entry and its refunds issued, the card's
    open benefits of a tier, and the vouchers that were redeemed with the order.
    """
    refunded = refunded_of(refunded_item, under)
    caused = tuple(dict.fromkeys((*original.facts.get("vouchers", ()), *refunded.vouchers)))
    benefits = [v for v, held in card.open.items() if held.benefit and v not in caused]
    redeemed: list[str] = []
    if order_id := original.facts.get("order"):
        redeemed = redeemed_with(table, m, order_id, card.member_id)
    ids = [*caused, *benefits, *(v for v in redeemed if v not in caused)]
    items = table.get(*(keys.voucher(m, card.member_id, one) for one in ids)) if ids else []
    found = {one.voucher_id: one for one in map(cards.voucher_of, filter(None, items))}

    def these(wanted: list[str] | tuple[str, ...]) -> tuple[Voucher, ...]:
        return tuple(found[one] for one in wanted if one in found)

    return refunded, these(caused), these(benefits), these(redeemed)


def with_voucher(operation: AnyOperation, voucher: Voucher) -> AnyOperation:
    """Return an operation on a voucher as it is now."""
    if isinstance(operation, Redeem | Cancel | ReverseRedemption):
        return operation._replace(voucher=voucher)
    if isinstance(operation, Reverse | Revise | Void | Expire):
        vouchers = tuple(
            voucher if known.voucher_id == voucher.voucher_id else known
            for known in operation.vouchers
        )
        return operation._replace(vouchers=vouchers)
    return operation


def read_again(table: Table, m: str, card: Card, operation: AnyOperation) -> AnyOperation:
    """Return an operation about an order with what is stored by now: a refused write may not say
    what changed."""
    if isinstance(operation, Redeem) and operation.order_id and operation.voucher.value_minor:
        voucher_id = operation.voucher.voucher_id
        others = beside(table, m, card.member_id, operation.order_id, voucher_id)
        return operation._replace(beside=others)
    if isinstance(operation, Confirm):
        sale = read_again(table, m, card, operation.sale)
        return operation._replace(sale=sale) if isinstance(sale, Reverse) else operation
    if not isinstance(operation, Reverse | Revise | Void):
        return operation
    original, under = operation.original, operation.under
    if under is None:
        raise AssertionError("what changes a sale names its version of the programme")
    (item,) = table.get(keys.refunded(m, card.member_id, original.seq))
    now, was = refunded_of(item, under), operation.refunded
    left = now.minor == WHOLE != was.minor and "order" in original.facts  # refunded, or moved
    other = now.revised_seq != was.revised_seq
    if left or other or (isinstance(operation, Void) and now != was):
        raise Refused(RefusalCode.CONFLICT, "The order is being changed by others; try again.")
    if now.confirmed and not was.confirmed:
        from regulars.domain import confirming

        lines = confirming.released(original.lines)
        operation = operation._replace(original=original._replace(lines=lines))
    if isinstance(operation, Void):
        ids = [voucher.voucher_id for voucher in operation.vouchers]
        items = table.get(*(keys.voucher(m, card.member_id, one) for one in ids)) if ids else []
        vouchers = tuple(map(cards.voucher_of, filter(None, items)))
        return operation._replace(refunded=now, vouchers=vouchers)
    refunded, vouchers, benefits, redeemed = read(table, m, card, original, item, under)
    if isinstance(operation, Revise):
        return operation._replace(refunded=refunded, vouchers=vouchers, benefits=benefits)
    return operation._replace(
        refunded=refunded, vouchers=vouchers, benefits=benefits, redeemed=redeemed
    )


def knowing(
    operation: AnyOperation, writes: Sequence[Put | Count], key: keys.Key, there: Item
) -> AnyOperation:
    """Return an operation that knows how much is left of a shared counter that refused it."""
    (limit,) = (one.limit for one in writes if isinstance(one, Count) and one.key == key)
    name = key[0].partition("#COUNT#")[2]
    left = {**operation.origin.left, name: max(0, limit - there.get("n", limit))}
    return operation._replace(origin=operation.origin._replace(left=left))


def summed(writes: Sequence[Put | Count]) -> list[Put | Count]:
    """Return writes in which each shared counter is moved once."""
    sums: dict[keys.Key, Count] = {}
    for one in writes:
        if isinstance(one, Count):
            by = one.by + (sums[one.key].by if one.key in sums else 0)
            sums[one.key] = one._replace(by=by)
    puts: list[Put | Count] = [one for one in writes if isinstance(one, Put)]
    return [*puts, *(one for one in sums.values() if one.by)]
