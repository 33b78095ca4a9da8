"""Any till or shop that signs as Standard Webhooks 1.0.0 does, with our own schema.

Signed is `{id}.{timestamp}.{raw body}` with HMAC-SHA256 under the base64 part of `whsec_...`;
the header carries a space-separated list of `v1,<base64>`, so that secrets can be rotated.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from regulars.core import checks, clock
from regulars.domain import calendar
from regulars.domain.operations import Item
from regulars.store.merchants import Hook
from regulars.tills import hooks
from regulars.tills.events import (
    Delivery,
    Event,
    ReportedCustomer,
    ReportedRefund,
    ReportedSale,
    ReportedVoid,
    Sample,
    StaleError,
    UnreadableError,
)

TOLERANCE_S = 300
SECRET_FROM_PROVIDER = False
KEY_BYTES_MIN = 24
"""As Standard Webhooks asks for."""
TIMESTAMP = "webhook-timestamp"
TIMESTAMP_DIGITS = 12
TEST_MARKS = {"true", "1", "yes"}
STALE = (
    f"must be within {TOLERANCE_S // 60} minutes of now, in seconds since 1970; set the clock of "
    "the sender, and sign again whatever is sent again"
)


def verify(hook: Hook, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether the request was signed with one of the hook's secrets.

    Raises StaleError when it was, and its time stamp is more than TOLERANCE_S from now.
    """
    event_id, timestamp, signatures = (
        headers.get(f"webhook-{name}") or headers.get(f"svix-{name}") or ""
        for name in ("id", "timestamp", "signature")
    )
    if not event_id or "." in event_id or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > TIMESTAMP_DIGITS:
        return False
    expected = [_signature(key, event_id, timestamp, body) for key in hooks.keys_of(hook)]
    given = [part[3:] for part in signatures.split(" ") if part.startswith("v1,")]
    signed = any(
        hmac.compare_digest(ours.encode(), theirs.encode())
        for ours in expected
        for theirs in given[:20]
    )
    if signed and abs(now_s - int(timestamp)) > TOLERANCE_S:
        raise StaleError(TIMESTAMP, STALE)
    return signed


def sign(secret: str, event_id: str, timestamp: str, body: bytes) -> str:
    """The base64 signature of one delivery."""
    return _signature(key_of(secret), event_id, timestamp, body)


def _signature(key: bytes, event_id: str, timestamp: str, body: bytes) -> str:
    message = f"{event_id}.{timestamp}.".encode() + body
    return b64encode(hmac.digest(key, message, "sha256")).decode()


def read(event: Mapping[str, Any]) -> Event:
    """A `sale.completed`, `sale.refunded` or `refund.void` event."""
    data = event.get("data")
    if not isinstance(data, dict):
        raise UnreadableError("data: must be an object")
    match event.get("type"):
        case "sale.completed":
            return _sale(data)
        case "sale.refunded":
            return _refund(data)
        case "refund.void":
            _require(data, {"refund_id": checks.text()}, ("refund_id",))
            return ReportedVoid(data["refund_id"])
    raise UnreadableError("type: must be sale.completed, sale.refunded or refund.void")


def is_test(event: Mapping[str, Any]) -> bool:
    """Whether `test` stands in the event or in its data, as true or as text that says so."""
    data = event.get("data")
    marks = (event.get("test"), data.get("test") if isinstance(data, dict) else None)
    return any(str(mark).strip().lower() in TEST_MARKS for mark in marks)


def account_of(event: Mapping[str, Any]) -> str:
    """Our own schema names no account."""
    return ""


def fetch_customer(hook: Hook, customer_ref: str) -> ReportedCustomer | None:
    """Our own schema names the contacts themselves."""
    return None


