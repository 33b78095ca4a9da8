"""A sale that was booked on the wrong card and is moved to the right one."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import reasons
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule
from tests.unit.domain.versions import Versions


def cards(**sections: Any) -> tuple[Shop, Shop]:
    """Two cards of a shop with a point per 1.00."""
    of = make_program(**{"units": [unit()], "earn": [spend_rule()], **sections})
    both = Shop(of), Shop(of)
    for one in both:
        one.join()
    return both


def test_it_says_where_it_came_from_and_keeps_its_order() -> None:
    wrong, right = cards()
    moved = wrong.move(wrong.sale(1000, order_id="o1"), right).entry
    assert moved is not None
    facts = moved.facts
    assert (facts["order"], facts["moved_from"], facts["note"]) == ("o1", "c1", "because")


def test_it_renews_what_would_expire_by_inactivity() -> None:
    """As any sale that is reported late."""
    wrong, right = cards(units=[unit(expiry={"type": "inactivity", "months": 1})])
    right.sale(500)
    sale = wrong.sale(1000)
    for one in (wrong, right):
        one.later(days=20)
    wrong.move(sale, right)
    assert dict(right.card.inactive_after) == {"point": "2027-01-12"}
    assert right.available() == 15


def test_its_visits_are_told_as_they_were() -> None:
    wrong, right = cards(earn=[visit_rule(2, unit="point")])
    moved = wrong.move(wrong.sale(1000, visits=3), right).entry
    assert moved is not None
    (line,) = moved.lines
    assert (line.amount, line.reason) == (6, reasons.visit(3))


def test_it_carries_nothing_where_no_rule_counted_it() -> None:
    wrong, right = cards(earn=[spend_rule(min_spend_minor=5000)])
    wrong.move(wrong.sale(1050), right)
    assert (right.available(), dict(right.card.carry)) == (0, {})


@pytest.mark.parametrize(("right_had", "stamps"), [(0, 2), (1, 1), (2, 0)])
def test_its_visits_are_judged_by_the_limits_of_the_right_card_alone(
    right_had: int, stamps: int
) -> None:
    """Whatever the limits of the wrong card have refused; and so when it moves on."""
    of = {"earn": [visit_rule(min_spend_minor=500)], "limits": {"visits_per_day": 2}}
    wrong, right = cards(units=[unit(), unit("stamp", "stamps")], **of)
    for one in [wrong] * 2 + [right] * right_had:
        one.visit(visits=1)
    moved = wrong.move(wrong.sale(1000, visits=2), right)
    (third,) = cards(units=[unit(), unit("stamp", "stamps")], **of)[:1]
    assert right.available("stamp") == stamps
    right.move(moved, third)
    assert (right.available("stamp"), third.available("stamp")) == (0, 2)


def test_a_visit_that_no_rule_rewards_is_none_on_the_right_card() -> None:
    of = {"earn": [visit_rule(min_spend_minor=500)], "limits": {"visits_per_day": 1}}
    wrong, right = cards(units=[unit(), unit("stamp", "stamps")], **of)
    wrong.visit()
    wrong.move(wrong.sale(400), right)
    assert (right.available("stamp"), right.card.lifetime.visits) == (0, 1)


def test_a_voucher_that_it_unlocked_is_taken_back_once() -> None:
    """The refund takes a cup, and what the cup does not hold is owed."""
    cup = reward("cup", 10, auto=True)
    wrong, right = cards(rewards=[cup])
    right.sale(900)
    moved = wrong.move(wrong.sale(1600), right)
    assert (right.available(), len(right.card.open)) == (5, 2)
    right.redeem(right.vouchers[min(right.card.open, key=lambda one: one)])
    right.refund(moved)
    assert right.available() - right.card.debt.get("point", 0) == 25 - 10 - 16


def test_what_limits_refused_of_an_order_goes_with_it_also_when_it_was_sent_again() -> None:
    of = {"earn": [visit_rule(min_spend_minor=500)], "limits": {"visits_per_day": 1}}
    wrong, right = cards(units=[unit(), unit("stamp", "stamps")], **of)
    wrong.visit()
    sale = wrong.sale(1000, visits=2, order_id="o")
    again = wrong.revise(sale, 1200).entry
    assert again is not None
    assert again.facts["order"] == "o"
    assert again.facts["sale"]["uncounted"] == [1, ["visit"]]
    assert "uncounted" not in right.sale(700).entry.facts  # type: ignore[union-attr] # it is booked


def test_a_remainder_of_a_rule_that_went_is_not_taken_by_its_refund() -> None:
    two = {"units": [unit()], "earn": [spend_rule(), visit_rule(1, unit="point")]}
    versions = Versions(**two)
    wrong, right = Shop(versions.program), Shop(versions.program)
    for one in (wrong, right):
        one.join()
    sale = wrong.sale(1050)
    right.program = versions.publish(**{**two, "earn": two["earn"][1:]})
    moved = wrong.move(sale, right)
    assert (right.available(), dict(right.card.carry)) == (11, {})
    right.refund(moved)
    assert (right.available(), dict(right.card.carry)) == (0, {})
