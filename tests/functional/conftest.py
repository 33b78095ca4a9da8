"""Who most of these tests begin with: a café, and its owner at the console."""

from __future__ import annotations

import pytest

from tests.functional.console import OWNER, Browser
from tests.service import Merchant, Service


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant()


@pytest.fixture
def owner(service: Service, cafe: Merchant) -> Browser:
    return Browser(service).sign_in(OWNER)
