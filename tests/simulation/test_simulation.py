"""A bounded run of the simulator, and of what it must find."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pytest

from tests.simulation import (
    correcting,
    planted_codes,
    planted_sales,
    planted_versions,
    planted_wallets,
    scanning,
    wallets,
)
from tests.simulation.__main__ import failed_before, found_before
from tests.simulation.changing import Changing
from tests.simulation.correcting import Correcting
from tests.simulation.planted import BUGS, planted
from tests.simulation.scanning import Scanning
from tests.simulation.simulator import Simulation, simulate
from tests.simulation.wallets import Wallets

SEEDS = range(1, 61)
CHANGING_SEEDS = range(1, 21)
WALLET_SEEDS = range(1, 21)
SCANNING_SEEDS = range(1, 21)
CORRECTING_SEEDS = range(1, 21)
"""A thousand of each are run by `.ci/run`."""
PLANTED_SEEDS = range(1, 1001)
"""Where a planted bug is looked for that is not found any more where it was the last time."""

QUICK_SEEDS = 12
FOUND = found_before()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What fails here fails on purpose, and need not be logged."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_whatever_happens_the_books_are_right() -> None:
    for seed in [*failed_before(), *SEEDS]:
        found = simulate(seed)
        assert found is None, "\n".join([*found.trace[-40:], f"seed {seed}: {found.wrong}"])


def test_whatever_is_published_what_members_hold_survives() -> None:
    for seed in CHANGING_SEEDS:
        found = Changing(seed).run()
        assert found is None, "\n".join([*found.trace[-40:], f"seed {seed}: {found.wrong}"])


def test_whoever_uses_points_as_money_the_books_are_right() -> None:
    for seed in WALLET_SEEDS:
        found = wallets.simulate(seed)
        assert found is None, "\n".join([*found.trace[-40:], f"seed {seed}: {found.wrong}"])


def test_whoever_scans_codes_the_books_are_right() -> None:
    for seed in SCANNING_SEEDS:
        found = scanning.simulate(seed)
        assert found is None, "\n".join([*found.trace[-40:], f"seed {seed}: {found.wrong}"])


def test_whatever_is_put_right_the_books_are_right() -> None:
    for seed in [*failed_before(), *CORRECTING_SEEDS]:
        found = correcting.simulate(seed)
        assert found is None, "\n".join([*found.trace[-40:], f"seed {seed}: {found.wrong}"])


def test_a_seed_is_always_the_same_run() -> None:
    runs = [Simulation(7) for _ in range(2)]
    assert [run.run(traced=True) for run in runs] == [None, None]
    assert runs[0].world.trace
    assert runs[0].world.trace == runs[1].world.trace


def each(bugs: Iterable[str]) -> list[Any]:
    """Every bug; those that are not found at one of the first seeds take longer."""
    return [
        pytest.param(bug, marks=[pytest.mark.long] if FOUND.get(bug, 1) > QUICK_SEEDS else [])
        for bug in bugs
    ]


@pytest.mark.parametrize("bug", each(BUGS))
def test_a_planted_bug_is_found(bug: str) -> None:
    last_time = FOUND.get(bug, 1)
    with planted(bug):
        assert any(Simulation(seed).run() for seed in chain([last_time], PLANTED_SEEDS))


def test_a_planted_bug_is_gone_afterwards() -> None:
    """What it made of cards is remembered by nobody: else it would be found in place of others."""
    bug = "what a newer version keeps of a card is forgotten"
    with planted(bug):
        found = next(run for seed in PLANTED_SEEDS if (run := Simulation(seed).run()))
    assert simulate(found.seed) is None


@pytest.mark.parametrize("bug", each(planted_versions.BUGS))
def test_a_planted_bug_about_versions_is_found(bug: str) -> None:
    last_time = FOUND.get(bug, 1)
    with planted_versions.planted(bug):
        assert any(Changing(seed).run() for seed in chain([last_time], PLANTED_SEEDS))


@pytest.mark.parametrize("bug", each(planted_wallets.BUGS))
def test_a_planted_bug_about_credit_is_found(bug: str) -> None:
    last_time = FOUND.get(bug, 1)
    with planted_wallets.planted(bug):
        assert any(Wallets(seed).run() for seed in chain([last_time], PLANTED_SEEDS))


@pytest.mark.parametrize("bug", each(planted_codes.BUGS))
def test_a_planted_bug_about_codes_is_found(bug: str) -> None:
    last_time = FOUND.get(bug, 1)
    with planted_codes.planted(bug):
        assert any(Scanning(seed).run() for seed in chain([last_time], PLANTED_SEEDS))


@pytest.mark.parametrize("bug", each(planted_sales.BUGS))
def test_a_planted_bug_about_corrections_is_found(bug: str) -> None:
    last_time = FOUND.get(bug, 1)
    with planted_sales.planted(bug):
        assert any(Correcting(seed).run() for seed in chain([last_time], PLANTED_SEEDS))
