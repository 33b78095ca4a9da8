"""Limits that a location has of its own: they hold for what is booked there, and no others do."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.allowances import PrintedLimits, StaffLimits
from regulars.domain.earning_codes import PRINTED, EarningCode
from regulars.domain.operations import Earn
from regulars.domain.refusals import Refused
from tests.unit.domain.shop import Shop, make_program, unit, visit_rule

STAFF = {"visits_per_day": 50, "gifts_per_day": 2}
LIMITS = {"visits_per_day": 1, "staff": STAFF, "printed": {"per_day": 1}}


def opened(of_all: dict[str, Any], own: dict[str, Any]) -> Shop:
    places = [{"id": "airport", "name": "Airport", "limits": own}, {"id": "town", "name": "Town"}]
    rules: dict[str, Any] = {"units": [unit("stamp")], "earn": [visit_rule()]}
    shop = Shop(make_program(**rules, limits=of_all, locations=places))
    shop.join()
    return shop


def come(shop: Shop, location: str | None) -> int:
    """Visit a place once; the number of stamps after it."""
    shop.do(Earn(shop.origin(location=location), visits=1, refusable=True))
    return shop.available("stamp")


def test_a_place_takes_more_visits_a_day_than_the_others() -> None:
    shop = opened(LIMITS, {"visits_per_day": 2})
    assert come(shop, "town") == 1
    for elsewhere in ("town", None, "somewhere"):
        with pytest.raises(Refused):
            come(shop, elsewhere)
    assert come(shop, "airport") == 2
    with pytest.raises(Refused):
        come(shop, "airport")


def test_a_cool_down_that_only_one_place_has_sees_visits_elsewhere() -> None:
    shop = opened({}, {"cooldown_minutes": 30})
    assert come(shop, "town") == 1
    assert come(shop, "town") == 2
    shop.later(minutes=29)
    with pytest.raises(Refused):
        come(shop, "airport")
    assert come(shop, "town") == 3
    shop.later(minutes=30)
    assert come(shop, "airport") == 4


def test_what_a_place_leaves_out_is_as_everywhere() -> None:
    shop = opened(LIMITS, {"staff": {"gifts_per_day": 0}, "printed": {"cooldown_minutes": 10}})
    there = shop.program.limits_at("airport")
    assert there.visits_per_day == 1
    assert there.staff == StaffLimits(visits_per_day=50, gifts_per_day=0)
    assert there.printed == PrintedLimits(cooldown_minutes=10, per_day=1)
    assert shop.program.limits_at("town") == shop.program.limits_at(None) == shop.program.limits


def test_a_code_on_a_wall_has_the_limits_of_its_wall() -> None:
    program = opened(LIMITS, {"printed": {"per_day": 3, "cooldown_minutes": 0}}).program
    at_the_airport = EarningCode("c1", "m", PRINTED, location="airport").scan(program)
    in_town = EarningCode("c2", "m", PRINTED, location="town").scan(program)
    assert at_the_airport is not None
    assert in_town is not None
    assert (at_the_airport.per_day, at_the_airport.cooldown_minutes) == (3, 0)
    assert (in_town.per_day, in_town.cooldown_minutes) == (1, 240)
