"""`docs/rules.md` is true over HTTP: the rows of these sections are run on the whole service."""

from __future__ import annotations

from functools import partial

import pytest

from regulars.store import connect
from tests.conftest import Clock
from tests.functional.rules import lots, merges, refunds, sales, versions, waiting
from tests.functional.rules.holders import HOLDERS, Holder
from tests.functional.rules.story import House
from tests.service import Service
from tests.unit.domain.rules.document import PAGE, Row, outcome_of, rows

HELD_IN = (lots, merges, refunds, sales, versions, waiting)
SECTIONS = (
    "Limits", "What was sold", "Rules", "The remainder", "Multipliers", "Bonuses",
    "Late-reported sales", "Late-reported visits", "Milestones", "Raffles", "Tiers at once",
    "Automatic rewards", "Rewards that wait", "A full card", "Pending units and debt",
    "Last days", "Inactivity", "Several ends", "Shown as expiring", "Held units",
    "Spending order", "Vouchers", "Rewards that nobody used", "Of a member", "Of all",
    "In parts", "The visit", "Of items",
    "Where units are taken from", "Debt or waiver", "What else is undone", "The tier",
    "A refund that is taken back", "An order that is sent again", "Surprises", "Invitations",
    "Segments", "What follows at once", "A unit that is replaced", "A unit that ends",
    "Vouchers keep their terms", "Remainders of rules that went", "What members would lose",
    "What two cards come to", "A merge that is undone",
)  # fmt: skip
ONLY_IN_THE_CORE = (
    "What counts", "Debt first", "Rounding", "Windows", "Keeping", "The end", "Memberships",
    "Seasons", "Several rights", "Benefits of a tier", "Celebrations", "Actions and referrals",
    "Taking a credit", "Using a credit", "What of a credit comes back", "Precedence of refusals",
)  # fmt: skip
"""Sections whose rows are run on the pure core alone."""
ROWS = rows(PAGE.read_text("utf-8"))


@pytest.fixture
def house(service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch) -> House:
    """All functions use the lean client of the table: boto3 would take half of the time."""
    monkeypatch.setattr(connect, "table", connect.lean_table)
    return House(service, frozen)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("section", sorted(HOLDERS))
def test_what_the_document_says(house: House, section: str) -> None:
    """Each row has a member of its own, and where it can the shop of the rows before."""
    holder = HOLDERS[section]
    outcome = {row.line: dict(row.outcome) for row in ROWS if row.section == section}

    found = {row.line: _found(house, holder, row) for row in ROWS if row.section == section}

    assert found == outcome


def _found(house: House, holder: Holder, row: Row) -> dict[str, str]:
    """What comes of a row; its line is named when something goes wrong."""
    try:
        return dict(outcome_of(row, partial(holder, house)))
    except Exception as error:
        error.add_note(f"in line {row.line} of docs/rules.md")
        raise


def test_nobody_forgets_a_section() -> None:
    """Of every section it is outcome here whether it runs over HTTP; of those all rows do."""
    assert sorted(HOLDERS) == sorted(SECTIONS)
    assert sorted(SECTIONS + ONLY_IN_THE_CORE) == sorted({row.section for row in ROWS})
