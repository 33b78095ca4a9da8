"""Merchants, their programmes, hooks and sandbox clocks."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import compress

from regulars.core import clock
from regulars.core.tokens import is_sandbox
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import closing, formats, keys
from regulars.store.closing import Closing
from regulars.store.marshal import Item
from regulars.store.table import Absent, AbsentOr, Cancelled, Check, Equals, Put, Table

KEPT_S = 10.0
"""How long a warm function may go on with a programme or credential it has read. A new programme
reaches the counter within this time; every entry names the version it was decided on."""


class Merchant(NamedTuple):
    """A business, or its sandbox twin."""

    merchant_id: str
    name: str
    slug: str
    languages: tuple[str, ...]
    owner_email: str
    region: str
    """ISO 3166 country, for telephone numbers written without one."""
    created_ms: int
    closing: Closing | None = None
    """Set once it was closed."""


class Hook(NamedTuple):
    """Where a till posts, and how it signs."""

    hook_id: str
    merchant_id: str
    provider: str
    secret: str
    """Empty for a provider whose secret is derived (`tokens.hook_secret`)."""
    url: str
    """As configured at the provider, who may sign it."""
    account: str
    """The merchant's id at the provider, cross-checked against events; empty until it is set."""
    access_token: str
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""


CHANGING = "The programme is being changed by another request; try again."


class Merchants:
    """Reads and writes everything about merchants."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def create(self, merchants: list[tuple[Merchant, Mapping[str, Any]]], extra: list[Put]) -> None:
        """Write merchants with their first programme and what comes with them, or nothing.

        Raises SLUG_TAKEN when the slug of the first belongs to another.
        """
        slug = keys.slug(merchants[0][0].slug)
        slug_item = _item(slug, m=merchants[0][0].merchant_id)
        writes = [Put(slug_item, Absent())]
        for merchant, document in merchants:
            writes.append(Put(_merchant_item(merchant), Absent()))
            writes += _program_puts(merchant.merchant_id, document, 1, merchant.created_ms)
        try:
            self.table.transact([*writes, *extra])
        except Cancelled as cancelled:
            if cancelled.reasons[0].failed:
                raise Refused(
                    RefusalCode.SLUG_TAKEN, "Another business has this slug."
                ) from cancelled
            raise

    def merchant(self, merchant_id: str) -> Merchant | None:
        (item,) = self.table.get(keys.merchant(merchant_id))
        return merchant_of(item) if item else None

    def by_slug(self, slug: str) -> str | None:
        """The live merchant's id behind a join link."""
        (item,) = self.table.get(keys.slug(slug), consistent=False)
        return item["m"] if item else None

    def program_item(self, merchant_id: str, version: int | None = None) -> Item | None:
        """The stored programme: the one in force, or a version."""
        key = keys.program(merchant_id)
        if version is not None:
            key = keys.program_version(merchant_id, version)
        (item,) = self.table.get(key)
        return None if item and "closed" in item else item

    def publish(
        self, merchant_id: str, document: Mapping[str, Any], over: int, now_ms: int,
        marks: Sequence[Item], past: Mapping[str, Any], *,
        version: int, free: int, about: Mapping[str, Any], waited: Sequence[Put] = (),
    ) -> None:  # fmt: skip
        """Publish a checked document as a version over `over`, with the due marks that follow from
        it and what earlier versions leave behind; `about` says who did it, and why.

        `free` is the next number that nobody was given; `waited` takes the version off what waits.
        All or nothing; CONFLICT when another request was faster.
        """
        current, kept = _program_puts(merchant_id, document, version, now_ms, past, about)
        number = Check(keys.waiting(merchant_id, free), Absent())
        writes: list[Put | Check] = [
            Put(current.item, Equals("version", over)),
            kept,
            number,
            *waited,
        ]
        try:
            self.table.transact([*writes, *(Put(mark) for mark in marks)])
        except Cancelled as cancelled:
            raise Refused(RefusalCode.CONFLICT, CHANGING) from cancelled

    def move_clock(
        self, merchant_id: str, offset_ms: int, over: int, going_on: tuple[str, int] | None = None
    ) -> None:
        """Set how far a sandbox is ahead of the real time; CONFLICT when it was moved meanwhile.

        `going_on` is kept while it is on its way: a digest of what was asked, and the target (ms).
        """
        condition = Equals("offset", over) if over else None
        item = _item(keys.clock(merchant_id), offset=offset_ms)
        if going_on:
            item["asked"], item["target"] = going_on
        if self.table.put(item, condition) is not None:
            raise Refused(RefusalCode.CONFLICT, "The clock is being moved by another request.")

    def set_hook(self, hook: Hook, noted: Put) -> None:
        """Write a hook as its owner set it, with the line of the audit log."""
        self.table.transact([Put(hook_item(hook)), noted])

    def hook(self, hook_id: str) -> Hook | None:
        (item,) = self.table.get(keys.hook(hook_id), consistent=False)
        return hook_of(item) if item else None


