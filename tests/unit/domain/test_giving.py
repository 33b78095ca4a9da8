"""Units that one member gives to another."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import giving
from regulars.domain.decision import Decision
from regulars.domain.operations import Give
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

NEXT_MONTH = unit(expiry={"type": "months", "months": 1})


def members(point: dict[str, Any] = NEXT_MONTH) -> tuple[Shop, Shop]:
    """Two members of a shop that gives a coffee by itself for 30 points."""
    rewards = [reward("coffee", 30, auto=True), reward("sip", 2)]
    of = make_program(units=[point], earn=[spend_rule()], rewards=rewards)
    both = Shop(of), Shop(of)
    for one in both:
        one.join()
    return both


def give(one: Shop, amount: int, note: str | None = None, unit_id: str = "point") -> Decision:
    return one.do(Give(one.origin(), unit_id, amount, "c2", note))


def receive(one: Shop, given: Decision) -> Decision:
    return one.do(giving.received(given, one.origin()))


@pytest.mark.parametrize("note", ["for the cake", None])
def test_what_is_given_keeps_its_dates_and_both_sides_are_told(note: str | None) -> None:
    anna, bela = members()
    anna.sale(1000)
    anna.later(days=15).sale(900)
    given = give(anna, 12, note)
    received = receive(bela, given)

    assert (anna.amounts(), bela.amounts()) == (
        {"2027-01-31": 7},
        {"2026-12-31": 10, "2027-01-31": 2},
    )
    assert given.entry is not None
    assert received.entry is not None
    noted = {} if note is None else {"note": note}
    assert given.entry.facts == {"to": "c2", **noted}
    assert received.entry.facts == {"giver": "c1", **noted}
    assert (given.entry.kind, received.entry.kind) == ("adjust", "adjust")
    assert {line.reason.kind for line in given.entry.lines} == {"given"}
    assert {line.reason.kind for line in received.entry.lines} == {"received"}
    assert bela.card.lifetime.points == 0, "nothing is earned by it"


def test_it_pays_debt_and_unlocks_what_is_automatic() -> None:
    anna, bela = members()
    bela.adjust("point", -5, allow_debt=True)
    unlocked = []
    for _ in range(2):
        anna.sale(2900)
        received = receive(bela, give(anna, 29))
        unlocked.append([one.reward_id for one in received.unlocked])
    assert unlocked == [[], ["coffee"]]
    assert (bela.available(), dict(bela.card.debt)) == (29 + 29 - 5 - 30, {})


def test_it_renews_what_would_expire_by_inactivity() -> None:
    anna, bela = members(unit(expiry={"type": "inactivity", "months": 1}))
    for one in (anna, bela):
        one.sale(1000)
        one.later(days=10)
    receive(bela, give(anna, 4))
    assert dict(bela.card.inactive_after) == {"point": "2027-01-02"}


def test_no_more_can_be_given_than_can_be_spent() -> None:
    anna, _ = members()
    anna.sale(1000)
    anna.issue("sip")
    with pytest.raises(Refused, match="Only 8 can be given") as refused:
        give(anna, 9)
    assert refused.value.code is RefusalCode.INSUFFICIENT_BALANCE
    give(anna, 8)
    assert anna.available() == 0


def test_who_owes_gives_nothing_and_nobody_gives_what_there_is_not() -> None:
    anna, _ = members()
    with pytest.raises(Refused) as refused:
        give(anna, 1, unit_id="coin")
    assert refused.value.errors == (("unit", "must be one of: point"),)
    anna.adjust("point", -1, allow_debt=True)
    with pytest.raises(Refused) as refused:
        give(anna, 1)
    assert refused.value.code is RefusalCode.DEBT
