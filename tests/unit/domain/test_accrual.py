"""What a visit or a sale earns, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import reasons
from regulars.domain.operations import Item
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import (
    Shop,
    items,
    make_program,
    spend_rule,
    unit,
    visit_rule,
)

POINTS = [unit("point"), unit("stamp", "stamps")]


def shop(*rules: dict[str, Any], **sections: Any) -> Shop:
    opened = Shop(make_program(units=POINTS, earn=list(rules), **sections))
    opened.join()
    return opened


@pytest.mark.parametrize(
    ("amount", "per", "spend", "granted", "left"),
    [
        (1, 100, 99, 0, 99),
        (1, 100, 100, 1, 0),
        (1, 100, 199, 1, 99),
        (3, 250, 1000, 12, 0),
        (3, 250, 999, 9, 249),
        (1, 1, 1, 1, 0),
        (1_000_000, 1, 10**12, 10**18, 0),
        (1, 10**9, 10**9 - 1, 0, 10**9 - 1),
        (1, 100, 0, 0, 0),
    ],
)
def test_full_steps_of_money_grant(
    amount: int, per: int, spend: int, granted: int, left: int
) -> None:
    cafe = shop(spend_rule(amount, per))

    cafe.sale(spend)

    assert cafe.available() == granted
    assert cafe.card.carry.get("spend", 0) == left


SALE = (
    Item(2000, 900, sku="mug", category="merch"),
    Item(1000, 350, category="drink"),
    Item(3000, 600, sku="bun", category="pastry"),
    Item(1000, 5000, category="gift"),
    Item(1000, 100),
)


@pytest.mark.parametrize(
    ("rule", "granted"),
    [
        ({"on": "item", "categories": ["pastry"]}, 3),
        ({"on": "item", "categories": ["pastry", "drink"]}, 4),
        ({"on": "item", "skus": ["mug"]}, 2),
        ({"on": "item", "skus": ["mug"], "categories": ["drink"]}, 3),
        ({"on": "item", "skus": ["bun"], "categories": ["pastry"]}, 3),
        ({"on": "item", "categories": ["pastry", "gift"], "exclude": ["gift"]}, 3),
        ({"on": "item", "categories": ["nothing"]}, 0),
        ({"on": "item", "categories": ["pastry"], "min_spend_minor": 6950}, 3),
        ({"on": "item", "categories": ["pastry"], "min_spend_minor": 6951}, 0),
        ({"on": "visit", "min_spend_minor": 6950}, 1),
        ({"on": "visit", "min_spend_minor": 6951}, 0),
        ({"on": "spend", "per_minor": 1}, 6950),
        ({"on": "spend", "per_minor": 1, "exclude": ["gift"]}, 1950),
        ({"on": "spend", "per_minor": 1, "categories": ["drink"]}, 350),
        ({"on": "spend", "per_minor": 1, "skus": ["mug"]}, 900),
        ({"on": "spend", "per_minor": 1, "categories": ["gift"], "exclude": ["gift"]}, 0),
        ({"on": "spend", "per_minor": 1, "min_spend_minor": 6951}, 0),
        ({"on": "join"}, 0),
    ],
)  # fmt: skip
def test_what_counts(rule: dict[str, Any], granted: int) -> None:
    cafe = shop()
    cafe.program = make_program(
        units=POINTS, earn=[{"id": "r", "unit": "point", "amount": 1, **rule}]
    )

    cafe.sale(items=SALE)

    assert cafe.available() == granted


def test_an_item_without_a_sku_does_not_match_an_empty_one() -> None:
    cafe = shop({"id": "r", "on": "item", "unit": "point", "amount": 1, "skus": ["mug"]})

    cafe.sale(items=(Item(5000, 100),))

    assert cafe.available() == 0


def test_what_was_paid_less_than_the_items_is_what_counts() -> None:
    """A discount on the whole sale: never less than nothing after exclusions."""
    cafe = shop(spend_rule(1, 1, exclude=["gift"]))

    cafe.sale(4000, items=items((1, 5000, "gift")))

    assert cafe.available() == 0
    assert cafe.card.lifetime.spend_minor == 4000


def test_a_small_sale_says_what_it_lacked() -> None:
    cafe = shop(visit_rule(min_spend_minor=500))

    assert cafe.sale(499).refused == (("visit", reasons.min_spend(500)),)
    assert cafe.visit().refused == (("visit", reasons.min_spend(500)),)
    assert cafe.sale(500).refused == ()


@pytest.mark.parametrize(
    ("multiplier", "base", "granted"),
    [
        ("1", 7, 7),
        ("1.5", 1, 1),
        ("1.5", 3, 4),
        ("2", 3, 6),
        ("1.999", 1, 1),
        ("1.999", 1000, 1999),
        ("0.5", 1, 0),
        ("0.001", 999, 0),
        ("0.001", 1000, 1),
        ("10.999", 3, 32),
        ("1.1", 10, 11),
        ("1.15", 100, 115),
        ("2.3", 100, 230),
    ],
)
def test_multipliers_are_exact_thousandths_cut_down(
    multiplier: str, base: int, granted: int
) -> None:
    """1.15 x 100 and 2.3 x 100 are one less in binary fractions."""
    cafe = shop(spend_rule(1, 1), tiers=[{"id": "t", "name": "T", "multiplier": multiplier}])

    cafe.sale(base)

    assert cafe.available() == granted


def test_joining_grants_what_the_program_says_and_no_multiplier() -> None:
    tiers = [{"id": "t", "name": "T", "multiplier": "2"}]
    rules = [{"id": "hello", "on": "join", "unit": "point", "amount": 50}]
    cafe = shop(*rules, tiers=tiers)

    assert cafe.available() == 50
    assert cafe.card.tier is not None
    cafe.visit()
    assert cafe.available() == 50


CAPPED = {"visits_per_day": 3}


def test_a_till_gets_the_visits_that_still_fit() -> None:
    cafe = shop(visit_rule(), spend_rule(1, 100), limits=CAPPED)
    cafe.visit(2)

    over = cafe.sale(500, visits=2)

    assert over.refused == (("limits", reasons.cap_day(3)),)
    assert cafe.available("stamp") == 3
    assert cafe.available("point") == 5, "money counts whatever the visits"
    assert cafe.card.came == {"739942": 3}
    assert cafe.card.lifetime.visits == 3


def test_staff_is_refused_at_the_cap_and_nothing_is_booked() -> None:
    cafe = shop(visit_rule(), limits=CAPPED)
    cafe.visit(3, refusable=True)
    before = cafe.card

    with pytest.raises(Refused) as refused:
        cafe.visit(refusable=True)

    assert refused.value.code is RefusalCode.CAP_REACHED
    assert cafe.card is before
    cafe.later(hours=14)
    assert cafe.today == "2026-11-23"
    cafe.visit(3, refusable=True)


def test_a_sale_without_a_visit_is_not_held_up_by_the_cap() -> None:
    """Not even when the cap was lowered below what today has seen."""
    cafe = shop(visit_rule(), spend_rule(1, 100), limits=CAPPED)
    cafe.visit(3)
    cafe.program = make_program(
        units=POINTS, earn=[visit_rule(), spend_rule(1, 100)], limits={"visits_per_day": 1}
    )

    sale = cafe.sale(500, visits=0, refusable=True)

    assert sale.refused == ()
    assert cafe.available("point") == 5


@pytest.mark.parametrize(("wait_s", "minutes"), [(0, 30), (60, 29), (61, 29), (1799, 1)])
def test_the_cooldown_says_how_long(wait_s: int, minutes: int) -> None:
    cafe = shop(visit_rule(), limits={"cooldown_minutes": 30})
    cafe.later(minutes=1).visit()
    cafe.later(seconds=wait_s, milliseconds=0 if wait_s else 1)

    decided = cafe.visit()

    assert decided.refused == (("limits", reasons.cooldown(minutes)),)
    assert cafe.available("stamp") == 1
    with pytest.raises(Refused) as refused:
        cafe.visit(refusable=True)
    assert refused.value.code is RefusalCode.CAP_REACHED


def test_an_undone_visit_counts_for_no_limit() -> None:
    cafe = shop(visit_rule(), limits={"cooldown_minutes": 30, "visits_per_day": 2})
    cafe.later(minutes=1).visit()
    cafe.later(minutes=31)
    slip = cafe.visit(refusable=True)

    cafe.refund(slip)

    assert cafe.card.came == {"739942": 1}
    assert len(cafe.card.visited) == 1
    cafe.visit(refusable=True)
    assert cafe.available("stamp") == 2


def test_a_sale_in_the_future_is_not_believed() -> None:
    cafe = shop(visit_rule())
    now_ms = 1_795_338_000_000
    assert cafe.now.timestamp() * 1000 == now_ms

    cafe.sale(effective_ms=now_ms + 300_000)
    with pytest.raises(Refused) as refused:
        cafe.sale(effective_ms=now_ms + 300_001 + 2)

    assert refused.value.code is RefusalCode.INVALID
    assert refused.value.errors[0][0] == "effective_at"


def test_a_clock_that_runs_back_does_not_take_the_ledger_with_it() -> None:
    cafe = shop(visit_rule())
    cafe.later(hours=2).visit()
    at = cafe.card.recorded_ms

    cafe.later(hours=-1).visit()
    cafe.visit()

    assert cafe.card.recorded_ms == at + 2
    assert cafe.verify() == []


def test_no_rule_counts_more_than_was_paid() -> None:
    """A main listed at 10.00 was sold for 5.00."""
    cafe = shop(spend_rule(1, 100, categories=["main"]))
    cafe.sale(500, items=items((1, 1000, "main")))
    assert cafe.available() == 5


def test_a_remainder_is_worth_what_a_newer_version_makes_of_it() -> None:
    """9.99 were spent and brought nothing yet; at a point per 1.00 they are worth nine."""
    cafe = shop(spend_rule(1, 1000))
    cafe.sale(999)
    cafe.program = make_program(2, units=POINTS, earn=[spend_rule(1, 100)])
    cafe.sale(1)
    assert (cafe.available(), dict(cafe.card.carry)) == (10, {})


def test_what_a_refund_puts_back_into_the_remainder_is_not_lost() -> None:
    """It may be more than a step for a moment; the next purchase turns it into units."""
    cafe = shop(spend_rule(1, 99))
    cafe.sale(3057)
    part = cafe.sale(12)
    cafe.sale(28)
    cafe.refund(part)
    cafe.sale(83)
    assert 99 * cafe.available() + cafe.card.carry.get("spend", 0) == 3057 + 28 + 83
    assert cafe.card.carry.get("spend", 0) < 99
