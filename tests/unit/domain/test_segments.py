"""A member's own rhythm: from visit days, late ones and refunded ones included."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.domain import calendar, segments
from regulars.domain.card import VISIT_DAYS_KEPT
from tests.unit.domain.shop import Shop, make_program, unit, visit_rule


def visitor(*days: int) -> Shop:
    """A member who paid on the first day and so many days after it."""
    shop = Shop(make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()]))
    shop.join()
    start = shop.now
    for day in days:
        shop.now = start + timedelta(days=day)
        shop.sale(1000)
    return shop


def test_a_late_reported_visit_counts_on_its_own_day() -> None:
    shop = visitor(0, 20, 40)
    assert segments.rhythm(shop.card) == 2 * 20
    late = calendar.to_ms(shop.now - timedelta(days=30))
    shop.sale(500, effective_ms=late)
    assert segments.rhythm(shop.card) == 2 * 10


def test_a_refunded_visit_was_none() -> None:
    shop = visitor(0, 10, 13, 20)
    assert segments.rhythm(shop.card) == 2 * 7
    shop.refund(shop.decided[3])
    assert segments.rhythm(shop.card) == 2 * 10


def test_two_visits_of_a_day_are_one_day_until_both_are_refunded() -> None:
    shop = visitor(0, 10, 10, 20)
    shop.refund(shop.decided[2])
    assert segments.rhythm(shop.card) == 2 * 10
    shop.refund(shop.decided[3])
    assert segments.rhythm(shop.card) == 0, "two visit days are no rhythm"


def test_the_newest_days_are_kept() -> None:
    shop = visitor(*range(0, 2 * VISIT_DAYS_KEPT, 2), *range(60, 60 + 30 * 7, 7))
    assert len(shop.card.came) == VISIT_DAYS_KEPT
    assert segments.rhythm(shop.card) == 2 * 7


@pytest.mark.parametrize(
    ("days", "later", "changes"),
    [
        ((0,), 0, "2026-12-23"),  # 31 days later
        ((0,), 31, "2027-01-22"),  # at risk since today: lapsed after 60 days
        ((0,), 61, None),
        ((0, 10, 20), 0, "2027-01-02"),  # comes every 10 days: 21 days after the last visit
        ((0, 10, 20), 21, "2027-01-12"),
        ((), 0, "2026-12-23"),
    ],
)
def test_it_is_known_when_another_segment_begins(
    days: tuple[int, ...], later: int, changes: str | None
) -> None:
    shop = visitor(*days)
    shop.later(days=later)
    of, card, today = shop.program, shop.card, shop.now.date()
    found = segments.changes_on(of, card, today)
    assert (found and found.isoformat()) == changes
    if found:
        now = segments.segment(of, card, today)
        assert segments.segment(of, card, found - timedelta(days=1)) == now
        assert segments.segment(of, card, found) != now
