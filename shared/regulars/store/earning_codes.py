"""Codes that guests scan, as they are kept: each under the hash of what its link ends with.

The item counts how often it was used, in the transaction that books it. What a display shows is
kept nowhere (`core/display_codes.py`): under its hash there is only the count.
"""

from __future__ import annotations

import json

from regulars.core import tokens
from regulars.domain.earning_codes import DISPLAY_USES, EarningCode
from regulars.domain.operations import Item as Sold
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, Count, Put, Table

TOKEN_LENGTH = 26
"""130 bits, five in each character."""

ANY_NUMBER = 10**9
KEPT_S = 30 * 24 * 3600
"""How long a code that is over says so, before it is unknown."""


def put(code: EarningCode) -> Put:
    """Return the write that keeps a new code."""
    pk, sk = keys.link(code.code_id)
    item = {
        "PK": pk, "SK": sk, "m": code.merchant_id, "kind": code.kind, "visits": code.visits,
        "spend": code.spend_minor, "action": code.action, "order": code.order_id,
        "loc": code.location, "until": code.until_ms, "uses": code.uses, "who": code.staff,
        "device": code.device,
        "items": json.dumps(code.items, separators=(",", ":")) if code.items else "",
        "ttl": code.until_ms // 1000 + KEPT_S if code.until_ms else 0,
    }  # fmt: skip
    kept = {name: value for name, value in item.items() if value not in (None, "", 0)}
    if code.spend_minor == 0:
        kept["spend"] = 0
    return Put(kept, Absent())


def read(table: Table, token: str) -> EarningCode | None:
    """Return the code of a link; None for none."""
    return by_id(table, tokens.digest(token))


def by_id(table: Table, code_id: str) -> EarningCode | None:
    """Return a code as of now; None when there is none."""
    (item,) = table.get(keys.link(code_id))
    return _code_of(code_id, item) if item and "kind" in item else None


def used(table: Table, *code_ids: str) -> list[int]:
    """Return how often codes were used, also those that are not kept."""
    items = table.get(*map(keys.link, code_ids), consistent=False)
    return [item.get("n", 0) if item else 0 for item in items]


def use(code: EarningCode) -> Count:
    """Return the write that counts one use; refused when as many cards have used it as may."""
    if code.kind == "display":
        ttl = code.until_ms // 1000 + KEPT_S
        return Count(keys.link(code.code_id), 1, DISPLAY_USES, ttl)
    return Count(keys.link(code.code_id), 1, code.uses or ANY_NUMBER)


def _code_of(code_id: str, item: Item) -> EarningCode:
    return EarningCode(
        code_id,
        item["m"],
        item["kind"],
        visits=item.get("visits", 0),
        spend_minor=item.get("spend"),
        items=tuple(Sold(*one) for one in json.loads(item.get("items", "[]"))),
        action=item.get("action", ""),
        order_id=item.get("order", ""),
        location=item.get("loc"),
        until_ms=item.get("until", 0),
        uses=item.get("uses", 0),
        staff=item.get("who"),
        device=item.get("device", ""),
        used=item.get("n", 0),
    )
