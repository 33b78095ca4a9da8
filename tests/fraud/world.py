"""An installation in memory: its time, table and stream, its queues, its jobs at their hours."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from local.memory import Change, Memory
from local.seeded import governed
from regulars.core import clock
from regulars.http import credentials, limits
from regulars.messages.channels import email
from regulars.program import load
from regulars.store import connect, keys, wire
from regulars.store.marshal import Item
from regulars.store.merchants import KEPT_S
from regulars.store.table import Table
from tests.service import Reply, context, handler, http_event, match

ZONE = ZoneInfo("Europe/Budapest")
BEGINS = datetime(2027, 2, 1, 3, tzinfo=ZONE).astimezone(UTC)
"""A Monday; the hour that is left out on 28 March is within a quarter from it."""

HOUR = timedelta(hours=1)
HOURLY = ("expiry", "tiers", "digest", "reminders")
"""The functions that the schedule calls."""

BATCH = 10
"""So many records or messages a function gets at once."""


class World:
    """Everything that is there, and what is still to happen. All chance comes from the seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.memory = Memory(self._committed)
        self.table = Table(os.environ["TABLE_NAME"], self.memory.call)
        self.now = BEGINS
        self.stream: deque[Item] = deque()
        self.queues: dict[str, deque[str]] = {
            "orders": deque(), "messages": deque(), "work": deque()
        }  # fmt: skip
        self.mails: list[dict[str, Any]] = []
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._planned = 0
        self._remembers_since = BEGINS

    # --- time ------------------------------------------------------------------------------

    @property
    def local(self) -> datetime:
        """The time on the wall."""
        return self.now.astimezone(ZONE)

    def at(self, instant: datetime, do: Callable[[], None]) -> None:
        """Plan something; what is planned for a time that is over happens next."""
        self._planned += 1
        heappush(self._agenda, (instant, self._planned, do))

    def after(self, wait: timedelta, do: Callable[[], None]) -> None:
        """Plan something for later."""
        self.at(self.now + wait, do)

    def play(self, until: datetime) -> None:
        """Let everything happen that is planned before an instant, and each hour's jobs."""
        hour = self.now.replace(minute=0, second=0, microsecond=0) + HOUR
        while self._agenda or hour < until:
            first = self._agenda[0][0] if self._agenda else until
            if min(first, hour) >= until:
                break
            if hour <= first:
                self.now = max(self.now, hour)
                self._run_jobs()
                hour += HOUR
            else:
                _, _, do = heappop(self._agenda)
                self.now = max(self.now, first)
                do()
            self._carry()
        self.now = max(self.now, until)

    def wait(self, seconds: float) -> None:
        """Let a moment pass, while somebody is at something."""
        self.now += timedelta(seconds=seconds)

    # --- requests --------------------------------------------------------------------------

    def request(
        self, method: str, path: str, *, body: Any = None, raw: bytes | None = None,
        form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None,
        source: str = "192.0.2.1",
    ) -> Reply:  # fmt: skip
        """One HTTP request, through the handler of its route."""
        sent = dict(headers or {})
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        if form is not None:
            raw = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        if method == "POST":
            sent.setdefault("idempotency-key", uuid4().hex)
        self._forget()
        route, params = match(method, path)
        event = http_event(route, path, params, sent, cookies or {}, query or {}, raw)
        event["requestContext"]["http"] |= {"method": method, "sourceIp": source}
        answer = handler(route.function)(event, context())
        if answer["statusCode"] >= 500:
            raise AssertionError(f"{method} {path}: {answer['body']}")
        lower = {name.lower(): value for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], lower, answer["body"], answer.get("cookies", []))

    def _forget(self) -> None:
        """Processes know records for some seconds; here the clock is not the real one."""
        if (self.now - self._remembers_since).total_seconds() >= KEPT_S:
            credentials.kept.clear()
            self._remembers_since = self.now

    # --- between functions -----------------------------------------------------------------

    def _committed(self, changes: list[Change]) -> None:
        self.stream += (
            after
            for (_, sk), before, after in changes
            if before is None and sk.startswith(keys.ENTRY_PREFIX)
        )

    def _send(self, queue_url: str, body: str, group: str = "") -> None:
        self.queues[queue_url.rpartition("/")[2]].append(body)

    def _carry(self) -> None:
        """Bring to their functions what lies in the stream and on the queues."""
        while self.stream or any(self.queues.values()):
            if self.stream:
                _call("outbox", [_record(item) for item in _some(self.stream)])
            for queue, function in (("orders", "orders"), ("messages", "notify")):
                if self.queues[queue]:
                    _call(function, [_message(body) for body in _some(self.queues[queue])])
            if self.queues["work"]:
                _call("work", [_message(self.queues["work"].popleft())])

    def _run_jobs(self) -> None:
        self._forget()
        for function in HOURLY:
            handler(function)({}, context())
            self._carry()

    def send_email(self, **mail: Any) -> None:
        """Take a mail, as SES does."""
        self.mails.append(mail)


def _some(waiting: deque[Any]) -> list[Any]:
    return [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]


def _call(function: str, records: list[dict[str, Any]]) -> None:
    failed = handler(function)({"Records": records}, context())["batchItemFailures"]
    if failed:
        raise AssertionError(f"{function} failed: {failed}")


def _record(image: Item) -> dict[str, Any]:
    """A record of the stream; images are as they lie in the table."""
    number = f"{uuid4().int % 10**20:021}"
    return {
        "eventID": uuid4().hex, "eventName": "INSERT", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "Keys": {"PK": image["PK"], "SK": image["SK"]}, "NewImage": image,
            "SequenceNumber": number, "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }  # fmt: skip


def _message(body: str) -> dict[str, Any]:
    return {
        "messageId": uuid4().hex, "receiptHandle": "r", "body": body, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {},
        "awsRegion": "eu-central-1",
    }  # fmt: skip


@contextmanager
def running(seed: int) -> Iterator[World]:
    """An installation for the length of a block: AWS is replaced, the clock and all entropy."""
    world = World(seed)
    entropy = Random(f"ids {seed}")  # noqa: S311 - nobody is to be kept out of a game
    with ExitStack() as stack:
        stack.enter_context(governed(entropy))
        for module, name, value in (
            (connect, "table", lambda: world.table),
            (connect, "lean_table", lambda: world.table),
            (wire, "send_message", world._send),
            (clock, "now", lambda: world.now),
            (email, "_ses", lambda: world),
        ):
            stack.enter_context(patch.object(module, name, value))
        _as_new_processes()
        yield world
        _as_new_processes()


def _as_new_processes() -> None:
    credentials.kept.clear()
    limits.clear()
    load._programs.clear()
