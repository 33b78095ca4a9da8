"""Campaigns: when they run, which of them counts, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Join
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit, visit_rule

POINTS: dict[str, Any] = {"units": [unit(), unit("stamp", "stamps")], "earn": [spend_rule()]}
BOTH: dict[str, Any] = {**POINTS, "earn": [spend_rule(), visit_rule()]}


def double(**conditions: Any) -> Program:
    """One point per 1.00, doubled under conditions."""
    return make_program(**POINTS, campaigns=[{"id": "double", "multiplier": "2", **conditions}])


def bonus(amount: int = 10, **conditions: Any) -> dict[str, Any]:
    return {"id": "bonus", "bonus": {"unit": "point", "amount": amount}, **conditions}


def points(decision: Decision) -> int:
    assert decision.entry is not None
    return sum(line.amount for line in decision.entry.lines if line.unit == "point")


def earned_at(of: Program, *moment: int, spend_minor: int = 1000) -> int:
    """Points of one sale of 10.00 at an instant in UTC, on a card that joined a week before."""
    year, month, day, hour, minute = moment
    at = datetime(year, month, day, hour, minute, tzinfo=UTC)
    shop = Shop(of, now=at - timedelta(days=7))
    shop.join()
    shop.now = at
    return points(shop.sale(spend_minor))


@pytest.mark.parametrize("multiplier", ["1", "1.000", "0.5"])
def test_a_campaign_that_gives_nothing_more_is_refused(multiplier: str) -> None:
    with pytest.raises(Refused) as caught:
        double(multiplier=multiplier)
    ((path, hint),) = caught.value.errors
    assert path == "campaigns.0"
    assert "more than 1" in hint


@pytest.mark.parametrize(
    ("moment", "expected"),
    [((2026, 11, 30, 22, 59), 10), ((2026, 11, 30, 23, 0), 20), ((2026, 12, 15, 9, 0), 20),
     ((2026, 12, 31, 22, 59), 20), ((2026, 12, 31, 23, 0), 10)],
)  # fmt: skip
def test_the_first_and_the_last_day_count_whole_in_the_merchants_zone(
    moment: tuple[int, ...], expected: int
) -> None:
    """1 to 31 December in Budapest is 23:00 UTC of 30 November to 23:00 UTC of 31 December."""
    of = double(**{"from": "2026-12-01", "until": "2026-12-31"})
    assert earned_at(of, *moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [((2026, 11, 27, 22, 59), 10), ((2026, 11, 27, 23, 0), 20), ((2026, 11, 29, 22, 59), 20),
     ((2026, 11, 29, 23, 0), 10)],
)  # fmt: skip
def test_a_double_weekend_begins_at_the_midnight_between_friday_and_saturday(
    moment: tuple[int, ...], expected: int
) -> None:
    assert earned_at(double(weekdays=["sat", "sun"]), *moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [((2026, 10, 24, 11, 59), 10), ((2026, 10, 24, 12, 0), 20), ((2026, 10, 24, 14, 59), 20),
     ((2026, 10, 24, 15, 0), 10), ((2026, 10, 25, 12, 59), 10), ((2026, 10, 25, 13, 0), 20),
     ((2026, 10, 25, 15, 59), 20), ((2026, 10, 25, 16, 0), 10)],
)  # fmt: skip
def test_hours_are_on_the_merchants_wall_before_and_after_the_clocks_change(
    moment: tuple[int, ...], expected: int
) -> None:
    """14:00-17:00 in Budapest is 12-15 UTC on 24 October 2026 and 13-16 UTC a day later."""
    assert earned_at(double(hours={"from": "14:00", "until": "17:00"}), *moment) == expected


def test_the_hour_that_comes_twice_in_autumn_counts_twice() -> None:
    """02:30 on 25 October 2026 is 00:30 UTC in summer time and 01:30 UTC in winter time."""
    of = double(hours={"from": "02:00", "until": "03:00"})
    assert [earned_at(of, 2026, 10, 25, hour, 30) for hour in (0, 1, 2)] == [20, 20, 10]


@pytest.mark.parametrize(
    ("first", "until"),
    [("22:00", "02:00"), ("14:00", "14:00"), ("14:00", "24:30"), ("25:00", "26:00")],
)
def test_hours_that_could_never_come_are_refused(first: str, until: str) -> None:
    with pytest.raises(Refused) as refused:
        double(hours={"from": first, "until": until})
    assert refused.value.code == RefusalCode.INVALID
    assert all(path.startswith("campaigns.0.hours") for path, _ in refused.value.errors)


def test_a_day_has_hours_until_24() -> None:
    of = double(hours={"from": "22:00", "until": "24:00"})
    assert [earned_at(of, 2026, 11, 22, hour, 59) for hour in (20, 21, 22, 23)] == [10, 20, 20, 10]


def test_when_the_sale_was_made_counts_not_when_it_was_told() -> None:
    """A till that was offline reports Sunday's sale on Monday morning."""
    shop = Shop(double(weekdays=["sun"]), now=datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    shop.join()
    sunday = int(datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp() * 1000)
    assert points(shop.sale(1000, effective_ms=sunday)) == 20


@pytest.mark.parametrize(("spend_minor", "expected"), [(1999, 19), (2000, 40), (2001, 40)])
def test_a_minimum_spend_is_included(spend_minor: int, expected: int) -> None:
    of = double(min_spend_minor=2000)
    assert earned_at(of, 2026, 11, 22, 9, 0, spend_minor=spend_minor) == expected


@pytest.mark.parametrize(("location", "expected"), [("a", 20), ("b", 20), ("c", 10), (None, 10)])
def test_only_at_the_locations_it_names(location: str | None, expected: int) -> None:
    places = [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]
    campaigns = [{"id": "double", "multiplier": "2", "locations": ["a", "b"]}]
    shop = Shop(make_program(**POINTS, campaigns=campaigns, locations=places))
    shop.join()
    sale = Earn(shop.origin(location=location), spend_minor=1000)
    assert points(shop.do(sale)) == expected


def test_only_for_the_tiers_it_names_as_they_are_before_the_sale() -> None:
    """The sale that opens the tier earns 100, the next one of the same size 200."""
    tiers = [{"id": "gold", "name": "Gold",
              "enter": [{"metric": "spend", "window": "year", "at_least": 10_000}]}]  # fmt: skip
    campaigns = [{"id": "double", "multiplier": "2", "tiers": ["gold"]}]
    shop = Shop(make_program(**POINTS, tiers=tiers, campaigns=campaigns))
    shop.join()
    assert [points(shop.sale(10_000)), points(shop.sale(10_000))] == [100, 200]


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (60, 0), (61, 1), (400, 1)])
def test_a_bonus_for_whoever_has_stayed_away_for_more_than_60_days(
    days: int, expected: int
) -> None:
    campaign = {"id": "back", "segments": ["lapsed"], "on": ["visit"],
                "bonus": {"unit": "stamp", "amount": 1}}  # fmt: skip
    shop = Shop(make_program(units=[unit("stamp", "stamps")], campaigns=[campaign]))
    shop.join()
    shop.visit()
    shop.later(days=days).visit()
    assert shop.available("stamp") == expected
    shop.later(days=1).visit()
    assert shop.available("stamp") == expected, "who has come back is no longer away"


