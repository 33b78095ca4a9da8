"""The whole service in one process: requests go through API Gateway's event shape to the very
handlers, on a real engine. What AWS would carry between functions (queues, the stream) is carried
when the test says so.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from gzip import decompress
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import uuid4

from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from regulars.api.routes import ROUTES, UNKNOWN, Route
from regulars.core import clock, ring
from regulars.http import sessions
from regulars.store import keys
from regulars.store.marshal import to_item
from regulars.store.table import Table
from tests import answers, permissions
from tests.aws_services import AwsServices
from tests.spy import Spy


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem document."""
        return str(self.json["code"])

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotent-replay") == "true"


class Service:
    """The functions, called as AWS calls them."""

    def __init__(
        self,
        table: Table,
        aws_services: AwsServices,
        queues: Mapping[str, str],
        spy: Spy,
        platform_key: str,
    ) -> None:
        self.table = table
        self.aws_services = aws_services
        self.queues = queues
        self.spy = spy
        self.platform_key = platform_key
        self.counters: dict[str, tuple[datetime, dict[str, str]]] = {}
        """When each merchant's device was signed in, and its cookies."""

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        acting_as: str | None = None,
        source: str = "192.0.2.1",
    ) -> Reply:
        """One HTTP request. `acting_as` holds every key it touches to that merchant; `source` is
        the address it comes from."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        if form is not None:
            raw = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        route, params = match(method, path)
        event = http_event(route, path, params, sent, cookies or {}, query or {}, raw)
        event["requestContext"]["http"] |= {"method": method, "sourceIp": source}
        with self.spy.acting_as(acting_as):
            answer = handler(route.function)(event, context())
        lower = {name.lower(): value for name, value in answer["headers"].items()}
        text = answer["body"]
        if lower.get("content-encoding") == "gzip" and answer["isBase64Encoded"]:
            text = decompress(b64decode(text)).decode()
        answers.hold_to_contract(route, answer["statusCode"], lower, text)
        return Reply(answer["statusCode"], lower, text, answer.get("cookies", []))

    def new_merchant(self, template: str = "corner-cafe", **changes: Any) -> Merchant:
        """A merchant made from a template."""
        body = {
            "name": "Corner Café",
            "slug": f"cafe-{uuid4().hex[:12]}",
            "template": template,
            "currency": "EUR",
            "timezone": "Europe/Budapest",
            "languages": ["en", "hu"],
            "owner_email": "owner@example.com",
            **changes,
        }
        headers = {"authorization": f"Bearer {self.platform_key}"}
        reply = self.request("POST", "/v1/merchants", body=body, headers=headers)
        assert reply.status == 201, reply.text
        return Merchant(self, reply.json)

    def card_page(self, card_url: str, lang: str = "") -> Reply:
        """What a browser that keeps cookies sees behind a card's link."""
        return Browser(self).get(f"{card_url}?lang={lang}" if lang else card_url)

    def deliver(self, queue: str, function: str) -> dict[str, Any]:
        """Hand everything on a queue to a function, as one batch."""
        records = self.aws_services.receive(self.queues[queue])
        if not records:
            return {"batchItemFailures": []}
        result: dict[str, Any] = handler(function)({"Records": records}, context())
        return result

    def deliver_entries(self, merchant_id: str, member_id: str) -> dict[str, Any]:
        """Hand all entries of a card to the outbox, as the stream would (again, if repeated)."""
        page = self.table.query(
            keys.card(merchant_id, member_id), prefix=keys.ENTRY_PREFIX, consistent=True
        )
        records = [stream_record(item, number) for number, item in enumerate(page.items)]
        result: dict[str, Any] = handler("outbox")({"Records": records}, context())
        return result

    def list_members(self, merchant_id: str) -> None:
        """Hand all profiles to the outbox as changed, as the stream would: members are listed."""
        page = self.table.items(keys.members(merchant_id), index=True)
        records = [stream_record(item, number) for number, item in enumerate(page)]
        if records:
            assert handler("outbox")({"Records": records}, context()) == {"batchItemFailures": []}

    def run_job(self, function: str) -> Any:
        """Call a function as its schedule does, and do what it has planned."""
        planned = handler(function)({}, context())
        self.work()
        return planned

    def publish_follows(self, merchant_id: str, version: int) -> Any:
        """Do what the stream brings after a version of a programme was published."""
        (item,) = self.table.get(keys.program_version(merchant_id, version))
        assert item is not None
        result = handler("tiers")({"Records": [stream_record(item, 1)]}, context())
        self.work()
        return result

    def work(self) -> int:
        """Hand what is on the queue of work to its function, message by message, until nothing is
        left but what failed; returns how many did, which is on the queue again."""
        queue, failed = self.queues["work"], []
        while records := self.aws_services.receive(queue):
            for record in records:
                try:
                    handler("work")({"Records": [record]}, context())
                except BatchProcessingError:
                    failed.append(record["body"])
        for body in failed:
            message = {"QueueUrl": queue, "MessageBody": body}
            self.aws_services.sqs.call("SendMessage", message)
        return len(failed)


