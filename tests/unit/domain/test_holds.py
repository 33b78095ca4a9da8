"""A card on hold: it earns, and redeems nothing, until every hold is released."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.decision import Decision
from regulars.domain.holding import Hold, Release
from regulars.domain.operations import Give
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit


def shop() -> Shop:
    rewards = [reward("ten", 10), reward("auto", 50, auto=True)]
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=rewards))
    cafe.join()
    cafe.sale(4000)
    return cafe


def hold(cafe: Shop, signal_id: str, note: str = "") -> Decision:
    return cafe.do(Hold(cafe.origin(), signal_id, note))


def release(cafe: Shop, signal_id: str, note: str = "") -> Decision:
    return cafe.do(Release(cafe.origin(), signal_id, note))


def is_held(call: Any, *given: Any) -> bool:
    with pytest.raises(Refused) as refused:
        call(*given)
    return refused.value.code is RefusalCode.HELD


def test_it_earns_and_nothing_of_it_is_had() -> None:
    cafe = shop()
    voucher = cafe.issue("ten")
    hold(cafe, "s1")
    assert dict(cafe.card.holds) == {"s1": cafe.card.recorded_ms}
    assert is_held(cafe.redeem, voucher)
    assert is_held(cafe.issue, "ten")
    assert is_held(cafe.do, Give(cafe.origin(), "point", 5, "c2", None))
    assert cafe.sale(6000).unlocked == ()
    assert (cafe.available(), len(cafe.card.open)) == (90, 1)
    cafe.cancel(voucher)
    assert cafe.available() == 100


def test_it_ends_with_its_last_hold_and_what_has_waited_is_issued() -> None:
    cafe = shop()
    hold(cafe, "s1")
    hold(cafe, "s2")
    cafe.sale(6000)
    assert release(cafe, "s1").unlocked == ()
    assert set(cafe.card.holds) == {"s2"}
    assert is_held(cafe.issue, "ten")
    assert [one.reward_id for one in release(cafe, "s2").unlocked] == ["auto", "auto"]
    assert cafe.card.holds == {}
    assert cafe.verify() == []


@pytest.mark.parametrize("note", ["looks wrong", ""])
def test_its_entries_say_which_signal_and_why(note: str) -> None:
    cafe = shop()
    noted = {"note": note} if note else {}
    for decided, name in ((hold(cafe, "s1", note), "hold"), (release(cafe, "s1", note), "release")):
        assert decided.entry is not None
        assert (decided.entry.kind, decided.entry.facts) == ("adjust", {name: "s1", **noted})
        assert decided.entry.lines == ()
