"""Pictures that a merchant uploaded: small files under a hash of what is in them."""

from __future__ import annotations

import re
from hashlib import sha256

from regulars.core import tokens
from regulars.store import keys
from regulars.store.table import Absent, Table

HASH_LENGTH = 24
_ID = re.compile(rf"[mt][0-9a-z]{{{tokens.MERCHANT_ID_LENGTH - 1}}}[0-9a-f]{{{HASH_LENGTH}}}")


def path_of(asset_id: str) -> str:
    """Return where a picture is shown."""
    return f"/logos/{asset_id}.png"


def is_of(asset_id: str, m: str) -> bool:
    """Tell whether a picture is of a merchant, by its id."""
    return asset_id[: tokens.MERCHANT_ID_LENGTH] == m


def write(table: Table, m: str, png: bytes) -> str:
    """Keep a picture; returns its id. The same picture again is the same one."""
    asset_id = f"{m}{sha256(png).hexdigest()[:HASH_LENGTH]}"
    pk, sk = keys.asset(m, asset_id)
    table.put({"PK": pk, "SK": sk, "png": png}, Absent())
    return asset_id


def read(table: Table, asset_id: str) -> bytes | None:
    """Return a picture; None when there is none of this id."""
    if not _ID.fullmatch(asset_id):
        return None
    (item,) = table.get(
        keys.asset(asset_id[: tokens.MERCHANT_ID_LENGTH], asset_id), consistent=False
    )
    return bytes(item["png"]) if item else None
