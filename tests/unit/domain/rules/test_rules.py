"""`docs/rules.md` is true: every row of its tables is run and compared word for word."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.unit.domain.rules import lots, merges, refunds, sale, tiers, versions, waiting, wallets
from tests.unit.domain.rules.document import HOLDERS, PAGE, Row, outcome_of, rows, sections

TEXT = PAGE.read_text("utf-8")
HELD_IN = (sale, lots, wallets, tiers, refunds, merges, versions, waiting)


@pytest.mark.parametrize("row", rows(TEXT), ids=lambda row: f"{row.section}, line {row.line}")
def test_what_the_document_says(row: Row) -> None:
    assert dict(outcome_of(row, HOLDERS[row.section])) == dict(row.outcome)


def test_every_section_ends_with_one_table_and_somebody_holds_it() -> None:
    found = sections(TEXT)

    assert [section.title for section in found if len(section.tables) != 1] == []
    assert [one for one, times in Counter(it.title for it in found).items() if times > 1] == []
    assert sorted(HOLDERS) == sorted(section.title for section in found)


def test_no_table_is_read_with_rows_missing() -> None:
    """Of every line that begins with a bar two per table are its head; all others are run."""
    lines = [number for number, line in enumerate(TEXT.splitlines(), 1) if line.startswith("|")]

    assert len(rows(TEXT)) == len(lines) - 2 * len(sections(TEXT))
    assert all(row.outcome and row.given for row in rows(TEXT))
    assert {row.section for row in rows(TEXT)} == {section.title for section in sections(TEXT)}