class Browser:
    """A browser: it keeps cookies, unless it is told not to, and goes where it is led."""

    def __init__(
        self,
        service: Service,
        headers: Mapping[str, str] | None = None,
        *,
        keeps_cookies: bool = True,
    ) -> None:
        self.service = service
        self.keeps_cookies = keeps_cookies
        self.headers = {"accept": "text/html", **(headers or {})}
        self.cookies: dict[str, str] = {}
        self.path = ""
        """Where it has come to, with the query."""

    def get(self, path: str) -> Reply:
        return self._go("GET", path, None)

    def post(self, path: str, **form: str) -> Reply:
        return self._go("POST", path, form)

    def _go(self, method: str, path: str, form: Mapping[str, str] | None) -> Reply:
        for _ in range(6):
            self.path = path.removeprefix("https://cards.example")
            where = urlsplit(self.path)
            reply = self.service.request(
                method, where.path, form=form, query=dict(parse_qsl(where.query)),
                headers=self.headers, cookies=self.cookies,
            )  # fmt: skip
            if self.keeps_cookies:
                for line in reply.cookies:
                    name, _, value = line.partition(";")[0].partition("=")
                    self.cookies[name] = value
                self.cookies = {name: value for name, value in self.cookies.items() if value}
            if reply.status != 303:
                return reply
            method, path, form = "GET", reply.headers["location"], None
        raise AssertionError(f"led in a circle: {self.path}")


@dataclass(frozen=True)
class Merchant:
    """A merchant of a test, and calls with its keys."""

    service: Service
    created: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.created["merchant_id"])

    @property
    def sandbox_id(self) -> str:
        return str(self.created["sandbox_id"])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        test: bool = False,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A call with the live key (or the test key); POSTs get a new Idempotency-Key."""
        secret = self.created["test_api_key" if test else "api_key"]
        sent = {"authorization": f"Bearer {secret}", **(headers or {})}
        if method == "POST":
            sent.setdefault("idempotency-key", uuid4().hex if key is None else key)
        return self.service.request(
            method, path, body=body, headers=sent, query=query,
            acting_as=self.sandbox_id if test else self.id,
        )  # fmt: skip

    def without_digest(self) -> Merchant:
        """The same merchant, the sandbox's weekly digest no longer due.

        The digest has tests of its own; a walk of months would count every week for nothing.
        """
        pk, sk = keys.due_mark(self.sandbox_id, keys.MERCHANT_LEVEL, "digest")
        self.service.table.put({"PK": pk, "SK": sk})
        return self

    def join(self, *, test: bool = False, **fields: Any) -> dict[str, Any]:
        """A new member's card."""
        reply = self.call("POST", "/v1/members", fields, test=test)
        assert reply.status in {200, 201}, reply.text
        card: dict[str, Any] = reply.json
        return card

    def earn(self, member_id: str, *, test: bool = False, **fields: Any) -> dict[str, Any]:
        """A booked visit or sale."""
        reply = self.call("POST", "/v1/earn", {"member_id": member_id, **fields}, test=test)
        assert reply.status == 200, reply.text
        answer: dict[str, Any] = reply.json
        return answer

    def card(self, member_id: str, *, test: bool = False) -> dict[str, Any]:
        card: dict[str, Any] = self.call("GET", f"/v1/members/{member_id}", test=test).json
        return card

    def staff_cookies(self) -> dict[str, str]:
        """The cookies of a manager's device, enrolled again when its session is over."""
        known = self.service.counters.get(self.id)
        if known is None:
            cookies = self.enroll(self.created["staff_url"])
        elif clock.now() - known[0] < timedelta(seconds=sessions.SESSION_S):
            return dict(known[1])
        else:
            cookies = self.counter(role="manager")
        self.service.counters[self.id] = (clock.now(), cookies)
        return dict(cookies)

    def enroll(self, url: str) -> dict[str, str]:
        """The cookies of a device that is enrolled with a link."""
        reply = self.service.request("POST", url.removeprefix("https://cards.example"))
        assert reply.status == 303, reply.text
        return cookies_of(reply.cookies)

    def person(self, *, test: bool = False, **fields: Any) -> dict[str, Any]:
        """Somebody new who works there."""
        reply = self.call("POST", "/v1/staff", {"name": "Kata", **fields}, test=test)
        assert reply.status == 201, reply.text
        person: dict[str, Any] = reply.json
        return person

    def counter(self, *, location: str | None = None, **fields: Any) -> dict[str, str]:
        """The cookies of a device of somebody new who works there."""
        staff_id = self.person(**fields)["staff_id"]
        body = {"name": "Tablet"} | ({"location": location} if location else {})
        reply = self.call("POST", f"/v1/staff/{staff_id}/devices", body)
        assert reply.status == 201, reply.text
        return self.enroll(reply.json["enrol_url"])