@pytest.mark.parametrize(
    ("visits_before", "segment"), [(0, "new"), (1, "new"), (2, "returning"), (8, "loyal")]
)
def test_segments_are_as_they_were_before_the_visit(visits_before: int, segment: str) -> None:
    of = double(segments=[segment])
    shop = Shop(of)
    shop.join()
    for _ in range(visits_before):
        shop.visit()
    assert points(shop.sale(1000)) == 20


class TestMultipliers:
    def test_the_highest_wins_and_does_not_multiply_the_others(self) -> None:
        campaigns = [{"id": name, "multiplier": by}
                     for name, by in (("a", "1.5"), ("b", "3"), ("c", "2"))]  # fmt: skip
        shop = Shop(make_program(**POINTS, campaigns=campaigns))
        shop.join()
        sale = shop.sale(1000)
        assert points(sale) == 30
        assert sale.entry is not None
        assert sale.entry.facts["campaigns"] == ["b"]
        assert sale.entry.lines[0].reason.stored["c"] == "b"
        assert sale.entry.lines[0].reason.stored["cx"] == 3000

    def test_only_rules_and_units_it_names_are_multiplied(self) -> None:
        campaigns = [{"id": "stamps", "multiplier": "2", "units": ["stamp"]},
                     {"id": "spend", "multiplier": "3", "on": ["spend"]}]  # fmt: skip
        shop = Shop(make_program(**BOTH, campaigns=campaigns))
        shop.join()
        shop.sale(1000)
        assert (shop.available("point"), shop.available("stamp")) == (30, 2)

    def test_one_used_up_leaves_the_place_to_the_next_best(self) -> None:
        campaigns = [{"id": "once", "multiplier": "5", "per_member": 1},
                     {"id": "always", "multiplier": "2"}]  # fmt: skip
        shop = Shop(make_program(**POINTS, campaigns=campaigns))
        shop.join()
        assert [points(shop.sale(1000)) for _ in range(3)] == [50, 20, 20]

    def test_a_sale_with_nothing_to_multiply_uses_nothing_up(self) -> None:
        shop = Shop(double(per_member=1))
        shop.join()
        assert [points(shop.sale(spend)) for spend in (99, 1000, 1000)] == [0, 20, 10]

    def test_two_lines_of_one_sale_are_one_use(self) -> None:
        campaigns = [{"id": "double", "multiplier": "2", "per_member": 2, "total": 100}]
        shop = Shop(make_program(**BOTH, campaigns=campaigns))
        shop.join()
        sale = shop.sale(1000)
        assert (shop.available("point"), shop.available("stamp")) == (20, 2)
        assert sale.counts == (("campaign:double", 1, 100),)
        shop.sale(1000)
        shop.sale(1000)
        assert (shop.available("point"), shop.available("stamp")) == (50, 5)


