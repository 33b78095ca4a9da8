"""API keys: the record that confirms one, and the list of a merchant's keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.core.tokens import is_sandbox
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import formats, keys
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.table import Absent, Cancelled, Equals, Put, Table

KEY_ENDS = "key"
"""The due mark of a key that ends; it comes some days before."""

REPORTED_BEFORE = timedelta(days=14)


class ApiKey(NamedTuple):
    """A key's record; the secret itself is known to its holder only. Times are in ms, 0 without."""

    key_id: str
    merchant_id: str
    sha256: str
    name: str = ""
    scopes: tuple[str, ...] = ("full",)
    origins: tuple[str, ...] = ()
    """Web origins that may use it; for one that is published in a page."""
    created_ms: int = 0
    expires_ms: int = 0
    revoked_ms: int = 0
    version: int = 0
    """Rises with every change."""
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""

    def state(self, now_ms: int) -> str:
        """Whether it can be used: `live`, `expired` or `revoked`."""
        if self.revoked_ms:
            return "revoked"
        return "expired" if self.expires_ms and self.expires_ms <= now_ms else "live"


def puts(key: ApiKey) -> list[Put]:
    """Return the writes of a key, if it is still as it was read: the record, and its place in the
    list of the merchant's keys."""
    condition = Equals("version", key.version) if key.version else Absent()
    now = key._replace(version=key.version + 1)
    pk, sk = keys.key_of_merchant(key.merchant_id, key.key_id)
    listed = {**item_of(now), "PK": pk, "SK": sk}
    del listed["sha256"]
    return [Put(item_of(now), condition), Put(listed)]


def ending(key: ApiKey, now: datetime) -> list[Put]:
    """Return the mark by which a key that ends is reported in time; none for one without an end,
    and none in a sandbox, whose time is not that of keys."""
    if not key.expires_ms or is_sandbox(key.merchant_id):
        return []
    at = max(calendar.from_ms(key.expires_ms) - REPORTED_BEFORE, now)
    name = f"{KEY_ENDS}:{key.key_id}"
    mark = due_item(key.merchant_id, keys.MERCHANT_LEVEL, name, calendar.hour_of(at))
    return [Put(mark)]


def write(table: Table, writes: list[Put]) -> None:
    """Write changed keys with what goes with them; raises CONFLICT when one was changed by another
    request."""
    try:
        table.transact(writes)
    except Cancelled as cancelled:
        detail = "The key is being changed by another request; try again."
        raise Refused(RefusalCode.CONFLICT, detail) from cancelled


def find(table: Table, merchant_id: str, key_id: str) -> ApiKey | None:
    """Read a key of a merchant; None when it has none with this id."""
    (item,) = table.get(keys.api_key(key_id))
    return api_key_of(item) if item and item["m"] == merchant_id else None


def of_merchant(table: Table, merchant_id: str) -> list[ApiKey]:
    """Read all keys of a merchant, without what confirms them, the newest first."""
    items = table.items(keys.keys_of_merchant(merchant_id), consistent=True)
    found = [api_key_of({"sha256": "", **item}) for item in items]
    return sorted(found, key=lambda key: (-key.created_ms, key.key_id))


def item_of(key: ApiKey) -> Item:
    """Write a key's record."""
    pk, sk = keys.api_key(key.key_id)
    item: dict[str, Any] = {
        **key.rest,
        "PK": pk,
        "SK": sk,
        "id": key.key_id,
        "m": key.merchant_id,
        "sha256": key.sha256,
        "name": key.name,
        "scopes": list(key.scopes),
        "created": key.created_ms,
        "version": key.version,
    }
    more = {
        "origins": list(key.origins), "expires": key.expires_ms, "revoked": key.revoked_ms
    }  # fmt: skip
    return item | {name: value for name, value in more.items() if value}


def api_key_of(item: Item) -> ApiKey:
    """Read a key's record, also one from before keys had names and scopes."""
    take, rest = formats.taken(item)
    return ApiKey(
        take("id", "") or take("PK").removeprefix("KEY#"),
        take("m"),
        take("sha256"),
        take("name", ""),
        tuple(take("scopes", ("full",))),
        tuple(take("origins", ())),
        take("created", 0),
        take("expires", 0),
        take("revoked", 0),
        take("version", 0),
        rest,
    )