def cookies_of(lines: list[str]) -> dict[str, str]:
    """What a browser sends after an answer with these Set-Cookie lines."""
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name: value for name, _, value in pairs if value}


@cache
def handler(function: str) -> Callable[[Any, Any], Any]:
    """The Lambda handler of a function; what it asks of AWS is held to what the template allows."""
    found: Callable[[Any, Any], Any] = import_module(f"functions.{function}.app").lambda_handler

    def call(event: Any, about: Any) -> Any:
        with permissions.within(function):
            return found(event, about)

    return call


class NotedRing(ring.Holder):
    """The ring of a test's process: reading it is noted as the call that it would be."""

    def ring(self) -> ring.Ring:
        permissions.see("ssm", "GetParameter", {})
        return super().ring()


def context(left_s: float = 900) -> SimpleNamespace:
    """A Lambda context with what we use of it, so long before the time-out."""
    return SimpleNamespace(
        function_name="test",
        aws_request_id=str(uuid4()),
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:test",
        memory_limit_in_mb=256,
        get_remaining_time_in_millis=lambda: int(left_s * 1000),
    )


def match(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route API Gateway would choose: exact parts before parameters."""
    candidates = [
        (route.path.count("{"), route, found.groupdict())
        for route in ROUTES
        if route.method == method and (found := _pattern(route.path).fullmatch(path))
    ]
    if not candidates:
        return UNKNOWN, {}
    _, route, params = min(candidates, key=lambda candidate: candidate[0])
    return route, params


@cache
def _pattern(path: str) -> re.Pattern[str]:
    rest = re.sub(r"{(\w+)\+}", r"(?P<\1>.+)", path)
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", rest))


def http_event(
    route: Route,
    path: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    query: Mapping[str, str],
    raw: bytes | None,
) -> dict[str, Any]:
    """An HTTP API event, payload version 2.0."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": quote(path, safe="/%"),
        "rawQueryString": urlencode(query),
        "headers": dict(headers),
        "pathParameters": dict(params),
        "requestContext": {
            "http": {"method": route.method, "path": path, "sourceIp": "192.0.2.1"},
            "requestId": uuid4().hex,
            "routeKey": route.key,
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [f"{name}={value}" for name, value in cookies.items()]
    if raw:
        event["body"], event["isBase64Encoded"] = as_body(raw, headers.get("content-type", ""))
    return event


def as_body(raw: bytes, content_type: str) -> tuple[str, bool]:
    """A body as API Gateway hands it over: text as it is, posted forms and the rest in base64."""
    if content_type.startswith(("application/json", "text/")):
        try:
            return raw.decode(), False
        except UnicodeDecodeError:
            pass
    return b64encode(raw).decode(), True


def stream_record(item: dict[str, Any], number: int) -> dict[str, Any]:
    """An INSERT of the table's stream."""
    image = to_item(item)
    return {
        "eventID": uuid4().hex,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "Keys": {"PK": image["PK"], "SK": image["SK"]},
            "NewImage": image,
            "SequenceNumber": f"{number:021}",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
