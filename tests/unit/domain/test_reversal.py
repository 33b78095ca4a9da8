"""Refunds and undo: exactly what was granted is taken back, whatever way it is split."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain.operations import Decision
from regulars.domain.refusals import Code, Refused
from regulars.domain.reversal import WHOLE
from tests.unit.domain.shop import Shop, items, programme, reward, spend_rule, unit, visit_rule

UNITS = [unit("point"), unit("stamp", "stamps", expiry={"type": "months", "months": 1})]


def shop(*rewards: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> Shop:
    """A point per 1.00 and a stamp per visit."""
    earn = rules or [spend_rule(1, 100), visit_rule()]
    opened = Shop(programme(units=UNITS, earn=earn, rewards=list(rewards)))
    opened.join()
    return opened


def test_the_whole_takes_back_exactly_what_was_granted() -> None:
    cafe = shop()
    cafe.sale(350)
    before = cafe.card
    sale = cafe.later(hours=1).sale(999)

    refund = cafe.later(hours=1).refund(sale)

    after = cafe.card
    assert refund.refunded_minor == WHOLE
    assert (after.lots, dict(after.carry), after.lifetime, dict(after.debt)) == (
        before.lots, dict(before.carry), before.lifetime, {},
    )  # fmt: skip
    assert (after.last_visit_ms, after.today) == (before.last_visit_ms, before.today)
    assert {m: w for m, w in after.windows.items() if any(w)} == dict(before.windows)
    assert refund.entry is not None
    assert refund.entry.facts["reverses"] == 3
    assert refund.entry.facts["amount"] == 999


@given(
    total=st.integers(1, 5000),
    tip=st.integers(0, 500),
    carried=st.integers(0, 249),
    amount=st.integers(1, 9),
    cuts=st.lists(st.integers(1, 3000), max_size=8),
    spent=st.booleans(),
)
def test_any_split_of_refunds_sums_to_the_whole(
    total: int, tip: int, carried: int, amount: int, cuts: list[int], spent: bool
) -> None:
    """Points, remainder, money and point windows: after each part the exact share is gone, and
    after the last one everything, with debt where it had been spent."""
    cafe = shop(rules=[spend_rule(amount, 250), visit_rule(3)])
    if carried:
        cafe.sale(carried, visits=0)
    start = cafe.card
    sale = cafe.sale(total, paid_minor=total + tip)
    granted = cafe.available()
    if spent and granted:
        cafe.adjust("point", -granted)
    paid, done = total + tip, 0

    for cut in [*cuts, None]:
        if done == paid or (cut is not None and cut > paid - done):
            continue
        done = paid if cut is None else done + cut
        cafe.refund(sale, cut)
        card = cafe.card
        gone = granted * done // paid
        assert card.balance("point") == (0 if spent else granted) - gone
        assert card.debt.get("point", 0) == (gone if spent else 0)
        assert card.balance("stamp") == 3 - 3 * done // paid
        assert card.lifetime.spend_minor == carried + total - total * done // paid
        assert card.lifetime.points == granted - gone
        assert card.lifetime.visits == int(done < paid)

    assert dict(cafe.card.carry) == dict(start.carry)
    assert tuple(cafe.card.lifetime) == tuple(start.lifetime)
    assert cafe.refunded == {2 + bool(carried): WHOLE}
    assert cafe.verify() == []


def test_a_refund_is_measured_in_what_was_paid() -> None:
    """10.00 of goods and a tip of 2.50: giving back 6.25 is half of it."""
    cafe = shop()
    sale = cafe.sale(1000, paid_minor=1250)

    cafe.refund(sale, 625)
    assert (cafe.available(), cafe.card.lifetime.spend_minor) == (5, 500)
    with pytest.raises(Refused) as refused:
        cafe.refund(sale, 626)
    assert refused.value.code is Code.REFUND_EXCEEDS
    cafe.refund(sale, 625)
    with pytest.raises(Refused) as refused:
        cafe.refund(sale, 1)

    assert refused.value.code is Code.ALREADY_REVERSED
    assert (cafe.available(), tuple(cafe.card.lifetime)) == (0, (0, 0, 0))


def test_the_remainder_may_pass_below_zero_and_is_earned_back_first() -> None:
    cafe = shop()
    first = cafe.sale(99)
    cafe.sale(1)
    assert (cafe.available(), dict(cafe.card.carry)) == (1, {})

    cafe.refund(first)

    assert dict(cafe.card.carry) == {"spend": -99}
    cafe.sale(98)
    assert (cafe.available(), dict(cafe.card.carry)) == (1, {"spend": -1})
    cafe.sale(1)
    assert (cafe.available(), dict(cafe.card.carry)) == (1, {})


def test_spent_points_become_debt_that_the_next_earnings_pay_off() -> None:
    """Earn, redeem, refund: nothing is gained by it."""
    cafe = shop(reward("ten", 10), reward("one", 1))
    sale = cafe.sale(1000)
    cafe.redeem(cafe.issue("ten"))

    refund = cafe.refund(sale).entry

    assert refund is not None
    assert [(x.amount, x.lot) for x in refund.lines if x.unit == "point"] == [(-10, "debt")]
    assert cafe.card.balance("point") == -10
    with pytest.raises(Refused) as refused:
        cafe.issue("one")
    assert refused.value.code is Code.DEBT
    cafe.sale(400)
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {"point": 6})
    paid_off = cafe.sale(900).entry
    assert paid_off is not None
    assert [(x.amount, x.lot) for x in paid_off.lines if x.unit == "point"] == [
        (6, "debt"),
        (3, ""),
    ]
    assert (cafe.available(), dict(cafe.card.debt)) == (3, {})
    cafe.issue("one")
    assert cafe.verify() == []


def test_what_paid_off_debt_is_owed_again_when_it_is_refunded() -> None:
    cafe = shop()
    cafe.adjust("point", -5, allow_debt=True)
    sale = cafe.sale(300)
    assert dict(cafe.card.debt) == {"point": 2}

    cafe.refund(sale)

    assert dict(cafe.card.debt) == {"point": 5}
    assert cafe.verify() == []


def test_points_come_out_of_their_own_lot_first() -> None:
    """Of the stamp's own month, although an older lot would expire sooner."""
    cafe = shop()
    cafe.visit(2)
    cafe.later(days=20)
    sale = cafe.visit(3)

    cafe.refund(sale)

    assert cafe.amounts("stamp") == {"2026-12-31": 2}


