"""What the tests of the engine over the API have in common."""

from __future__ import annotations

from typing import Any

from tests.service import Merchant, Reply
from tests.unit.domain.shop import spend_rule, unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item", "cost_minor": 70}
MAIL = {"email": "anna@example.com", "consents": {"email": True}}
WRITES = {"PutItem", "TransactWriteItems"}
BARE: dict[str, Any] = {
    "units": [unit()], "earn": [spend_rule()], "rewards": [GIFT], "tiers": [], "campaigns": [],
    "milestones": [], "messages": {}, "limits": {},
}  # fmt: skip
"""A point per 1.00 and a gift, and nothing else."""


def spent(at_least: int, window: str = "year") -> list[dict[str, Any]]:
    return [{"metric": "spend", "window": window, "at_least": at_least}]


def tier(tier_id: str, enter: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id, "enter": enter or [], **more}


def act(cafe: Merchant, member_id: str, action: str = "review", **more: Any) -> Reply:
    key = more.pop("key", None)
    return cafe.call("POST", "/v1/actions", {"member_id": member_id, "action": action, **more},
                     key=key)  # fmt: skip


def give_tier(cafe: Merchant, member_id: str, *, test: bool = False, **body: Any) -> Reply:
    return cafe.call("POST", f"/v1/members/{member_id}/tier", body, test=test)


def verified(cafe: Merchant, *ids: str) -> bool:
    return all(cafe.call("GET", f"/v1/members/{one}/verify").json["ok"] for one in ids)
