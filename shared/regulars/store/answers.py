"""Answers that are kept with their operation: the same key gets the same answer again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import compress, decompress

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store.marshal import Item

SHORT = 200
"""Characters of an answer that are not worth compressing."""

HTTP_KEY_KEPT_MS = 35 * 24 * 3600 * 1000
"""Idempotency keys of callers are kept for 30 days at least; natural ids for ever."""


def key_ttl(now_ms: int) -> int:
    """Return when a caller's key can be forgotten, in seconds since 1970."""
    return (now_ms + HTTP_KEY_KEPT_MS) // 1000


Body = Mapping[str, Any]


class Idempotency(NamedTuple):
    """How an operation is recognised when it comes again.

    `fingerprint` is the digest of what the caller sent under an operation id that it chose; the
    same id with another fingerprint is refused. `alias` is a natural id (an order) under which the
    operation is known too, whatever key it comes with.
    """

    fingerprint: str = ""
    alias: str | None = None
    expires: bool = False
    """Whether the operation id is a caller's key, kept for a time, or a natural one."""
    status: int = 200
    store_refusal: bool = False
    """Whether a refusal is to be remembered: the caller chose a key and will use it again."""


class Answer(NamedTuple):
    """What is answered: status and body, and whether they were given before."""

    status: int
    body: Body
    replayed: bool
    member_id: str = ""
    seq: int = 0
    """The entry that was booked."""


def replay(item: Item, fingerprint: str | None) -> Answer:
    """The first answer of a known operation.

    Raises IDEMPOTENCY_MISMATCH when its key was used for something else (`fingerprint` None asks
    for no comparison, and an operation that a repair has put back has none), or the refusal that
    was its answer.
    """
    if fingerprint is not None and item.get("fp", fingerprint) != fingerprint:
        raise Refused(
            RefusalCode.IDEMPOTENCY_MISMATCH, "This Idempotency-Key was used for another request."
        )
    if "refused" in item:
        refusal = json.loads(item["refused"])
        raise Refused(
            RefusalCode(refusal["code"]),
            refusal["detail"],
            replayed=True,
            more=refusal.get("more"),
        )
    answer = item.get("answer", "{}")
    body = json.loads(answer if isinstance(answer, str) else decompress(answer))
    return Answer(item.get("status", 200), body, True, item["c"], item["seq"])


def stored_refusal(fingerprint: str, refused: Refused, now_ms: int) -> dict[str, Any]:
    """A refusal as it is kept under a caller's key."""
    refusal = {"code": refused.code.value, "detail": refused.detail, "more": refused.more}
    text = json.dumps(refusal, separators=(",", ":"))
    return {"fp": fingerprint, "refused": text, "ttl": key_ttl(now_ms)}


def stored(status: int, body: Body) -> dict[str, Any]:
    """An answer as it is kept; compressed, so that the operation stays under a kilobyte."""
    if not body:
        return {"status": status}
    text = _ENCODE(body)
    return {"status": status, "answer": text if len(text) < SHORT else compress(text.encode(), 9)}


_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
