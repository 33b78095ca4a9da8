"""The product as `make run` runs it, in a process of its own, and what a test asks of it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from playwright.sync_api import Page

from local.aws import Client

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def wait_for(condition: Callable[[], Any], what: str, timeout_s: float = 15.0) -> Any:
    """The first true value of `condition`; fails the test when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout_s:.0f} s: {what}")


class Product:
    """One running copy, with the demo café or empty, over the state folder it is given."""

    def __init__(self, state: Path, *, demo: bool = True) -> None:
        self.state = state
        state.mkdir(parents=True, exist_ok=True)
        reported = {"STATE_DIR": str(state), "PORT": "0", "DATA": "file",
                    "DEMO": "1" if demo else "0"}  # fmt: skip
        with (state / "stderr.log").open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=ROOT,
                env={**os.environ, **reported},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        ready = any(line.startswith("ready ") for line in self.process.stdout)
        assert ready, (state / "stderr.log").read_text("utf-8")
        self.access = json.loads((state / "access.json").read_text("utf-8"))
        self.demo: dict[str, Any] = self.access["demo"] or {}
        self.base_url: str = self.access["base_url"]

    # --- over HTTP ---------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request over a connection of its own; `path` may be a whole URL of the product."""
        url = urllib.parse.urlsplit(urllib.parse.urljoin(self.base_url, path))
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        try:
            target = url.path + (f"?{url.query}" if url.query else "")
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def api(
        self, method: str, path: str, body: Any = None, *, key: str = "", idem: str = ""
    ) -> Answer:
        """One call of the API, with the demo's live key unless another one is given."""
        headers = {
            "authorization": f"Bearer {key or self.demo['api_key']}",
            "content-type": "application/json",
            "idempotency-key": idem or uuid4().hex,
        }
        sent = None if body is None else json.dumps(body).encode()
        return self.request(method, path, sent, headers)

    def member(self, key: str = "", **fields: Any) -> dict[str, Any]:
        """A new member's card."""
        answer = self.api("POST", "/v1/members", fields, key=key)
        assert answer.status == 201, answer.text
        card: dict[str, Any] = answer.json
        return card

    def card(self, member_id: str, key: str = "") -> dict[str, Any]:
        """A card as it is now."""
        answer = self.api("GET", f"/v1/members/{member_id}", key=key)
        assert answer.status == 200, answer.text
        card: dict[str, Any] = answer.json
        return card

    def earn(self, member_id: str, key: str = "", **fields: Any) -> dict[str, Any]:
        """The answer of an accrual."""
        answer = self.api("POST", "/v1/earn", {"member_id": member_id, **fields}, key=key)
        assert answer.status == 200, answer.text
        earned: dict[str, Any] = answer.json
        return earned

    def counter(self, page: Page, key: str = "") -> None:
        """Enrol a browser as a device of the counter, with the button of a new link."""
        people = self.api("GET", "/v1/staff", key=key).json["items"]
        manager = next(one["staff_id"] for one in people if one["role"] == "manager")
        path = f"/v1/staff/{manager}/devices"
        answer = self.api("POST", path, {"name": "Counter"}, key=key)
        assert answer.status == 201, answer.text
        page.goto(answer.json["enrol_url"])
        page.locator("button.button").click()
        page.wait_for_url("**/staff/counter")

    def merchant(self, template: str, slug: str, **fields: Any) -> dict[str, Any]:
        """A new merchant."""
        wanted = {
            "name": slug.title(),
            "slug": slug,
            "template": template,
            "currency": "EUR",
            "timezone": "Europe/Budapest",
            "languages": ["en", "hu"],
            "owner_email": "owner@example.com",
            **fields,
        }
        answer = self.api("POST", "/v1/merchants", wanted, key=self.access["platform_key"])
        assert answer.status == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def job(self, name: str) -> subprocess.CompletedProcess[str]:
        """What `make job NAME=…` runs."""
        return subprocess.run(
            [sys.executable, "-m", "local.job", name],
            cwd=ROOT,
            env={**os.environ, "STATE_DIR": str(self.state)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    # --- behind the scenes -------------------------------------------------------------------

    def client(self, service: str) -> Client:
        """A client of the engine or of another stand-in, found where a function finds them."""
        name = "AWS_ENDPOINT_URL_DYNAMODB" if service.startswith("dynamodb") else "AWS_ENDPOINT_URL"
        for pid in self.children():
            seen = subprocess.run(
                ["ps", "eww", "-o", "command=", "-p", str(pid)],
                capture_output=True, text=True, check=False,
            ).stdout  # fmt: skip
            if found := re.search(rf"\b{name}=(http://\S+)", seen):
                return Client(service, found[1])
        raise AssertionError("no function runs yet")

    def item(self, pk: str, sk: str) -> dict[str, Any]:
        """What the table holds under a key, {} when nothing."""
        asked = {"TableName": "regulars-ledger", "Key": {"PK": {"S": pk}, "SK": {"S": sk}}}
        found: dict[str, Any] = self.client("dynamodb").call("GetItem", asked).get("Item", {})
        return found

    def queue(self, name: str) -> str:
        """The URL of a queue."""
        found = self.client("sqs").call("GetQueueUrl", {"QueueName": f"regulars-{name}"})
        return str(found["QueueUrl"])

    def waiting(self, name: str) -> list[dict[str, Any]]:
        """What waits in a queue; reading it leaves it there."""
        asked = {"QueueUrl": self.queue(name), "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
        messages: list[dict[str, Any]] = (
            self.client("sqs").call("ReceiveMessage", asked).get("Messages", [])
        )
        return messages

    def children(self) -> set[int]:
        """The process ids of everything this one started."""
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
        return {pid for pid, parent in pairs if parent == self.process.pid}

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal and wait."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


def alive(pid: int) -> bool:
    """Whether a process exists that is more than a remainder nobody has collected."""
    listing = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip()[:1] not in ("", "Z")
