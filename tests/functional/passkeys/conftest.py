"""A shop, its owner who is signed in, and a device with a passkey of the owner."""

from __future__ import annotations

import pytest

from tests.authenticator import Authenticator
from tests.functional.console import Browser
from tests.functional.passkeys.calls import OWNER, add
from tests.service import Merchant, Service


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant(owner_email=OWNER)


@pytest.fixture
def owner(service: Service, cafe: Merchant) -> Browser:
    """Somebody who has just signed in by mail."""
    return Browser(service).sign_in(OWNER)


@pytest.fixture
def device(owner: Browser) -> Authenticator:
    """An authenticator with a passkey of the owner."""
    made = Authenticator()
    assert add(owner, made, "Phone").status == 201
    return made
