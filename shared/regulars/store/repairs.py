"""Write what a card's entries say over what is stored, if nobody has written it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from regulars.domain.card import Card
from regulars.domain.operations import Voucher
from regulars.store import cards, keys
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.table import (
    Absent,
    Cancelled,
    Check,
    Condition,
    Equals,
    Present,
    Put,
    Table,
)

AT_ONCE = 40
"""Items of one transaction, of which each may bring another (a voucher its code)."""


def put_state(
    table: Table, m: str, state: Item | None, card: Card, dues: Sequence[tuple[str, str]]
) -> bool:
    """Write a rebuilt card with its due marks over `state`, the item as it was read (None when
    there was none); False when state or ledger have moved on."""
    writes: list[Put | Check] = [
        Put(cards.state_item(m, card), _as_read(state)),
        Check(keys.entry(m, card.member_id, card.seq + 1), Absent()),
        *(Put(due_item(m, card.member_id, job, hour)) for job, hour in dues),
    ]
    try:
        table.transact(writes)
    except Cancelled:
        return False
    return True


def _as_read(state: Item | None) -> Condition:
    """That nobody wrote the state since: by its version, or by what it holds without one."""
    if state is None:
        return Absent()
    held = next((name for name in ("ver", "s") if name in state), None)
    return Equals(held, state[held]) if held else Present()


def put_vouchers(
    table: Table, m: str, c: str, changes: Sequence[tuple[Item | None, Voucher]]
) -> bool:
    """Give each voucher the status it should have, and a credit what is left of it, or make it
    again where the item is missing; False when one has moved on."""
    try:
        for first in range(0, len(changes), AT_ONCE):
            some = changes[first : first + AT_ONCE]
            table.transact([write for it in some for write in _voucher(m, c, *it)])
    except Cancelled:
        return False
    return True


def put_refunds(table: Table, m: str, state: Item | None, c: str, refunds: Sequence[Item]) -> bool:
    """Write what has been refunded of a card's sales, while its state is as it was read; False when
    it has moved on."""
    as_read = Check(keys.state(m, c), _as_read(state))
    try:
        for first in range(0, len(refunds), AT_ONCE):
            some = refunds[first : first + AT_ONCE]
            table.transact([as_read, *map(Put, some)])
    except Cancelled:
        return False
    return True


def put_operations(table: Table, m: str, c: str, ops: Mapping[int, Sequence[str]]) -> None:
    """Remember operations by their entries, under all their ids, where that was lost."""
    for seq, ids in ops.items():
        for op in ids:
            pk, sk = keys.operation(m, op)
            table.put({"PK": pk, "SK": sk, "c": c, "seq": seq}, Absent())


def _voucher(m: str, c: str, item: Item | None, voucher: Voucher) -> Iterator[Put]:
    if item is not None:
        changed = {**item, "status": voucher.status, "closed": voucher.closed_ms}
        if voucher.value_minor:
            changed["credit"] = cards.credit_text(voucher)
        read = "credit" if "credit" in item else "status"
        yield Put(changed, Equals(read, item.get(read)))
        return
    yield Put(cards.voucher_item(m, c, voucher), Absent())
    if voucher.code:
        pk, sk = keys.code(m, voucher.code)
        yield Put({"PK": pk, "SK": sk, "c": c, "v": voucher.voucher_id})
