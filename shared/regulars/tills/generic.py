"""Any till or shop that signs as Standard Webhooks 1.0.0 does, with our own schema.

Signed is `{id}.{timestamp}.{raw body}` with HMAC-SHA256 under the base64 part of `whsec_...`;
the header carries a space-separated list of `v1,<base64>`, so that secrets can be rotated.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from regulars import tokens
from regulars.domain.operations import Item
from regulars.store.merchants import Hook
from regulars.tills.events import Event, Refund, Sale, UnreadableError
from regulars.web import bodies

TOLERANCE_S = 300


def verify(hook: Hook, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether the request was signed with one of the hook's secrets within the tolerance."""
    event_id, timestamp, signatures = (
        headers.get(f"webhook-{name}") or headers.get(f"svix-{name}") or ""
        for name in ("id", "timestamp", "signature")
    )
    if not event_id or "." in event_id or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > 12 or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    expected = [sign(secret, event_id, timestamp, body) for secret in _secrets(hook)]
    given = [part[3:] for part in signatures.split(" ") if part.startswith("v1,")]
    return any(
        hmac.compare_digest(ours.encode(), theirs.encode())
        for ours in expected
        for theirs in given[:20]
    )


def sign(secret: str, event_id: str, timestamp: str, body: bytes) -> str:
    """The base64 signature of one delivery."""
    key = _key(secret)
    message = f"{event_id}.{timestamp}.".encode() + body
    return b64encode(hmac.digest(key, message, "sha256")).decode()


def read(event: Mapping[str, Any]) -> Event:
    """A `sale.completed` or `sale.refunded` event."""
    data = event.get("data")
    if not isinstance(data, dict):
        raise UnreadableError("data: must be an object")
    match event.get("type"):
        case "sale.completed":
            return _sale(data)
        case "sale.refunded":
            return _refund(data)
    raise UnreadableError("type: must be sale.completed or sale.refunded")


def _sale(data: Mapping[str, Any]) -> Sale:
    known = {
        "order_id": bodies.text(),
        "total_minor": bodies.integer(0, bodies.MONEY_MAX),
        "currency": bodies.text(3, 3),
    }
    required = tuple(known)
    optional = {
        "member_code": bodies.text(),
        "location": bodies.text(),
        "occurred_at": bodies.instant,
    }
    _require(data, {**known, **optional}, required)
    contact = data.get("contact") or {}
    if not isinstance(contact, dict):
        raise UnreadableError("contact: must be an object")
    found = (contact.get(name) for name in ("phone", "email"))
    occurred_at = data.get("occurred_at")
    return Sale(
        order_id=data["order_id"],
        total_minor=data["total_minor"],
        currency=data["currency"].upper(),
        items=_items(data.get("items") or []),
        contacts=tuple(text for text in found if isinstance(text, str) and text),
        member_code=data.get("member_code") or "",
        location=data.get("location"),
        occurred_ms=bodies.parse_instant(occurred_at) if occurred_at else None,
    )


def _refund(data: Mapping[str, Any]) -> Refund:
    known = {
        "order_id": bodies.text(),
        "refund_id": bodies.text(),
        "total_minor": bodies.integer(1, bodies.MONEY_MAX),
    }
    _require(data, known, ("order_id",))
    refund_id = data.get("refund_id") or "whole"
    items = _items(data.get("items") or [])
    amount_minor = data.get("total_minor")
    if amount_minor is None and items:
        amount_minor = sum(item.amount_minor for item in items)
    return Refund(data["order_id"], refund_id, amount_minor, items)


def _items(items: Any) -> tuple[Item, ...]:
    if not isinstance(items, list) or len(items) > bodies.ITEMS_MAX:
        raise UnreadableError(f"items: must be a list of at most {bodies.ITEMS_MAX}")
    known = {
        "sku": bodies.text(),
        "category": bodies.text(),
        "quantity": bodies.integer(1, bodies.QUANTITY_MAX),
        "amount_minor": bodies.integer(0, bodies.MONEY_MAX),
    }
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            raise UnreadableError(f"items.{place}: must be an object")
        _require(item, known, ("quantity", "amount_minor"), f"items.{place}.")
    return bodies.items({"items": items})


def _require(
    data: Mapping[str, Any],
    known: Mapping[str, bodies.Check],
    required: tuple[str, ...],
    where: str = "",
) -> None:
    """Check the fields we use; others are the sender's business and are left alone."""
    errors = bodies.fields({name: data[name] for name in known if name in data}, known, required)
    if errors:
        raise UnreadableError("; ".join(f"{where}{name}: {message}" for name, message in errors))


def _secrets(hook: Hook) -> list[str]:
    """The hook's secrets, the newest first; the derived one until the owner sets another."""
    return hook.secret.split() or [tokens.hook_secret(hook.hook_id)]


def _key(secret: str) -> bytes:
    """The key bytes of a secret; prefix and padding may be missing."""
    text = secret.removeprefix("whsec_")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""
