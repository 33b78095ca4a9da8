"""A toy system and the stack that runs it, as a person would start it."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import Client

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _as_at_a_prompt(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack is started as a person would: nothing of a function's environment is set."""
    for name in ("BASE_URL", "TABLE_NAME", "RING_PARAMETER", "MAIL_FROM", "PLATFORM_KEY_SHA256"):
        monkeypatch.delenv(name, raising=False)


TOY = Path(__file__).with_name("toy")


def wait_for(condition: Callable[[], Any], what: str, timeout_s: float = 15.0) -> Any:
    """The first true value of `condition`; fails the test when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {timeout_s:.0f} s: {what}")


class RunningStack:
    """`python -m local` on a copy of the toy system."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        self.state = root / "state"
        reported = {
            "TEMPLATE": str(root / "template.yaml"),
            "STATE_DIR": str(self.state),
            "PORT": "0",
            "DEMO": "0",
        }
        with (root / "stderr.log").open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=ROOT,
                env={**os.environ, **reported, **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.output: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))
            if line.startswith("ready "):
                break
        self.address = self.output[-1].removeprefix("ready ") if self.output else ""

    @property
    def errors(self) -> str:
        """What was said on standard error."""
        return (self.root / "stderr.log").read_text("utf-8")

    @property
    def access(self) -> dict[str, Any]:
        """What access.json says."""
        document: dict[str, Any] = json.loads((self.state / "access.json").read_text("utf-8"))
        return document

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        address: str = "",
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One HTTP request over a connection of its own."""
        host = (address or self.address).removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(host, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get_json(self, path: str) -> Any:
        """The JSON body of a GET that works."""
        status, _, body = self.request("GET", path)
        assert status == 200, body
        return json.loads(body)

    def environment(self) -> dict[str, str]:
        """What the functions have in their environment."""
        variables: dict[str, str] = self.get_json("/echo/x")["environment"]
        return variables

    def client(self, service: str) -> Client:
        """A client of the engine, or of a stand-in for another service."""
        name = "AWS_ENDPOINT_URL"
        if service.startswith("dynamodb"):
            name += "_DYNAMODB"
        return Client(service, self.environment()[name])

    def put(self, *sort_keys: str, **attributes: Any) -> None:
        """Write items of one partition, in this order."""
        dynamodb = self.client("dynamodb")
        for key in sort_keys:
            item = {"PK": {"S": "shop"}, "SK": {"S": key}, **attributes}
            dynamodb.call("PutItem", {"TableName": "regulars-ledger", "Item": item})

    def send(self, queue: str, body: str) -> None:
        """Put a message into a queue."""
        self.client("sqs").call("SendMessage", {"QueueUrl": self.queue(queue), "MessageBody": body})

    def queue(self, name: str) -> str:
        """The URL of a queue by its logical id."""
        found = self.client("sqs").call("GetQueueUrl", {"QueueName": f"regulars-{name}"})
        return str(found["QueueUrl"])

    def receive(self, queue: str) -> list[dict[str, Any]]:
        """What waits in a queue."""
        answer = self.client("sqs").call(
            "ReceiveMessage",
            {
                "QueueUrl": self.queue(queue),
                "MaxNumberOfMessages": 10,
                "MessageAttributeNames": ["All"],
            },
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def seen(self, kind: str) -> list[Any]:
        """What the toy functions noted."""
        path = self.root / f"{kind}.seen"
        return [json.loads(it) for it in path.read_text().splitlines()] if path.exists() else []

    def children(self) -> set[int]:
        """The process ids of everything this stack started."""
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        pairs = [tuple(map(int, re.findall(r"\d+", it))) for it in listing.stdout.splitlines()]
        return {pid for pid, parent in pairs if parent == self.process.pid}

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it with a signal and wait; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(15)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


def alive(pid: int) -> bool:
    """Whether a process exists that is more than a remainder nobody has collected."""
    listing = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip() not in ("",) and not listing.stdout.strip().startswith("Z")


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy system."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


@pytest.fixture
def start(toy: Path) -> Iterator[Callable[..., RunningStack]]:
    """Starts stacks on the copy, and stops them at the end."""
    started: list[RunningStack] = []

    def starter(root: Path = toy, **environment: str) -> RunningStack:
        started.append(RunningStack(root, **environment))
        return started[-1]

    yield starter
    for stack in started:
        stack.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One stack for all tests that only use it."""
    root = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("shared") / "toy"))
    running = RunningStack(root, DATA="memory")
    yield running
    running.stop()
