"""API keys: what each may do, how one is replaced, and that a revoked one is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from regulars.api.routes import API
from regulars.core import clock
from regulars.domain.calendar import rfc3339, to_ms
from regulars.http import scopes
from regulars.store import keys
from tests.conftest import Clock
from tests.service import Merchant, Reply, Service


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def create(cafe: Merchant, name: str = "Till 1", **fields: Any) -> dict[str, Any]:
    """A key that is a moment younger than all others."""
    clock.now.now += timedelta(milliseconds=1)  # type: ignore[attr-defined]  # it stands still
    body = {"name": name, "scopes": ["full"], **fields}
    reply = cafe.call("POST", "/v1/keys", body)
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.json
    return made


def ask(
    cafe: Merchant, key: str, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Reply:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": f"k-{key[-6:]}-{path[-9:]}"}
    return cafe.service.request(method, path, body=body, headers=headers)


def listed(cafe: Merchant, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", "/v1/keys", query=query).json["items"]
    return items


def log(cafe: Merchant, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", "/v1/audit", query=query).json["items"]
    return items


class TestKeys:
    def test_a_new_key_works_and_is_shown_once(self, cafe: Merchant) -> None:
        made = create(cafe, "Backup")
        assert ask(cafe, made["key"], "GET", "/v1/program").status == 200
        assert made["key"].startswith(f"rk_{made['key_id']}_")
        assert [one["name"] for one in listed(cafe)] == ["Backup", "First key"]
        assert not any("key" in one for one in listed(cafe))
        assert made["key"] not in str(cafe.service.table.get(keys.api_key(made["key_id"])))

    def test_a_revoked_key_is_like_an_unknown_one_at_once(self, cafe: Merchant) -> None:
        made = create(cafe)
        assert cafe.call("DELETE", f"/v1/keys/{made['key_id']}").status == 204
        gone = ask(cafe, made["key"], "GET", "/v1/program")
        unknown = ask(cafe, f"{made['key'][:-1]}~", "GET", "/v1/program")
        assert (gone.status, gone.text) == (401, unknown.text)
        assert cafe.call("DELETE", f"/v1/keys/{made['key_id']}").status == 204, "twice is once"
        assert [one["state"] for one in listed(cafe)] == ["revoked", "live"]

    def test_a_rolled_key_goes_on_for_its_overlap(self, cafe: Merchant, frozen: Clock) -> None:
        old = create(cafe, scopes=["till"])
        body = {"overlap_hours": 2}
        new = cafe.call("POST", f"/v1/keys/{old['key_id']}/roll", body).json
        assert (new["name"], new["scopes"]) == ("Till 1", ["till"])
        for minutes, works in ((119, 200), (2, 401)):
            frozen.now += timedelta(minutes=minutes)
            assert ask(cafe, old["key"], "GET", "/v1/members").status == works
            assert ask(cafe, new["key"], "GET", "/v1/members").status == 200
        again = cafe.call("POST", f"/v1/keys/{old['key_id']}/roll", body)
        assert again.json["errors"][0]["path"] == "id"

    def test_a_roll_does_not_prolong_what_ends_before(self, cafe: Merchant, frozen: Clock) -> None:
        old = create(cafe, expires_at="2026-11-22T10:00:00Z")
        cafe.call("POST", f"/v1/keys/{old['key_id']}/roll", {"overlap_hours": 700})
        frozen.now += timedelta(hours=2)
        assert ask(cafe, old["key"], "GET", "/v1/program").status == 401

    def test_one_with_an_end_ends(self, cafe: Merchant, frozen: Clock) -> None:
        made = create(cafe, expires_at="2026-11-22T09:30:00Z")
        assert ask(cafe, made["key"], "GET", "/v1/program").status == 200
        frozen.now += timedelta(minutes=30)
        assert ask(cafe, made["key"], "GET", "/v1/program").status == 401
        assert [one["state"] for one in listed(cafe)] == ["expired", "live"]

    def test_the_last_key_that_opens_all_stays(self, cafe: Merchant) -> None:
        first = listed(cafe)[0]["key_id"]
        create(cafe, scopes=["read"])
        create(cafe, expires_at="2026-12-22T10:00:00Z")
        reply = cafe.call("DELETE", f"/v1/keys/{first}")
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "id")
        create(cafe)
        assert cafe.call("DELETE", f"/v1/keys/{first}").status == 204

    def test_nobody_reaches_the_keys_of_others(self, cafe: Merchant, service: Service) -> None:
        other = service.new_merchant()
        made = create(other)
        for method, path in (("DELETE", ""), ("POST", "/roll")):
            reply = cafe.call(method, f"/v1/keys/{made['key_id']}{path}", {} if path else None)
            unknown = cafe.call(method, f"/v1/keys/live_none{path}", {} if path else None)
            assert (reply.status, reply.text) == (404, unknown.text)
        assert ask(other, made["key"], "GET", "/v1/program").status == 200
        assert made["key_id"] not in str(listed(cafe)) + str(log(cafe))

    def test_the_sandbox_has_keys_of_its_own(self, cafe: Merchant) -> None:
        body = {"name": "Trial", "scopes": ["full"]}
        made = cafe.call("POST", "/v1/keys", body, test=True).json
        assert made["key"].startswith("rk_test_")
        assert "Trial" not in str(listed(cafe))
        public = {**body, "scopes": ["publishable"], "origins": ["https://shop.example"]}
        for test, mode in ((False, "pub"), (True, "test")):
            key = cafe.call("POST", "/v1/keys", public, test=test).json["key"]
            assert key.startswith(f"rk_{mode}_")
            assert ask(cafe, key, "GET", "/v1/program").status == 403, "known, for nothing yet"

    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"scopes": []}, "scopes"),
            ({"scopes": ["all"]}, "scopes.0"),
            ({"scopes": ["publishable"]}, "origins"),
            ({"scopes": ["publishable", "full"], "origins": ["https://a.example"]}, "scopes"),
            ({"scopes": ["read"], "origins": ["https://a.example"]}, "origins"),
            ({"scopes": ["publishable"], "origins": ["http://a.example"]}, "origins.0"),
            ({"scopes": ["publishable"], "origins": ["https://a.example/x"]}, "origins.0"),
            ({"expires_at": "2026-11-22T09:00:00Z"}, "expires_at"),
            ({"expires_at": "tomorrow"}, "expires_at"),
            ({"name": ""}, "name"),
        ],
    )
    def test_what_cannot_be_made_names_the_field(
        self, cafe: Merchant, fields: dict[str, Any], path: str
    ) -> None:
        reply = cafe.call("POST", "/v1/keys", {"name": "K", "scopes": ["full"], **fields})
        assert (reply.status, [one["path"] for one in reply.json["errors"]]) == (422, [path])


class TestScopes:
    @pytest.mark.parametrize("scope", scopes.ALL)
    def test_every_route_is_answered_by_scope(self, cafe: Merchant, scope: str) -> None:
        """A key without the scope is refused before anything of the body is looked at, one with it
        is not; what it may do is the same as `allows` says."""
        origins = ["https://shop.example"] if scope == "publishable" else None
        key = create(cafe, scopes=[scope], origins=origins)["key"]
        for route in API:
            if "key" not in route.auth or route.auth == "test key":
                continue
            path = route.path.replace("{id}", "nobody").replace("{code}", "NOTHINGX")
            path = path.replace("{provider}", "generic").replace("{n}", "9")
            reply = ask(cafe, key, route.method, path, {} if route.method != "GET" else None)
            is_refused = (reply.status, "scope" in reply.text) == (403, True)
            assert is_refused != scopes.allows((scope,), route.key), (route.key, reply.text)

    def test_what_each_may_do(self) -> None:
        """Written down by hand: a new route is for full keys only until somebody decides."""
        may = {
            scope: {route.key for route in API if scopes.allows((scope,), route.key)}
            for scope in scopes.ALL
        }
        assert may["full"] == {route.key for route in API}
        assert may["publishable"] == set()
        assert all(one.startswith("GET ") for one in may["read"])
        assert not {"GET /v1/keys", "GET /v1/audit"} & may["read"]
        assert {"POST /v1/earn", "POST /v1/refunds"} < may["till"]
        assert not any("program" in one or "adjust" in one for one in may["till"])
        assert "GET /v1/members/{id}/profile" in may["export"] - may["read"] - may["till"]


class TestLog:
    def test_says_who_did_what_from_where(self, cafe: Merchant, frozen: Clock) -> None:
        made = create(cafe, "Backup")
        frozen.now += timedelta(hours=1)
        first = listed(cafe)[-1]["key_id"]
        document = cafe.call("GET", "/v1/program").json["program"]
        headers = {"authorization": f"Bearer {made['key']}", "if-match": "*"}
        cafe.service.request("PUT", "/v1/program", body=document, headers=headers)
        frozen.now += timedelta(hours=1)
        cafe.call("PUT", "/v1/hooks/generic", {"account": "a"})
        frozen.now += timedelta(hours=1)
        cafe.call("DELETE", f"/v1/keys/{made['key_id']}")

        found = log(cafe)

        assert [(one["what"], one["target"], one["who"]["id"]) for one in found] == [
            ("key.revoked", made["key_id"], first),
            ("hook.changed", "generic", first),
            ("program.published", "2", made["key_id"]),
            ("key.created", made["key_id"], first),
        ]
        (by_backup,) = log(cafe, who=made["key_id"])
        assert by_backup["who"] == {"kind": "key", "id": made["key_id"], "name": "Backup"}
        assert by_backup["from"]["network"] == "192.0.2.0/24"
        assert made["key"] not in str(found)

    def test_is_read_in_pages_and_by_what(self, cafe: Merchant, frozen: Clock) -> None:
        for number in range(5):
            frozen.now += timedelta(minutes=1)
            create(cafe, f"K{number}")
        seen: list[str] = []
        cursor = None
        while cursor or not seen:
            query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
            page = cafe.call("GET", "/v1/audit", query=query).json
            seen += [one["after"]["name"] for one in page["items"]]
            cursor = page["next"]
        assert seen == ["K4", "K3", "K2", "K1", "K0"]
        assert len(log(cafe, what="key")) == len(log(cafe, what="key.created")) == 5
        assert log(cafe, what="ke") == []
        assert len(log(cafe, **{"from": "2026-11-22T09:04:00Z"})) == 2
        assert len(log(cafe, **{"from": "2026-11-22"})) == 5
        assert log(cafe, **{"from": "2026-11-23"}) == []

    @pytest.mark.parametrize("query", [{"from": "soon"}, {"cursor": "x"}, {"limit": "0"}])
    def test_bad_questions_name_the_parameter(self, cafe: Merchant, query: dict[str, str]) -> None:
        reply = cafe.call("GET", "/v1/audit", query=query)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, *query)

    def test_says_what_was_done_to_the_merchant_and_to_members_data(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        member_id = str(cafe.join(name="Anna", email="anna@example.com")["member_id"])
        platform = {"authorization": f"Bearer {cafe.service.platform_key}"}
        calls: list[tuple[str, str, Any]] = [
            ("PATCH", "/v1/merchant", {"reply_to": "a@example.com"}),
            ("DELETE", f"/v1/members/{member_id}", None),
        ]
        for call in calls:
            frozen.now += timedelta(minutes=1)
            assert cafe.call(*call).status in {200, 202}
        for method, path in (("PATCH", ""), ("POST", "/owner")):
            frozen.now += timedelta(minutes=1)
            body = {"email": "b@example.com"} if path else {"burst": 900}
            url = f"/v1/merchants/{cafe.id}{path}"
            assert cafe.service.request(method, url, body=body, headers=platform).status == 200

        found = log(cafe)

        assert [(one["what"], one["who"]["kind"], one["target"]) for one in found] == [
            ("merchant.owner", "platform", cafe.id),
            ("merchant.limits", "platform", cafe.id),
            ("member.erased", "key", member_id),
            ("merchant.changed", "key", cafe.id),
        ]
        assert "example.com" not in str(found), "the log names people by id"


def test_a_key_that_ends_is_told_of_two_weeks_before(service: Service, frozen: Clock) -> None:
    cafe = service.new_merchant()
    ends = rfc3339(to_ms(frozen.now + timedelta(days=30)))
    body = {"name": "Till 1", "scopes": ["till"], "expires_at": ends}
    told, revoked = (cafe.call("POST", "/v1/keys", body).json["key_id"] for _ in range(2))
    cafe.call("DELETE", f"/v1/keys/{revoked}")

    def listed() -> list[str]:
        service.run_job("digest")
        items = cafe.call("GET", "/v1/attention", query={"kind": "key_expiring"}).json["items"]
        assert all(item["can"] == ["dismiss"] for item in items)
        return [item["about"]["key_id"] for item in items]

    assert listed() == []
    frozen.now += timedelta(days=15)
    assert listed() == []
    frozen.now += timedelta(days=1, hours=1)
    assert listed() == [told]
    assert listed() == [told]
    soon = rfc3339(to_ms(frozen.now + timedelta(days=2)))
    cafe.call("POST", "/v1/keys", body | {"expires_at": soon})
    assert len(listed()) == 2
