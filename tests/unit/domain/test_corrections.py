"""Corrections by hand, and what an operation answers when it has nothing to say."""

from __future__ import annotations

import pytest

from regulars.domain.calendar import to_ms
from regulars.domain.card import OpenVoucher
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
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


def test_a_clock_may_run_five_minutes_ahead_and_no_more() -> None:
    cafe = shop().later(seconds=1)
    ahead = to_ms(cafe.now) + 5 * 60_000
    assert cafe.sale(100, effective_ms=ahead).entry is not None
    with pytest.raises(Refused, match="future") as refused:
        shop().later(seconds=1).sale(100, effective_ms=ahead + 1)
    assert refused.value.code is RefusalCode.INVALID


def test_a_full_card_queues_no_benefit() -> None:
    """It can be given later in its period; what is queued would outlast it."""
    tiers = [{"id": "all", "name": "All", "benefits": [
        {"id": "monthly", "reward": "cake", "every": "month"}]}]  # fmt: skip
    cafe = Shop(make_program(units=[unit()], tiers=tiers, rewards=[{"id": "cake", "name": "Cake"}]))
    full = {f"vou_{n}": OpenVoucher("cake", "x", 0, "") for n in range(OPEN_VOUCHERS_MAX)}
    cafe.card = cafe.card._replace(open=full)
    cafe.join()
    assert (len(cafe.card.open), dict(cafe.card.taken)) == (OPEN_VOUCHERS_MAX, {})


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({"cooldown_minutes": 30}, "the next stamp is in 30 min"),
        ({"visits_per_day": 1}, "has had its 1 visits of today"),
    ],
)
def test_a_refused_visit_says_which_limit(limits: dict[str, int], text: str) -> None:
    cafe = Shop(make_program(units=[unit()], limits=limits))
    cafe.join()
    cafe.visit()
    with pytest.raises(Refused, match=text):
        cafe.visit(refusable=True)


def test_what_has_nothing_to_refuse_says_so() -> None:
    cafe = shop()
    for decision in (cafe.adjust("point", 1), cafe.expire(), cafe.review()):
        assert (decision.refused, decision.unlocked, decision.counts) == ((), (), ())
        assert decision.refunded is None


def test_a_voucher_that_was_stored_without_its_cost_locks_nothing() -> None:
    assert OpenVoucher("coffee", "CODE", 1, "").cost == 0


def test_the_code_of_a_refusal_is_its_name() -> None:
    assert [code.value for code in RefusalCode] == [code.name.lower() for code in RefusalCode]
