"""The audit log of a merchant: who changed what, from where, when.

What happens on cards is in the ledger; here is what happens to settings, people, keys and personal
data. Items are only added, in the transaction of the change where that is one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from regulars.core import tokens
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import Absent, Cancelled, Put, Table

KEPT_DAYS = 800
"""How long an item is kept: two years and a little."""

PAGES_MAX = 20
PAGE = 100


class Actor(NamedTuple):
    """Who acts, and from where."""

    kind: str
    """`key`, `staff`, `owner`, `platform`, `member`, or `job` for a rule of the merchant."""
    id: str
    name: str
    device: str = ""
    network: str = ""
    """The network of the source address: never a whole address."""


class AuditItem(NamedTuple):
    """One thing that was done."""

    id: str
    at_ms: int
    actor: Actor
    what: str
    """`key.created`, `program.published` ..."""
    target: str
    before: Any = None
    after: Any = None


def put(
    merchant_id: str, at_ms: int, actor: Actor, what: str, target: str = "",
    before: Any = None, after: Any = None,
) -> Put:  # fmt: skip
    """Return the write of one thing that was done. `before` and `after` hold no secrets and no
    personal data of members."""
    pk = keys.audit(merchant_id)
    item: dict[str, Any] = {
        "PK": pk,
        "SK": keys.in_time(at_ms, tokens.random_id(6)),
        "at": at_ms,
        "who": [*actor],
        "what": what,
        "target": target,
        "ttl": at_ms // 1000 + KEPT_DAYS * 24 * 3600,
    }
    item |= {name: one for name, one in (("before", before), ("after", after)) if one is not None}
    return Put(item, Absent())


def with_change(table: Table, change: Put, noted: Put) -> bool:
    """Write a change and the line that tells of it; False when another request was faster."""
    try:
        table.transact([change, noted])
    except Cancelled:
        return False
    return True


def page(
    table: Table, merchant_id: str, *, limit: int, cursor: str | None, since_ms: int = 0,
    who: str | None = None, what: str | None = None,
) -> tuple[list[AuditItem], str | None]:  # fmt: skip
    """Read what was done, the newest first: since an instant, by one (kind or id), of one kind
    (`key` finds `key.created`). Returns the page, and where the next one begins."""
    found: list[AuditItem] = []
    start = {"PK": keys.audit(merchant_id), "SK": cursor} if cursor else None
    after = keys.in_time(since_ms, "")
    for _ in range(PAGES_MAX):
        read = table.query(
            keys.audit(merchant_id), between=(after, "~"), newest_first=True, limit=PAGE,
            start=start, consistent=True,
        )  # fmt: skip
        for item in read.items:
            one = _of(item)
            if _is_wanted(one, who, what):
                found.append(one)
                if len(found) > limit:
                    return found[:limit], found[limit - 1].id
        start = read.next
        if start is None:
            return found, None
    return found, start["SK"] if start else None


def _is_wanted(item: AuditItem, who: str | None, what: str | None) -> bool:
    by = who is None or who in {item.actor.kind, item.actor.id}
    return by and (what is None or item.what == what or item.what.startswith(f"{what}."))


def _of(item: Item) -> AuditItem:
    return AuditItem(
        item["SK"], item["at"], Actor(*item["who"]), item["what"], item["target"],
        item.get("before"), item.get("after"),
    )  # fmt: skip