class TestBonuses:
    def test_all_that_apply_add_once_per_sale(self) -> None:
        visits, mains = bonus(5, id="b", on=["visit"]), bonus(3, id="c", on=["item"])
        campaigns = [bonus(10, id="a"), visits, mains]
        shop = Shop(make_program(**POINTS, campaigns=campaigns))
        shop.join()
        assert shop.available() == 10, "for joining, the one that is for everything"
        sale = shop.sale(items=items((3, 1000, "main"), (1, 500, "drink")))
        assert points(sale) == 15 + 10 + 5 + 3
        assert points(shop.sale(1500)) == 15 + 10 + 5

    def test_at_most_so_often_per_member(self) -> None:
        shop = Shop(make_program(**POINTS, campaigns=[bonus(10, on=["visit"], per_member=2)]))
        shop.join()
        assert [points(shop.visit()) for _ in range(4)] == [10, 10, 0, 0]

    def test_counts_for_points_tiers_and_is_taken_back_with_the_sale(self) -> None:
        shop = Shop(make_program(**POINTS, campaigns=[bonus(10, on=["spend"])]))
        shop.join()
        sale = shop.sale(1000)
        assert shop.card.lifetime.points == 20
        shop.refund(sale)
        assert (shop.card.lifetime.points, shop.available()) == (0, 0)
        assert shop.verify() == []


