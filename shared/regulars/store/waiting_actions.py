"""What members say they did, kept until the owner has decided: one of each action on a card.

What they wrote about it is personal; it is taken out when it was decided, and with the member.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from regulars.store import card_keys, formats, keys
from regulars.store.conditions import AbsentOr, Equals
from regulars.store.marshal import Item
from regulars.store.table import Put, Table

Status = Literal["waiting", "granted", "refused"]


class WaitingAction(NamedTuple):
    """One action of a member; `number` counts how often they said so."""

    member_id: str
    action: str
    claimed_ms: int
    status: Status = "waiting"
    ref: str = ""
    note: str = ""
    decided_ms: int = 0
    number: int = 1
    rest: Mapping[str, Any] = MappingProxyType({})
    """Fields of a newer version, to be written again."""

    @property
    def id(self) -> str:
        """Its id in the API."""
        return f"{self.member_id}.{self.action}"

    @property
    def op(self) -> str:
        """The id of the operation that rewards it."""
        return f"action:{self.id}:{self.number}"


def read(table: Table, merchant_id: str, item_id: str) -> WaitingAction | None:
    """Return an action by its id in the API; None when there is none."""
    member_id, _, action = item_id.partition(".")
    (item,) = table.get(card_keys.action(merchant_id, member_id, action))
    return _action_of(item) if item and "status" in item else None


def of_card(table: Table, merchant_id: str, member_id: str) -> list[WaitingAction]:
    """Return what a member says they did."""
    partition = keys.card(merchant_id, member_id)
    items = table.items(partition, prefix=card_keys.ACTION_PREFIX, consistent=True)
    return [_action_of(item) for item in items if "status" in item]


def page(
    table: Table, merchant_id: str, status: str, limit: int, start: dict[str, str] | None
) -> tuple[list[WaitingAction], dict[str, str] | None]:
    """Return some of a status, the newest first, and where the list goes on."""
    found = table.query(
        card_keys.actions(merchant_id, status), index=True, newest_first=True, limit=limit,
        start=start,
    )  # fmt: skip
    return [_action_of(item) for item in found.items], found.next


def place(merchant_id: str, one: WaitingAction) -> dict[str, str]:
    """Where one stands in the list of its status."""
    pk, sk = card_keys.action(merchant_id, one.member_id, one.action)
    order = keys.in_time(one.claimed_ms, one.id)
    status = card_keys.actions(merchant_id, one.status)
    return {"PK": pk, "SK": sk, "GSI1PK": status, "GSI1SK": order}


def put_new(merchant_id: str, one: WaitingAction, before: WaitingAction | None) -> Put:
    """Return the write of a new claim, unless there is another one since `before` was read."""
    number = before.number if before else 0
    return Put(_item(merchant_id, one), AbsentOr(Equals("number", number)))


def put_decided(merchant_id: str, one: WaitingAction) -> Put:
    """Return the write of what was decided, if it still waits."""
    return Put(_item(merchant_id, one), Equals("status", "waiting"))


def _item(merchant_id: str, one: WaitingAction) -> Item:
    item: Item = {
        **place(merchant_id, one), "at": one.claimed_ms, "status": one.status,
        "number": one.number,
    }  # fmt: skip
    more = {"ref": one.ref, "note": one.note, "decided": one.decided_ms}
    return {**one.rest, **item, **{name: value for name, value in more.items() if value}}


def _action_of(item: Item) -> WaitingAction:
    take, rest = formats.taken(item)
    return WaitingAction(
        item["PK"].rpartition("#")[2],
        item["SK"].removeprefix(card_keys.ACTION_PREFIX),
        take("at"),
        take("status"),
        take("ref", ""),
        take("note", ""),
        take("decided", 0),
        take("number"),
        rest,
    )
