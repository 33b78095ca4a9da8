"""The due list of live merchants: one part of an hour at a time, in the order of merchants."""

from __future__ import annotations

from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import ItemPage, Table

FIRST, LAST = " ", "~"
"""Sort before and behind every place in the list."""


def page(table: Table, hour: str, shard: int, *, first: str, last: str, limit: int) -> ItemPage:
    """Return some marks of a part of an hour, from one place to another, both included."""
    between = (first or FIRST, last or LAST)
    return table.query(keys.due_shard(hour, shard), index=True, between=between, limit=limit)


def merchant_of(mark: Item) -> str:
    """Return the merchant of a mark."""
    return str(mark["GSI1SK"].partition("#")[0])


def named(mark: Item) -> tuple[str, str]:
    """Return the member of a mark (or `keys.MERCHANT_LEVEL`), and its name."""
    _, member_id, name = mark["GSI1SK"].split("#")
    return member_id, name


def after(mark: Item) -> str:
    """Return where whatever follows a mark begins."""
    return f"{mark['GSI1SK']}!"


def after_merchant(m: str) -> str:
    """Return where whatever follows a merchant begins."""
    return f"{m}#~"
