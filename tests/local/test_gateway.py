"""HTTP in, Lambda events, HTTP out: as API Gateway does it."""

import base64
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.httpapi import Router
from local.routes import Route
from tests.local.conftest import RunningStack


def event_of(stack: RunningStack, method: str, path: str, *args: Any) -> dict[str, Any]:
    status, _, body = stack.request(method, path, *args)
    assert status == 200, body
    event: dict[str, Any] = json.loads(body)["event"]
    return event


def test_a_get_becomes_a_payload_2_event(stack: RunningStack) -> None:
    headers = {"Cookie": "a=1; b=2", "User-Agent": "till/1", "X-Thing": "one"}
    event = event_of(stack, "GET", "/echo/caf%C3%A9%20x?a=1&a=2&b=%C3%A9&c=", None, headers)

    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /echo/{name}"
    assert event["rawPath"] == "/echo/café x"
    assert event["rawQueryString"] == "a=1&a=2&b=%C3%A9&c="
    assert event["queryStringParameters"] == {"a": "1,2", "b": "é", "c": ""}
    assert event["pathParameters"] == {"name": "café x"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-thing"] == "one"
    assert "cookie" not in event["headers"]
    assert "body" not in event
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["http"]["method"] == "GET"
    assert context["http"]["path"] == "/echo/café x"
    assert context["http"]["sourceIp"] == "127.0.0.1"
    assert context["http"]["userAgent"] == "till/1"
    assert context["stage"] == "$default"
    assert context["requestId"]
    assert isinstance(context["timeEpoch"], int)


def test_what_is_empty_is_absent(stack: RunningStack) -> None:
    event = event_of(stack, "GET", "/echo/fixed")

    assert event["routeKey"] == "GET /echo/fixed"
    assert event["rawQueryString"] == ""
    assert {"cookies", "queryStringParameters", "pathParameters", "body"}.isdisjoint(event)


@pytest.mark.parametrize(
    ("content_type", "as_text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/csv", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_only_text_bodies_come_as_text(
    stack: RunningStack, content_type: str, as_text: bool
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    event = event_of(stack, "POST", "/echo", b"a=\xc3\xa9", headers)

    assert event["isBase64Encoded"] is not as_text
    body = event["body"].encode() if as_text else base64.b64decode(event["body"])
    assert body == b"a=\xc3\xa9"


def test_a_chunked_body_arrives_whole(stack: RunningStack) -> None:
    connection = http.client.HTTPConnection(stack.address.removeprefix("http://"), timeout=10)
    connection.request(
        "POST", "/echo", iter([b"one", b"two"]), {"Content-Type": "text/plain"}, encode_chunked=True
    )
    event = json.loads(connection.getresponse().read())["event"]
    connection.close()
    assert event["body"] == "onetwo"


@pytest.mark.parametrize(
    ("mood", "status", "headers", "body"),
    [
        ("text", 200, {"content-type": "application/json"}, b"just text"),
        ("full", 201, {"x-one": "1", "content-type": "text/plain;charset=UTF-8"}, b"made"),
        ("binary", 200, {"content-type": "image/png"}, b"\x89PNG\x00"),
        ("unchanged", 304, {"etag": '"1"'}, b""),
    ],
)
def test_answers_are_passed_on(
    stack: RunningStack, mood: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    got_status, got_headers, got_body = stack.request("GET", f"/moods/{mood}")
    assert (got_status, got_body) == (status, body)
    assert headers.items() <= {name: got_headers[name] for name in headers}.items()


def test_each_cookie_is_a_header_of_its_own(stack: RunningStack) -> None:
    _, headers, _ = stack.request("GET", "/moods/full")
    assert headers.get_all("set-cookie") == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize("mood", ["raise", "exit", "late", "status", "body", "split", "unknown"])
def test_whatever_goes_wrong_inside_is_a_500_that_says_nothing(
    stack: RunningStack, mood: str
) -> None:
    status, _, body = stack.request("GET", f"/moods/{mood}")
    assert (status, body) == (500, b'{"message":"Internal Server Error"}')
    assert stack.request("GET", "/moods/text")[0] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/echo"),
        ("GET", "/echo/"),
        ("HEAD", "/echo/x"),
        ("GET", "/echo/a/b"),
        ("GET", "//echo/x"),
    ],
)
def test_what_is_no_route_is_a_404(stack: RunningStack, method: str, path: str) -> None:
    status, _, body = stack.request(method, path)
    assert status == 404
    assert body == (b"" if method == "HEAD" else b'{"message":"Not Found"}')


def test_one_connection_serves_many_requests(stack: RunningStack) -> None:
    """Also after one with a body, and after HEAD."""
    connection = http.client.HTTPConnection(stack.address.removeprefix("http://"), timeout=10)
    connection.connect()
    opened = connection.sock
    for method, path, status in (
        ("GET", "/moods/text", 200), ("POST", "/echo", 200),
        ("HEAD", "/nothing", 404), ("GET", "/echo/x", 200),
    ):  # fmt: skip
        connection.request(method, path, b"x" if method == "POST" else None)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is opened
    connection.close()


def test_forwarded_addresses_end_with_the_one_that_was_seen(stack: RunningStack) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    event = event_of(stack, "GET", "/echo/fixed", None, headers)
    assert event["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"


def test_a_body_over_10_mb_is_refused(stack: RunningStack) -> None:
    connection = http.client.HTTPConnection(stack.address.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/echo")
    connection.putheader("Content-Length", str(10 * 1024 * 1024 + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_the_function_finds_lambda_around_it(stack: RunningStack) -> None:
    answer = stack.get_json("/echo/x")
    context, variables = answer["context"], answer["environment"]

    assert context["function_name"] == "regulars-EchoFunction"
    assert context["memory"] == 256
    assert 0 < context["remaining"] <= 1000
    assert variables["GREETING"] == "hello from regulars"
    assert variables["TONE"] == "kind"
    assert variables["TABLE_NAME"] == "regulars-ledger"
    assert variables["BASE_URL"] == stack.address
    assert variables["ORDERS_QUEUE_URL"].endswith("/regulars-OrdersQueue")
    assert variables["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert variables["RING_PARAMETER"] == "/regulars/ring"
    assert len(variables["PLATFORM_KEY_SHA256"]) == 64


def test_32_at_once_are_served_by_a_few_processes(stack: RunningStack) -> None:
    with ThreadPoolExecutor(32) as pool:
        pids = list(pool.map(lambda _: stack.get_json("/moods/slow")["pid"], range(32)))
    assert 1 < len(set(pids)) <= 4


def test_the_most_specific_route_wins() -> None:
    routes = [
        Route("ANY", "/{proxy+}", "rest"),
        Route("GET", "/c/{token}", "card"),
        Route("GET", "/c/{token}/code", "code"),
        Route("ANY", "/staff/", "desk"),
        Route("GET", "/staff/{token}", "enrol"),
        Route("GET", "/c/news", "news"),
    ]
    router = Router(routes)
    wanted = {
        "/c/abc": "card",
        "/c/news": "news",
        "/c/abc/code": "code",
        "/c/abc/other": "rest",
        "/staff/": "desk",
        "/staff/x": "enrol",
    }
    found = {path: router.find("GET", path) for path in wanted}
    assert {path: it[0].function for path, it in found.items() if it} == wanted
