"""What the platform does with merchants: list them, set limits, change the owner's mailbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.store import keys, merchant_settings
from tests.conftest import Clock
from tests.functional.test_jobs import catch_up
from tests.functional.test_messages import Mails
from tests.service import Merchant, Reply, Service


def ask(service: Service, method: str, path: str, body: Any = None, **query: str) -> Reply:
    headers = {"authorization": f"Bearer {service.platform_key}"}
    return service.request(method, path, body=body, headers=headers, query=query)


class TestListing:
    def test_the_newest_come_first_in_pages(self, service: Service, frozen: Clock) -> None:
        made = []
        for _ in range(5):
            made.append(service.new_merchant())
            frozen.now = frozen.now.replace(minute=frozen.now.minute + 1)
        wanted = [one.id for one in reversed(made)]
        found: list[dict[str, Any]] = []
        query = {"limit": "2"}
        for _ in range(3):
            page = ask(service, "GET", "/v1/merchants", **query).json
            found += page["items"]
            query["cursor"] = page["next"]
        assert [one["merchant_id"] for one in found] == wanted
        assert page["next"] is None
        assert found[0] == {
            "merchant_id": made[4].id, "sandbox_id": made[4].sandbox_id,
            "slug": made[4].created["slug"], "name": "Corner Café",
            "owner_email": "owner@example.com", "created_at": "2026-11-22T09:04:00Z",
            "rate_per_second": None, "burst": None, "state": "open", "archive": None,
        }  # fmt: skip

    def test_nobody_else_sees_the_list(self, service: Service, cafe: Merchant) -> None:
        assert cafe.call("GET", "/v1/merchants").status == 401
        assert service.request("GET", "/v1/merchants").status == 401

    @pytest.mark.parametrize(
        "query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "x"}, {"cursor": "1.M#x"}]
    )
    def test_what_is_wrong_is_named(self, service: Service, query: dict[str, str]) -> None:
        assert ask(service, "GET", "/v1/merchants", **query).status == 422

    def test_one_of_before_there_was_a_list_comes_in_with_its_digest(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe = service.new_merchant()
        (item,) = service.table.get(keys.merchant(cafe.id))
        assert item is not None
        service.table.put({name: it for name, it in item.items() if "GSI1" not in name})
        assert ask(service, "GET", "/v1/merchants").json["items"] == []
        frozen.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday, past eight in Budapest
        catch_up(service, "digest", frozen.now)
        service.run_job("digest")
        (found,) = ask(service, "GET", "/v1/merchants").json["items"]
        assert found["merchant_id"] == cafe.id
        merchant_settings.put_into_list(service.table, cafe.sandbox_id)
        assert len(ask(service, "GET", "/v1/merchants").json["items"]) == 1


class TestLimits:
    def test_they_are_kept_and_taken_back(self, service: Service, cafe: Merchant) -> None:
        path = f"/v1/merchants/{cafe.id}"
        reply = ask(service, "PATCH", path, {"rate_per_second": 500, "burst": 5000})
        assert (reply.json["rate_per_second"], reply.json["burst"]) == (500, 5000)
        reply = ask(service, "PATCH", path, {"burst": None, "owner_email": "New@Example.com"})
        (found,) = ask(service, "GET", "/v1/merchants").json["items"]
        assert found == reply.json
        assert (found["rate_per_second"], found["burst"]) == (500, None)
        assert found["owner_email"] == "new@example.com"

    def test_a_sandbox_has_limits_of_its_own(self, service: Service, cafe: Merchant) -> None:
        assert ask(service, "PATCH", f"/v1/merchants/{cafe.sandbox_id}", {"burst": 9}).status == 200
        _, settings = merchant_settings.read(service.table, cafe.sandbox_id)
        assert settings.burst == 9
        assert ask(service, "GET", "/v1/merchants").json["items"][0]["burst"] is None

    @pytest.mark.parametrize(
        ("body", "path"),
        [({"burst": 0}, "burst"), ({"rate_per_second": "9"}, "rate_per_second"),
         ({"owner_email": "nobody"}, "owner_email"), ({"owner_email": None}, "owner_email"),
         ({"name": "x"}, "name")],
    )  # fmt: skip
    def test_what_is_wrong_is_named(
        self, service: Service, cafe: Merchant, body: dict[str, Any], path: str
    ) -> None:
        reply = ask(service, "PATCH", f"/v1/merchants/{cafe.id}", body)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)

    @pytest.mark.parametrize("name", ["m00000000000", "x", "M%23m", "t00000000000"])
    def test_who_is_not_there_is_not_found(self, service: Service, name: str) -> None:
        assert ask(service, "PATCH", f"/v1/merchants/{name}", {"burst": 9}).status == 404
        body = {"email": "new@example.com"}
        assert ask(service, "POST", f"/v1/merchants/{name}/owner", body).status == 404

    def test_a_merchant_sets_no_limits(self, cafe: Merchant) -> None:
        assert cafe.call("PATCH", f"/v1/merchants/{cafe.id}", {"burst": 9}).status == 401
        body = {"email": "new@example.com"}
        assert cafe.call("POST", f"/v1/merchants/{cafe.id}/owner", body).status == 401


class TestALostMailbox:
    def test_both_addresses_are_told_once(self, service: Service, cafe: Merchant) -> None:
        mails = Mails(service)
        path = f"/v1/merchants/{cafe.id}/owner"
        for _ in range(2):
            reply = ask(service, "POST", path, {"email": "New@example.com"})
            assert (reply.status, reply.json["owner_email"]) == (200, "new@example.com")
            service.deliver("messages", "notify")
        found = [(mail["to"], "another address" in mail["text"]) for mail in mails.new()]
        assert found == [(["owner@example.com"], True), (["new@example.com"], True)]
        for test in (False, True):
            assert cafe.call("GET", "/v1/merchant", test=test).json["owner_email"] == (
                "new@example.com"
            )

    def test_an_address_that_is_none_is_refused(self, service: Service, cafe: Merchant) -> None:
        for body in ({"email": "nobody"}, {}, {"email": None}):
            reply = ask(service, "POST", f"/v1/merchants/{cafe.id}/owner", body)
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "email")

    def test_a_sandbox_has_no_owner_of_its_own(self, service: Service, cafe: Merchant) -> None:
        path = f"/v1/merchants/{cafe.sandbox_id}/owner"
        assert ask(service, "POST", path, {"email": "new@example.com"}).status == 404
