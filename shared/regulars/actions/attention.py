"""The one list of what needs a person: cards that cannot be read, sales that cannot be booked,
signals of fraud.

An item has a kind and says why it stands there and what it is about. It has one id for one cause,
so that a cause that is met again does not stand there twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from zlib import compress, decompress

from regulars.core.observability import count
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import formats, keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, Equals, Put, Table

Kind = Literal["damaged_card", "unbooked", "failed_message", "stuck_job", "key_expiring", "fraud"]

PAGES_MAX = 20
PAGE = 100
CLOSED_DAYS = 90
"""How long a closed item can still be read."""

_REF = re.compile(r"[0-9a-zA-Z_-]{1,64}")
_NONE: Mapping[str, Any] = MappingProxyType({})


class AttentionItem(NamedTuple):
    """One thing that needs a person."""

    id: str
    kind: Kind
    at_ms: int
    """When it was first met, by the merchant's clock."""
    why: str
    about: Mapping[str, Any]
    """What it is about, by name: `member_id`, `order_id`, `job` ... Never personal data."""
    data: Any
    """What a retry needs; not shown."""
    is_open: bool
    times: int
    """How often it was met."""
    closed: str = ""
    """What was done with it when it was closed."""
    rest: Mapping[str, Any] = _NONE
    """What a newer version of the service keeps of it."""


def raise_(
    table: Table,
    merchant_id: str,
    kind: Kind,
    ref: str,
    *,
    why: str,
    about: Mapping[str, Any],
    at_ms: int,
    data: Any = None,
    reopen: bool = True,
) -> str:
    """Put an item on the list and return its id. Raising it again changes nothing but a count.

    `ref` names the cause within its kind: a member's id, an order or an event. `why` is one
    sentence for the owner; `about` holds ids, never personal data. `data` is what a retry needs
    (the queued message of a till's event); it is kept while the item is open. An item that was
    closed is opened again by the same cause, unless `reopen` is False: then what the owner
    dismissed stays dismissed.

    To file a sale that cannot be booked:
    `raise_(shop.table, shop.merchant_id, "unbooked", event_id, why="The sale is in USD.",
    about={"provider": "square", "order_id": "o1"}, at_ms=to_ms(shop.now), data=message)`.
    What can be done with a kind is said in `api/attention.py`.
    """
    if kind == "damaged_card":
        count("DamagedCards")
    item_id = f"{kind}.{named(ref)}"
    while True:
        there = find(table, merchant_id, item_id)
        item = AttentionItem(item_id, kind, at_ms, why, about, data, is_open=True, times=1)
        if there is None:
            condition: Absent | Equals = Absent()
        else:
            if not (there.is_open or reopen):
                return item_id
            since = there.at_ms if there.is_open else at_ms
            item = item._replace(at_ms=since, times=there.times + 1, rest=there.rest)
            condition = Equals("times", there.times)
        if table.put(_stored(merchant_id, item), condition) is None:
            return item_id


def find(table: Table, merchant_id: str, item_id: str) -> AttentionItem | None:
    """Read one item, open or closed."""
    (there,) = table.get(keys.attention(merchant_id, item_id))
    return _item_of(there) if there else None


def close(table: Table, merchant_id: str, item: AttentionItem, how: str, now_ms: int) -> bool:
    """Take an item off the list, unless it was met again since it was read; tell whether it was."""
    write = closing(merchant_id, item, how, now_ms)
    return table.put(write.item, Equals("times", item.times)) is None


def closing(merchant_id: str, item: AttentionItem, how: str, now_ms: int) -> Put:
    """Return the write that takes an item off the list as it was read, or closes it otherwise.

    What was done stays readable for CLOSED_DAYS, under the item's id; what a retry needs does not.
    A signal of fraud is listed for as long, among those that are closed.
    """
    closed = _stored(merchant_id, item._replace(data=None, is_open=False, closed=how))
    if item.kind == "fraud":
        closed["GSI1PK"] = keys.attention_closed(merchant_id)
    else:
        del closed["GSI1PK"], closed["GSI1SK"]
    trace = {"closed_at": now_ms, "ttl": now_ms // 1000 + CLOSED_DAYS * 86_400}
    return Put({**closed, **trace}, Equals("times", item.times))


def page(
    table: Table, merchant_id: str, *, kind: str | None, limit: int, cursor: str | None,
    closed: str = "", places: Collection[str] = (),
) -> tuple[list[AttentionItem], str | None]:  # fmt: skip
    """List open items, newest first, and the cursor of the next page (None after the last); with
    `closed` the signals of fraud that were closed in this way, with `places` what concerns who
    works at these alone."""
    listed = (keys.attention_closed if closed else keys.attention_list)(merchant_id)
    found: list[AttentionItem] = []
    start = _start(merchant_id, listed, cursor) if cursor else None
    for _ in range(PAGES_MAX):
        read = table.query(
            listed,
            index=True, newest_first=True, limit=PAGE, start=start,
        )  # fmt: skip
        for item in map(_item_of, read.items):
            is_asked = kind in {None, item.kind} and item.closed == closed
            if is_asked and concerns(item, places):
                if len(found) == limit:
                    return found, _position(found[-1])
                found.append(item)
        start = read.next
        if start is None:
            return found, None
    return found, _position(_item_of(read.items[-1]))


def concerns(item: AttentionItem, places: Collection[str]) -> bool:
    """Tell whether an item concerns who works at some places alone: not one of another place."""
    where = item.about.get("location")
    return not places or not where or where in places


def named(ref: str) -> str:
    """Name a cause in an id: as it is when that fits a path, else by a hash."""
    return ref if _REF.fullmatch(ref) else sha256(ref.encode()).hexdigest()[:32]


def _stored(merchant_id: str, item: AttentionItem) -> Item:
    pk, sk = keys.attention(merchant_id, item.id)
    stored: Item = {
        **item.rest,
        "PK": pk,
        "SK": sk,
        "GSI1PK": keys.attention_list(merchant_id),
        "GSI1SK": keys.in_time(item.at_ms, item.id),
        "kind": item.kind,
        "at": item.at_ms,
        "why": item.why,
        "about": dict(item.about),
        "open": item.is_open,
        "times": item.times,
    }
    if item.closed:
        stored["closed"] = item.closed
    if item.data is not None:
        stored["data"] = compress(json.dumps(item.data).encode(), 9)
    return stored


def _item_of(item: Item) -> AttentionItem:
    take, rest = formats.taken(item)
    data = take("data", b"")
    for trace in ("closed_at", "ttl"):
        take(trace, 0)
    return AttentionItem(
        id=take("SK"),
        kind=take("kind"),
        at_ms=take("at"),
        why=take("why"),
        about=take("about"),
        data=json.loads(decompress(data)) if data else None,
        is_open=take("open"),
        times=take("times"),
        closed=take("closed", ""),
        rest=rest,
    )


def _position(item: AttentionItem) -> str:
    return f"{item.at_ms}.{item.id}"


def _start(merchant_id: str, listed: str, cursor: str) -> dict[str, str]:
    at, _, item_id = cursor.partition(".")
    if not (re.fullmatch(r"[0-9]{1,15}", at) and re.fullmatch(r"[a-z_]+\.[\w-]{1,64}", item_id)):
        raise Refused(
            RefusalCode.INVALID, "", (("cursor", "must be the `next` of an earlier page"),)
        )
    pk, sk = keys.attention(merchant_id, item_id)
    order = keys.in_time(int(at), item_id)
    return {"PK": pk, "SK": sk, "GSI1PK": listed, "GSI1SK": order}
