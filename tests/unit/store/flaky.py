"""A stand-in for AWS that goes wrong as it is told to: one step per request, then `OK` for ever."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """Answer this; with `cut`, close the connection after half of the body."""

    status: int = 200
    body: bytes = b"{}"
    checksum: bool = True
    cut: bool = False


@dataclass(frozen=True)
class Close:
    """Hang up. With `forward_to`, only after the engine there has carried the request out."""

    forward_to: str = ""


@dataclass(frozen=True)
class Late:
    """Answer after this many seconds."""

    seconds: float


@dataclass(frozen=True)
class LastOnConnection:
    """Answer, then close the connection without having said so."""


@dataclass(frozen=True)
class Forward:
    """Let the engine at this address answer."""

    to: str


Step = Answer | Close | Late | LastOnConnection | Forward
OK = Answer()


def error(code: str, status: int = 400, **more: Any) -> Answer:
    """An error as AWS writes it."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return Answer(
        status, json.dumps({"__type": kind, "message": f"told to: {code}", **more}).encode()
    )


@dataclass(frozen=True)
class Seen:
    """A request that arrived; connections are numbered from 1."""

    operation: str
    body: dict[str, Any]
    headers: dict[str, str]
    connection: int


class Flaky:
    """The stand-in: `url`, the `steps` still to come, and what it has `seen`."""

    def __init__(self) -> None:
        self.url = ""
        self.lock = threading.Condition()
        self.reset()

    def reset(self) -> None:
        """Forget what was seen and what was to come; a late answer goes to the old list."""
        with self.lock:
            self.steps: list[Step] = []
            self.seen: list[Seen] = []
            self.connections = 0
            self.closed: set[int] = set()

    def follow(self, *steps: Step) -> None:
        """Go through these steps, one per request."""
        self.steps = list(steps)

    def wait_until_closed(self, connection: int) -> None:
        """Wait until the stand-in has closed its end of a connection."""
        with self.lock:
            assert self.lock.wait_for(lambda: connection in self.closed, timeout=10)


@contextmanager
def serving() -> Iterator[Flaky]:
    """Run the stand-in on a free port."""
    flaky = Flaky()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            with flaky.lock:
                flaky.connections += 1
                self.number = flaky.connections
                self.closed = flaky.closed  # of this test, also when it ends in a later one

        def finish(self) -> None:
            super().finish()
            with suppress(OSError):  # the other end may be gone
                self.connection.shutdown(socket.SHUT_RDWR)
            with flaky.lock:
                self.closed.add(self.number)
                flaky.lock.notify_all()

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            with flaky.lock:
                headers = dict(self.headers)
                flaky.seen.append(Seen(operation, json.loads(content), headers, self.number))
                step = flaky.steps.pop(0) if flaky.steps else OK
            self.play(step, content)

        def play(self, step: Step, content: bytes) -> None:
            match step:
                case Answer():
                    self.answer(step)
                case Close(forward_to):
                    if forward_to:
                        self.forward(forward_to, content)
                    self.close_connection = True
                case Late(seconds):
                    time.sleep(seconds)
                    self.close_connection = True
                case LastOnConnection():
                    self.answer(OK)
                    self.close_connection = True
                case Forward(to):
                    self.answer(Answer(*self.forward(to, content)))

        def forward(self, to: str, content: bytes) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(urlsplit(to).netloc)
            try:
                connection.request("POST", "/", content, dict(self.headers))
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()

        def answer(self, step: Answer) -> None:
            self.send_response(step.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(step.body)))
            checksum = zlib.crc32(step.body) if step.checksum else 1
            self.send_header("x-amz-crc32", str(checksum))
            self.end_headers()
            self.wfile.write(step.body[: len(step.body) // 2] if step.cut else step.body)
            self.close_connection = step.cut

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    flaky.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield flaky
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
