"""Between HTTP and Lambda: API Gateway's HTTP API with payload format 2.0.

What is a text body, that `rawPath` is decoded and the query string is not, and the answers for
malformed results follow what the real service was seen to do.
"""

import base64
import binascii
import json
import time
import urllib.parse
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from local.routes import DEFAULT_ROUTE, Route

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}
MAX_ANSWER_BYTES = 6_291_556  # Lambda's limit for a synchronous answer


@dataclass(frozen=True)
class Request:
    """One HTTP request; `target` is the undecoded path and query."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class BadAnswer(Exception):  # noqa: N818 - describes the answer
    """What the function returned is no answer that API Gateway would accept."""


def message(status: int, text: str) -> Answer:
    """An answer of the gateway itself."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Answer(status, [("content-type", "application/json")], body)


class Router:
    """Finds the route of a request: literal segments before parameters before `{proxy+}`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        known = list(routes)
        self._default = next((route for route in known if route.path == DEFAULT_ROUTE), None)
        self._routes = sorted(
            ((route, route.path.split("/")) for route in known if route != self._default),
            key=lambda it: _rank(*it),
        )

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route for an undecoded path with its decoded parameters, or None."""
        segments = path.split("/")
        for route, pattern in self._routes:
            if route.method in (method, "ANY"):
                parameters = _match(pattern, segments)
                if parameters is not None:
                    return route, parameters
        return (self._default, {}) if self._default else None


def _rank(route: Route, pattern: list[str]) -> tuple[Any, ...]:
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in pattern]
    return (2 in kinds, kinds, route.method == "ANY")


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for index, part in enumerate(pattern):
        if part.startswith("{") and part.endswith("+}"):
            rest = "/".join(segments[index:])
            if not rest:
                return None
            parameters[part[1:-2]] = urllib.parse.unquote(rest)
            return parameters
        if index >= len(segments):
            return None
        if part.startswith("{") and part.endswith("}"):
            if not segments[index]:
                return None
            parameters[part[1:-1]] = urllib.parse.unquote(segments[index])
        elif part != urllib.parse.unquote(segments[index]):
            return None
    return parameters if len(pattern) == len(segments) else None


def to_event(
    request: Request, route: Route, parameters: dict[str, str], trace_id: str, request_id: str
) -> dict[str, Any]:
    """The payload 2.0 event for a request; keys without a value are absent, as in AWS."""
    path, _, query = request.target.partition("?")
    headers, cookies = _headers(request)
    headers["x-amzn-trace-id"] = trace_id.partition(";")[0]
    now = time.time()
    route_key = route.key
    host = headers.get("host", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": urllib.parse.unquote(path),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": host.partition(":")[0],
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": urllib.parse.unquote(path),
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _query(query)
    if parameters:
        event["pathParameters"] = parameters
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request.body, headers)
    return event


def new_request_id() -> str:
    """An id of the kind API Gateway gives to each request."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes[:11]).decode().rstrip("=") + "="


def _headers(request: Request) -> tuple[dict[str, str], list[str]]:
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        lowered = name.lower()
        if lowered == "cookie":
            cookies += [it.strip() for it in value.split(";") if it.strip()]
        elif lowered not in _HOP_BY_HOP:
            headers[lowered] = f"{headers[lowered]},{value}" if lowered in headers else value
    headers.setdefault("content-length", str(len(request.body)))
    forwarded = headers.get("x-forwarded-for")
    # As in AWS, the address the gateway saw comes last; a client may have put others before it.
    headers["x-forwarded-for"] = (
        f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip
    )
    headers["x-forwarded-proto"] = "http"
    headers["x-forwarded-port"] = headers.get("host", "").rpartition(":")[2] or "80"
    return headers, cookies


def _query(query: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, headers: dict[str, str]) -> tuple[str, bool]:
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.startswith("text/") or content_type in _TEXT_TYPES:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def to_answer(result: Any, request_id: str) -> Answer:
    """The HTTP answer for what a function returned; raises BadAnswer when it is none."""
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        result = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": text}
    status = _status(result["statusCode"])
    headers = _answer_headers(result)
    body = result.get("body")
    if body is None:
        payload = b""
    elif not isinstance(body, str):
        raise BadAnswer("body is no text")
    elif result.get("isBase64Encoded"):
        try:
            payload = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise BadAnswer(f"body is no base64: {error}") from None
    else:
        payload = body.encode()
    if len(payload) > MAX_ANSWER_BYTES:
        raise BadAnswer(f"body of {len(payload)} bytes is over Lambda's limit")
    if payload and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers.append(("apigw-requestid", request_id))
    return Answer(status, headers, payload)


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError):
        raise BadAnswer(f"statusCode {value!r}") from None
    if isinstance(value, bool) or not 100 <= status <= 599:
        raise BadAnswer(f"statusCode {value!r}")
    return status


def _answer_headers(result: dict[str, Any]) -> list[tuple[str, str]]:
    given = result.get("headers") or {}
    cookies = result.get("cookies") or []
    if not isinstance(given, dict) or not isinstance(cookies, list):
        raise BadAnswer("headers or cookies have the wrong shape")
    pairs = [(str(name), _text(value)) for name, value in given.items()]
    pairs += [("set-cookie", _text(cookie)) for cookie in cookies]
    for name, value in pairs:
        if "\n" in name + value or "\r" in name + value:
            raise BadAnswer(f"header {name!r} holds a line break")
    return [(name, value) for name, value in pairs if name.lower() not in _OWN_HEADERS]


_OWN_HEADERS = _HOP_BY_HOP | {"content-length", "date", "server"}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise BadAnswer(f"header value {value!r}")
