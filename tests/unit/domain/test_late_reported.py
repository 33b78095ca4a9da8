"""Visits that a till reports late, together, in any order: each counts on its own day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.domain.calendar import to_ms
from tests.unit.domain.shop import Shop, make_program, spend_rule, unit, visit_rule

REPORTED = datetime(2026, 12, 10, 18, 0, tzinfo=UTC)
UNITS = [unit("point"), unit("stamp", "stamps")]


def shop(**sections: Any) -> Shop:
    opened = Shop(
        make_program(units=UNITS, earn=[visit_rule(), spend_rule()], **sections), REPORTED
    )
    opened.now -= timedelta(days=60)
    opened.join()
    opened.now = REPORTED
    return opened


def report(cafe: Shop, *days_ago: float) -> list[int]:
    """Report visits of so many days ago; return how many of each counted."""
    counted = []
    for ago in days_ago:
        entry = cafe.sale(500, effective_ms=to_ms(REPORTED - timedelta(days=ago))).entry
        assert entry is not None
        counted.append(entry.facts["visits"])
    return counted


@pytest.mark.parametrize("order", [(3, 2, 1), (1, 2, 3), (2, 3, 1), (0, 3, 1)])
def test_visits_of_different_days_all_count(order: tuple[int, ...]) -> None:
    capped = shop(limits={"visits_per_day": 1, "cooldown_minutes": 30})
    assert report(capped, *order) == [1, 1, 1]
    assert report(capped, *order) == [0, 0, 0]


def test_a_cool_down_holds_between_visits_told_together() -> None:
    cafe = shop(limits={"cooldown_minutes": 30})
    minute = 1 / 24 / 60
    assert report(cafe, 1, 1 - 29 * minute, 1 - 30 * minute) == [1, 0, 1]


def test_the_last_visit_is_the_latest_not_the_one_told_last() -> None:
    cafe = shop()
    report(cafe, 1, 5)
    assert cafe.card.last_visit_ms == to_ms(REPORTED - timedelta(days=1))


def test_an_undone_late_visit_frees_its_day() -> None:
    cafe = shop(limits={"visits_per_day": 1})
    report(cafe, 2)
    cafe.refund(cafe.decided[-1])
    assert report(cafe, 2, 2) == [1, 0]


def test_a_challenge_of_december_counts_a_sale_of_december_told_in_january() -> None:
    challenge = {"id": "xmas", "name": "X", "metric": "visits", "at": 2, "badge": True,
                 "from": "2026-12-01", "until": "2026-12-09"}  # fmt: skip
    cafe = shop(milestones=[challenge])
    report(cafe, 0, 1)
    assert "m:xmas" not in cafe.card.taken
    report(cafe, 2)
    assert cafe.card.taken["m:xmas"][1] == 1


def test_a_raffle_that_is_over_takes_no_more_tickets() -> None:
    """The draw may have been; and what was before it began gives none either."""
    raffles = [
        {"id": name, "name": name, "from": first, "until": last, "reward": "prize"}
        for name, first, last in (
            ("over", "2026-12-01", "2026-12-09"), ("runs", "2026-12-09", "2026-12-10"),
        )
    ]  # fmt: skip
    cafe = shop(raffles=raffles, rewards=[{"id": "prize", "name": "P"}])
    report(cafe, 0, 1, 2)
    assert (cafe.card.taken.get("r:over"), cafe.card.taken["r:runs"]) == (None, ("", 2))


def test_a_streak_is_neither_broken_nor_prolonged_by_the_past() -> None:
    streak = {"id": "weeks", "name": "W", "metric": "weeks", "at": 4, "badge": True}
    cafe = shop(milestones=[streak])
    report(cafe, 14, 7, 21, 0)
    assert cafe.card.taken["s:weeks"][1] == 3


def test_only_the_last_week_is_remembered_day_by_day() -> None:
    """Older visits count; a card does not grow without end."""
    cafe = shop(limits={"visits_per_day": 1})
    assert report(cafe, *range(30, -1, -1)) == [1] * 31
    assert len(cafe.card.days) == 8
    assert report(cafe, 7, 8) == [0, 1]
