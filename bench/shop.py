"""A shop to measure in: an engine, a table, a merchant and members, made through the API."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from local import engine
from local.memory import Memory
from regulars.core import ring
from regulars.core.config import settings
from regulars.http import card_holders
from regulars.store import connect
from regulars.store.errors import StoreError
from regulars.store.table import Table

PLATFORM_KEY = "bench-platform-key"
RING = json.dumps({"base": "k001", "current": "k001", "since": 0, "keys": {"k001": "bench-" * 8}})
Event = dict[str, Any]
Seen = list[tuple[str, dict[str, Any], dict[str, Any]]]


class Shop:
    """One live merchant and its sandbox. Events are made for its credentials."""

    def __init__(self, created: dict[str, Any]) -> None:
        self.created = created
        self.slug = str(created["slug"])
        self.key = str(created["api_key"])
        self.test_key = str(created["test_api_key"])
        self.counter = self._sign_in()

    def enroll(self, key: str | None = None) -> str:
        """A new member; returns the id."""
        number = uuid4().int % 10**9
        body = {"name": "Ágota", "email": f"member{number}@example.com"}
        return str(call("api", request("POST", "/v1/members", body, key or self.key))["member_id"])

    def card_token(self, member_id: str) -> str:
        """The secret part of a member's card link."""
        card = call("api", request("GET", "/v1/members/{id}", None, self.key, id=member_id))
        return str(card["card_url"]).rsplit("/", 1)[1]

    def card_page(self, member_id: str) -> Event:
        """The card page, as a device that the card lives on asks for it."""
        name = card_holders.card_cookie_name(str(self.created["merchant_id"]))
        taken = request("POST", "/card/{slug}/device", slug=self.slug)
        taken["cookies"] = [f"{name}={self.card_token(member_id)}"]
        (cookie,) = answer_of("card", taken)["cookies"]
        event = request("GET", "/card/{slug}", slug=self.slug)
        return {**event, "cookies": [str(cookie).partition(";")[0]]}

    def _sign_in(self) -> str:
        """The session cookie of the device at the counter."""
        token = str(self.created["staff_url"]).rsplit("/", 1)[1]
        answer = answer_of("staff", request("POST", "/staff/{token}", token=token))
        return str(answer["cookies"][1]).partition(";")[0]

    def stamp(self, member_id: str, key: str | None = None) -> Event:
        """The event of one visit: stamped at the counter, or with an API key."""
        body = {"member_id": member_id, "visits": 1, "spend_minor": 450}
        event = request("POST", "/v1/earn", body, key or "")
        if key is None:
            event["cookies"] = [self.counter]
            event["headers"]["x-regulars"] = "staff"
        return event

    def voucher(self, member_id: str) -> str:
        """Stamps the card full; returns the code of the voucher that this brings."""
        for _ in range(30):
            answer = call("stamp", self.stamp(member_id))
            if answer["unlocked"]:
                return str(answer["unlocked"][0]["code"])
        raise RuntimeError("thirty stamps brought no voucher")

    def redeem(self, code: str, key: str | None = None) -> Event:
        """The event of handing a voucher over."""
        route = "/v1/vouchers/{code}/redeem"
        return request("POST", route, {}, key or self.key, code=code)

    def sale(self) -> Event:
        """The event of a signed sale that a till reports."""
        from regulars.tills.providers import generic

        url = str(self.created["webhook_urls"]["generic"])
        secret = str(self.created["webhook_secrets"]["generic"])
        data = {"order_id": uuid4().hex, "total_minor": 450, "currency": "EUR"}
        event_id, now = uuid4().hex, str(int(time.time()))
        route = "/hooks/{provider}/{hook_id}"
        parts = {"provider": "generic", "hook_id": url.rsplit("/", 1)[1]}
        event = request("POST", route, {"type": "sale.completed", "data": data}, "", **parts)
        signature = generic.sign(secret, event_id, now, event["body"].encode())
        event["headers"] |= {
            "webhook-id": event_id,
            "webhook-timestamp": now,
            "webhook-signature": f"v1,{signature}",
        }
        return event