class TestTheFirstHundred:
    """`total` is a counter in the table; the core says how to move it and when it is at its end."""

    def test_a_sign_up_moves_the_counter_by_one_of_a_hundred(self) -> None:
        shop = Shop(make_program(**POINTS, campaigns=[bonus(50, on=["join"], total=100)]))
        joined = shop.join()
        assert joined.counts == (("campaign:bonus", 1, 100),)
        assert shop.available() == 50

    def test_a_minimum_spend_is_not_met_by_joining(self) -> None:
        bonus = {"id": "b", "name": "B", "on": ["join"], "min_spend_minor": 1,
                 "bonus": {"unit": "point", "amount": 5}}  # fmt: skip
        cafe = Shop(make_program(units=[unit()], campaigns=[bonus]))
        cafe.join()
        assert cafe.available() == 0

    def test_the_hundred_and_first_joins_without(self) -> None:
        shop = Shop(make_program(**POINTS, campaigns=[bonus(50, on=["join"], total=100)]))
        origin = shop.origin(left={"campaign:bonus": 0})
        joined = shop.do(Join(origin, "c1"))
        assert (joined.counts, shop.available()) == ((), 0)

    def test_a_whole_refund_gives_the_place_back_to_all_and_to_the_member(self) -> None:
        campaigns = [bonus(10, on=["spend"], total=5, per_member=1)]
        shop = Shop(make_program(**POINTS, campaigns=campaigns))
        shop.join()
        sale = shop.sale(1000)
        half = shop.refund(sale, 500)
        assert half.counts == (), "half a refund keeps the place"
        assert points(shop.sale(1000)) == 10
        rest = shop.refund(sale)
        assert rest.counts == (("campaign:bonus", -1, 5),)
        assert points(shop.sale(1000)) == 20
        assert shop.verify() == []


def test_a_visit_that_does_not_count_brings_no_bonus() -> None:
    of = make_program(**BOTH, campaigns=[bonus()], limits={"visits_per_day": 1})
    cafe = Shop(of)
    cafe.join()
    assert points(cafe.visit()) == 10
    assert points(cafe.visit()) == 0
    assert points(cafe.sale(100)) == 11


class TestUsesOfCampaigns:
    """A campaign for five sales in all, and one for each member."""

    def shop(self) -> Shop:
        shop = Shop(make_program(**POINTS, campaigns=[
            bonus(10, on=["spend"], total=5, per_member=1, min_spend_minor=1000)]))  # fmt: skip
        shop.join()
        return shop

    def used(self, shop: Shop) -> int:
        return shop.card.taken.get("campaign:bonus", ("", 0))[1]

    def test_follow_an_order_that_is_sent_again(self) -> None:
        shop = self.shop()
        sale = shop.sale(1000, order_id="o")
        assert (sale.counts, self.used(shop)) == ((("campaign:bonus", 1, 5),), 1)
        for spend_minor, moved, used in ((900, -1, 0), (1200, 1, 1), (1300, 0, 1)):
            again = shop.revise(sale, spend_minor)
            assert again.counts == ((("campaign:bonus", moved, 5),) if moved else ())
            assert self.used(shop) == used
            assert shop.available() == spend_minor // 100 + 10 * used

    def test_go_to_others_when_an_order_is_sent_again_with_less(self) -> None:
        shop = self.shop()
        sale = shop.sale(1000, order_id="o")
        shop.revise(sale, 900)
        shop.left = {"campaign:bonus": 0}
        again = shop.revise(sale, 1000)
        assert (again.counts, shop.available()) == ((), 10)

    def test_go_with_a_sale_to_another_card(self) -> None:
        wrong, right = self.shop(), self.shop()
        sale = wrong.sale(1000)
        moved = wrong.move(sale, right)
        assert (wrong.decided[-1].counts, moved.counts) == (
            (("campaign:bonus", -1, 5),), (("campaign:bonus", 1, 5),),
        )  # fmt: skip
        assert [self.used(one) for one in (wrong, right)] == [0, 1]
        assert [one.available() for one in (wrong, right)] == [0, 20]