def slug_put(slug: str, merchant_id: str) -> Put:
    """Return the write by which a slug leads to a merchant, if it leads to nobody else. Earlier
    ones go on leading there: they are on posters."""
    return Put(_item(keys.slug(slug), m=merchant_id), AbsentOr(Equals("m", merchant_id)))


def hook_item(hook: Hook) -> Item:
    return _item(
        keys.hook(hook.hook_id),
        m=hook.merchant_id,
        provider=hook.provider,
        secret=hook.secret,
        url=hook.url,
        account=hook.account,
        access_token=hook.access_token,
        **hook.rest,
    )


def hook_of(item: Item) -> Hook:
    take, rest = formats.taken(item)
    take("closed", False)
    return Hook(
        hook_id=take("PK").removeprefix("HOOK#"),
        merchant_id=take("m"),
        provider=take("provider"),
        secret=take("secret"),
        url=take("url"),
        account=take("account"),
        access_token=take("access_token"),
        rest=rest,
    )


def merchant_of(item: Item) -> Merchant:
    return Merchant(
        merchant_id=item["PK"].removeprefix("M#"),
        name=item["name"],
        slug=item["slug"],
        languages=tuple(item["languages"]),
        owner_email=item["owner_email"],
        region=item["region"],
        created_ms=item["created"],
        closing=closing.of_item(item),
    )


_ITEMS_MAX = 200


class ShortCache:
    """Items that a warm function may use again for KEPT_S seconds without reading them."""

    def __init__(self) -> None:
        self._items: dict[keys.Key, tuple[float, Item | None]] = {}

    def get(self, key: keys.Key) -> tuple[bool, Item | None]:
        """Whether the item is known well enough, and the item."""
        at, item = self._items.get(key, (-KEPT_S, None))
        return time.monotonic() - at < KEPT_S, item

    def put(self, key: keys.Key, item: Item | None) -> None:
        if len(self._items) > _ITEMS_MAX:
            self._items.clear()
        self._items[key] = (time.monotonic(), item)

    def clear(self) -> None:
        self._items.clear()


def now_of(merchant_id: str, clock_item: Item | None) -> datetime:
    """The merchant's time: the real one, or a sandbox's own."""
    offset_ms = clock_item["offset"] if clock_item and is_sandbox(merchant_id) else 0
    return clock.now() + timedelta(milliseconds=offset_ms)


def _program_puts(
    merchant_id: str, document: Mapping[str, Any], version: int, now_ms: int,
    past: Mapping[str, Any] = MappingProxyType({}),
    about: Mapping[str, Any] = MappingProxyType({}),
) -> list[Put]:  # fmt: skip
    """The programme in force and the version kept for ever. Compressed: the one in force is read
    with every request of an API key."""
    attributes = {"version": version, "published": now_ms, "document": packed(document)}
    if past:
        attributes["past"] = packed(past)
    attributes |= about
    return [
        Put(_item(keys.program(merchant_id), **attributes), Absent()),
        Put(_item(keys.program_version(merchant_id, version), **attributes), Absent()),
    ]


def packed(value: Mapping[str, Any]) -> bytes:
    """Compress a document as it is stored."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return compress(text.encode(), 9)


def listed(merchant: Merchant) -> Item:
    """What puts a live merchant into the list of all; nothing for a sandbox."""
    if is_sandbox(merchant.merchant_id):
        return {}
    order = keys.in_time(merchant.created_ms, merchant.merchant_id)
    return {"GSI1PK": keys.MERCHANTS, "GSI1SK": order}


def _merchant_item(merchant: Merchant) -> Item:
    return _item(
        keys.merchant(merchant.merchant_id),
        **listed(merchant),
        name=merchant.name,
        slug=merchant.slug,
        languages=list(merchant.languages),
        owner_email=merchant.owner_email,
        region=merchant.region,
        created=merchant.created_ms,
    )


def _item(key: keys.Key, **attributes: Any) -> Item:
    return {"PK": key[0], "SK": key[1], **attributes}
