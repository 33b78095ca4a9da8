"""Mistakes about points as money off, put in on purpose."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from regulars.domain import card, credit
from regulars.store import reversals
from regulars.store.table import Equals, Put
from tests.simulation.planted_around import Patch, patched


def _counters_do_not_see_each_other() -> list[Patch]:
    """A write asks only that the voucher is open, and a new try does not read it again."""
    puts = reversals.voucher_puts

    def changed(m: str, c: str, decision: Any) -> list[Put]:
        found = []
        for put in puts(m, c, decision):
            voucher_id = put.item["SK"].removeprefix("VOUCHER#")
            was = decision.was.get(voucher_id)
            found.append(Put(put.item, Equals("status", was.status)) if was else put)
        return found

    return [(reversals, "voucher_puts", changed)]


def _a_part_of_a_unit_is_given_away() -> list[Patch]:
    def used_up(minor: int, units: int, value_minor: int) -> int:
        return minor * units // value_minor if minor else 0

    return [(card, "used_up", used_up), (credit, "used_up", used_up)]


def _the_first_lots_come_back() -> list[Patch]:
    between = credit._between

    def changed(lots: Any, first: int, last: int) -> Any:
        return between(tuple(lots), 0, last - first)

    return [(credit, "_between", changed)]


def _an_order_uses_it_again() -> list[Patch]:
    def changed(draft: Any, operation: Any) -> None:
        amount = credit._amount(draft, operation)
        credit._book(draft, operation.voucher, amount, operation.order_id or "")

    return [(credit, "use", changed)]


def _a_refund_keeps_it_used() -> list[Patch]:
    return [(credit, "put_back_of_order", lambda *_: None)]


def _the_share_sees_one_voucher() -> list[Patch]:
    return [(reversals, "beside", lambda *_: ())]


def _more_than_is_left() -> list[Patch]:
    amount = credit._amount

    def changed(draft: Any, operation: Any) -> int:
        return amount(draft, operation._replace(amount_minor=None)) + 1

    return [(credit, "_amount", changed)]


def _closed_ones_keep_the_units() -> list[Patch]:
    """Money that was used of a voucher that is closed since is lost when it is put back."""
    put_back = credit.put_back

    def changed(draft: Any, voucher: Any, one: Any, until: Any = None) -> None:
        if voucher.status in {"issued", "redeemed"}:
            put_back(draft, voucher, one, until)

    return [(credit, "put_back", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "counters do not see what others use of a credit": _counters_do_not_see_each_other,
    "a part of a unit is given away": _a_part_of_a_unit_is_given_away,
    "the lots of a credit that were locked first come back": _the_first_lots_come_back,
    "an order uses a credit again": _an_order_uses_it_again,
    "a refund keeps the credit used": _a_refund_keeps_it_used,
    "the share of an order sees one voucher": _the_share_sees_one_voucher,
    "more of a credit is used than is left": _more_than_is_left,
    "closed credits keep the units of what was put back": _closed_ones_keep_the_units,
}
"""By what they do."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the product has this bug."""
    return patched(BUGS[name]())
