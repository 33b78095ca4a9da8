"""The draft of a merchant's programme: what is being edited and not published yet.

There is one for a merchant, whoever edits it. Every save is over the number that was read, and what
was saved before stays readable for some days: so that two who edit at once can be put together, and
what was discarded comes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import decompress

from regulars.store import keys
from regulars.store.conditions import same_version
from regulars.store.marshal import Item
from regulars.store.merchants import packed
from regulars.store.table import Absent, Cancelled, Put, Table

KEPT_DAYS = 7


class Draft(NamedTuple):
    """What is being edited. `number` counts the saves; 0 is before the first."""

    number: int = 0
    document: dict[str, Any] | None = None
    """None when nothing is being edited."""
    base: int = 0
    """The version in force that it was made from."""
    by: str = ""
    """Who saved it last, by name."""
    at_ms: int = 0


def read(table: Table, m: str) -> Draft:
    """Return the draft of a merchant as of now."""
    (item,) = table.get(keys.draft(m))
    return _draft_of(item) if item else Draft()


def earlier(table: Table, m: str, number: int) -> Draft | None:
    """Return the draft as it was after a save; None when that is not known (any more)."""
    (item,) = table.get(keys.draft(m, number))
    return _draft_of(item) if item else None


def save(table: Table, m: str, over: Draft, new: Draft) -> Draft | None:
    """Write a draft over the one that was read; None when somebody else was faster.

    Without a document nothing is being edited from then on.
    """
    made = new._replace(number=over.number + 1)
    item = _item_of(made)
    pk, sk = keys.draft(m)
    current = {"PK": pk, "SK": sk, "ver": made.number, **item}
    pk, sk = keys.draft(m, made.number)
    ttl = made.at_ms // 1000 + KEPT_DAYS * 86_400
    kept = {"PK": pk, "SK": sk, "ver": made.number, **item, "ttl": ttl}
    condition = same_version({"ver": over.number}) if over.number else Absent()
    try:
        table.transact([Put(current, condition), Put(kept, Absent())])
    except Cancelled:
        return None
    return made


def _item_of(draft: Draft) -> Item:
    document: Mapping[str, Any] | None = draft.document
    held = {} if document is None else {"document": packed(document)}
    return {"base": draft.base, "by": draft.by, "at": draft.at_ms, **held}


def _draft_of(item: Item) -> Draft:
    text = decompress(item["document"]) if "document" in item else b"null"
    return Draft(item["ver"], json.loads(text), item["base"], item["by"], item["at"])
