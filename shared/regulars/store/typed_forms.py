"""Forms that were sent when somebody first had to sign in: kept for them, sealed.

A form is sealed with a secret that the browser keeps and that is used once, so whoever reads the
table reads nothing of it; and when the browser forgets the secret, the form is gone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from hashlib import shake_256
from typing import NamedTuple

from regulars.core import tokens
from regulars.store import formats, keys
from regulars.store.table import Absent, Table

GOOD_MS = 15 * 60 * 1000
"""For as long as a mail signs in."""

SECRET_LENGTH = 32
KEPT_S = 3600
SEALED_MAX = 300 * 1024
"""Bytes; an item has room for 400 KB."""


class TypedForm(NamedTuple):
    """What somebody typed, and into which form."""

    merchant_id: str
    staff_id: str
    action: str
    """Where the form is sent to."""
    fields: Mapping[str, str]


def keep(table: Table, form: TypedForm, now_ms: int) -> str:
    """Keep a form; returns the secret that opens it, "" for one that is too large."""
    secret = tokens.random_id(SECRET_LENGTH)
    plain = json.dumps([form.merchant_id, form.staff_id, form.action, dict(form.fields)])
    sealed = _sealed(secret, zlib.compress(plain.encode()))
    if len(sealed) > SEALED_MAX:
        return ""
    pk, sk = keys.typed_form(tokens.digest(secret))
    until_ms = now_ms + GOOD_MS
    item = {
        "PK": pk, "SK": sk, "form": sealed, "until": until_ms, "ttl": until_ms // 1000 + KEPT_S,
    }  # fmt: skip
    table.put(item, Absent())
    return secret


def read(table: Table, secret: str, now_ms: int) -> TypedForm | None:
    """Read the form that a secret opens; None for none, and for one that is too old."""
    if len(secret) != SECRET_LENGTH:
        return None
    (item,) = table.get(keys.typed_form(tokens.digest(secret)))
    if item is None:
        return None
    take, _ = formats.taken(item)
    if now_ms >= take("until"):
        return None
    plain = zlib.decompress(_sealed(secret, bytes(take("form"))))
    return TypedForm(*json.loads(plain))


def _sealed(secret: str, content: bytes) -> bytes:
    """Seal or open: content and a stream that the secret makes, one against the other. The stream
    is used for one form only, and the record is found by the secret's hash alone."""
    stream = shake_256(b"typed form " + secret.encode()).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, stream, strict=True))
