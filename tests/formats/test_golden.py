"""What released versions left in their tables is read, says what it said, and goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.store import formats, keys
from tests.conftest import Clock
from tests.formats.tables import HERE, RELEASED, Taken, put_back
from tests.service import Merchant, Service

SHOPS = HERE / "shops"

SAME = ("balances", "tier", "spend_minor", "visits", "name", "language", "seq", "vouchers")
"""What a release and this version both say of a member."""


@pytest.fixture(params=RELEASED)
def taken(request: pytest.FixtureRequest, service: Service, frozen: Clock) -> Taken:
    """The table of a release, a minute after it was taken."""
    found = put_back(service, "golden", request.param)
    frozen.now = datetime.fromisoformat(found["now"]) + timedelta(minutes=1)
    found["shops"] = [(Merchant(service, one["created"]), one) for one in found["shops"]]
    return found


def test_each_release_of_the_changelog_has_its_items() -> None:
    changelog = (HERE.parents[1] / "CHANGELOG.md").read_text("utf-8")
    released = [line.split()[1] for line in changelog.splitlines() if line.startswith("## 0")]
    assert sorted(released) == RELEASED
    assert sorted(path.name.removesuffix(".json.gz") for path in SHOPS.glob("*.gz")) == RELEASED


def test_it_says_what_it_said(taken: Taken) -> None:
    for shop, before in taken["shops"]:
        for member_id, answered in before["members"].items():
            now = shop.card(member_id)
            for name in SAME:
                assert _without_new(now[name], answered["card"][name]) == answered["card"][name]
            assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True
            path = f"/v1/members/{member_id}/entries"
            entries = shop.call("GET", path, query={"limit": "100"}).json
            assert len(entries["items"]) == answered["entries"]
            link = answered["card"]["card_url"].removeprefix("https://cards.example")
            assert shop.service.request("GET", link).status in {200, 303}


def _without_new(now: Any, before: Any) -> Any:
    """What is said now, without the fields that the release did not have."""
    if isinstance(before, dict) and isinstance(now, dict):
        return {name: _without_new(now.get(name), one) for name, one in before.items()}
    if isinstance(before, list) and isinstance(now, list) and len(now) == len(before):
        return [_without_new(*pair) for pair in zip(now, before, strict=True)]
    return now


def test_it_goes_on(taken: Taken, service: Service, frozen: Clock) -> None:
    """Sales, refunds of sales of then, vouchers of then, contacts, jobs: on each card."""
    for shop, before in taken["shops"]:
        for number, (member_id, answered) in enumerate(before["members"].items()):
            seq = answered["card"]["seq"]
            earned = shop.earn(member_id, spend_minor=900, order_id=f"new-{member_id}")
            assert earned["card"]["seq"] > seq
            for voucher in answered["card"]["vouchers"]:
                used = shop.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
                assert used.status == 200, used.text
            body = {"refund_id": f"late-{number}", "order_id": f"{number}-0"}
            assert shop.call("POST", "/v1/refunds", body).status == 200
            assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True
            (state,) = (
                service.table._transport("GetItem", {
                    "TableName": service.table.name, "ConsistentRead": True,
                    "Key": {"PK": {"S": pk}, "SK": {"S": sk}},
                })["Item"]
                for pk, sk in [keys.state(shop.id, member_id)]
            )  # fmt: skip
            assert state[formats.NAME] == formats.WRITTEN
    frozen.now += timedelta(days=400)
    for job in ("expiry", "reminders", "tiers"):
        service.run_job(job)
    for shop, before in taken["shops"]:
        assert shop.call("GET", "/v1/attention").json["items"] == []
        for member_id in before["members"]:
            assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True
