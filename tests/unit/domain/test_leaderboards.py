"""Leaderboards: who is on them, in which order, and what others see of a name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain import leaderboards
from regulars.domain.card import Card, Window
from regulars.domain.games import Leaderboard
from regulars.domain.leaderboards import Ranking, period, ranks
from tests.unit.domain.shop import make_program

VISITS = Leaderboard("visits", "Most visits", "visits", "quarter", 3)
VALUES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(-2, 6))


@given(VALUES, st.integers(3, 50), st.randoms())
def test_the_best_are_those_of_a_sorted_list_in_any_order(values, places, random) -> None:  # type: ignore[no-untyped-def] # Hypothesis names the types
    """However the cards come along: the highest values, ties by id, nobody without a value."""
    order = list(values)
    random.shuffle(order)
    ranking = Ranking(places)
    for member_id in order:
        ranking.add(member_id, values[member_id])

    taking_part = sorted((-value, member) for member, value in values.items() if value > 0)
    assert ranking.best() == tuple((member, -value) for value, member in taking_part[:places])
    assert ranking.members == len(taking_part)


def test_a_program_says_what_is_ranked() -> None:
    boards = [
        {"id": "most", "name": "Most", "metric": "spend", "window": "year", "places": 5},
        {"id": "usual", "name": "Usual", "metric": "visits", "window": "month"},
    ]
    assert make_program(leaderboards=boards).leaderboards == (
        Leaderboard("most", "Most", "spend", "year", 5),
        Leaderboard("usual", "Usual", "visits", "month", 10),
    )


def test_equal_values_share_a_rank_and_the_next_is_skipped() -> None:
    assert ranks([9, 7, 7, 7, 2]) == [1, 2, 2, 2, 5]
    assert ranks([]) == []


@pytest.mark.parametrize(
    ("window", "day", "first", "last"),
    [
        ("month", "2028-02-10", "2028-02-01", "2028-02-29"),
        ("quarter", "2026-11-22", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-01-01", "2026-12-31"),
    ],
)
def test_periods_are_those_of_the_calendar(window: str, day: str, first: str, last: str) -> None:
    board = VISITS._replace(window=window)  # type: ignore[arg-type] # a table of examples
    found = period(board, date.fromisoformat(day))
    assert tuple(it.isoformat() for it in found) == (first, last)


def test_a_value_is_what_the_months_of_the_period_hold() -> None:
    """September is not in the last quarter; of it December has not come yet."""
    index = 2026 * 12
    months = {index + 8: Window(900, 9, 90), index + 9: Window(100, 1, 10),
              index + 10: Window(250, 2, 25)}  # fmt: skip
    card = Card("c", windows=months)
    day = date(2026, 11, 22)
    assert leaderboards.value(VISITS, card, day) == 3
    assert leaderboards.value(VISITS._replace(metric="spend"), card, day) == 350
    assert leaderboards.value(VISITS._replace(metric="points", window="month"), card, day) == 25
    assert leaderboards.value(VISITS._replace(window="year"), card, day) == 12


def test_a_ranking_goes_on_where_it_was() -> None:
    whole, first, second = Ranking(3), Ranking(3), Ranking(3)
    values = {"a": 5, "b": 1, "c": 5, "d": 3, "e": 4}
    for place, (member_id, value) in enumerate(values.items()):
        whole.add(member_id, value)
        (first if place < 3 else second).add(member_id, value)
        if place == 2:
            second.take_up(first.members, first.best())
    assert second.best() == whole.best() == (("a", 5), ("c", 5), ("e", 4))
    assert second.members == whole.members == 5
