"""Some weeks of the fraud simulation; `make fraud` plays whole quarters of all shops."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache

import pytest

from regulars.core import config, tokens
from tests.conftest import PLATFORM_KEY
from tests.fraud.planted import REMOVALS, planted
from tests.fraud.quarter import play
from tests.fraud.report import Report

DAYS = 35


@pytest.fixture(autouse=True)
def whole_installation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What every function is told; what it logs nobody reads."""
    monkeypatch.setenv("PLATFORM_KEY_SHA256", tokens.digest(PLATFORM_KEY))
    monkeypatch.setenv("MESSAGES_QUEUE_URL", "http://localhost/messages")
    monkeypatch.setenv("ORDERS_QUEUE_URL", "http://localhost/orders")
    monkeypatch.setenv("WORK_QUEUE_URL", "http://localhost/work")
    config.settings.cache_clear()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    config.settings.cache_clear()


def played(shop: str, seed: int, days: int = DAYS) -> Report:
    return Report([play(seed, days, (shop,))])


@cache
def as_it_is(shop: str, seed: int) -> Report:
    """The product with all its protections."""
    return played(shop, seed)


def test_three_weeks_of_a_bar() -> None:
    report = played("bar", 2, 21)

    assert report.missed_goals == []
    assert report.visits > 300
    tried = {kind for kind, figures in report.figures.items() if figures.tried}
    assert tried == {"self-stamping staff", "leaked staff link", "join bot"}


@pytest.mark.long
def test_a_seed_is_always_the_same_weeks() -> None:
    first, again, other = (played("corner", seed, 8).lines() for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.long
@pytest.mark.parametrize("name", REMOVALS)
def test_without_a_protection_a_goal_is_missed(name: str) -> None:
    removal = REMOVALS[name]
    with planted(name):
        report = played(removal.shop, removal.seed)

    # In a few weeks of one shop some visits of a family can be too many already.
    assert set(report.missed_goals) - set(as_it_is(removal.shop, removal.seed).missed_goals)
