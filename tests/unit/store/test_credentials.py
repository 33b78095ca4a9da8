"""Keys from the environment, or from the endpoint that Lambda offers after a restored snapshot."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from regulars.store import credentials
from regulars.store.credentials import Credentials, Keyring
from regulars.store.errors import Lost

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
FOUND = {
    "AccessKeyId": "ASIA1",
    "SecretAccessKey": "secret",
    "Token": "token",
    "Expiration": "2026-11-22T13:00:00Z",
}


class Container:
    """The endpoint: what it answers, and the paths and tokens it was asked with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answer: dict[str, Any] = dict(FOUND)
        self.asked: list[tuple[str, str | None]] = []


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place.asked.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(place.answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    place = Container(f"http://127.0.0.1:{server.server_port}/creds?v=1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", place.url)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in")
    monkeypatch.setattr(credentials, "clock", lambda: NOW)
    try:
        yield place
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_environment_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert Keyring().current() == Credentials("AKIA1", "s", "")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert Keyring().current() == Credentials("AKIA1", "s", "t")


def test_they_may_change_while_we_run(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring()
    keyring.current()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA2")
    assert keyring.current().key_id == "AKIA2"


def test_no_keys_at_all_are_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(KeyError):
        Keyring().current()


def test_the_container_endpoint_is_asked_once(container: Container) -> None:
    keyring = Keyring()
    ends = datetime(2026, 11, 22, 13, tzinfo=UTC).timestamp()
    assert keyring.current() == keyring.current() == Credentials("ASIA1", "secret", "token", ends)
    assert container.asked == [("/creds?v=1", "let me in")]


def test_the_environment_goes_before_the_endpoint(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert Keyring().current().key_id == "AKIA1"
    assert container.asked == []


def test_they_are_renewed_before_they_run_out(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring()
    keyring.current()
    container.answer |= {"AccessKeyId": "ASIA2", "Expiration": "2026-11-22T19:00:00Z"}
    monkeypatch.setattr(credentials, "clock", lambda: NOW + 3600 - credentials.RENEW_BEFORE_S - 1)
    assert keyring.current().key_id == "ASIA1"
    monkeypatch.setattr(credentials, "clock", lambda: NOW + 3600 - credentials.RENEW_BEFORE_S)
    assert keyring.current().key_id == "ASIA2"


def test_an_endpoint_without_keys_is_worth_another_try(container: Container) -> None:
    container.answer = {"message": "not yet"}
    with pytest.raises(Lost):
        Keyring().current()
