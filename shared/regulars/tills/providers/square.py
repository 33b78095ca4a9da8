"""Square: payments and refunds, signed over the notification URL and the raw body.

Facts from Square's own API description and SDK: the signature is
base64(HMAC-SHA256(signature key as text, notification URL + body)); `amount_money` is without the
tip, `total_money` with it; a refund's `amount_money` is of the total; only COMPLETED ones count;
the customer may be added to a payment later, by another `payment.updated`.
"""

from __future__ import annotations

import hmac
import json
import os
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from regulars.core import checks
from regulars.domain import calendar
from regulars.store.merchants import Hook
from regulars.tills import hooks
from regulars.tills.events import (
    Delivery,
    Event,
    Ignored,
    ReportedCustomer,
    ReportedRefund,
    ReportedSale,
    Sample,
    UnreadableError,
)

API_VERSION = "2026-01-22"
FETCH_TIMEOUT_S = 5
SAMPLE_TOTAL_MINOR = 840
SECRET_FROM_PROVIDER = True
KEY_LENGTH_MIN = 16
"""Square's own keys have 22 characters."""
PREFIX = "square:"
"""Before Square's ids in ours, so that orders of different tills never meet."""


def verify(hook: Hook, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether Square signed this body for this hook's URL. Its signature has no time in it."""
    given = headers.get("x-square-hmacsha256-signature", "").encode()
    return any(
        hmac.compare_digest(_signature(key, hook.url, body).encode(), given)
        for key in hooks.keys_of(hook)
    )


def key_of(secret: str) -> bytes:
    """Return the bytes of a signature key, as Square shows it."""
    if len(secret.strip()) < KEY_LENGTH_MIN:
        raise ValueError(f"must be the signature key, at least {KEY_LENGTH_MIN} characters")
    return secret.encode()


def sign(secret: str, url: str, body: bytes) -> str:
    """The signature Square sends for a body posted to `url`."""
    return _signature(key_of(secret), url, body)


def _signature(key: bytes, url: str, body: bytes) -> str:
    return b64encode(hmac.digest(key, url.encode() + body, "sha256")).decode()


def is_test(event: Mapping[str, Any]) -> bool:
    """Whether the button of Square's dashboard sent it."""
    return str(event.get("type", "")).startswith("webhooks.test")


def account_of(event: Mapping[str, Any]) -> str:
    """The seller an event is about, to be cross-checked with the hook's."""
    return str(event.get("merchant_id", ""))


def read(event: Mapping[str, Any]) -> Event:
    """A payment, refund or customer event; everything else is ignored."""
    kind = str(event.get("type", ""))
    thing = kind.partition(".")[0]
    if thing not in {"payment", "refund", "customer"} or kind == "customer.deleted":
        return Ignored(f"{kind or 'an event without a type'} moves nothing")
    data = event.get("data")
    holder = data.get("object") if isinstance(data, dict) else None
    found = holder.get(thing) if isinstance(holder, dict) else None
    if not isinstance(found, dict):
        raise UnreadableError(f"data.object.{thing}: must be an object")
    return {"payment": _payment, "refund": _refund, "customer": _customer}[thing](found)


def _payment(payment: Mapping[str, Any]) -> Event:
    if payment.get("status") != "COMPLETED":
        return Ignored("the payment is not completed")
    base, currency = _money(payment, "amount_money")
    total, _ = _money(payment, "total_money") if "total_money" in payment else (base, currency)
    created_at = _text(payment, "created_at", needed=False)
    email = _text(payment, "buyer_email_address", needed=False)
    return ReportedSale(
        order_id=PREFIX + _text(payment, "id"),
        total_minor=base,
        currency=currency,
        paid_minor=total,
        contacts=(email,) if email else (),
        customer_ref=_text(payment, "customer_id", needed=False),
        location=_text(payment, "location_id", needed=False) or None,
        occurred_ms=checks.parse_instant(created_at) if created_at else None,
    )


def _refund(refund: Mapping[str, Any]) -> Event:
    if refund.get("status") != "COMPLETED":
        return Ignored("the refund is not completed")
    if not refund.get("payment_id"):
        return Ignored("the refund is not tied to a payment")
    amount, _ = _money(refund, "amount_money")
    return ReportedRefund(PREFIX + _text(refund, "payment_id"), _text(refund, "id"), amount)


def _customer(customer: Mapping[str, Any]) -> Event:
    found = (_text(customer, name, needed=False) for name in ("phone_number", "email_address"))
    return ReportedCustomer(_text(customer, "id"), tuple(text for text in found if text))


def fetch_customer(hook: Hook, customer_ref: str) -> ReportedCustomer | None:
    """Ask Square who a customer is. Raises OSError or UnreadableError when it cannot be had."""
    from urllib.parse import quote
    from urllib.request import Request, urlopen

    if not hook.access_token:
        return None
    api = os.environ.get("SQUARE_API", "https://connect.squareup.com")
    if not api.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError("Square is asked over https")
    request = Request(  # noqa: S310 - the scheme has just been checked
        f"{api}/v2/customers/{quote(customer_ref, safe='')}",
        headers={"Authorization": f"Bearer {hook.access_token}", "Square-Version": API_VERSION},
    )
    with urlopen(request, timeout=FETCH_TIMEOUT_S) as answer:  # noqa: S310 - as above
        document = json.loads(answer.read(1_000_000))
    found = _customer(document.get("customer") or {})
    if not isinstance(found, ReportedCustomer):
        raise UnreadableError("customer: is not one")
    return found


def sample(hook: Hook, sample: Sample) -> Delivery:
    """Return a payment or refund as Square would send it."""
    at = calendar.rfc3339(calendar.to_ms(sample.at) // 1000 * 1000)
    total_minor = SAMPLE_TOTAL_MINOR if sample.total_minor is None else sample.total_minor
    money = {"amount": total_minor, "currency": sample.currency}
    payment_id = sample.order_id.removeprefix(PREFIX)
    found: dict[str, object] = {"status": "COMPLETED", "amount_money": money}
    if sample.refund_id:
        thing = "refund"
        found |= {"id": sample.refund_id, "payment_id": payment_id}
    else:
        thing = "payment"
        found |= {"id": payment_id, "total_money": money, "created_at": at}
        if sample.contact:
            found["buyer_email_address"] = sample.contact
    event = {
        "merchant_id": hook.account or "SAMPLE",
        "type": f"{thing}.updated",
        "event_id": sample.event_id,
        "created_at": at,
        "data": {"type": thing, "id": found["id"], "object": {thing: found}},
    }
    body = json.dumps(event).encode()
    key = hooks.secret_of(hook)
    signature = sign(key, hook.url, body)
    return Delivery(
        body,
        {"Content-Type": "application/json", "x-square-hmacsha256-signature": signature},
    )


def _money(thing: Mapping[str, Any], name: str) -> tuple[int, str]:
    money = thing.get(name)
    wrong = checks.integer(0, checks.MONEY_MAX)
    if not isinstance(money, dict) or wrong(money.get("amount")):
        raise UnreadableError(f"{name}.amount: must be a whole number of minor units")
    return money["amount"], _text(money, "currency")


def _text(thing: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = thing.get(name)
    if value is None and not needed:
        return ""
    if wrong := checks.text()(value):
        raise UnreadableError(f"{name}: {wrong}")
    return str(value)
