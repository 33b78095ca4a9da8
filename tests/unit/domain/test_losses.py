"""What a member would lose by a new version, beyond the table of the rules."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import losses
from regulars.domain.operations import GrantTier
from tests.unit.domain.shop import Shop, reward, spend_rule, unit
from tests.unit.domain.versions import Versions

CAKE = reward("cake", 5)


def base(**more: Any) -> dict[str, Any]:
    return {"units": [unit()], "earn": [spend_rule()], "rewards": [CAKE], **more}


def member(versions: Versions, spend_minor: int = 1200) -> Shop:
    cafe = Shop(versions.program)
    cafe.join()
    cafe.sale(spend_minor)
    return cafe


def lost(cafe: Shop, versions: Versions, **sections: Any) -> list[tuple[str, str, int]]:
    """What the member would lose by the next version."""
    old, new, today = cafe.program, versions.publish(**sections), cafe.now.date()
    threat = losses.threat(old, new, today)
    found = losses.of_card(old, new, threat, cafe.card, today)
    return [(one.kind, one.what, one.amount) for one in found]


def test_what_lies_in_vouchers_stands_in_the_way_as_well() -> None:
    versions = Versions(**base())
    cafe = member(versions)
    for _ in range(2):
        cafe.issue("cake")
    assert cafe.available() == 2
    assert lost(cafe, versions, **BEANS)[0] == ("balance_stranded", "point", 12)


BEANS: dict[str, Any] = {
    "units": [unit("bean")], "earn": [spend_rule() | {"unit": "bean"}], "rewards": [],
}  # fmt: skip


def test_what_is_owed_stands_in_the_way_as_what_is_held() -> None:
    versions = Versions(**base(units=[unit(hold_days=7)]))
    cafe = member(versions)
    cafe.adjust("point", -5, allow_debt=True)
    assert dict(cafe.card.debt) == {"point": 5}
    assert lost(cafe, versions, **BEANS) == [("balance_stranded", "point", 12 + 5)]


def test_a_unit_that_nobody_holds_can_go() -> None:
    versions = Versions(**base())
    assert lost(member(versions, 0), versions, **BEANS) == []


def test_a_unit_that_has_ended_can_go() -> None:
    ending = unit(ends_on="2026-11-30", expiry={"type": "never"})
    versions = Versions(**base(units=[ending]))
    cafe = member(versions)
    cafe.later(days=9)
    assert lost(cafe, versions, **BEANS) == []


@pytest.mark.parametrize(
    ("rate", "same"), [((20, 100), True), ((100, 400), False), ((1, 5), True), ((2, 5), False)]
)
def test_a_credit_is_the_same_at_the_same_rate(rate: tuple[int, int], same: bool) -> None:
    def money(units: int, minor: int) -> list[dict[str, Any]]:
        return [reward("money", 0, kind="credit", rate={"units": units, "amount_minor": minor})]

    versions = Versions(**base(rewards=money(100, 500)))
    cafe = member(versions, 10_000)
    cafe.issue("money", 100)
    found = lost(cafe, versions, **base(rewards=money(*rate)))
    assert found == ([] if same else [("voucher", "money", 1)])


def test_a_voucher_counts_up_to_its_last_day() -> None:
    versions = Versions(**base(rewards=[CAKE | {"valid_days": 3}]))
    cafe = member(versions)
    cafe.issue("cake")
    cafe.issue("cake")
    cafe.later(days=3)
    assert lost(cafe, versions, **base(rewards=[])) == [("voucher", "cake", 2)]
    cafe.later(days=1)
    versions = Versions(**base(rewards=[CAKE | {"valid_days": 3}]))
    assert lost(cafe, versions, **base(rewards=[])) == []


def test_a_voucher_of_earlier_terms_is_lost_already() -> None:
    """A later version takes nothing of it: it keeps the terms under which it was issued."""
    versions = Versions(**base())
    cafe = member(versions)
    cafe.issue("cake")
    cafe.program = versions.publish(**base(rewards=[CAKE | {"name": "tart"}]))
    assert lost(cafe, versions, **base(rewards=[])) == []


@pytest.mark.parametrize(
    ("more", "ends_on", "amount"),
    [
        ({}, "2026-12-31", 12),
        ({"expiry": {"type": "months", "months": 1}}, "2026-12-31", 12),
        ({"expiry": {"type": "months", "months": 1}}, "2027-01-01", 0),
        ({"expiry": {"type": "inactivity", "months": 1}}, "2026-12-22", 12),
        ({"expiry": {"type": "inactivity", "months": 1}}, "2026-12-23", 0),
    ],
)
def test_an_end_takes_what_would_have_lasted_to_it(
    more: dict[str, Any], ends_on: str, amount: int
) -> None:
    versions = Versions(**base(units=[unit(**more)]))
    found = lost(member(versions), versions, **base(units=[unit(ends_on=ends_on, **more)]))
    assert found == ([("balance_ended", "point", amount)] if amount else [])


@pytest.mark.parametrize(("later", "found"), [("2027-06-29", True), ("2027-07-01", False)])
def test_an_end_that_comes_later_takes_nothing(later: str, found: bool) -> None:
    versions = Versions(**base(units=[unit(ends_on="2027-06-30")]))
    ended = lost(member(versions), versions, **base(units=[unit(ends_on=later)]))
    assert ended == ([("balance_ended", "point", 12)] if found else [])


@pytest.mark.parametrize("carried", [30, -30])
def test_a_remainder_below_zero_is_no_loss(carried: int) -> None:
    versions = Versions(**base())
    cafe = member(versions)
    cafe.card = cafe.card._replace(carry={"spend": carried})
    kept = [("remainder", "spend", carried)] if carried > 0 else []
    assert lost(cafe, versions, **base(earn=[])) == kept


def test_a_right_that_was_bought_or_given_is_lost_and_one_that_was_earned_is_not() -> None:
    def tiers(*ids: str) -> list[dict[str, Any]]:
        ways = {"gold": {"metric": "spend", "at_least": 1000},
                "vip": {"metric": "purchase", "skus": ["vip"]}}  # fmt: skip
        return [{"id": one, "name": one, "enter": [ways[one]]} for one in ids]

    versions = Versions(**base(tiers=tiers("vip", "gold")))
    cafe = member(versions)
    assert cafe.card.tier_id == "gold"
    assert lost(cafe, versions, **base()) == []
    for tier_id in ("vip", "gold"):
        cafe.do(GrantTier(cafe.origin(), tier_id, "2027-01-31", "hand"))
    assert lost(cafe, versions, **base(tiers=tiers("gold"))) == [("right", "vip", 1)]
    cafe.later(days=100)
    assert lost(cafe, versions, **base(tiers=tiers("gold"))) == []


def test_losses_of_many_members_add_up() -> None:
    sums = losses.Sums([("right", "gold", 2, 2)])
    sums.add([losses.Loss("voucher", "cake", 3), losses.Loss("right", "gold", 1)])
    sums.add([losses.Loss("voucher", "cake", 2)])
    assert sums.rows() == [("right", "gold", 3, 3), ("voucher", "cake", 2, 5)]
