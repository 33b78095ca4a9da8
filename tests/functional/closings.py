"""What the tests of closing a merchant share: close it, let time pass, read the archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from gzip import decompress
from hashlib import sha256
from typing import Any
from urllib.request import urlopen

from regulars.domain.calendar import hour_of
from regulars.store import keys
from tests.conftest import Clock
from tests.service import Merchant, Reply, Service


def ask(service: Service, method: str, path: str, body: Any = None, **query: str) -> Reply:
    """A call of the platform."""
    headers = {"authorization": f"Bearer {service.platform_key}"}
    return service.request(method, path, body=body, headers=headers, query=query)


def closed(cafe: Merchant) -> dict[str, Any]:
    """Close a merchant, as the platform sees it then."""
    reply = ask(cafe.service, "DELETE", f"/v1/merchants/{cafe.id}")
    assert reply.status == 202, reply.text
    seen: dict[str, Any] = reply.json
    return seen


def listed(cafe: Merchant) -> dict[str, Any]:
    """A merchant in the platform's list."""
    items = ask(cafe.service, "GET", "/v1/merchants", limit="100").json["items"]
    (found,) = (one for one in items if one["merchant_id"] == cafe.id)
    seen: dict[str, Any] = found
    return seen


def run(cafe: Merchant, frozen: Clock, after: timedelta = timedelta(hours=1)) -> Any:
    """Let time pass and the job run, as if it had run every hour until now, and found nothing to do
    but what is due."""
    frozen.now += after
    (mark,) = cafe.service.table.get(keys.due_mark(cafe.id, keys.MERCHANT_LEVEL, "closing"))
    due = datetime.fromisoformat((mark or {}).get("hour", "9999-01-01")).replace(tzinfo=UTC)
    pk, sk = keys.cursor("close")
    hour = hour_of(min(due - timedelta(hours=1), frozen.now - timedelta(hours=2)))
    cafe.service.table.put({"PK": pk, "SK": sk, "hour": hour})
    return cafe.service.run_job("close")


def fetched(cafe: Merchant, url: str) -> bytes:
    """What a link to an archive leads to, by way of S3."""
    path = url.removeprefix("https://cards.example")
    reply = cafe.service.request("GET", path)
    assert reply.status == 303, reply.text
    with urlopen(reply.headers["location"], timeout=10) as answer:  # noqa: S310 - it is our own
        assert answer.status == 200
        content: bytes = answer.read()
    return content


def archive(cafe: Merchant) -> list[dict[str, Any]]:
    """The lines of a merchant's archive, as the platform fetches it."""
    link = listed(cafe)["archive"]
    content = fetched(cafe, link["url"])
    assert sha256(content).hexdigest() == link["sha256"]
    assert len(content) == link["size"]
    return [json.loads(line) for line in decompress(content).decode().splitlines()]
