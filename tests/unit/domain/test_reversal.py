"""Refunds and undo: exactly what was granted is taken back, whatever way it is split."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain import first_purchase, milestones
from regulars.domain.operations import WHOLE, GrantBonus
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit, visit_rule

UNITS = [unit("point"), unit("stamp", "stamps", expiry={"type": "months", "months": 1})]


def shop(*rewards: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> Shop:
    """A point per 1.00 and a stamp per visit."""
    earn = rules or [spend_rule(1, 100), visit_rule()]
    opened = Shop(make_program(units=UNITS, earn=earn, rewards=list(rewards)))
    opened.join()
    return opened


def test_the_whole_takes_back_exactly_what_was_granted() -> None:
    cafe = shop()
    cafe.sale(350)
    before = cafe.card
    sale = cafe.later(hours=1).sale(999)

    refund = cafe.later(hours=1).refund(sale)

    after = cafe.card
    assert refund.refunded
    assert refund.refunded.minor == WHOLE
    assert (after.lots, dict(after.carry), after.lifetime, dict(after.debt)) == (
        before.lots, dict(before.carry), before.lifetime, {},
    )  # fmt: skip
    assert (after.last_visit_ms, after.came) == (before.last_visit_ms, before.came)
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
        stays = done < paid and 2 * (paid - done) >= paid
        assert card.balance("stamp") == 3 * stays
        assert card.lifetime.spend_minor == carried + total - total * done // paid
        assert card.lifetime.points == granted - gone
        assert card.lifetime.visits == stays

    assert dict(cafe.card.carry) == dict(start.carry)
    assert tuple(cafe.card.lifetime) == tuple(start.lifetime)
    assert {seq: one.minor for seq, one in cafe.refunded.items()} == {2 + bool(carried): WHOLE}
    assert cafe.verify() == []


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
    assert refused.value.code is RefusalCode.DEBT
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


def test_a_visit_without_money_is_refunded_whole() -> None:
    cafe = shop()
    visit = cafe.visit()

    refund = cafe.refund(visit, 1)

    assert cafe.available("stamp") == 0
    assert [reason.kind for _, reason in refund.refused] == [ReasonKind.CLAMPED]
    with pytest.raises(Refused) as refused:
        cafe.refund(visit)
    assert refused.value.code is RefusalCode.ALREADY_REVERSED


def test_a_refund_years_later_still_counts_in_the_month_of_the_sale() -> None:
    cafe = shop()
    sale = cafe.sale(1000, items=items((1, 1000, "x")))
    cafe.later(days=800).sale(500)

    cafe.refund(sale)

    assert tuple(cafe.card.lifetime) == (500, 1, 5)
    assert [tuple(window) for window in cafe.card.windows.values()] == [(500, 1, 5)]


def test_an_owner_may_bear_what_was_spent() -> None:
    """With `waive` nothing is owed; the entry says what was not taken back."""
    cafe = Shop(
        make_program(
            units=UNITS, earn=[spend_rule(1, 100)], rewards=[reward("coffee", 10)],
            refunds={"policy": "waive"},
        )
    )  # fmt: skip
    cafe.join()
    sale = cafe.sale(1200)
    cafe.redeem(cafe.issue("coffee"))

    first = cafe.refund(sale, 600).entry
    second = cafe.refund(sale).entry

    assert first is not None
    assert second is not None
    assert [first.facts.get("waived"), second.facts.get("waived")] == [{"point": 4}, {"point": 6}]
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {})
    assert cafe.verify() == []
    cafe.sale(1000)
    cafe.redeem(cafe.issue("coffee"))


def waiving(**sections: Any) -> Shop:
    """A shop that bears what was spent, and gives a coffee for 10 points."""
    return Shop(
        make_program(
            units=UNITS, earn=[spend_rule(1, 100)], rewards=[reward("coffee", 10)],
            refunds={"policy": "waive"}, **sections,
        )
    )  # fmt: skip


def test_what_an_owner_bore_is_given_back_with_no_rule() -> None:
    """Of six points of two rules one was not taken: five come back."""
    rules = [spend_rule(1, 100), {**spend_rule(1, 100), "id": "again"}]
    cafe = Shop(make_program(units=UNITS, earn=rules, refunds={"policy": "waive"}))
    cafe.join()
    sale = cafe.sale(1000)
    cafe.adjust("point", -15)
    mistake = cafe.refund(sale, 300)
    cafe.refund(sale, 200)
    assert cafe.available() == 0

    cafe.void(mistake, sale)
    assert cafe.available() == 5


def test_what_lies_in_a_voucher_is_owed_once() -> None:
    """Twenty are refunded, ten were drunk: only the ten in the open voucher are asked for."""
    cafe = waiving()
    cafe.join()
    sales = [cafe.sale(1000), cafe.sale(1000)]
    cafe.redeem(cafe.issue("coffee"))
    open_still = cafe.issue("coffee")

    for sale in sales:
        cafe.refund(sale)
    assert dict(cafe.card.debt) == {"point": 10}
    cafe.cancel(open_still)
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {})


def test_only_vouchers_of_the_same_unit_are_locked_units() -> None:
    """A water for one stamp is open, and a voucher of a reward that the programme has dropped."""
    cafe = Shop(
        make_program(
            units=UNITS, earn=[spend_rule(1, 100), visit_rule()],
            rewards=[reward("coffee", 10), reward("water", 1, "stamp"), reward("old", 5)],
            refunds={"policy": "waive"},
        )
    )  # fmt: skip
    cafe.join()
    sale = cafe.sale(1500)
    cafe.redeem(cafe.issue("coffee"))
    cafe.issue("water")
    cafe.issue("old")
    under = cafe.program
    cafe.program = make_program(
        2, units=UNITS, rewards=[reward("coffee", 10), reward("water", 1, "stamp")],
        refunds={"policy": "waive"},
    )  # fmt: skip

    refunded = cafe.refund(sale, 1500, under=under)
    assert refunded.entry is not None
    assert refunded.entry.facts["waived"] == {"point": 15}
    assert dict(cafe.card.debt) == {"stamp": 1}


def test_units_of_a_voucher_that_a_refund_cancels_are_taken_not_waived() -> None:
    """15 points, of which the sale's own voucher holds 10; half of the sale is refunded: 7."""
    cafe = Shop(
        make_program(
            units=UNITS, earn=[spend_rule(1, 100)], rewards=[reward("coffee", 10, auto=True)],
            refunds={"policy": "waive"},
        )
    )  # fmt: skip
    cafe.join()
    sale = cafe.sale(1500)
    assert (cafe.available(), len(cafe.card.open)) == (5, 1)

    refunded = cafe.refund(sale, 750)
    assert refunded.entry is not None
    assert "waived" not in refunded.entry.facts
    assert (cafe.available(), len(cafe.card.open)) == (8, 0)
    assert [line.reason.kind for line in refunded.entry.lines if line.amount < 0] == [
        ReasonKind.REFUND, ReasonKind.REFUND,
    ]  # fmt: skip


