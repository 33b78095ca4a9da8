"""Visits that a till reports late, together, in any order: each counts on its own day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain import reasons
from regulars.domain.calendar import to_ms
from regulars.domain.card import INSTANTS_KEPT, VISIT_DAYS_KEPT
from regulars.domain.decision import Decision
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


def test_the_newest_days_with_visits_are_remembered_however_long_ago() -> None:
    """Older visits count; a card does not grow without end."""
    cafe = shop(limits={"visits_per_day": 1})
    assert report(cafe, *range(30, -1, -1)) == [1] * 31
    assert len(cafe.card.came) == VISIT_DAYS_KEPT
    assert report(cafe, 7, 8, VISIT_DAYS_KEPT - 1, VISIT_DAYS_KEPT) == [0, 0, 0, 1]


def test_a_visit_of_long_ago_is_remembered_on_a_card_that_is_seldom_used() -> None:
    cafe = shop(limits={"visits_per_day": 1})
    assert report(cafe, 50, 0, 50) == [1, 1, 0]


@pytest.mark.parametrize("late", [-29, -1, 0, 1, 29])
def test_a_late_visit_is_held_against_the_one_before_and_the_one_after(late: int) -> None:
    minute = 1 / 24 / 60
    cafe = shop(limits={"cooldown_minutes": 30})
    report(cafe, 1, 0.5, 0)
    assert report(cafe, 0.5 - late * minute) == [0]
    assert report(cafe, 0.5 + 30 * minute, 0.5 - 30 * minute) == [1, 1]


def test_a_refund_frees_the_time_around_a_visit_that_was_not_the_last() -> None:
    cafe = shop(limits={"cooldown_minutes": 30})
    report(cafe, 1, 0.5)
    gone = cafe.decided[-2]
    report(cafe, 0)
    refund = cafe.refund(gone)
    assert report(cafe, 1) == [1]

    cafe.void(refund, gone)
    assert cafe.card.visited[str(to_ms(REPORTED - timedelta(days=1)))] == 2, "both count"
    cafe.refund(cafe.decided[-2])
    assert report(cafe, 1) == [0], "one of them still does"
    assert cafe.verify() == []


def test_when_the_first_visit_is_refunded_before_the_second_there_is_no_last_one() -> None:
    cafe = shop()
    report(cafe, 1, 0.5)
    first, second = cafe.decided[-2:]
    cafe.refund(first)
    cafe.refund(second)
    assert cafe.card.last_visit_ms == 0


def test_without_a_cool_down_no_instant_is_kept() -> None:
    cafe = shop(limits={"visits_per_day": 1})
    report(cafe, 1, 0)
    assert cafe.card.visited == {}


def test_the_newest_instants_of_a_week_are_kept() -> None:
    """What is older is held against what is kept, and counts."""
    hour = 1 / 24
    cafe = shop(limits={"cooldown_minutes": 30})
    report(cafe, *(ago * hour for ago in range(INSTANTS_KEPT + 5)))
    assert len(cafe.card.visited) == INSTANTS_KEPT
    assert report(cafe, (INSTANTS_KEPT - 1) * hour, INSTANTS_KEPT * hour) == [0, 1]

    seldom = shop(limits={"cooldown_minutes": 30})
    report(seldom, 8, 7, 0)
    assert len(seldom.card.visited) == 2
    assert report(seldom, 7, 8) == [0, 1]


def test_a_refunded_visit_is_remembered_until_another_stands_in_its_place() -> None:
    cafe = shop()
    report(cafe, 5, 4)
    cafe.refund(cafe.decided[1])
    assert len(cafe.card.taken) == 1
    report(cafe, 5)
    assert cafe.card.taken == {}


def test_it_is_remembered_until_those_after_it_are_refunded_as_well() -> None:
    cafe = shop()
    report(cafe, 6, 5, 4)
    for sale in (cafe.decided[2], cafe.decided[3]):
        cafe.refund(sale)
    assert cafe.card.taken == {}
    assert cafe.card.last_visit_ms == to_ms(REPORTED - timedelta(days=6))


@pytest.mark.parametrize(("days_later", "remembered"), [(7, 1), (7.001, 0)])
def test_a_refunded_visit_is_forgotten_a_week_before_the_last_one(
    days_later: float, remembered: int
) -> None:
    cafe = shop()
    report(cafe, 20, 19)
    cafe.refund(cafe.decided[1])
    report(cafe, 20 - days_later)
    assert len(cafe.card.taken) == remembered


def test_a_visit_of_a_clock_that_is_ahead_is_waited_for() -> None:
    """The next one counts a whole cool-down after it, and that is what is said."""
    cafe = shop(limits={"cooldown_minutes": 30})
    ahead = cafe.sale(500, effective_ms=to_ms(REPORTED + timedelta(minutes=4)))
    assert ahead.entry
    assert cafe.sale(500).refused == (("limits", reasons.cooldown(34)),)


INSTANTS = st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=18)


@given(INSTANTS, st.integers(1, 90))
def test_visits_that_count_are_apart(reported: list[tuple[int, bool]], apart: int) -> None:
    """Against plain lists: a visit counts unless one that counts is nearer, and a refund frees its
    time."""
    cafe = shop(limits={"cooldown_minutes": apart})
    there: list[tuple[int, Decision]] = []
    for minute, refunded in reported:
        if refunded and there:
            cafe.refund(there.pop(minute % len(there))[1])
        sale = cafe.sale(500, effective_ms=to_ms(REPORTED - timedelta(minutes=minute)))
        assert sale.entry
        free = all(abs(minute - other) >= apart for other, _ in there)
        assert sale.entry.facts["visits"] == int(free)
        if free:
            there.append((minute, sale))
    assert sorted(map(int, cafe.card.visited)) == sorted(
        to_ms(REPORTED - timedelta(minutes=minute)) for minute, _ in there
    )
    assert cafe.verify() == []
