"""A newer version of the service beside this one, on one table.

The newer version knows a field that this one does not know, in every item and within the state of
a card. What this version reads and writes again must keep it. What it empties need not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from zlib import compress, decompress
from zlib import error as CompressionError  # noqa: N812 - as other errors are named

from regulars.store.marshal import from_attribute
from regulars.store.table import Call, Params
from tests import permissions

UNKNOWN = "newer"
"""The field that this version does not know."""

Item = dict[str, Any]

WHOLE = (
    "PROGRAM",  # a version is published whole; what is put away is kept in it
    "CLOCK",
    "OP",  # first who writes the mail, then that it was sent
    "DUE#",
    "CURSOR",
    "PREVIEW#",
    "UPTO",
    "PROGRESS",
    "FRAUD",
    "BOARD#",
    "DAY",
    "LIMIT",
    "CONTACT",  # who has it: one fact
    "SLUG",  # where it leads: one fact
    "IMPORTED",  # whose it is: one fact
    "DONE#",  # first what an import is about to do with a member, then that it was
    "DRAFT",  # saved whole, as a version is published
    "CODE",
    "STOPPED",
)
"""Items that say one thing, and are written whole when it is another: by the beginning of their
sort key. A newer version that says more in them writes it again at its next turn, or never needs
it of what others wrote."""


MARKED = frozenset({"STATE", "PROFILE", "VOUCHER", "REFUNDED", "MERGE", "STAFF", "DEVICE"})
"""What the newer version says more in, where it writes beside this one."""

POINTERS = ("MAILBOX#", "#PARKED#")
"""Partitions whose items only lead elsewhere, or wait."""


def with_unknown(item: Item) -> Item:
    """An item as the newer version writes it."""
    if item["SK"]["S"] == "STATE" and "s" in item:
        return {**item, "s": _with_text(item["s"])}
    return {**item, UNKNOWN: {"S": "kept"}}


def _with_text(stored: Item) -> Item:
    text = json.loads(_text({"s": stored}))
    whole = json.dumps({**text, UNKNOWN: ["kept"]}, separators=(",", ":"))
    return {"S": whole} if "S" in stored else {"B": compress(whole.encode(), 9)}


def lost(before: Item | None, after: Item) -> bool:
    """Whether a write lost the field that its writer did not know."""
    if before is None or _is_empty(after):
        return False
    if after["SK"]["S"] == "STATE":  # one without a version cannot be read
        return "ver" in before and UNKNOWN in _text(before) and UNKNOWN not in _text(after)
    if after["SK"]["S"].startswith(WHOLE) or any(it in after["PK"]["S"] for it in POINTERS):
        return False
    if "erased" in after:
        return False
    return UNKNOWN in before and UNKNOWN not in after


def _text(item: Item) -> str:
    """The text of a state; nothing of one that cannot be read."""
    stored = from_attribute(item.get("s", {"S": ""}))
    with suppress(CompressionError):
        return stored if isinstance(stored, str) else decompress(stored).decode()
    return ""


def _is_empty(item: Item) -> bool:
    """Whether an item says nothing any more, or not for long."""
    return not item.keys() - {"PK", "SK", "fmt"} or "ttl" in item


def puts(operation: str, params: Params) -> Iterator[Params]:
    """The parts of a request that write an item whole."""
    if operation == "PutItem":
        yield params
    for write in params.get("TransactItems", []):
        if "Put" in write:
            yield write["Put"]


def beside_newer(call: Call, losses: Callable[[str], None]) -> Call:
    """A transport to a table whose items all come from the newer version: what is written first is
    marked as its own, and `losses` hears of what this version loses later."""

    def transport(operation: str, params: Params) -> Params:
        if permissions.running() in {"", "close"}:  # a test itself writes, a merchant is emptied
            return call(operation, params)
        watched = []
        for put in puts(operation, params):
            key = {name: put["Item"][name] for name in ("PK", "SK")}
            asked = {"TableName": put["TableName"], "Key": key, "ConsistentRead": True}
            with permissions.within(""):  # the test asks
                there = call("GetItem", asked).get("Item")
            if there is None:
                put["Item"] = with_unknown(put["Item"])
            elif lost(there, put["Item"]):
                watched.append(f"{key['SK']['S']}: {sorted(put['Item'])}")
        answer = call(operation, params)
        for one in watched:
            losses(one)
        return answer

    return transport
