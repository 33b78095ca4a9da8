"""What the tests of threats share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service import Merchant, Service
from tests.spy import Spy
from tests.threats.removal import Removal


@pytest.fixture
def removed(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, spy: Spy, service: Service
) -> Iterator[None]:
    """Take the protection away that the test names, once the service is there."""
    gone: Removal | None = request.param
    if gone:
        gone.take_away(monkeypatch)
    yield
    if gone:
        spy.offences.clear()  # without its protection the product may do what is not allowed


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant()
