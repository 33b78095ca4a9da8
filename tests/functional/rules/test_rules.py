"""`docs/rules.md` is true over HTTP: the rows of these sections are run on the whole service."""

from __future__ import annotations

from functools import partial

import pytest

from tests.conftest import Clock
from tests.functional.rules import lots, refunds, sales, waiting
from tests.functional.rules.holders import HOLDERS
from tests.functional.rules.story import House
from tests.service import Service
from tests.unit.domain.rules.document import PAGE, Row, outcome_of, rows

HELD_IN = (lots, refunds, sales, waiting)
ROWS = [row for row in rows(PAGE.read_text("utf-8")) if row.section in HOLDERS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.section}, line {row.line}")
def test_what_the_document_says(service: Service, frozen: Clock, row: Row) -> None:
    house = House(service, frozen)
    assert dict(outcome_of(row, partial(HOLDERS[row.section], house))) == dict(row.outcome)
