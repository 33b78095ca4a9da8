"""`docs/field.md` names tests that are there, for every class."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "field.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| class ")
]


def test_every_class_is_held_somewhere_and_tested() -> None:
    assert len(ROWS) > 20
    for row in ROWS:
        assert len(row) == 3, row
        assert all(row), row
        named = re.findall(r"`(tests/[\w/]+\.py)`", row[2])
        assert named, row
        assert [path for path in named if not (ROOT / path).is_file()] == [], row
