"""When an order that comes again is the same."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import baskets
from regulars.domain.operations import Earn, Item, Origin
from regulars.domain.program import Counts
from tests.unit.domain.shop import items, make_program, spend_rule, unit

CAKE = items((1, 500, "cake"))
TEA = items((1, 500, "tea"))


def fingerprint(spend_minor: int | None, lines: tuple[Item, ...] = ()) -> str:
    sale = Earn(Origin("op", "api"), spend_minor=spend_minor, items=lines)
    return baskets.fingerprint(baskets.read(sale, Counts()))


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        (fingerprint(500, CAKE), fingerprint(500, CAKE), True),
        (fingerprint(500, CAKE), fingerprint(500, TEA), False),
        (fingerprint(500, CAKE), fingerprint(500), True),
        (fingerprint(500), fingerprint(500, TEA), True),
        (fingerprint(500), fingerprint(501), False),
        (fingerprint(500, CAKE), fingerprint(501, CAKE), False),
    ],
)
def test_a_sale_of_which_no_lines_are_known_is_compared_by_its_money(
    before: str, now: str, same: bool
) -> None:
    assert baskets.is_same(before, now) == same


def test_a_plain_visit_has_none() -> None:
    assert not fingerprint(None)


@pytest.mark.parametrize(
    ("lines", "pieces"),
    [
        ([(1, 1, "cake")], 1000),
        ([(2, 900, "cake"), (1, 400, "tea")], 2000),
        ([(2, 900, "cake"), (-1, -450, "cake")], 1000),
        ([(2, 900, "tea"), (-1, -1, "cake")], 0),
    ],
)
def test_pieces_of_any_price_count(lines: list[tuple[int, int, str]], pieces: int) -> None:
    cakes = {"id": "cakes", "on": "item", "unit": "stamp", "amount": 1, "categories": ["cake"]}
    (rule,) = make_program(units=[unit("stamp", "stamps")], earn=[cakes]).earn
    sale = Earn(Origin("op", "api"), items=items(*lines))
    assert baskets.pieces(rule, baskets.read(sale, Counts())) == pieces


def money(lines: list[tuple[int, int, str]], **rule: Any) -> int:
    """What counts of these lines under a rule for what is spent."""
    (found,) = make_program(units=[unit()], earn=[spend_rule(**rule)]).earn
    sale = Earn(Origin("op", "api"), items=items(*lines))
    return baskets.money(found, baskets.read(sale, Counts()))


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ([(1, 500, "cake"), (1, 300, "tea")], 500),
        ([(1, 500, "cake"), (-1, -300, "tea")], 200),
        ([(1, 500, "cake"), (-1, -500, "tea")], 0),
        ([(1, 500, "tea"), (-1, -500, "cake")], 0),
        ([(1, 500, "tea"), (-1, -501, "cake")], -501),
        ([(1, 500, "cake"), (1, 300, "pie"), (-1, -400, "pie")], 400),
        ([(-1, -500, "cake"), (1, 300, "pie")], -200),
    ],
)
def test_a_rule_on_some_counts_no_more_than_the_sale_comes_to(
    lines: list[tuple[int, int, str]], counted: int
) -> None:
    """Each of its categories counts from 0 up, unless more was given back than bought."""
    assert money(lines, categories=["cake", "pie"]) == counted


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ([(1, 500, "cake"), (1, 300, "gift")], 500),
        ([(1, 300, "gift"), (-1, -100, "cake")], 0),
        ([(1, 300, "gift"), (-1, -300, "cake")], 0),
        ([(1, 300, "gift"), (-1, -301, "cake")], -301),
    ],
)
def test_any_other_counts_all_that_is_not_excluded(
    lines: list[tuple[int, int, str]], counted: int
) -> None:
    assert money(lines, exclude=["gift"]) == counted


@pytest.mark.parametrize(
    ("lines", "pieces"),
    [
        ([(2, 500, "cake"), (-2, -500, "tea")], 2000),
        ([(1, 500, "cake"), (-3, -400, "pie")], 1000),
        ([(1, 500, "cake"), (-3, -600, "pie")], -2000),
    ],
)
def test_pieces_count_from_0_up_in_each_category_unless_more_was_given_back(
    lines: list[tuple[int, int, str]], pieces: int
) -> None:
    sweet = {"id": "sweet", "on": "item", "unit": "stamp", "amount": 1,
             "categories": ["cake", "pie"]}  # fmt: skip
    (rule,) = make_program(units=[unit("stamp", "stamps")], earn=[sweet]).earn
    sale = Earn(Origin("op", "api"), items=items(*lines))
    assert baskets.pieces(rule, baskets.read(sale, Counts())) == pieces
