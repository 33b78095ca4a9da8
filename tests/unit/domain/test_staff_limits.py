"""What one person at the counter may book by hand in a day."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.allowances import Allowance, StaffDay, StaffLimits
from regulars.domain.operations import AnyOperation, Earn, GiveSurprise, Origin, Reverse
from regulars.domain.operations import ReverseRedemption as TakeBack
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.staff_limits import counted, require_within
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit, visit_rule

TODAY = "2026-11-22"
ORIGIN = Origin("op", "staff", staff="eva")


def shop() -> Shop:
    gift = {"id": "treat", "name": "Treat", "reward": "cake", "by": "staff",
            "budget": {"amount_minor": 9000, "window": "month"}}  # fmt: skip
    cake = {"id": "cake", "name": "Cake", "cost_minor": 100}
    of = make_program(
        units=[unit("stamp", "stamps"), unit()], earn=[visit_rule(), spend_rule()],
        rewards=[cake, reward("ten", 10)], surprises=[gift],
    )  # fmt: skip
    cafe = Shop(of)
    cafe.join()
    return cafe


def may(limits: StaffLimits, before: StaffDay, operation: AnyOperation) -> bool:
    try:
        require_within(Allowance(limits, before), operation, TODAY)
    except Refused as refused:
        return refused.code is not RefusalCode.STAFF_LIMIT
    return True


def reversal() -> Reverse:
    cafe = shop()
    return cafe.reversal(cafe.sale(500))


def take_back() -> TakeBack:
    cafe = shop()
    cafe.sale(2000)
    return TakeBack(ORIGIN, cafe.issue("ten"), 300_000, None)


SALE = Earn(ORIGIN, visits=2, spend_minor=500)
GIFT = GiveSurprise(ORIGIN, "treat")


@pytest.mark.parametrize(
    ("limits", "before", "operation", "is_within"),
    [
        ({"spend_minor_per_sale": 500}, {}, SALE, True),
        ({"spend_minor_per_sale": 499}, {}, SALE, False),
        ({"spend_minor_per_sale": 1}, {}, SALE._replace(spend_minor=1), True),
        ({"spend_minor_per_day": 700}, {"spend_minor": 200}, SALE, True),
        ({"spend_minor_per_day": 700}, {"spend_minor": 201}, SALE, False),
        ({"spend_minor_per_day": 1}, {}, SALE, False),
        ({"visits_per_day": 5}, {"visits": 3}, SALE, True),
        ({"visits_per_day": 5}, {"visits": 4}, SALE, False),
        ({"visits_per_day": 1}, {}, SALE, False),
        ({"gifts_per_day": 2}, {"gifts": 1}, GIFT, True),
        ({"gifts_per_day": 2}, {"gifts": 2}, GIFT, False),
        ({"gifts_per_day": 1}, {"gifts": 1}, GIFT, False),
        ({"undos_per_day": 2}, {"undos": 1}, reversal(), True),
        ({"undos_per_day": 2}, {"undos": 2}, reversal(), False),
        ({"undos_per_day": 1}, {"undos": 1}, reversal(), False),
        ({"undos_per_day": 2}, {"undos": 2}, take_back(), False),
        ({"undos_per_day": 2}, {"undos": 9}, GIFT, True),
        ({"gifts_per_day": 2}, {"gifts": 9}, take_back(), True),
        ({}, {"visits": 99, "spend_minor": 99, "gifts": 99, "undos": 99}, SALE, True),
        ({}, {"gifts": 99}, GIFT, True),
        ({}, {"undos": 99}, take_back(), True),
    ],
)
def test_up_to_a_limit_and_no_further(
    limits: dict[str, int], before: dict[str, int], operation: AnyOperation, is_within: bool
) -> None:
    assert may(StaffLimits(**limits), StaffDay(TODAY, **before), operation) == is_within


def test_another_day_begins_at_zero() -> None:
    yesterday = StaffDay("2026-11-21", visits=9, gifts=9)
    assert may(StaffLimits(visits_per_day=2), yesterday, SALE)
    assert may(StaffLimits(gifts_per_day=1), yesterday, GIFT)


def test_a_sale_of_which_only_the_items_are_named_comes_to_what_they_do() -> None:
    sale = Earn(ORIGIN, items=items((1, 300, "cake"), (1, 250, "tea")), discount_minor=50)
    assert may(StaffLimits(spend_minor_per_sale=500), StaffDay(TODAY), sale)
    assert not may(StaffLimits(spend_minor_per_sale=499), StaffDay(TODAY), sale)


def test_the_answer_says_what_was_booked_and_what_to_do() -> None:
    allowance = Allowance(StaffLimits(visits_per_day=4), StaffDay(TODAY, visits=3))
    with pytest.raises(Refused) as refused:
        require_within(allowance, SALE, TODAY)
    assert refused.value.detail == (
        "You have booked 3 visits today, as many as you may. A manager can go on."
    )


def test_a_decision_asks_for_it() -> None:
    cafe = shop()
    allowance = Allowance(StaffLimits(visits_per_day=2), StaffDay(TODAY, visits=1))
    for visits, refuses in ((2, True), (1, False)):
        operation = Earn(cafe.origin(allowance=allowance), visits=visits)
        if refuses:
            with pytest.raises(Refused):
                cafe.do(operation)
        else:
            assert cafe.do(operation).entry is not None


def booked(*done: Any) -> StaffDay:
    """What a person has booked after these decisions."""
    day = StaffDay(TODAY)
    for one in done:
        assert one.entry is not None
        day = counted(day, one.entry, TODAY)
    return day


def test_what_is_booked_counts() -> None:
    cafe = shop()
    sales = [cafe.sale(500, visits=2), cafe.sale(1500)]
    gift = cafe.do(GiveSurprise(cafe.origin(), "treat"))
    assert booked(*sales, gift) == StaffDay(TODAY, visits=3, spend_minor=2000, gifts=1)
    assert sales[0].entry is not None
    before = StaffDay("2026-11-21", 9, 9, 9, 9)
    assert counted(before, sales[0].entry, TODAY) == StaffDay(TODAY, visits=2, spend_minor=500)


def test_what_is_taken_back_counts_as_taken_back_and_no_longer_as_booked() -> None:
    cafe = shop()
    first, second = cafe.sale(500), cafe.sale(2000)
    part = cafe.refund(second, 700)
    assert booked(first, second, part) == StaffDay(TODAY, visits=2, spend_minor=1800, undos=1)
    rest = cafe.refund(second)
    assert booked(first, second, part, rest) == StaffDay(TODAY, 1, 500, 0, 2)
    assert booked(part, rest) == StaffDay(TODAY, undos=2), "never below zero"
    cafe.sale(1000)
    voucher = cafe.issue("ten")
    cafe.redeem(voucher)
    assert booked(cafe.take_back(voucher)) == StaffDay(TODAY, undos=1)
    gift = cafe.do(GiveSurprise(cafe.origin(), "treat"))
    undone = cafe.refund(gift)
    assert booked(gift, undone) == StaffDay(TODAY, gifts=1, undos=1)
