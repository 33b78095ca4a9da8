"""A card with as many open vouchers as it can hold: further gifts are queued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.domain.operations import Celebrate, GiveBenefits
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
GIFT = {"id": "gift", "name": "Gift"}
TREAT = {"id": "treat", "name": "Treat"}
WEEKLY = {"id": "weekly", "reward": "treat", "every": "week"}


def full(**sections: Any) -> Shop:
    """A card with twenty vouchers that were chosen, and 100 points left."""
    cafe = Shop(
        make_program(
            units=[unit()], earn=[spend_rule()], rewards=[reward("ten", 10), GIFT, TREAT],
            **sections,
        ),
        MONDAY,
    )  # fmt: skip
    cafe.join()
    cafe.adjust("point", 10 * OPEN_VOUCHERS_MAX + 100)
    fill(cafe)
    return cafe


def fill(cafe: Shop) -> None:
    while len(cafe.card.open) < OPEN_VOUCHERS_MAX:
        cafe.issue("ten")


def use_one(cafe: Shop) -> None:
    chosen = next(key for key, held in cafe.card.open.items() if held.reward_id == "ten")
    cafe.redeem(cafe.vouchers[chosen])


def gifts(cafe: Shop, reward_id: str = "gift") -> int:
    return sum(held.reward_id == reward_id for held in cafe.card.open.values())


MILESTONE = {"id": "big", "name": "Big", "metric": "spend", "at": 1000, "reward": "gift",
             "repeat": True}  # fmt: skip


def test_what_a_milestone_gives_waits_for_room() -> None:
    cafe = full(milestones=[MILESTONE])
    cafe.sale(2000)
    assert (gifts(cafe), len(cafe.card.open)) == (0, OPEN_VOUCHERS_MAX)

    use_one(cafe)
    assert gifts(cafe) == 0
    cafe.sale(1)
    assert gifts(cafe) == 1
    use_one(cafe)
    use_one(cafe)
    cafe.sale(1)
    cafe.sale(1)
    assert gifts(cafe) == 2  # both of them, and no third
    assert cafe.verify() == []


def test_what_waits_goes_with_the_sale_that_brought_it() -> None:
    cafe = full(milestones=[MILESTONE])
    sale = cafe.sale(2000)
    cafe.refund(sale)
    use_one(cafe)
    cafe.sale(1)

    assert gifts(cafe) == 0


def test_a_gift_that_has_waited_does_not_go_with_the_sale_that_found_room() -> None:
    cafe = full(milestones=[MILESTONE])
    cafe.sale(1000)
    use_one(cafe)
    other = cafe.sale(1)
    assert gifts(cafe) == 1

    cafe.refund(other)
    assert gifts(cafe) == 1


def test_a_gift_that_has_waited_and_was_given_is_not_given_again() -> None:
    """The sale that brought it is refunded: like a gift that was used, it stays, and its mark."""
    cafe = full(milestones=[{**MILESTONE, "repeat": False}])
    sale = cafe.sale(1000)
    use_one(cafe)
    cafe.sale(1)
    cafe.refund(sale)
    use_one(cafe)

    cafe.sale(1000)
    assert gifts(cafe) == 1


def test_two_gifts_of_one_sale_that_were_given_since_are_not_given_again() -> None:
    cafe = full(milestones=[MILESTONE])
    sale = cafe.sale(2000)
    for _ in range(2):
        use_one(cafe)
        cafe.sale(1)
    assert gifts(cafe) == 2
    cafe.refund(sale)
    for _ in range(3):
        use_one(cafe)

    cafe.sale(1998)  # up to 2,000 again: both marks were reached and paid for
    assert gifts(cafe) == 2
    cafe.sale(1000)
    assert gifts(cafe) == 3


def test_a_birthday_on_a_full_card_is_booked_and_waits() -> None:
    tiers = [{"id": "all", "name": "All", "benefits": [
        {"id": "cake", "reward": "gift", "every": "birthday", "times": 2}]}]  # fmt: skip
    cafe = full(tiers=tiers).later(days=60)

    entry = cafe.do(Celebrate(cafe.origin(source="job"), "birthday", "01-15")).entry

    assert entry is not None
    assert (entry.kind, entry.facts["waiting"]) == ("bonus", ["gift", "gift"])
    use_one(cafe)
    cafe.sale(1)
    assert gifts(cafe) == 1


def test_a_weekly_treat_is_not_saved_up() -> None:
    """There is room later in the week: it is given then. There is none: it is gone."""
    cafe = full(tiers=[{"id": "all", "name": "All", "benefits": [WEEKLY]}])
    assert gifts(cafe, "treat") == 1  # this week's came with joining

    for week, room, there in ((1, False, 0), (2, True, 1), (3, False, 0)):
        cafe.now = MONDAY + timedelta(days=7 * week)
        cafe.expire()
        fill(cafe)
        cafe.do(GiveBenefits(cafe.origin(source="job")))
        assert gifts(cafe, "treat") == 0
        cafe.later(days=3)
        if room:
            use_one(cafe)
        cafe.sale(1)
        cafe.sale(1)
        assert gifts(cafe, "treat") == there, week


def test_why_a_full_card_gets_no_reward() -> None:
    cafe = full()
    with pytest.raises(Refused, match="20 open vouchers") as refused:
        cafe.issue("ten")
    assert refused.value.code is RefusalCode.LIMIT_REACHED


def test_a_benefit_that_went_with_a_refunded_sale_can_be_had_again() -> None:
    """The refund takes the tier and its unused benefit; who reaches it again gets it again."""
    way = {"metric": "spend", "window": "year", "at_least": 5000}
    top = {"id": "top", "name": "Top", "enter": [way], "benefits": [WEEKLY]}
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[TREAT], tiers=[top]))
    cafe.join()
    sale = cafe.sale(5000)
    assert gifts(cafe, "treat") == 1

    cafe.refund(sale)
    assert (gifts(cafe, "treat"), cafe.card.tier) == (0, None)
    cafe.sale(1)
    assert gifts(cafe, "treat") == 0
    cafe.sale(4999)
    assert gifts(cafe, "treat") == 1
    cafe.sale(1)
    assert gifts(cafe, "treat") == 1
    assert cafe.verify() == []
