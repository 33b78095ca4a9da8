"""The store against a real engine, over each of the two transports."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any, Protocol

import pytest

from local import engine, template
from regulars.store import boto, retry, wire
from regulars.store.table import Call, Table
from tests.unit.store.flaky import Flaky, serving


class Transport(Protocol):
    """Makes a client of a service at an endpoint in a region."""

    def __call__(self, service: str, endpoint: str, region: str = ..., /) -> Call: ...


CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake credentials and nothing of the developer's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, in seconds; nobody really waits."""
    waited: list[float] = []
    monkeypatch.setattr(retry, "sleep", waited.append)
    return waited


KINDS: dict[str, type[wire.Wire] | type[boto.Boto]] = {"wire": wire.Wire, "boto": boto.Boto}
Client = wire.Wire | boto.Boto


@pytest.fixture(scope="session")
def clients() -> dict[tuple[str, ...], Client]:
    """Clients by transport, service, endpoint and region: a boto3 client takes 50 ms to make."""
    return {}


@pytest.fixture(params=list(KINDS))
def transport(
    request: pytest.FixtureRequest, clients: dict[tuple[str, ...], Client]
) -> Iterator[Transport]:
    """Makes a client of either transport for a service, an endpoint and a region.

    No connection of an earlier test is left in it.
    """
    used: list[Client] = []

    def make(service: str, endpoint: str, region: str = "eu-central-1") -> Call:
        place = (request.param, service, endpoint, region)
        if place not in clients:
            clients[place] = KINDS[request.param](service, endpoint, region)
        used.append(clients[place])
        return clients[place]

    yield make
    for client in used:
        client.close()


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of an engine in memory."""
    with engine.running() as url:
        yield url


@pytest.fixture
def call(transport: Transport, endpoint: str) -> Call:
    """DynamoDB, over each transport in turn."""
    return transport("dynamodb", endpoint)


@pytest.fixture(scope="session")
def definition() -> dict[str, Any]:
    """The table of the template, as CreateTable takes it, without a name."""
    return template.load(engine.ROOT / "template.yaml").table.definition


@pytest.fixture
def table(call: Call, definition: dict[str, Any]) -> Table:
    """An empty table of its own."""
    name = f"regulars-test-{token_hex(16)}"
    call("CreateTable", {**definition, "TableName": name})
    return Table(name, call)


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Flaky]:
    """A stand-in for AWS that goes wrong as it is told to, one per test process."""
    with serving() as running:
        yield running


@pytest.fixture
def flaky(stand_in: Flaky) -> Flaky:
    """The stand-in, with no steps to come and nothing seen."""
    stand_in.reset()
    return stand_in
