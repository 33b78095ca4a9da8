"""Events of a till as they come from the queue of orders, and what time removes from the table."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import compress

from regulars.core import tokens
from regulars.domain.calendar import rfc3339
from regulars.domain.operations import Item as SoldItem
from regulars.domain.refusals import RefusalCode, Refused
from regulars.jobs import orders
from regulars.store.marshal import Item, to_item
from regulars.store.merchants import Hook, hook_item
from tests.simulation.world import World

HOOK_ID = "h0simulation"


def hook(m: str) -> Item:
    """The hook of the merchant's till, as it lies in the table."""
    return to_item(hook_item(Hook(HOOK_ID, m, "generic", "", "", "", "")))


def sold(m: str, content: tuple[Any, ...], email: str, handle: str) -> dict[str, Any]:
    """The queued event of a sale; with a handle the card's code was scanned, too."""
    _, spend, _, items, order, effective_ms = content
    data: dict[str, Any] = {
        "order_id": order, "total_minor": spend, "currency": "EUR",
        "occurred_at": rfc3339(effective_ms), "contact": {"email": email},
        "items": _lines(items),
    }  # fmt: skip
    if handle:
        data["member_code"] = tokens.card_code(m, handle, effective_ms // 1000)
    return _message("sale.completed", data)


def refunded(content: tuple[Any, ...]) -> dict[str, Any]:
    """The queued event of a refund."""
    order, refund_id, amount, items = content
    data = {"order_id": order, "refund_id": refund_id}
    if amount is not None:
        data["total_minor"] = amount
    if items:
        data["items"] = _lines(items)
    return _message("sale.refunded", data)


def voided(refund_id: str) -> dict[str, Any]:
    """The queued event of a refund that is taken back."""
    return _message("refund.void", {"refund_id": refund_id})


def _lines(items: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [
        {"quantity": quantity, "amount_minor": amount, "category": category}
        for quantity, amount, _, category in items
    ]


RECEIVED_MS = 1_767_225_600_000
"""Says only that the hook is in use; when a sale took place is in the event."""


def _message(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"type": kind, "data": data}).encode()
    return {
        "hook_id": HOOK_ID,
        "provider": "generic",
        "received_ms": RECEIVED_MS,
        "body": b64encode(compress(body)).decode(),
    }


def lines(rows: Iterable[Sequence[Any]]) -> tuple[SoldItem, ...]:
    """Lines of a sale from (pieces, amount, sku, category)."""
    return tuple(SoldItem(1000 * pieces, *rest) for pieces, *rest in rows)


def book(message: Mapping[str, Any]) -> None:
    """As the orders function does; a refund that cannot be is left to the dead-letter queue."""
    try:
        orders.process(message)
    except Refused as refused:
        if refused.code is not RefusalCode.ALREADY_REVERSED:
            raise


class Expiry:
    """Removes items some time after their `ttl`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gone: list[Item] = []

    def remove(self) -> None:
        """Remove some of what may go by now; a request never lasts until its own key is gone."""
        world = self.world
        memory, now_s = world.memory, (world.began_ms if world.depth else world.now_ms) // 1000
        for pk, partition in list(memory.items.items()):
            if "#OP#" not in pk and "#PARKED#" not in pk:
                continue
            for place, item in list(partition.items()):
                over = "ttl" in item and int(item["ttl"]["N"]) < now_s
                if over and self.world.chance.random() < 0.5:
                    partition.drop(place)
                    memory.past.pop((pk, place[0]), None)
                    self.gone.append(item)
                    self.world.say("ttl", pk, place[0])
