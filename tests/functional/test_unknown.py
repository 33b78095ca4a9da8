"""What no route is for, and bodies that are not what a route reads."""

from __future__ import annotations

import pytest

from regulars.store import connect, keys
from regulars.store.marshal import Item
from regulars.store.table import Table
from tests.service import Merchant, Service

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "hu"}


class TestPaths:
    @pytest.mark.parametrize(
        "path", ["/v1/nothing", "//", "/v2/members", "/j", "/v1/members/a/b/c"]
    )
    def test_an_unknown_path_is_a_problem_document(self, service: Service, path: str) -> None:
        reply = service.request("GET", path)
        assert (reply.status, reply.code) == (404, "not_found")

    def test_a_browser_gets_a_page_in_its_language(self, service: Service) -> None:
        reply = service.request("GET", "/menu", headers=BROWSER)
        assert reply.status == 404
        assert '<html lang="hu">' in reply.text

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [("DELETE", "/v1/program", "GET, HEAD, PUT"), ("GET", "/v1/earn", "POST"),
         ("PUT", "/v1/members/c123", "DELETE, GET, HEAD, PATCH"),
         ("PATCH", "/u/abc", "GET, HEAD, POST")],
    )  # fmt: skip
    def test_a_method_that_a_path_does_not_know_is_told_which_it_knows(
        self, service: Service, method: str, path: str, allowed: str
    ) -> None:
        reply = service.request(method, path)
        assert (reply.status, reply.code) == (405, "method_not_allowed")
        assert reply.headers["allow"] == allowed

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
    @pytest.mark.parametrize("path", ["/v1/health/", "/v1/earn/", "/assets/counter.js/"])
    def test_a_slash_at_the_end_is_another_path_for_machines(
        self, service: Service, method: str, path: str
    ) -> None:
        reply = service.request(method, path)
        assert (reply.status, "allow" in reply.headers) == (404, False)

    def test_head_says_that_something_is_there(self, service: Service) -> None:
        reply = service.request("HEAD", "/v1/health")
        assert (reply.status, reply.text) == (200, "")
        assert service.request("HEAD", "/v1/nothing").status == 404


class TestBodies:
    @pytest.mark.parametrize(
        ("content_type", "status"),
        [("application/json", 200), ("application/json; charset=utf-8", 200),
         ("Application/JSON", 200), ("application/x-www-form-urlencoded", 415),
         ("text/plain", 415), ("multipart/form-data; boundary=x", 415)],
    )  # fmt: skip
    def test_only_json_is_read_as_json(
        self, service: Service, content_type: str, status: int
    ) -> None:
        cafe = service.new_merchant()
        member_id = cafe.join()["member_id"]
        reply = service.request(
            "POST", "/v1/earn", raw=f'{{"member_id": "{member_id}"}}'.encode(),
            headers={
                "authorization": f"Bearer {cafe.created['api_key']}",
                "idempotency-key": "k1", "content-type": content_type,
            },
        )  # fmt: skip
        assert reply.status == status
        if status == 415:
            assert reply.code == "unsupported_media_type"

    @pytest.mark.parametrize(
        "raw",
        [b'{"member_id": "a", "member_id": "b"}', b'{"items": [{"sku": "a", "sku": "a"}]}',
         '{"member_id": "a"}'.encode("utf-16"), b'{"note": "\xff"}'],
    )  # fmt: skip
    def test_what_can_be_read_in_two_ways_is_not_read(self, service: Service, raw: bytes) -> None:
        cafe = service.new_merchant()
        reply = service.request(
            "POST", "/v1/earn", raw=raw,
            headers={
                "authorization": f"Bearer {cafe.created['api_key']}",
                "idempotency-key": "k1", "content-type": "application/json",
            },
        )  # fmt: skip
        assert (reply.status, reply.code) == (400, "malformed")


class TestOrderOfChecks:
    """Route, credential, body, idempotency."""

    ROUTES = ("/v1/earn", "/v1/gifts", "/v1/vouchers", "/v1/members", "/v1/adjust", "/v1/refunds",
              "/v1/actions", "/v1/vouchers/ABCDEFGHIJ/redeem",
              "/v1/vouchers/ABCDEFGHIJ/cancel")  # fmt: skip

    @pytest.mark.parametrize("path", ROUTES)
    def test_who_is_not_known_learns_nothing_of_the_body(self, service: Service, path: str) -> None:
        cafe = service.new_merchant()
        wrong = cafe.created["api_key"][:-1] + "0"
        for body in ({"no": 1}, {}):
            headers = {"authorization": f"Bearer {wrong}"}
            assert service.request("POST", path, body=body, headers=headers).code == "unauthorized"

    @pytest.mark.parametrize("path", ROUTES)
    def test_a_body_is_read_before_the_key_is_asked_for(self, service: Service, path: str) -> None:
        cafe = service.new_merchant()
        headers = {"authorization": f"Bearer {cafe.created['api_key']}"}
        assert service.request("POST", path, body={"no": 1}, headers=headers).code == "invalid"


class TestVersions:
    def test_whatever_its_version_is_means_the_newest(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Eventually consistent reads still see the version before, as DynamoDB's may."""
        read = Table.get
        key = keys.program(cafe.id)
        (before,) = read(connect.table(), key)

        def behind(table: Table, *wanted: keys.Key, consistent: bool = True) -> list[Item | None]:
            found = read(table, *wanted, consistent=consistent)
            if consistent:
                return found
            return [before if one == key else item for one, item in zip(wanted, found, strict=True)]

        monkeypatch.setattr(Table, "get", behind)
        document = cafe.call("GET", "/v1/program").json["program"]
        for version in (2, 3):
            reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"})
            assert (reply.status, reply.json) == (200, {"version": version})

    def test_a_program_is_replaced_whatever_its_version_is(self, cafe: Merchant) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        for header in ("*", '"2"', "3"):
            reply = cafe.call("PUT", "/v1/program", body=document, headers={"if-match": header})
            assert reply.status == 200, reply.text

    def test_a_program_that_was_read_before_is_not_sent_again(self, cafe: Merchant) -> None:
        first = cafe.call("GET", "/v1/program")
        headers = {"if-none-match": first.headers["etag"]}
        again = cafe.call("GET", "/v1/program", headers=headers)
        assert (again.status, again.text) == (304, "")


def test_the_address_of_the_installation_leads_guests_and_owners_on(service: Service) -> None:
    reply = service.request("GET", "/", headers=BROWSER)
    assert reply.status == 200
    assert "A kártyádat keresed?" in reply.text
    assert 'href="/console/"' in reply.text
