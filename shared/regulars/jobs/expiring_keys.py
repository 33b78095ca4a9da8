"""API keys that stop working soon: the owner is told in time to replace them."""

from __future__ import annotations

from regulars.actions import attention
from regulars.core import clock
from regulars.domain.calendar import rfc3339, to_ms
from regulars.program.shop import Shop
from regulars.store import api_keys, keys
from regulars.store.api_keys import KEY_ENDS


def tell(shop: Shop, subject: str) -> None:
    """Put a key that ends soon on the list of what needs a person; nothing for one that was
    revoked, or has another end by now."""
    now_ms = to_ms(clock.now())
    key = api_keys.find(shop.table, shop.merchant_id, subject)
    if key and key.expires_ms and key.state(now_ms) == "live":
        attention.raise_(
            shop.table,
            shop.merchant_id,
            "key_expiring",
            f"{key.key_id}:{key.expires_ms}",
            why=f"The API key {key.name!r} stops working at {rfc3339(key.expires_ms)}. "
            "Roll it, or create another one, and give it to whoever uses it.",
            about={"key_id": key.key_id, "name": key.name},
            at_ms=now_ms,
        )
    pk, sk = keys.due_mark(shop.merchant_id, keys.MERCHANT_LEVEL, f"{KEY_ENDS}:{subject}")
    shop.table.put({"PK": pk, "SK": sk})
