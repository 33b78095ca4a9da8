"""Challenges between two days, streaks of weeks and months. Today is Sunday, 22 November."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import milestones
from regulars.domain.refusals import Refused
from regulars.domain.streaks import MANY, Run
from regulars.program.check import check
from tests.unit.domain.shop import Shop, make_program, spend_rule, unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item"}


def shop(mark: dict[str, Any]) -> Shop:
    """A member of a shop with one milestone that gives a gift."""
    milestone = {"id": "mark", "name": "Mark", "reward": "gift", **mark}
    opened = Shop(
        make_program(units=[unit()], earn=[spend_rule()], rewards=[GIFT], milestones=[milestone])
    )
    opened.join()
    return opened


def gifts(of: Shop) -> int:
    return sum(held.reward_id == "gift" for held in of.card.open.values())


def visits(of: Shop, *days_between: int) -> list[int]:
    """The gifts after each of the visits, the first so many days from now."""
    had = []
    for days in days_between:
        of.later(days=days)
        of.visit()
        had.append(gifts(of))
    return had


def test_a_refund_takes_a_visit_out_of_a_challenge() -> None:
    """Two visits of three, one refunded: it takes two more."""
    cafe = shop({"metric": "visits", "at": 3, "from": "2026-11-01", "until": "2026-12-31"})
    cafe.sale(1000)
    refunded = cafe.sale(1000)
    cafe.refund(refunded)

    assert visits(cafe, 0, 0) == [0, 1]


def test_a_challenge_of_spend_is_met_to_the_cent() -> None:
    """99.99 is not 100.00."""
    cafe = shop({"metric": "spend", "at": 10_000, "until": "2026-12-31"})
    cafe.sale(9_999)
    assert gifts(cafe) == 0
    cafe.sale(1)
    assert gifts(cafe) == 1


def test_four_weeks_in_a_row_are_a_streak_however_often_one_came_in_each() -> None:
    """Sunday, twice in the next week, then once in each of two more."""
    cafe = shop({"metric": "weeks", "at": 4, "repeat": True})

    assert visits(cafe, 0, 1, 3, 7, 7) == [0, 0, 0, 0, 1]
    # four weeks later it is the eighth in a row only if none was left out
    assert visits(cafe, 7, 7, 7, 7) == [1, 1, 1, 2]


def test_months_in_a_row_span_the_turn_of_the_year() -> None:
    """22 November, 22 December, 21 January."""
    cafe = shop({"metric": "months", "at": 3, "badge": True})

    assert visits(cafe, 0, 30, 30) == [0, 0, 1]
    assert milestones.badges(cafe.card, cafe.program.milestones) == ("mark",)


def test_a_badge_goes_with_the_refund_of_what_brought_it() -> None:
    cafe = shop({"metric": "spend", "at": 1_000, "badge": True})
    sale = cafe.sale(1_000)
    assert milestones.badges(cafe.card, cafe.program.milestones) == ("mark",)
    cafe.refund(sale)
    assert milestones.badges(cafe.card, cafe.program.milestones) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "weeks", "at": 2, "from": "2026-12-01"},
        {"metric": "visits", "at": 2, "from": "2026-12-02", "until": "2026-12-01"},
        {"metric": "visits", "at": 2, "until": "2026-02-30"},
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_path(wrong: dict[str, Any]) -> None:
    document = {
        "name": "Shop", "currency": "EUR", "timezone": "Europe/Budapest", "languages": ["en"],
        "milestones": [{"id": "m", "name": "M", "badge": True, **wrong}],
    }  # fmt: skip

    with pytest.raises(Refused) as refused:
        check(document)

    assert refused.value.errors[0][0].startswith("milestones.0")


def test_a_refund_of_an_earlier_streak_does_not_reward_the_running_one_again() -> None:
    cafe = shop({"metric": "weeks", "at": 2})
    cafe.visit()
    earlier = cafe.later(days=7).visit()
    assert visits(cafe, 21, 7) == [1, 2]  # a streak broke, and another came to as much

    cafe.refund(earlier)

    assert visits(cafe, 1) == [1]


def test_a_reward_of_a_streak_is_counted_once_when_its_refund_is_taken_back() -> None:
    """It was reached, refunded, taken back and refunded again: it can be reached again."""
    cafe = shop({"metric": "weeks", "at": 2})
    cafe.sale(1000)
    sale = cafe.later(days=7).sale(1000)
    assert gifts(cafe) == 1
    refund = cafe.refund(sale)
    assert gifts(cafe) == 0
    cafe.void(refund, sale)
    assert gifts(cafe) == 1

    cafe.refund(sale)
    assert gifts(cafe) == 0
    cafe.sale(1000)
    assert gifts(cafe) == 1


def test_a_streak_can_be_reached_again_when_the_changed_order_that_reached_it_is_refunded() -> None:
    cafe = shop({"metric": "weeks", "at": 2})
    cafe.sale(1000)
    sale = cafe.later(days=7).sale(1000, order_id="o")
    cafe.revise(sale, 1200)
    assert gifts(cafe) == 1

    cafe.refund(sale)
    assert gifts(cafe) == 0
    cafe.sale(1000)
    assert gifts(cafe) == 1


W = 100
"""A week; what number it has does not matter."""


@pytest.mark.parametrize(
    ("run", "period", "visits", "left"),
    [
        (Run(W, (1, 2, 1)), W + 1, 1, Run(W, (1, 1, 1))),
        (Run(W, (1, 2, 1)), W + 2, 1, Run(W, (1, 2))),
        (Run(W, (1, 2, 1)), W, 1, Run(W + 1, (2, 1))),
        (Run(W, (1, 2, 1)), W + 1, 2, Run(W + 2, (1,))),
        (Run(W, (3,)), W, 2, Run(W, (1,))),
        (Run(W, (1, 2)), W - 1, 1, Run(W, (1, 2))),
        (Run(W, (1, 2)), W + 2, 1, Run(W, (1, 2))),
        (Run(W, (MANY, 1)), W, 5, Run(W, (MANY, 1))),
        (Run(W, ()), W, 1, Run(W, ())),
    ],
)
def test_a_streak_without_refunded_visits(run: Run, period: int, visits: int, left: Run) -> None:
    """It ends before a week that has none left; of many visits nobody knows how many are left."""
    assert run.without(period, visits) == left


@pytest.mark.parametrize(
    ("run", "period", "visits", "longer"),
    [
        (Run(W, ()), W + 7, 2, Run(W + 7, (2,))),
        (Run(W, (1,)), W + 1, 2, Run(W, (1, 2))),
        (Run(W, (1,)), W + 2, 2, Run(W + 2, (2,))),
        (Run(W, (1, 1)), W, 2, Run(W, (3, 1))),
        (Run(W, (1, 1)), W + 1, 2, Run(W, (1, 3))),
        (Run(W, (1,)), W - 1, 2, Run(W, (1,))),
        (Run(W, (MANY - 1,)), W, 5, Run(W, (MANY,))),
        (Run(W, (1,)), W + 1, MANY + 1, Run(W, (1, MANY))),
        (Run(W, (1,)), W + 9, MANY + 1, Run(W + 9, (MANY,))),
    ],
)
def test_a_streak_with_more_visits(run: Run, period: int, visits: int, longer: Run) -> None:
    assert run.extended(period, visits) == longer
