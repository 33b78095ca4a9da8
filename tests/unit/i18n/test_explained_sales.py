"""What a sale really booked, in words: the figures are those of the decision."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from regulars.i18n.explain import explain
from regulars.i18n.words import words
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit, visit_rule

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_every_multiplier_is_told_as_it_was_counted() -> None:
    """1.25 times for the tier; on Tuesdays 1.5 times for money only.

    12.40 is 12 points, and 12 x 1.25 x 1.5 = 22.5, cut off to 22. A visit is 4 stamps, 5 with the
    tier. Two cakes are 6 stamps, 7.5 with the tier, cut off to 7.
    """
    cafe = Shop(
        make_program(
            units=[unit(), unit("stamp", "stamps")],
            earn=[
                spend_rule(),
                visit_rule(4),
                {"id": "cakes", "on": "item", "unit": "stamp", "amount": 3, "categories": ["cake"]},
            ],
            tiers=[{"id": "regular", "name": "Regular", "multiplier": "1.25"}],
            campaigns=[
                {"id": "tuesday", "name": "Quiet Tuesday", "weekdays": ["tue"],
                 "multiplier": "1.5", "on": ["spend"]},
            ],
        ),
        TUESDAY,
    )  # fmt: skip
    cafe.join()

    assert sentence(cafe, items=items((2, 1240, "cake"))) == [
        "12 points for €12.40 + 10 extra (×1.875 · Quiet Tuesday); €0.40 carried to the next",
        "for your visit + 1 extra (×1.25)",
        "6 stamps for 2 items + 1 extra (×1.25)",
    ]


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=6), st.integers(1, 4))
def test_the_figures_of_a_purchase_add_up(sales: list[int], amount: int) -> None:
    """What was paid and what was left from before is what was counted and what is left now."""
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule(amount, 250)]), TUESDAY)
    cafe.join()
    left = 0
    for spent in sales:
        entry = cafe.sale(spend_minor=spent).entry
        assert entry is not None
        for line in entry.lines:
            why = line.reason.stored
            assert (why["spent"], why.get("carried", 0)) == (spent, left)
            counted = why["spent"] + why.get("carried", 0) - why.get("left", 0)
            assert line.amount == counted // why["per"] * why["amount"]
            assert counted % why["per"] == 0
        left = cafe.card.carry.get("spend", 0)


def sentence(cafe: Shop, **sale: Any) -> list[str]:
    entry = cafe.sale(**sale).entry
    assert entry is not None
    return [
        explain(
            line.reason.stored,
            words("en"),
            amount=line.amount,
            unit=cast(Any, cafe.program.units[line.unit].name),
            currency="EUR",
            names={"tuesday": "Quiet Tuesday"},
        ).replace("\xa0", " ")
        for line in entry.lines
    ]
