"""A till and a Square account that sign what they send, written from the providers' own texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from tests.e2e.product import Answer, Product


def generic(product: Product, shop: dict[str, Any], kind: str, **data: Any) -> Answer:
    """An event by Standard Webhooks: signed are its id, the time and the body."""
    body = json.dumps({"type": kind, "data": data}).encode()
    event_id, now = f"msg_{uuid4().hex}", str(int(time.time()))
    key = base64.b64decode(shop["webhook_secrets"]["generic"].removeprefix("whsec_"))
    signature = hmac.new(key, f"{event_id}.{now}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
    return product.request("POST", shop["webhook_urls"]["generic"], body, headers)


def square(product: Product, shop: dict[str, Any], kind: str, thing: dict[str, Any]) -> Answer:
    """An event of Square: signed are the address and the body."""
    name = kind.partition(".")[0]
    event = {
        "merchant_id": "ML8TESTSELLER",
        "type": kind,
        "event_id": str(uuid4()),
        "data": {"type": name, "id": thing["id"], "object": {name: thing}},
    }
    body, url = json.dumps(event).encode(), shop["webhook_urls"]["square"]
    key = shop["webhook_secrets"]["square"].encode()
    signature = hmac.new(key, url.encode() + body, hashlib.sha256).digest()
    headers = {
        "content-type": "application/json",
        "x-square-hmacsha256-signature": base64.b64encode(signature).decode(),
    }
    return product.request("POST", url, body, headers)
