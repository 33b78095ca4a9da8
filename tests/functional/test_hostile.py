"""Whatever is sent to whatever route, the answer is a refusal in its own form, never a failure.

`Service.request` fails on a 500 and on anything that is not a problem document or a page.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.api.routes import ROUTES, Route
from tests.examples import examples
from tests.service import Merchant, Service

POSTING = [route for route in ROUTES if route.method != "GET"]
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
HOSTILE_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"7",
    "a text": b'"x"',
    "half": b'{"member_id": ',
    "not JSON": b"member_id=c",
    "NaN": b'{"visits": NaN}',
    "infinity": b'{"spend_minor": -Infinity}',
    "a float": b'{"spend_minor": 1e400}',
    "a huge number": b'{"visits": ' + b"9" * 5000 + b"}",
    "a big number": b'{"member_id": "c", "visits": ' + b"9" * 400 + b"}",
    "negative": b'{"member_id": "c", "visits": -1, "amount": -9, "amount_minor": -1}',
    "NUL": b'{"member_id": "a\\u0000b", "name": "\\u0000"}',
    "a raw NUL": b'{"member_id": "a\x00b"}',
    "a lone surrogate": b'{"member_id": "\\ud800", "\\udfff": "\\ud83d", "name": "\\udead"}',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "a mark of byte order": b'\xef\xbb\xbf{"name": "x"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "deep": DEEP,
    "deep lists": b"[" * 100_000,
    "deep in a field": b'{"items": ' + b"[" * 900 + b"]" * 900 + b"}",
    "twice the same": b'{"member_id": "a", "member_id": "b"}',
    "many fields": json.dumps({f"f{n}": n for n in range(5000)}).encode(),
    "a long name": json.dumps({"x" * 200_000: 1}).encode(),
    "prototype": b'{"__proto__": {"a": 1}, "constructor": null, "__class__": {}}',
    "wide": '{"name": "\U0001f9cb\u202e\u0000\u2028", "email": "\u00e9@\u00e9.\u00e9"}'.encode(),
}
HOSTILE_NAMES = [
    "", "%00", "..", "%2e%2e%2f", "a#b", "é", "\N{BUBBLE TEA}", "x" * 1000, "'", '"', "{", "null",
    "%", "%zz", "%ff", "-1", "__proto__", " ", "a b", "\ufffd",
]  # fmt: skip


def headers_of(cafe: Merchant, route: Route, *, test: bool = False) -> dict[str, str]:
    """What opens the route, so that the body is what is refused."""
    if route.auth == "platform":
        key = cafe.service.platform_key
    else:
        key = cafe.created["test_api_key" if test or route.auth == "test key" else "api_key"]
    return {
        "authorization": f"Bearer {key}", "idempotency-key": "key", "if-match": "1",
        "content-type": "application/json", "x-regulars": "staff",
    }  # fmt: skip


def paths(route: Route, cafe: Merchant, name: str) -> str:
    """The route's path with a name in each of its places; a shop's own where it must be one."""
    path = route.path.replace("{slug}", name or cafe.created["slug"])
    for place in ("id", "code", "token", "provider", "hook_id", "name", "merge_id"):
        path = path.replace(f"{{{place}}}", name or "x")
    return path


@pytest.mark.sampled(3)
@pytest.mark.parametrize("route", POSTING, ids=lambda route: route.key)
def test_every_body_is_refused_in_form(service: Service, route: Route) -> None:
    cafe = service.new_merchant()
    staff = cafe.staff_cookies() if route.function == "staff" else {}
    for name, raw in HOSTILE_BODIES.items():
        headers = headers_of(cafe, route)
        if staff:
            del headers["authorization"]
        reply = service.request(
            route.method, paths(route, cafe, ""), raw=raw, headers=headers, cookies=staff
        )
        assert reply.status < 500 or route.path.startswith("/v1/test/hooks"), name
        if route.body and route.path != "/v1/members" and "{" not in route.path:
            changes_nothing = (route.method, name) == ("PATCH", "nothing")
            assert reply.status in ({200} if changes_nothing else {400, 404, 422}), name


OTHER_BODIES = {"/v1/imports", "/v1/imports/{id}/undo", "/v1/assets"}
"""What reads a file, with a limit of its own, or no body at all."""

# Those of wallets are not there without certificates: tests/functional/wallets/ asks them.
READING_JSON = [
    route
    for route in POSTING
    if route.function not in {"join", "card", "console", "wallet"}
    and route.path not in {"/staff/sign-out", "/staff/{token}", *OTHER_BODIES}
    and route.method != "DELETE"
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("route", READING_JSON, ids=lambda route: route.key)
def test_a_body_of_more_than_256_kb_is_too_large(service: Service, route: Route) -> None:
    cafe = service.new_merchant()
    headers = headers_of(cafe, route)
    cookies = cafe.staff_cookies() if route.function == "staff" else {}
    if cookies:
        del headers["authorization"]
    limit = 1024 * 1024 if route.function == "hooks" else 256 * 1024
    raw = json.dumps({"name": "x" * limit}).encode()
    path = route.path.replace("{provider}", "generic").replace("{id}", cafe.join()["member_id"])
    path = path.replace("{hook_id}", "x").replace("{code}", "x")
    reply = service.request(route.method, path, raw=raw, headers=headers, cookies=cookies)
    assert (reply.status, reply.code) == (413, "too_large")


@pytest.mark.sampled(3)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_every_name_in_the_path_is_answered_in_form(service: Service, route: Route) -> None:
    cafe = service.new_merchant()
    if "{" not in route.path:
        return
    for name in filter(None, HOSTILE_NAMES):
        if "/" in name or (route.key == "GET /staff/{token}" and name in {"counter", "sign-out"}):
            continue
        cookies = cafe.staff_cookies() if route.function == "staff" else {}
        body: dict[str, Any] | None = {} if route.method != "GET" else None
        headers = headers_of(cafe, route)
        if route.path == "/staff/api/codes/{id}":
            del headers["authorization"]  # the cookies open it, and a key does not
        reply = service.request(
            route.method, paths(route, cafe, name), body=body, headers=headers, cookies=cookies
        )
        expected = {200} if route.path in {"/s/{code}", "/v/{code}"} else {400, 401, 404, 422}
        assert reply.status in expected, name


@pytest.mark.sampled(3)
@pytest.mark.parametrize("route", POSTING, ids=lambda route: route.key)
def test_the_bodies_of_all_other_routes_are_refused_in_form(service: Service, route: Route) -> None:
    """Right somewhere, wrong here; as JSON and as a posted form, which comes in base64."""
    cafe = service.new_merchant()
    bodies: list[dict[str, Any]] = [
        {"member_id": "c", "visits": 1},
        {"order_id": "o", "refund_id": "r"},
        {"member_id": "c", "reward_id": "r"},
        {"advance": "P1D"},
        {"now": "9999-12-31T23:59:59-23:59"},
        {"name": "Anna", "email": "anna@example.com", "once": "once0000"},
        cafe.call("GET", "/v1/program").json["program"],
        {"secret": "s", "url": "https://example.com"},
    ]
    for body, posted in product(bodies, (False, True)):
        headers = headers_of(cafe, route)
        if posted:
            headers["content-type"] = "application/x-www-form-urlencoded"
        form = {name: str(value) for name, value in body.items()} if posted else None
        reply = service.request(
            route.method, paths(route, cafe, ""), body=None if posted else body, form=form,
            headers=headers,
        )  # fmt: skip
        assert reply.status < 500


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(10**30), 10**30) | st.floats()
    | st.text() | st.characters(categories=["Cs", "Cc"]) | st.sampled_from(["c", "stamp", "1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
QUERY = st.dictionaries(
    st.sampled_from(["q", "limit", "cursor", "tier", "segment", "id", "code", "lang", "source"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    max_size=4,
)


NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\r\n"), min_size=1, max_size=30
)


def fields_of(route: Route) -> list[str]:
    """The fields of a route's body, and some of none."""
    known = list(route.body.model_fields) if route.body else []
    forms = ["once", "reward_id", "name", "email", "phone", "member_id", "seq", "type", "data"]
    return [*known, *forms, "unknown"]


def test_anything_at_all_is_answered_in_form(service: Service) -> None:
    cafe = service.new_merchant()
    staff = cafe.staff_cookies()
    # A sample event goes out over the network; it has tests of its own.
    routes = [route for route in ROUTES if not route.path.startswith("/v1/test/hooks")]

    @settings(max_examples=examples(200), deadline=None, database=None)
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        route = data.draw(st.sampled_from(routes))
        body = None
        if route.method != "GET":
            body = data.draw(st.dictionaries(st.sampled_from(fields_of(route)), VALUES, max_size=6))
        name = data.draw(st.just("") | st.sampled_from(HOSTILE_NAMES) | NAMES)
        headers = headers_of(cafe, route, test=data.draw(st.booleans()))
        if as_staff := route.function == "staff":
            del headers["authorization"]
        service.request(
            route.method, paths(route, cafe, name), body=body, query=data.draw(QUERY),
            headers=headers, cookies=staff if as_staff else {},
        )  # fmt: skip

    ask()
