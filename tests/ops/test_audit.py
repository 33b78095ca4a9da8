"""The audit after a restore: it finds every broken card, repairs it, and says so by its exit."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from regulars.store import cards, keys
from regulars.store.table import Table
from tests.functional.test_damaged_cards import remove, state
from tests.service import Merchant, Service

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "audit"


@pytest.fixture
def cafes(service: Service) -> list[tuple[Merchant, list[str]]]:
    """Two merchants with four members each, who have all done something."""
    opened = [service.new_merchant() for _ in range(2)]
    found = []
    for cafe in opened:
        ids = [cafe.join()["member_id"] for _ in range(4)]
        for member_id in ids:
            cafe.earn(member_id, visits=9)
            cafe.earn(member_id, visits=2, spend_minor=700)
        found.append((cafe, ids))
    return found


def audit(table: Table, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--table", table.name, "--segments", "3", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


def wrong(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The members that were named."""
    return {line.partition(":")[0].rpartition("/")[2] for line in done.stdout.splitlines()}


@pytest.mark.long
def test_a_whole_table_is_audited_in_segments_and_repaired(
    service: Service, cafes: list[tuple[Merchant, list[str]]]
) -> None:
    (first, ids), (second, others) = cafes
    assert (audit(service.table).returncode, audit(service.table).stdout) == (0, "")
    old = cards.card_of(state(first, ids[0]))
    service.table.put(cards.state_item(first.id, old._replace(seq=2, lots={}, carry={"x": 1})))
    remove(first, keys.state(first.id, ids[1]))
    remove(second, keys.state(second.id, others[2]))
    remove(second, keys.profile(second.id, others[2]))
    service.table.put({**state(second, others[3]), "s": "no card"})

    done = audit(service.table)
    assert (done.returncode, wrong(done)) == (1, {ids[0], ids[1], others[2], others[3]})
    assert "8 cards" in done.stderr
    assert f"{first.id}/{ids[0]}: carry.x: 1 is stored, the entries say None" in done.stdout

    fixed = audit(service.table, "--repair")
    assert fixed.returncode == 0
    assert "0 wrong, 4 repaired" in fixed.stderr
    assert (audit(service.table).returncode, audit(service.table).stdout) == (0, "")
    first.earn(ids[0])


def test_one_merchant_and_one_card(
    service: Service, cafes: list[tuple[Merchant, list[str]]]
) -> None:
    (first, ids), (second, others) = cafes
    for cafe, member_id in ((first, ids[0]), (second, others[0])):
        service.table.put({**state(cafe, member_id), "s": "no card"})
    of_merchant = audit(service.table, "--merchant", first.id)
    assert (of_merchant.returncode, wrong(of_merchant)) == (1, {ids[0]})
    good = audit(service.table, "--merchant", first.id, "--member", ids[1])
    assert (good.returncode, good.stdout) == (0, "")
    fixed = audit(service.table, "--merchant", second.id, "--member", others[0], "--repair")
    assert fixed.returncode == 0
    assert second.card(others[0])["seq"] >= 3


def test_entries_that_are_damaged_are_said_and_cannot_be_repaired(
    service: Service, cafes: list[tuple[Merchant, list[str]]]
) -> None:
    (cafe, ids), _ = cafes
    (entry,) = service.table.get(keys.entry(cafe.id, ids[0], 2))
    assert entry is not None
    service.table.put({**entry, "e": "no entry"})
    done = audit(service.table, "--repair")
    assert (done.returncode, wrong(done)) == (1, {ids[0]})
    assert "entry 2 cannot be read" in done.stdout


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))]
)
def test_any_item_that_a_restore_lost_is_found_and_repaired(
    service: Service, cafes: list[tuple[Merchant, list[str]]], seed: int
) -> None:
    """A state, a voucher or the newest entry with what came with it: as a torn transaction."""
    (cafe, ids), _ = cafes
    dice = random.Random(seed)  # noqa: S311 - test data, not a secret
    member_id = dice.choice(ids)
    page = service.table.query(keys.card(cafe.id, member_id), consistent=True)
    lost = dice.choice([it["SK"] for it in page.items if it["SK"][:5] in {"STATE", "VOUCH"}])
    remove(cafe, (keys.card(cafe.id, member_id), lost))
    assert wrong(audit(service.table)) == {member_id}
    assert audit(service.table, "--repair").returncode == 0
    assert audit(service.table).returncode == 0


def test_what_cannot_run_says_so(service: Service) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--table", "no-such-table"],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be opened" in done.stderr
