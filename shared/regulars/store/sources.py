"""Where members come from: the sources of a merchant, and what each member has brought."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.core import tokens
from regulars.domain.sources import Brought
from regulars.store import card_keys, formats, keys
from regulars.store.conditions import Absent, Equals
from regulars.store.marshal import Item
from regulars.store.table import Cancelled, Put, Table

SOURCES_MAX = 200
"""How many a merchant can have."""

ID_LENGTH = 10
SECRET_LENGTH = 32
"""Of a link to figures: 128 bits in hexadecimal digits."""


class Source(NamedTuple):
    """One source with its figures: members who joined, were activated, and what they have spent."""

    source_id: str
    name: str
    kind: str
    created_ms: int
    key: str
    """The name of the key of the ring that the link to its figures is made with."""
    is_archived: bool = False
    joins: int = 0
    activated: int = 0
    spend_minor: int = 0
    version: int = 0
    rest: Mapping[str, Any] = MappingProxyType({})

    def plus(self, joins: int, before: Brought, now: Brought) -> Source:
        """Return the source with what a member brings now instead of what was counted."""
        return self._replace(
            joins=self.joins + joins,
            activated=self.activated + now.activated - before.activated,
            spend_minor=self.spend_minor + now.spend_minor - before.spend_minor,
        )


class Member(NamedTuple):
    """Which source a member came from, when they joined (ms), and what is counted."""

    source_id: str
    joined_ms: int
    brought: Brought
    rest: Mapping[str, Any] = MappingProxyType({})


def listed(table: Table, m: str) -> list[Source]:
    """Return the sources of a merchant, the newest first."""
    items = table.items(f"{keys.merchant(m)[0]}", prefix=keys.SOURCE_PREFIX, consistent=True)
    return sorted((source_of(item) for item in items), key=lambda one: -one.created_ms)


def read(table: Table, m: str, source_id: str) -> Source | None:
    """Return a source; None when there is none of this id."""
    if not source_id or len(source_id) > ID_LENGTH:
        return None
    (item,) = table.get(keys.source(m, source_id))
    return source_of(item) if item else None


def write(table: Table, m: str, source: Source) -> bool:
    """Write a source where it is as it was read; False when somebody else was faster."""
    put = _put(m, source)
    return table.put(put.item, put.condition) is None


def member_of(item: Item) -> Member:
    """Return what stands in the item of a member."""
    take, rest = formats.taken(item)
    brought = Brought(bool(take("activated")), take("spend"), take("seq"))
    return Member(take("source"), take("joined"), brought, rest)


def count(
    table: Table, m: str, c: str, member: Member, source: Source, before: Brought | None
) -> bool:
    """Write what a member has brought and the source's figures, both as they were read; False when
    somebody else was faster. `before` is None for a member who is counted for the first time."""
    pk, sk = card_keys.brought(m, c)
    now = member.brought
    item = {
        **member.rest, "PK": pk, "SK": sk, "source": member.source_id,
        "joined": member.joined_ms, "activated": now.activated, "spend": now.spend_minor,
        "seq": now.seq,
    }  # fmt: skip
    known = Absent() if before is None else Equals("seq", before.seq)
    try:
        table.transact([Put(item, known), _put(m, source)])
    except Cancelled:
        return False
    return True


def token(m: str, source: Source) -> str:
    """Return what the link to a source's figures ends with: a capability of 128 bits."""
    return f"{m}{source.source_id}{_secret(m, source)}"


def by_token(table: Table, given: str) -> tuple[str, Source] | None:
    """Return the merchant and the source whose figures a link shows; None for any other link."""
    m, rest = given[: tokens.MERCHANT_ID_LENGTH], given[tokens.MERCHANT_ID_LENGTH :]
    source_id, secret = rest[:ID_LENGTH], rest[ID_LENGTH:]
    if len(secret) != SECRET_LENGTH or not given.isascii() or not given.isalnum():
        return None
    source = read(table, m, source_id)
    good = source is not None and hmac.compare_digest(_secret(m, source), secret)
    return (m, source) if source and good else None


def _secret(m: str, source: Source) -> str:
    return tokens.derive("figures", m, source.source_id, key=source.key).hex()[:SECRET_LENGTH]


def source_of(item: Item) -> Source:
    """Return the source in an item."""
    take, rest = formats.taken(item)
    return Source(
        take("SK").removeprefix(keys.SOURCE_PREFIX), take("name"), take("kind"), take("created"),
        take("key"), take("archived"), take("joins"), take("activated"), take("spend"),
        take("version"), rest,
    )  # fmt: skip


def _put(m: str, source: Source) -> Put:
    pk, sk = keys.source(m, source.source_id)
    item: dict[str, Any] = {
        **source.rest, "PK": pk, "SK": sk, "name": source.name, "kind": source.kind,
        "created": source.created_ms, "key": source.key, "archived": source.is_archived,
        "joins": source.joins, "activated": source.activated, "spend": source.spend_minor,
        "version": source.version + 1,
    }  # fmt: skip
    return Put(item, Equals("version", source.version) if source.version else Absent())
