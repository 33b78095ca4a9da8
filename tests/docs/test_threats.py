"""`docs/threats.md` names every threat, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "threats.md").read_text("utf-8").splitlines()
    if re.match(r"\| T\d+ ", line)
]


def test_every_threat_has_its_row_once() -> None:
    assert [row[0] for row in ROWS] == [f"T{number}" for number in range(1, 32)]
    assert {len(row) for row in ROWS} == {5}


def test_every_protection_has_tests_and_what_has_none_says_who_builds_it() -> None:
    for name, _, protection, tests, later in ROWS:
        assert bool(protection) == bool(tests), name
        assert protection or re.match(r"\*(guest|messages)\*: ", later), name


def test_every_test_that_is_named_exists() -> None:
    named = [path for row in ROWS for path in re.findall(r"`([\w/]+\.py)`", row[3])]
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_every_protection_has_a_module_of_its_own() -> None:
    """What is to come has none; the others are named first in their row."""
    for name, _, protection, tests, _ in ROWS:
        found = [
            path.name for path in (ROOT / "tests" / "threats").glob(f"test_t{name[1:]:0>2}_*.py")
        ]
        assert len(found) == bool(protection), name
        assert all(tests.startswith(f"`tests/threats/{one}`") for one in found), name
