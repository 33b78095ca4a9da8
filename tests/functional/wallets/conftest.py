"""A shop of an installation that has certificates of both wallets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.wallet import apple_push
from tests import wallets
from tests.apns import Apns, running
from tests.service import Browser, Merchant, Service


@pytest.fixture
def cafe(service: Service, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    wallets.turn_on(service, monkeypatch)
    return service.new_merchant()


@pytest.fixture
def anna(cafe: Merchant) -> Browser:
    """The phone of somebody who has just joined."""
    return wallets.member(cafe, name="Kovács Anna", language="hu")


@pytest.fixture
def phone(service: Service) -> wallets.Phone:
    return wallets.Phone(service)


@pytest.fixture
def apns(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apns]:
    """A server in the place of Apple's, to which the product speaks over HTTP/2."""
    with running(tmp_path, wallets.made().between) as server:
        monkeypatch.setattr(apple_push, "ADDRESS", server.address)
        monkeypatch.setenv("SSL_CERT_FILE", str(server.root))
        wallets.forget()
        yield server
        wallets.forget()