def sample(hook: Hook, sample: Sample) -> Delivery:
    """Return a sale or refund as a shop would send it."""
    at = calendar.rfc3339(calendar.to_ms(sample.at) // 1000 * 1000)
    data: dict[str, object] = {"order_id": sample.order_id}
    if sample.total_minor is not None:
        data["total_minor"] = sample.total_minor
    if sample.refund_id:
        data["refund_id"] = sample.refund_id
    else:
        data |= {"currency": sample.currency, "occurred_at": at}
        if sample.contact:
            name = "email" if "@" in sample.contact else "phone"
            data["contact"] = {name: sample.contact}
    kind = "sale.refunded" if sample.refund_id else "sale.completed"
    body = json.dumps({"type": kind, "timestamp": at, "data": data}).encode()
    timestamp = str(int(clock.now().timestamp()))
    secret = hooks.secret_of(hook)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": sample.event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{sign(secret, sample.event_id, timestamp, body)}",
    }
    return Delivery(body, headers)


def _sale(data: Mapping[str, Any]) -> ReportedSale:
    known = {
        "order_id": checks.text(),
        "total_minor": checks.integer(-checks.MONEY_MAX, checks.MONEY_MAX),
        "currency": checks.text(3, 3),
    }
    required = tuple(known)
    money = checks.integer(0, checks.MONEY_MAX)
    optional = {
        "tip_minor": money,
        "tax_minor": money,
        "tax_inside": checks.truth,
        "discount_minor": money,
        "gift_card_minor": money,
        "member_code": checks.text(),
        "location": checks.text(),
        "occurred_at": checks.instant,
    }
    _require(data, {**known, **optional}, required)
    contact = data.get("contact") or {}
    if not isinstance(contact, dict):
        raise UnreadableError("contact: must be an object")
    found = (contact.get(name) for name in ("phone", "email"))
    occurred_at = data.get("occurred_at")
    tip_minor, tax_minor = data.get("tip_minor") or 0, data.get("tax_minor") or 0
    tax_inside = data.get("tax_inside") is not False
    return ReportedSale(
        order_id=data["order_id"],
        total_minor=data["total_minor"] - tip_minor - (0 if tax_inside else tax_minor),
        tip_minor=tip_minor,
        tax_minor=tax_minor,
        tax_inside=tax_inside,
        currency=data["currency"].upper(),
        items=_items(data.get("items") or []),
        contacts=tuple(text for text in found if isinstance(text, str) and text),
        member_code=data.get("member_code") or "",
        location=data.get("location"),
        occurred_ms=checks.parse_instant(occurred_at) if occurred_at else None,
    )


def _refund(data: Mapping[str, Any]) -> ReportedRefund:
    known = {
        "order_id": checks.text(),
        "refund_id": checks.text(),
        "total_minor": checks.integer(1, checks.MONEY_MAX),
    }
    _require(data, known, ("order_id",))
    refund_id = data.get("refund_id") or f"{data['order_id']}:whole"
    items = _items(data.get("items") or [])
    return ReportedRefund(data["order_id"], refund_id, data.get("total_minor"), items)


def _items(items: Any) -> tuple[Item, ...]:
    if not isinstance(items, list) or len(items) > checks.ITEMS_MAX:
        raise UnreadableError(f"items: must be a list of at most {checks.ITEMS_MAX}")
    known = {
        "sku": checks.text(),
        "category": checks.text(),
        "quantity": checks.quantity,
        "amount_minor": checks.integer(-checks.MONEY_MAX, checks.MONEY_MAX),
        "kind": checks.one_of(*checks.LINE_KINDS),
    }
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            raise UnreadableError(f"items.{place}: must be an object")
        _require(item, known, ("quantity", "amount_minor"), f"items.{place}.")
    return checks.items({"items": items})


def _require(
    data: Mapping[str, Any],
    known: Mapping[str, checks.Check],
    required: tuple[str, ...],
    where: str = "",
) -> None:
    """Check the fields we use; others are the sender's business and are left alone."""
    errors = checks.fields({name: data[name] for name in known if name in data}, known, required)
    if errors:
        raise UnreadableError("; ".join(f"{where}{name}: {message}" for name, message in errors))


def key_of(secret: str) -> bytes:
    """Return the bytes of a secret; prefix and padding may be missing."""
    text = secret.removeprefix("whsec_")
    try:
        key = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64, with or without whsec_ before it") from error
    if len(key) < KEY_BYTES_MIN:
        raise ValueError(f"must be the base64 of at least {KEY_BYTES_MIN} bytes")
    return key
