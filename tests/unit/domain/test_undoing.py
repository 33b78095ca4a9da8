"""Corrections and gifts by hand that are undone: as if they had never been, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.domain import calendar, undoing
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.operations import GiveSurprise
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

EXPIRING = {"type": "months", "months": 1}
GIFT = {
    "id": "warm", "name": "Warm welcome", "reward": "pastry", "by": "staff",
    "per_member": {"times": 1, "window": "month"},
    "budget": {"amount_minor": 350, "window": "month"},
}  # fmt: skip


def shop() -> Shop:
    opened = Shop(
        make_program(
            units=[unit(expiry=EXPIRING)],
            earn=[spend_rule()],
            rewards=[reward("coffee", 10, auto=True), {"id": "pastry", "name": "A pastry",
                                                          "cost_minor": 70}],
            surprises=[GIFT],
        )
    )  # fmt: skip
    opened.join()
    return opened


def undo(cafe: Shop, done: Decision) -> Decision:
    until = calendar.to_ms(cafe.now) + 300_000
    return cafe.do(cafe.reversal(done, undo_until_ms=until))


def undo_refused(cafe: Shop, done: Decision) -> RefusalCode:
    before = cafe.card
    with pytest.raises(Refused) as refused:
        undo(cafe, done)
    assert cafe.card == before
    return refused.value.code


def held(card: Card) -> tuple[Any, ...]:
    """What a guest has: lots with their dates, debt, open vouchers, what was given."""
    lots = {unit: sorted(lots) for unit, lots in card.lots.items() if lots}
    taken = {name: count for name, count in card.taken.items() if count}
    return lots, {u: n for u, n in card.debt.items() if n}, card.open, taken, card.windows


STEPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 14)), max_size=5)


@given(STEPS, st.integers(-30, 30).filter(bool))
def test_a_correction_that_is_undone_was_never_made(
    sales: list[tuple[int, int]], amount: int
) -> None:
    cafe = shop()
    for days, money in sales:
        cafe.later(days=days).sale(money * 100)
    before = held(cafe.card)
    try:
        done = cafe.adjust("point", amount)
    except Refused as refused:
        assume(refused.code is not RefusalCode.INSUFFICIENT_BALANCE)
        raise
    undo(cafe.later(minutes=4), done)
    lots, *others = held(cafe.card)
    assert {u: sum(lot.amount for lot in own) for u, own in lots.items()} == {
        u: sum(lot.amount for lot in own) for u, own in before[0].items()
    }
    assert others == list(before[1:])
    if not done.vouchers:  # what unlocks a reward is booked out of the lots that end first
        assert lots == before[0]
    assert undo_refused(cafe, done) is RefusalCode.ALREADY_REVERSED


def test_a_gift_that_is_undone_was_never_given() -> None:
    cafe = shop()
    before = held(cafe.card)
    done = cafe.do(GiveSurprise(cafe.origin(source="staff"), "warm"))
    assert held(cafe.card) != before
    taken_back = undo(cafe, done)
    assert held(cafe.card) == before
    budget = [(name, by) for name, by, _ in done.counts if by == 70]
    assert [(name, -by) for name, by, _ in taken_back.counts] == budget
    cafe.do(GiveSurprise(cafe.origin(source="staff"), "warm"))  # the limit of one counts none


def test_what_was_used_meanwhile_stays() -> None:
    cafe = shop()
    gift = cafe.do(GiveSurprise(cafe.origin(source="staff"), "warm"))
    (voucher,) = gift.vouchers
    cafe.redeem(voucher)
    assert undo_refused(cafe, gift) is RefusalCode.VOUCHER_REDEEMED
    more = cafe.adjust("point", 5)
    cafe.adjust("point", -4)
    assert undo_refused(cafe, more) is RefusalCode.INSUFFICIENT_BALANCE


def test_a_gift_that_was_taken_back_is_not_taken_back_again() -> None:
    cafe = shop()
    gift = cafe.do(GiveSurprise(cafe.origin(source="staff"), "warm"))
    cafe.cancel(gift.vouchers[0])
    assert undo_refused(cafe, gift) is RefusalCode.VOUCHER_CANCELLED


def test_what_a_correction_unlocked_goes_with_it_unless_it_was_redeemed() -> None:
    cafe = shop()
    cafe.sale(800)
    done = cafe.adjust("point", 3)
    assert len(cafe.card.open) == 1
    undo(cafe, done)
    assert (cafe.available(), cafe.card.open) == (8, {})
    again = cafe.adjust("point", 3)
    cafe.redeem(again.vouchers[0])
    assert undo_refused(cafe, again) is RefusalCode.INSUFFICIENT_BALANCE


def test_a_debt_that_a_correction_paid_is_owed_again() -> None:
    cafe = shop()
    sale = cafe.sale(500)
    cafe.adjust("point", -5)
    cafe.refund(sale)
    assert dict(cafe.card.debt) == {"point": 5}
    done = cafe.adjust("point", 7)
    assert (dict(cafe.card.debt), cafe.available()) == ({}, 2)
    undo(cafe, done)
    assert (dict(cafe.card.debt), cafe.available()) == ({"point": 5}, 0)


def test_what_was_charged_as_a_debt_is_owed_no_more() -> None:
    cafe = shop()
    done = cafe.adjust("point", -5, allow_debt=True)
    undo(cafe, done)
    assert (dict(cafe.card.debt), cafe.available()) == ({}, 0)


def test_a_sale_that_is_undone_may_leave_a_debt() -> None:
    cafe = shop()
    sale = cafe.sale(500)
    cafe.adjust("point", -5)
    undo(cafe, sale)
    assert dict(cafe.card.debt) == {"point": 5}


def test_what_can_be_undone() -> None:
    cafe = shop()
    gift = cafe.do(GiveSurprise(cafe.origin(), "warm"))
    sale = cafe.sale(1000)
    (coffee,) = sale.unlocked
    done = [sale, cafe.adjust("point", 5), gift, cafe.decided[0], cafe.cancel(coffee)]
    entries = [one.entry for one in done if one.entry]
    assert [undoing.is_undone(one) for one in entries] == [True, True, True, False, False]
    assert [undoing.is_correction(one) for one in entries] == [False, True, False, False, False]


def test_what_a_sale_had_unlocked_is_cancelled_with_it() -> None:
    cafe = shop()
    sale = cafe.sale(1000)
    (coffee,) = sale.unlocked
    closed = {one.voucher_id: one.status for one in cafe.refund(sale).vouchers}
    assert closed == {coffee.voucher_id: "cancelled"}
