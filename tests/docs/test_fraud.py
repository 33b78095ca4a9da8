"""`docs/fraud.md` names every kind of signal, and the simulated owner does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from regulars.domain.signals import SignalKind
from tests.fraud.owner import EXPLAINED, HOLDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fraud.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| `")
]


def kinds(cell: str) -> list[str]:
    """The kinds that a text names."""
    return re.findall(r"`(\w+)`", cell)


def test_every_kind_of_signal_is_explained_once() -> None:
    assert sorted(kind for row in ROWS for kind in kinds(row[0])) == sorted(get_args(SignalKind))
    assert {len(row) for row in ROWS} == {4}


def test_the_simulated_owner_does_what_it_says() -> None:
    holds = {kind for row in ROWS if re.match(r"hold\b(?! one)", row[3]) for kind in kinds(row[0])}
    assert holds == HOLDS
    (sentence,) = re.findall(r"explains (.+?):", PAGE.read_text("utf-8"), re.DOTALL)
    assert set(kinds(sentence)) == EXPLAINED
