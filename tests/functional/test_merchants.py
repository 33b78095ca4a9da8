"""Merchants, their programmes, and what needs no key at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.service import Merchant, Reply, Service

NEW = {
    "name": "Corner Café", "slug": "corner", "template": "corner-cafe", "currency": "HUF",
    "timezone": "Europe/Budapest", "languages": ["hu"], "owner_email": "owner@example.com",
}  # fmt: skip


def create(service: Service, **changes: Any) -> Reply:
    headers = {"authorization": f"Bearer {service.platform_key}"}
    return service.request("POST", "/v1/merchants", body={**NEW, **changes}, headers=headers)


class TestCreating:
    def test_answers_everything_to_begin_with(self, service: Service) -> None:
        reply = create(service)
        assert reply.status == 201
        made = reply.json
        assert re.fullmatch(r"rk_live_[0-9a-z]{15}_[0-9a-z]{32}", made["api_key"])
        assert re.fullmatch(r"rk_test_[0-9a-z]{15}_[0-9a-z]{32}", made["test_api_key"])
        assert made["join_url"] == "https://cards.example/j/corner"
        assert set(made["webhook_urls"]) == {"generic", "square"}
        program = Merchant(service, made).call("GET", "/v1/program").json
        document = program["program"]
        assert (program["version"], document["name"], document["currency"]) == (
            1, "Corner Café", "HUF",
        )  # fmt: skip
        assert (document["languages"], document["country"]) == (["hu"], "HU")

    @pytest.mark.parametrize(
        ("zone", "country"),
        [("Asia/Calcutta", "IN"), ("Europe/Kiev", "UA"), ("US/Eastern", "US"), ("Iceland", "IS"),
         ("America/Buenos_Aires", "AR"), ("Asia/Katmandu", "NP"), ("Etc/GMT+3", None)],
    )  # fmt: skip
    def test_an_old_name_of_a_zone_has_its_country(
        self, service: Service, zone: str, country: str | None
    ) -> None:
        """What browsers call a zone; its guests write national numbers."""
        shop = Merchant(service, create(service, timezone=zone).json)
        document = shop.call("GET", "/v1/program").json["program"]
        assert (document["timezone"], document.get("country")) == (zone, country)
        again = shop.call("PUT", "/v1/program", document, headers={"if-match": "1"})
        assert again.status == 200

    def test_a_national_number_is_read_in_the_country_of_a_link(self, service: Service) -> None:
        shop = Merchant(service, create(service, timezone="Asia/Calcutta").json)
        card = shop.join(phone="098765 43210")
        found = shop.call("GET", "/v1/members", query={"q": "+91 98765 43210"}).json["items"]
        assert [one["member_id"] for one in found] == [card["member_id"]]

    def test_a_slug_is_had_once(self, service: Service) -> None:
        assert create(service).status == 201
        again = create(service, name="Another")
        assert (again.status, again.code) == (409, "slug_taken")
        assert create(service, slug="corner-2").status == 201

    @pytest.mark.parametrize(
        ("field", "value"),
        [("template", "no-such"), ("currency", "XXX1"), ("currency", "QQQ"), ("currency", "eur"),
         ("timezone", "Mars/Olympus"), ("timezone", "../etc/passwd"), ("slug", "Corner"),
         ("slug", "-corner"), ("slug", "a"), ("slug", "x" * 60), ("slug", "a b"), ("languages", []),
         ("languages", ["hungarian"]), ("owner_email", "nobody"), ("name", ""), ("name", "a\nb"),
         ("name", "x" * 81), ("plan", "gold"), ("template", None)],
    )  # fmt: skip
    def test_what_is_wrong_is_named(self, service: Service, field: str, value: Any) -> None:
        reply = create(service, **{field: value})
        assert (reply.status, reply.code) == (422, "invalid")
        assert reply.json["errors"][0]["path"].partition(".")[0] == field
        assert create(service).status == 201, "nothing was taken by the attempt"


class TestPublishing:
    @pytest.fixture
    def cafe(self, service: Service) -> Merchant:
        return service.new_merchant()

    def put(self, cafe: Merchant, document: Any, version: str | None = "1") -> Reply:
        headers = {} if version is None else {"if-match": version}
        return cafe.call("PUT", "/v1/program", document, headers=headers)

    def test_a_program_replaces_the_one_it_was_made_from(self, cafe: Merchant) -> None:
        before = cafe.call("GET", "/v1/program")
        document = {**before.json["program"], "name": "Renamed"}
        reply = self.put(cafe, document, before.headers["etag"])
        assert (reply.status, reply.json, reply.headers["etag"]) == (200, {"version": 2}, '"2"')
        after = cafe.call("GET", "/v1/program").json
        assert (after["version"], after["program"]) == (2, document)

    def test_a_stale_version_is_refused(self, cafe: Merchant) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        assert self.put(cafe, document).status == 200
        for version in ("1", "3", "0", "999999999"):
            reply = self.put(cafe, document, version)
            assert (reply.status, reply.code) == (412, "stale_version")

    @pytest.mark.parametrize("version", [None, "", "**", "one", "-1", "1.0", '"', "9" * 30, "١"])
    def test_which_version_it_replaces_must_be_said(
        self, cafe: Merchant, version: str | None
    ) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        reply = self.put(cafe, document, version)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "If-Match")

    def test_no_rules_at_all_are_legal(self, cafe: Merchant) -> None:
        document = {
            "name": "Nothing yet",
            "currency": "EUR",
            "timezone": "UTC",
            "languages": ["en"],
        }
        assert self.put(cafe, document).status == 200
        card = cafe.join()
        assert (card["balances"], card["tier"]) == ({}, None)
        answer = cafe.earn(card["member_id"], spend_minor=1000)
        assert (answer["entry"]["lines"], answer["card"]["visits"]) == ([], 1)
        rewards = cafe.call("GET", f"/v1/members/{card['member_id']}/rewards").json
        assert rewards == {"items": [], "next": None}
        assert cafe.service.card_page(card["card_url"]).status == 200
        assert cafe.service.request("GET", f"/j/{cafe.created['slug']}").status == 200

    @pytest.mark.parametrize(
        ("change", "path"),
        [({"units": [{"id": "stamp", "kind": "stamps", "name": "stamp"}]}, "units.0.name"),
         ({"earn": [{"id": "v", "on": "visit", "unit": "gold", "amount": 1}]}, "earn.0.unit"),
         ({"earn": [{"id": "s", "on": "spend", "unit": "stamp", "amount": 1}]}, "earn.0"),
         ({"rewards": [{"id": "r", "name": "R", "cost": {"unit": "stamp", "amount": -1}}]},
          "rewards.0.cost.amount"),
         ({"colour": "red"}, "colour"), ({"branding": {"color": "red"}}, "branding.color"),
         ({"tiers": [{"id": "t", "name": "T", "multiplier": "1.0001"}]}, "tiers.0.multiplier"),
         ({"tiers": [{"id": "t", "name": "T", "multiplier": 1.5}]}, "tiers.0.multiplier"),
         ({"locations": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "locations"),
         ({"name": "a\u0007b"}, "name"), ({"timezone": "Nowhere/At_all"}, "timezone")],
        ids=repr,
    )  # fmt: skip
    def test_what_is_wrong_is_named_by_its_path(
        self, cafe: Merchant, change: dict[str, Any], path: str
    ) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        reply = self.put(cafe, {**document, **change})
        assert (reply.status, reply.code) == (422, "invalid")
        paths = [error["path"] for error in reply.json["errors"]]
        assert any(found.startswith(path) for found in paths), paths
        assert cafe.call("GET", "/v1/program").json["version"] == 1

    def test_cards_go_on_under_a_program_that_has_nothing_else(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        star = {"id": "star", "name": {"en": {"other": "stars"}}, "kind": "stamps",
                "replaces": {"unit": "stamp", "rate": "1"}}  # fmt: skip
        bare = {"name": "Bare", "currency": "EUR", "timezone": "UTC", "languages": ["en"]}
        assert self.put(cafe, {**bare, "units": [star]}).status == 200
        card = cafe.earn(member_id)["card"]
        assert card["balances"] == {"star": {"available": 1, "pending": 0, "debt": 0}}
        assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True
        assert cafe.service.card_page(card["card_url"]).status == 200


class TestWithoutAKey:
    def test_health_does_not_touch_the_table(self, service: Service) -> None:
        reply = service.request("GET", "/v1/health")
        assert reply.json["status"] == "ok"
        assert service.spy.calls == []

    def test_every_template_that_is_listed_can_be_read_and_started_from(
        self, service: Service
    ) -> None:
        listed = service.request("GET", "/v1/templates").json["items"]
        for number, template in enumerate(listed):
            document = service.request("GET", f"/v1/templates/{template['id']}").json
            assert document["name"] == template["name"]
            assert create(service, slug=f"s-{number}x", template=template["id"]).status == 201

    @pytest.mark.parametrize("name", ["nope", "..", "../secrets", "%2e%2e", "corner-cafe.json"])
    def test_no_other_template_is_there(self, service: Service, name: str) -> None:
        if "/" not in name:
            assert service.request("GET", f"/v1/templates/{name}").code == "not_found"

    def test_scripts_are_served_by_the_hash_of_their_content(self, service: Service) -> None:
        page = service.request("GET", f"/j/{service.new_merchant().created['slug']}").text
        staff = service.request("GET", "/staff/counter").text
        names = set(re.findall(r'"/assets/([^"]+)"', page + staff)) | {"nothing.js"}
        for name in names:
            status = service.request("GET", f"/assets/{name}").status
            assert status == (404 if name == "nothing.js" else 200)
