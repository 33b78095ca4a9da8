"""When an order that comes again is the same."""

from __future__ import annotations

import pytest

from regulars.domain import baskets
from regulars.domain.operations import Earn, Item, Origin
from regulars.domain.program import Counts
from tests.unit.domain.shop import items, make_program, unit

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
