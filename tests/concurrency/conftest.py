"""Counters on the real engine; nobody waits long between tries."""

from __future__ import annotations

import time

import pytest

from regulars.store import retry
from regulars.store.table import Table
from tests.concurrency.counter import Counter


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the waits: threads still change places, and the suite does not sleep."""
    nap = time.sleep
    monkeypatch.setattr(retry, "sleep", lambda seconds: nap(seconds / 100))


@pytest.fixture
def counter(table: Table) -> Counter:
    """A merchant's counter over the lean client."""
    return Counter(table)
