"""What holds where a programme does not say."""

from __future__ import annotations

from regulars.domain.allowances import Display, Limits, PrintedLimits, StaffLimits
from regulars.domain.program import (
    Counts,
    Expiry,
    Joining,
    Keep,
    Messages,
    Refunds,
    Segments,
    TierCondition,
)
from tests.unit.domain.shop import make_program, spend_rule, unit


def test_limits_hold_nothing_back_but_codes_on_walls() -> None:
    of = make_program()
    assert of.limits == Limits(0, 0, StaffLimits(0, 0, 0, 0, 0), PrintedLimits(240, 2))
    assert of.limits_at("anywhere") == of.limits
    assert of.display == Display(1, 60)
    some = make_program(limits={"staff": {"visits_per_day": 9}, "printed": {"per_day": 1}}).limits
    assert (some.staff, some.printed) == (StaffLimits(9, 0, 0, 0, 0), PrintedLimits(240, 1))


def test_what_holds_of_units_sales_and_members() -> None:
    of = make_program(units=[unit()], earn=[spend_rule()])
    assert of.refunds == Refunds("debt", "take", "return", 500)
    assert of.counts == Counts(
        tip=False, delivery=False, gift_card_sold=False, tax_inside=True, zero_sale=False
    )
    assert of.segments == Segments(2000, 3000, 30, 60)
    assert (of.join, of.messages) == (Joining(0), Messages(0))
    assert of.units["point"].expiry == (Expiry("never", 0, 12, 31),)
    assert (of.earn[0].proof, of.earn[0].link, of.earn[0].name) == ("key", "", None)
    assert (of.past.rewards, of.past.units, of.past.steps, of.past.zones) == ({}, {}, (), None)


def test_a_way_into_a_tier() -> None:
    way = TierCondition("spend", 0, "year")
    assert way == TierCondition("spend", 0, "year", (), (), 0, "", 0, Keep("next_period", 0, 0))
    tiers = [{"id": "top", "name": "Top", "enter": [{"metric": "spend", "at_least": 5}]}]
    (tier,) = make_program(tiers=tiers).tiers
    assert tier.enter == (TierCondition("spend", 5, "lifetime"),)