def request(method: str, route: str, body: Any = None, key: str = "", **parts: str) -> Event:
    """An event of the HTTP API, payload 2.0."""
    path = route.format(**parts)
    headers = {"host": "127.0.0.1", "content-type": "application/json", "accept-language": "en"}
    headers["idempotency-key"] = uuid4().hex
    if key:
        headers["authorization"] = f"Bearer {key}"
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "pathParameters": parts,
        "requestContext": {
            "domainName": "127.0.0.1",
            "requestId": uuid4().hex,
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "userAgent": "bench"},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def answer_of(function: str, event: Event) -> dict[str, Any]:
    """What a function answers in this process, as API Gateway would get it."""
    app = importlib.import_module(f"functions.{function}.app")
    context = SimpleNamespace(
        aws_request_id=uuid4().hex,
        function_name=function,
        function_version="1",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:123456789012:function:{function}",
        get_remaining_time_in_millis=lambda: 20_000,
    )
    return dict(app.lambda_handler(event, context))


def call(function: str, event: Event) -> dict[str, Any]:
    """The JSON that a function answers; raises RuntimeError for anything but a success."""
    answer = answer_of(function, event)
    body = answer.get("body") or "{}"
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    if answer["statusCode"] >= 300:
        raise RuntimeError(f"{event['routeKey']}: {answer['statusCode']} {body}")
    return dict(json.loads(body))


@contextmanager
def observed(table: Table) -> Iterator[Seen]:
    """The calls that succeed on a table within the block: operation, request, answer."""
    seen: Seen = []

    def observe(operation: str, params: dict[str, Any], outcome: Any) -> None:
        if not isinstance(outcome, StoreError):
            seen.append((operation, params, outcome))

    table.on_call.append(observe)
    try:
        yield seen
    finally:
        table.on_call.remove(observe)


@contextmanager
def opened(template: str = "corner-cafe") -> Iterator[Shop]:
    """A shop with a new merchant, for the length of a block; sets this process's environment."""
    with engine.running() as endpoint, _queue() as queue:
        os.environ |= _environment() | {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_ENDPOINT_URL_SQS": queue,
            "AWS_ENDPOINT_URL_SSM": queue,
            "ORDERS_QUEUE_URL": f"{queue}/123456789012/orders",
            "MESSAGES_QUEUE_URL": f"{queue}/123456789012/messages",
            "WORK_QUEUE_URL": f"{queue}/123456789012/work",
        }
        engine.create_table(endpoint, stream=False)  # its stream slows every write as it grows
        connect.lean_table.cache_clear()
        connect.table.cache_clear()
        yield Shop(_new_merchant(template))


@contextmanager
def in_memory(memory: Memory, template: str) -> Iterator[tuple[Table, str]]:
    """A table in memory with a new merchant, for the length of a block: the table of everything
    in this process, and the id of the merchant's sandbox, which needs no queue."""
    table = Table(engine.TABLE, memory.call)
    with (
        patch.dict(os.environ, _environment()),
        patch.object(connect, "lean_table", lambda: table),
        patch.object(connect, "table", lambda: table),
        patch.object(ring, "source", lambda: RING),
    ):
        settings.cache_clear()
        try:
            yield table, str(_new_merchant(template)["sandbox_id"])
        finally:
            settings.cache_clear()


def _environment() -> dict[str, str]:
    """What the functions are told, the addresses of others excepted."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "TABLE_NAME": engine.TABLE,
        "BASE_URL": "https://cards.example",
        "RING_PARAMETER": "/regulars/ring",
        "PLATFORM_KEY_SHA256": hashlib.sha256(PLATFORM_KEY.encode()).hexdigest(),
        "MAIL_FROM": "cards@example.com",
        "POWERTOOLS_SERVICE_NAME": "regulars",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }


def _new_merchant(template: str) -> dict[str, Any]:
    """What the API answers when a merchant is created."""
    body = {
        "name": "Corner Café",
        "slug": "corner",
        "template": template,
        "currency": "EUR",
        "timezone": "Europe/Budapest",
        "languages": ["en", "hu"],
        "owner_email": "owner@example.com",
    }
    created = call("api", request("POST", "/v1/merchants", body, PLATFORM_KEY))
    for merchant_id in (created["merchant_id"], created["sandbox_id"]):
        limits = {"rate_per_second": 10_000, "burst": 100_000}  # a bench is in a hurry
        route = "/v1/merchants/{id}"
        call("api", request("PATCH", route, limits, PLATFORM_KEY, id=merchant_id))
    return created


@contextmanager
def _queue() -> Iterator[str]:
    """A queue that takes everything, for what a function sends on its way to an answer; and the
    key ring."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["X-Amz-Target"] == "AmazonSSM.GetParameter":
                reply: dict[str, Any] = {"Parameter": {"Value": RING}}
            else:
                text = sent["MessageBody"].encode()
                digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
                reply = {"MessageId": uuid4().hex, "MD5OfMessageBody": digest}
            answer = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
