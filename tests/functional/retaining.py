"""What the tests of the retention rule have in common: set it, and let time pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_erasure import everything
from tests.functional.test_jobs import catch_up
from tests.service import Merchant


def rule(cafe: Merchant, months: int | None, *, test: bool = True, **more: Any) -> dict[str, Any]:
    body = {"retention_months": months, **more}
    reply = cafe.call("PATCH", "/v1/merchant", body, test=test)
    assert reply.status == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def move(cafe: Merchant, **to: str) -> list[dict[str, Any]]:
    """Move the sandbox's clock, whatever it takes; what was done by the rule."""
    jobs: list[dict[str, Any]] = []
    while True:
        reply = cafe.call("POST", "/v1/test/clock", to, test=True)
        assert reply.status == 200, reply.text
        jobs += [one for one in reply.json["jobs"] if one["name"] == "retention"]
        if not reply.json["more"]:
            return jobs


def there(cafe: Merchant, member_id: str, *, test: bool = True) -> bool:
    return cafe.call("GET", f"/v1/members/{member_id}", test=test).status == 200


def marks(cafe: Merchant, *, test: bool = True) -> list[str]:
    """Whom the due list names for the rule, by the hour."""
    m = cafe.sandbox_id if test else cafe.id
    return sorted(
        item["hour"]
        for item in everything(cafe.service)
        if "hour" in item and "GSI1PK" in item and item["SK"] == "DUE#retention"
        and keys.merchant_of(item["PK"]) == m
    )  # fmt: skip


def audit(cafe: Merchant, *, test: bool = True) -> list[dict[str, Any]]:
    query = {"what": "member.erased"}
    found: list[dict[str, Any]] = cafe.call("GET", "/v1/audit", test=test, query=query).json[
        "items"
    ]
    return found


def pass_time(cafe: Merchant, frozen: Clock, until: datetime) -> None:
    """Let the time pass of the live merchant, and the rule do what comes due on the way; an hour in
    which something stays due is looked at again when it is over."""
    tried: set[str] = set()
    while due := marks(cafe, test=False):
        at = _hour(due[0]) + timedelta(minutes=65 if due[0] in tried else 5)
        if at > until:
            break
        tried.add(due[0])
        frozen.now = max(frozen.now, at)
        catch_up(cafe.service, "expiry", _hour(due[0]) + timedelta(hours=1))
        cafe.service.run_job("expiry")
    frozen.now = max(frozen.now, until)


def _hour(hour: str) -> datetime:
    return datetime.fromisoformat(hour).replace(tzinfo=UTC)
