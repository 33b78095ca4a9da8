"""A member who was erased: the card stays as it is, and nothing can be done with it."""

from __future__ import annotations

import pytest

from regulars.domain.decide import decide
from regulars.domain.operations import ClearDue, Earn, Erase, Expire, Join, ReviewTier
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.programs import PUNCH_CARD
from tests.unit.domain.shop import Shop, make_program


def shop() -> Shop:
    opened = Shop(make_program(**PUNCH_CARD))
    opened.do(Join(opened.origin(source="join"), "c1", "05-21"))
    opened.visit(visits=3)
    return opened


def test_the_entry_moves_nothing_and_nothing_is_due_any_more() -> None:
    cafe = shop()
    before = cafe.card
    assert before.due
    decision = cafe.do(Erase(cafe.origin()))
    assert decision.entry is not None
    assert (decision.entry.kind, decision.entry.lines, decision.dues) == ("erase", (), ())
    assert cafe.card.due == {}
    assert (cafe.card.lots, cafe.card.open, cafe.card.lifetime, cafe.card.tier) == (
        before.lots, before.open, before.lifetime, before.tier,
    )  # fmt: skip
    assert cafe.verify() == []


def test_the_entries_alone_tell_it() -> None:
    cafe = shop()
    cafe.do(Erase(cafe.origin()))
    assert cafe.fold.card.erased_ms == cafe.card.erased_ms > 0


def test_whatever_is_asked_of_it_is_refused_as_for_no_card() -> None:
    cafe = shop()
    cafe.do(Erase(cafe.origin()))
    origin = cafe.origin()
    for asked in (
        Earn(origin),
        Expire(origin),
        ReviewTier(origin),
        ClearDue(origin),
        Erase(origin),
    ):
        with pytest.raises(Refused) as refused:
            decide(cafe.program, cafe.card, asked, cafe.now)
        assert (refused.value.code, refused.value.detail) == (RefusalCode.NOT_FOUND, "")


def test_who_joins_again_gets_nothing_for_it_and_goes_on_as_any_member() -> None:
    for again, stamps in ((False, 1), (True, 0)):
        cafe = Shop(make_program(**PUNCH_CARD))
        cafe.do(Join(cafe.origin(source="join"), "c1", again=again))
        assert cafe.available("stamp") == stamps
        cafe.visit()
        assert cafe.available("stamp") == stamps + 1
        assert cafe.verify() == []