def test_a_refunded_first_purchase_leaves_no_count_behind() -> None:
    terms = {"friend": {"unit": "point", "amount": 5}, "referrer": {"unit": "point", "amount": 5}}
    cafe = Shop(make_program(units=UNITS, referral=terms))
    cafe.join()
    sale = cafe.sale(1000)
    assert first_purchase.made_by(cafe.card) == 2

    refunded = cafe.refund(sale)
    assert dict(cafe.card.taken) == {}
    assert refunded.entry is not None
    assert refunded.entry.facts["unfirst"] == 2


def test_a_first_purchase_that_a_card_does_not_name_is_the_sale_that_says_so() -> None:
    """So do cards from before that was noted."""
    terms = {"friend": {"unit": "point", "amount": 5}, "referrer": {"unit": "point", "amount": 5}}
    cafe = Shop(make_program(units=UNITS, referral=terms))
    cafe.join()
    sale, another = cafe.sale(1000), cafe.sale(1000)
    cafe.card = cafe.card._replace(taken={first_purchase.NAME: ("", 1)})

    cafe.refund(another)
    assert first_purchase.made_by(cafe.card) == 0
    refunded = cafe.refund(sale)
    assert refunded.entry is not None
    assert refunded.entry.facts["unfirst"] == 2
    assert dict(cafe.card.taken) == {}


def test_a_refunded_referral_leaves_no_count_behind() -> None:
    terms = {"friend": {"unit": "point", "amount": 5}, "referrer": {"unit": "point", "amount": 5}}
    cafe = Shop(make_program(units=UNITS, referral=terms))
    cafe.join()
    brought = cafe.do(GrantBonus(cafe.origin(), "referral", "point", 5, referral=True))
    assert dict(cafe.card.taken) == {milestones.REFERRALS: ("", 1)}

    cafe.refund(brought)
    assert dict(cafe.card.taken) == {}


def test_nothing_lies_in_a_gift() -> None:
    """The coffee that was given is worth ten points to whoever buys it, and took none."""
    first = {"id": "first", "name": "First", "metric": "visits", "at": 1, "reward": "coffee"}
    cafe = waiving(milestones=[first])
    cafe.join()
    cafe.visit()
    sale = cafe.sale(1000)
    cafe.redeem(cafe.issue("coffee"))
    assert len(cafe.card.open) == 1

    cafe.refund(sale)
    assert dict(cafe.card.debt) == {}


def test_a_streak_that_is_over_is_not_rewarded_again_when_an_old_visit_is_refunded() -> None:
    streak = {"id": "two", "name": "Two", "metric": "weeks", "at": 2, "reward": "gift"}
    cafe = Shop(
        make_program(units=UNITS, milestones=[streak], rewards=[{"id": "gift", "name": "G"}])
    )
    cafe.join()
    cafe.visit()
    old = cafe.later(days=7).visit()
    cafe.later(days=21).visit()
    cafe.later(days=7).visit()
    assert len(cafe.card.open) == 2

    cafe.refund(old)
    cafe.visit()
    assert len(cafe.card.open) == 1
    assert cafe.verify() == []


def test_the_month_of_a_refund_is_that_of_the_zone_it_was_sold_in() -> None:
    at_the_border = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # already December in Budapest
    cafe = Shop(make_program(units=UNITS, earn=[spend_rule()]), at_the_border)
    cafe.join()
    sale = cafe.sale(1000)
    under, cafe.program = cafe.program, make_program(2, units=UNITS, timezone="America/New_York")

    cafe.refund(sale, under=under)
    assert not any(any(window) for window in cafe.card.windows.values())


def test_the_day_of_a_refund_is_that_of_the_zone_it_was_sold_in() -> None:
    cap = {"visits_per_day": 1}
    at_the_border = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # already December in Budapest
    cafe = Shop(make_program(units=UNITS, earn=[visit_rule()], limits=cap), at_the_border)
    cafe.join()
    visit = cafe.visit()
    under = cafe.program
    cafe.program = make_program(
        2, units=UNITS, earn=[visit_rule()], limits=cap, timezone="America/New_York"
    )

    cafe.refund(visit, under=under)
    assert dict(cafe.card.came) == {}