def test_then_out_of_others_and_only_then_into_debt() -> None:
    cafe = shop()
    cafe.visit(2)
    cafe.later(days=20)
    sale = cafe.visit(3)
    cafe.adjust("stamp", -4)
    assert cafe.amounts("stamp") == {"2027-01-31": 1}

    entry = cafe.refund(sale).entry

    assert entry is not None
    assert [(line.amount, line.lot) for line in entry.lines] == [(-1, "2027-01-31"), (-2, "debt")]


def coffee_shop() -> tuple[Shop, Decision]:
    """A sale that unlocked a coffee: eight stamps, then two more."""
    cafe = shop(reward("coffee", 10, "stamp", auto=True))
    cafe.visit(8)
    sale = cafe.sale(1000, visits=2)
    assert len(sale.unlocked) == 1
    return cafe, sale


def test_a_voucher_the_sale_granted_is_cancelled_with_it() -> None:
    cafe, sale = coffee_shop()

    refund = cafe.refund(sale)

    assert [voucher.status for voucher in refund.vouchers] == ["cancelled"]
    assert cafe.card.open == {}
    assert cafe.available("stamp") == 8
    assert cafe.verify() == []


def test_a_part_that_the_balance_covers_leaves_the_voucher_alone() -> None:
    cafe, sale = coffee_shop()
    cafe.visit(3)

    cafe.refund(sale, 500)

    assert len(cafe.card.open) == 1
    assert cafe.available("stamp") == 2


def test_a_part_that_the_balance_does_not_cover_takes_the_voucher_back() -> None:
    cafe, sale = coffee_shop()

    cafe.refund(sale, 500)

    assert cafe.card.open == {}
    assert cafe.available("stamp") == 9
    assert dict(cafe.card.debt) == {}


def test_what_is_left_may_unlock_it_again() -> None:
    cafe, sale = coffee_shop()
    cafe.visit(5)

    refund = cafe.refund(sale)

    assert sorted(voucher.status for voucher in refund.vouchers) == ["cancelled", "issued"]
    assert cafe.available("stamp") == 3
    assert cafe.verify() == []


def test_a_voucher_that_was_redeemed_is_owed() -> None:
    cafe, sale = coffee_shop()
    (voucher,) = sale.unlocked
    cafe.redeem(voucher)

    cafe.refund(sale)

    assert cafe.vouchers[voucher.voucher_id].status == "redeemed"
    assert dict(cafe.card.debt) == {"stamp": 2}


def test_a_visit_without_money_is_refunded_whole_or_not_at_all() -> None:
    cafe = shop()
    visit = cafe.visit()

    with pytest.raises(Refused) as refused:
        cafe.refund(visit, 1)
    assert refused.value.code is Code.REFUND_EXCEEDS
    cafe.refund(visit)
    assert cafe.available("stamp") == 0
    with pytest.raises(Refused) as refused:
        cafe.refund(visit)
    assert refused.value.code is Code.ALREADY_REVERSED


def test_an_undo_has_five_minutes_to_the_millisecond() -> None:
    cafe = shop()
    cafe.later(minutes=1)
    slip = cafe.visit()
    assert slip.entry is not None
    until = slip.entry.recorded_ms + 300_000

    cafe.later(minutes=5, milliseconds=1)
    with pytest.raises(Refused) as refused:
        cafe.refund(slip, undo_until_ms=until)
    assert refused.value.code is Code.UNDO_EXPIRED
    cafe.later(milliseconds=-1).refund(slip, undo_until_ms=until)
    assert cafe.available("stamp") == 0


def test_a_refund_years_later_still_counts_in_the_month_of_the_sale() -> None:
    cafe = shop()
    sale = cafe.sale(1000, items=items((1, 1000, "x")))
    cafe.later(days=800).sale(500)

    cafe.refund(sale)

    assert tuple(cafe.card.lifetime) == (500, 1, 5)
    assert [tuple(window) for window in cafe.card.windows.values()] == [(500, 1, 5)]
