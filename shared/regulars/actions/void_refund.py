"""Takes a refund back: the sale counts again as if it had not been refunded."""

from __future__ import annotations

import os
from itertools import islice

from regulars.actions import refunds
from regulars.actions.once import once
from regulars.domain.card import Card
from regulars.domain.ledger import Entry, parse
from regulars.domain.operations import Origin, Refunded, Void, Voucher
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.replay import Fold
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.ledger import TRIES_MAX, Render, TakenError
from regulars.store.marshal import Item
from regulars.store.table import Equals, Put


def void_refund(
    shop: Shop,
    refund_id: str,
    source: str,
    op: str,
    idempotency: Idempotency,
    render: Render | None = None,
) -> Answer:
    """Take a refund back; one that waits for its order is forgotten.

    Its id stays used. Raises NOT_FOUND for an id that is not known, ALREADY_REVERSED when it was
    taken back before, UNDO_EXPIRED after thirty days.
    """

    def do() -> Answer:
        return _void(shop, refund_id, source, op, idempotency, render)

    return once(shop.ledger, op, idempotency, shop.now, do, render)


def _void(
    shop: Shop,
    refund_id: str,
    source: str,
    op: str,
    idempotency: Idempotency,
    render: Render | None,
) -> Answer:
    ledger = shop.ledger
    for _ in range(TRIES_MAX):
        (claim,) = shop.table.get(keys.refund_id(shop.merchant_id, refund_id))
        if claim is None:
            raise Refused(RefusalCode.NOT_FOUND)
        if claim["state"] == refunds.VOID:
            raise Refused(RefusalCode.ALREADY_REVERSED, "This refund was taken back already.")
        gone = Put({**claim, "state": refunds.VOID}, Equals("state", claim["state"]))
        try:
            if claim["state"] == refunds.PARKED:
                body: Body = {"entry": None, "card": None, "debt": {}, "refused": []}
                return ledger.keep([gone], Answer(200, body, False), op, idempotency, shop.now)
            return _book(shop, claim, refund_id, source, op, idempotency, render, gone)
        except TakenError:
            continue  # it was booked, or taken back, at the same time
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise
    raise Refused(RefusalCode.CONFLICT, "The refund is being changed by others; try again.")


def _book(
    shop: Shop,
    claim: Item,
    refund_id: str,
    source: str,
    op: str,
    idempotency: Idempotency,
    render: Render | None,
    gone: Put,
) -> Answer:
    found = shop.ledger.find_order(f"refund:{refund_id}")
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    member_id, seq = found
    sale = shop.ledger.find_order(claim["order"])
    before, refund, after, refunded = _around(shop, member_id, seq)
    booked = member_id, refund.facts["reverses"]
    there = sale or booked
    read = refunds.original(shop.ledger, shop.program, *there, op=op, source=source, now=shop.now)
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if sale:
        refunds.require_there(shop.ledger, claim["order"], sale, read)
    is_moved = (read.card.member_id, read.operation.original.seq) != booked
    now = read.operation.refunded._replace(rest=Refunded().rest)  # as far as entries say
    original = read.operation.original
    operation = Void(
        Origin(op, source, entropy=os.urandom(16)),
        refund=refund,
        original=original,
        around=(before, after),
        refunded=read.operation.refunded,
        vouchers=_vouchers(shop, member_id, refund),
        under=read.operation.under,
        changes=_changes(shop, read.card.member_id, original.seq),
    )
    if is_moved or refunded != now:  # a visit comes back at its own time
        operation = operation._replace(
            origin=operation.origin._replace(effective_ms=original.effective_ms),
            around=None,
            vouchers=(*read.operation.vouchers, *_vouchers(shop, read.card.member_id, refund)),
        )
    return shop.ledger.perform(
        shop.program, read.card, operation, shop.now,
        idempotency=idempotency, render=render, fresh=True, extra=(gone,),
    )  # fmt: skip


def _changes(shop: Shop, member_id: str, seq: int) -> tuple[Entry, ...]:
    """Read the entries of a sale: that with which it was booked, and those that refunded it, took
    refunds back and changed it, on whatever card it was then."""
    found, ids = list[Entry](), set[str]()
    for stored in islice(shop.ledger.entries(member_id), seq - 1, None):
        entry = parse(stored.text)
        facts = entry.facts
        if entry.seq == seq:
            found += _before(shop, member_id, entry)
            ids |= {one.facts.get("refund", "") for one in found}
        if "moved_to" in facts:
            continue
        is_mine = entry.seq == seq or seq in {facts.get("reverses"), facts.get("revises")}
        if is_mine or ("voids" in facts and facts.get("refund") in ids):
            found.append(entry)
            ids.add(facts.get("refund", ""))
    return tuple(found)


def _before(shop: Shop, member_id: str, entry: Entry) -> tuple[Entry, ...]:
    """Read what there was of a sale on the card that it came from with an entry."""
    if "carried" in entry.facts:
        of, seq, _ = entry.facts["carried"]
        return _changes(shop, of, seq)
    if "moved_from" not in entry.facts:
        return ()
    of, op = entry.facts["moved_from"], entry.op.removesuffix(":to")
    for stored in shop.ledger.entries(of):
        left = parse(stored.text)
        if left.op == op:
            return _changes(shop, of, left.facts["reverses"])
    return ()


def _vouchers(shop: Shop, member_id: str, refund: Entry) -> tuple[Voucher, ...]:
    """Read every voucher that a refund issued, cancelled or gave back."""
    names = ("vouchers", "returned", "reopened", "credit")
    ids = tuple(dict.fromkeys(one for name in names for one in refund.facts.get(name, ())))
    m = shop.merchant_id
    items = shop.table.get(*(keys.voucher(m, member_id, one) for one in ids)) if ids else []
    return tuple(map(cards.voucher_of, filter(None, items)))


def _around(shop: Shop, member_id: str, seq: int) -> tuple[Card, Entry, Card, Refunded | None]:
    """Read the card before a refund, the refund, the card after it, and what was refunded of its
    sale then, all from the ledger. Raises CONFLICT when older entries do not tell it."""
    fold = Fold(member_id, shop.program.timezone)
    entries = shop.ledger.entries(member_id)
    for stored in islice(entries, seq - 1):
        fold.add(parse(stored.text), stored.hash)
    before, unknown = fold.card, fold.unknown
    stored = next(entries)
    entry = parse(stored.text)
    fold.add(entry, stored.hash)
    if unknown or fold.unknown:
        raise Refused(
            RefusalCode.CONFLICT,
            "This refund is too old to be taken back; adjust the card instead.",
        )
    return before, entry, fold.card, fold.refunded.get(entry.facts["reverses"])
