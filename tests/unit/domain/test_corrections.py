"""Corrections by hand, and what an operation answers when it has nothing to say."""

from __future__ import annotations

import pytest

from regulars.domain.card import OpenVoucher
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, spend_rule, unit


def shop() -> Shop:
    opened = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    opened.join()
    return opened


def test_a_correction_below_zero_says_how_much_there_is() -> None:
    cafe = shop()
    cafe.sale(300)
    with pytest.raises(Refused, match=r"^\('insufficient_balance', 'Only 3 can be taken off.'\)$"):
        cafe.adjust("point", -4)
    assert cafe.available() == 3


def test_a_correction_of_an_unknown_unit_names_the_known_ones() -> None:
    with pytest.raises(Refused) as refused:
        shop().adjust("coin", 1)
    assert refused.value.errors == (("unit", "must be one of: point"),)


def test_what_has_nothing_to_refuse_says_so() -> None:
    cafe = shop()
    for decision in (cafe.adjust("point", 1), cafe.expire(), cafe.review()):
        assert (decision.refused, decision.unlocked, decision.counts) == ((), (), ())
        assert decision.refunded_minor is None


def test_a_voucher_that_was_stored_without_its_cost_locks_nothing() -> None:
    assert OpenVoucher("coffee", "CODE", 1, "").cost == 0


def test_the_code_of_a_refusal_is_its_name() -> None:
    assert [code.value for code in RefusalCode] == [code.name.lower() for code in RefusalCode]
