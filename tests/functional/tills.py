"""Events as tills send them, signed with the vendors' own libraries."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import Any
from uuid import uuid4

from standardwebhooks.webhooks import Webhook

from regulars.core import clock
from tests.service import Merchant, Reply, Service

SQUARE_KEY = "a signature key of Square"


def path_of(merchant: Merchant, provider: str) -> str:
    url: str = merchant.created["webhook_urls"][provider]
    return url.removeprefix("https://cards.example")


def sale(order_id: str = "bill-1", total_minor: float = 2000, **fields: Any) -> dict[str, Any]:
    """A generic sale, to anna@example.com unless told; only a broken one has a broken amount."""
    data = {
        "order_id": order_id, "total_minor": total_minor, "currency": "EUR",
        "contact": {"email": "anna@example.com"}, **fields,
    }  # fmt: skip
    return {"type": "sale.completed", "data": data}


def refund(refund_id: str, total_minor: int | None = None, **fields: Any) -> dict[str, Any]:
    data = {"order_id": "bill-1", "refund_id": refund_id, **fields}
    if total_minor is not None:
        data["total_minor"] = total_minor
    return {"type": "sale.refunded", "data": data}


def generic_headers(
    secret: str, body: bytes, event_id: str = "evt_1", at: datetime | None = None
) -> dict[str, str]:
    """What the Standard Webhooks library of the specification sends along."""
    at = at or clock.now()
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, at, body.decode()),
    }


def post_generic(merchant: Merchant, event: dict[str, Any]) -> Reply:
    body = json.dumps(event).encode()
    headers = generic_headers(merchant.created["webhook_secrets"]["generic"], body)
    return merchant.service.request("POST", path_of(merchant, "generic"), raw=body, headers=headers)


def square_headers(url: str, body: bytes, key: str) -> dict[str, str]:
    signature = b64encode(digest(key.encode(), url.encode() + body, "sha256")).decode()
    return {"content-type": "application/json", "x-square-hmacsha256-signature": signature}


def post_square(merchant: Merchant, event: dict[str, Any]) -> Reply:
    body = json.dumps(event).encode()
    url = merchant.created["webhook_urls"]["square"]
    key = merchant.created["webhook_secrets"]["square"]
    return merchant.service.request(
        "POST", path_of(merchant, "square"), raw=body, headers=square_headers(url, body, key)
    )


def square_event(kind: str, thing: dict[str, Any], account: str = "SELLER") -> dict[str, Any]:
    name = kind.partition(".")[0]
    return {
        "merchant_id": account, "type": kind, "event_id": str(uuid4()),
        "created_at": "2026-11-22T08:59:00Z",
        "data": {"type": name, "id": thing["id"], "object": {name: thing}},
    }  # fmt: skip


def payment(amount: int = 2000, tip: int = 0, **fields: Any) -> dict[str, Any]:
    """A completed payment of Square; its `amount_money` is without the tip."""
    thing = {
        "id": "pay-1", "status": "COMPLETED", "created_at": "2026-11-22T08:58:00.123Z",
        "amount_money": {"amount": amount, "currency": "EUR"},
        "tip_money": {"amount": tip, "currency": "EUR"},
        "total_money": {"amount": amount + tip, "currency": "EUR"}, **fields,
    }  # fmt: skip
    return square_event("payment.updated", thing)


def square_refund(amount: int, refund_id: str = "ref-1", **fields: Any) -> dict[str, Any]:
    thing = {
        "id": refund_id, "status": "COMPLETED", "payment_id": "pay-1",
        "amount_money": {"amount": amount, "currency": "EUR"}, **fields,
    }  # fmt: skip
    return square_event("refund.updated", thing)


def book(service: Service) -> list[str]:
    """Deliver what waits in the orders queue; the ids of the messages that failed."""
    failures = service.deliver("orders", "orders")["batchItemFailures"]
    return [failure["itemIdentifier"] for failure in failures]


def book_all(merchant: Merchant, events: Iterable[dict[str, Any]]) -> None:
    """Send generic events and book them one by one, in this order."""
    for event in events:
        assert post_generic(merchant, event).status == 200
        assert book(merchant.service) == []


def ledger_sum(merchant: Merchant, member_id: str) -> tuple[int, int, str]:
    """What the ledger comes to: points, money, and a digest of all that was booked by amount."""
    card = merchant.card(member_id)
    entries = merchant.call("GET", f"/v1/members/{member_id}/entries").json["items"]
    lines = sorted(line["amount"] for entry in entries for line in entry["lines"])
    balance = card["balances"]["point"]
    return (
        balance["available"] - balance["debt"], card["spend_minor"],
        sha256(repr(sum(lines)).encode()).hexdigest(),
    )  # fmt: skip


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
