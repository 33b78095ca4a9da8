"""Puts the members into lists who were there before there were lists: once, in small messages.

The hourly run of `tiers` hands on all merchants, a page at a time, and then never again: whoever
comes later is listed by the outbox. Listing somebody twice writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from regulars.core.tokens import twin
from regulars.domain.calendar import to_ms
from regulars.jobs import recompute, work_queue
from regulars.jobs.outbox import list_again
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys
from regulars.store.table import Table

LIST_ALL = "list_all"
LIST = "list"
"""Kinds of messages: go along all members of a merchant, and list some of them."""

PAGE = 100

Message = dict[str, Any]


def take_up(table: Table, now: datetime) -> None:
    """Have the members of the next merchants listed, until all were handed on."""
    pk, sk = keys.cursor("lists")
    (kept,) = table.get((pk, sk))
    if kept and kept["start"] is None:
        return
    start = kept["start"] if kept else None
    page = table.query(keys.MERCHANTS, index=True, limit=PAGE, start=start)
    for item in page.items:
        list_all(item["PK"].removeprefix("M#"), now)
    table.put({"PK": pk, "SK": sk, "start": page.next})


def list_all(live: str, now: datetime) -> None:
    """Have the members of a merchant and of its sandbox listed."""
    for m in (live, twin(live)):
        work_queue.put({"kind": LIST_ALL, "merchant_id": m, "at": to_ms(now)})


def go_along(message: Message, is_over: Callable[[], bool]) -> Message | None:
    """Hand on the members of a merchant from where it stopped; returns the message again while
    there are more."""

    def hand_on(shop: Shop, members: list[str]) -> None:
        for some in recompute.parts(members):
            work_queue.put({**message, "kind": LIST, "members": some})

    with suppress(ClosedError):
        shop = load_shop(connect.table(), message["merchant_id"])
        while recompute.step(shop, f"lists:{shop.merchant_id}", hand_on)[1]:
            if is_over():
                return message
    return None


def list_some(message: Message) -> None:
    """List the members of a message; raises what may go well a moment later."""
    with suppress(ClosedError):
        shop = load_shop(connect.table(), message["merchant_id"])
        for member_id in message["members"]:
            list_again(shop, member_id)
