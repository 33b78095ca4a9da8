"""The demo merchant: made once, by the same HTTP calls a real one is made with."""

import http.client
import json
from pathlib import Path
from typing import Any

from local.settings import write_private

_MERCHANT = {
    "name": "Corner Café",
    "slug": "corner-cafe",
    "template": "corner-cafe",
    "currency": "EUR",
    "timezone": "Europe/Budapest",
    "languages": ["en", "hu"],
    "owner_email": "owner@example.com",
}
_SETTINGS = {"quiet_hours": {"from": "00:00", "until": "00:00"}}
"""Whoever tries the demo at night wants to see its mails at once."""

_MEMBER = {"name": "Anna", "language": "en", "source": "demo"}


class DemoError(Exception):
    """The demo merchant cannot be made; the message says what the service answered."""


def prepare(port: int, base_url: str, platform_key: str, state: Path) -> dict[str, Any]:
    """The demo merchant's ids, keys and links, with a card; made on the first run."""
    path = state / "demo.json"
    known: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    is_new = "merchant_id" not in known
    if is_new:
        known = {
            "base_url": base_url,
            "slug": _MERCHANT["slug"],
            **_ask(port, "POST", "/v1/merchants", _MERCHANT, platform_key),
        }
        write_private(path, known)
        for key in ("api_key", "test_api_key"):
            _ask(port, "PATCH", "/v1/merchant", _SETTINGS, known[key])
    if "card_url" not in known:
        card = _ask(port, "POST", "/v1/members", _MEMBER, known["api_key"])
        known |= {"member_id": card["member_id"], "card_url": card["card_url"]}
        write_private(path, known)
    there = known.pop("base_url")  # the port may have been another one then
    moved: dict[str, Any] = json.loads(json.dumps(known).replace(there, base_url))
    return moved if is_new else moved | {"staff_url": _new_staff_link(port, known["api_key"])}


def _new_staff_link(port: int, api_key: str) -> str:
    """A link that enrols another device of the counter: the first start's may be used up."""
    people = _ask(port, "GET", "/v1/staff", {}, api_key)["items"]
    manager = next(one["staff_id"] for one in people if one["role"] == "manager")
    device = {"name": _MERCHANT["name"]}
    return str(_ask(port, "POST", f"/v1/staff/{manager}/devices", device, api_key)["enrol_url"])


def _ask(port: int, method: str, path: str, document: dict[str, Any], key: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"demo-{path.rsplit('/', 1)[-1]}",
    }
    try:
        connection.request(method, path, json.dumps(document).encode(), headers)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise DemoError(f"the demo merchant: {method} {path}: {error!r}") from None
    finally:
        connection.close()
    if response.status not in (200, 201):
        text = body.decode("utf-8", "replace")
        raise DemoError(
            f"the demo merchant: {method} {path} answered {response.status} {text}; "
            "the functions' logs are in .local/logs, and DEMO=0 starts without it"
        )
    answer: dict[str, Any] = json.loads(body)
    return answer
