"""What a member has brought to their source, by the card as it is now."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.card import Card, Window
from regulars.domain.ledger import Entry
from regulars.domain.sources import COUNTED, DAY_MS, Brought, brought

CAME = Card("c", lifetime=Window(100, 1, 0), seq=2)


def entry(day: float, kind: Any = "earn") -> Entry:
    at_ms = round(day * DAY_MS)
    return Entry(2, "op", kind, at_ms, at_ms, "api", 1, (), {})


@pytest.mark.parametrize(("day", "active"), [(0, True), (30.9, True), (31.1, False), (90, False)])
def test_a_first_visit_activates_within_thirty_days(day: float, active: bool) -> None:
    assert brought(CAME, Brought(), entry(day), 0) == Brought(active, 100, 2)


def test_who_was_activated_stays_it_while_a_visit_is_left() -> None:
    before = Brought(True, 100, 1)
    assert brought(CAME, before, entry(90), 0).activated
    nothing = CAME.__class__("c", seq=3)
    assert brought(nothing, before, entry(90, "reverse"), 0) == Brought(False, 0, 3)


def test_a_merged_card_keeps_its_first_visit_and_none_of_its_money() -> None:
    merged = Card("c", lifetime=Window(100, 1, 0), seq=4, merged_into="d")
    assert brought(merged, Brought(True, 100, 3), entry(1, "merge"), 0) == Brought(True, 0, 4)


def test_after_these_entries_it_is_counted_again() -> None:
    assert {"join", "earn", "reverse", "adjust", "merge"} == COUNTED
