"""Whatever is done with a credit in any order: money and units add up to the last of both."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from regulars.domain import losses
from regulars.domain.decision import Decision
from regulars.domain.operations import Voucher
from regulars.domain.program import Past, Step
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.values import whole_step
from regulars.store import cards
from tests.examples import examples
from tests.unit.domain.shop import Shop, make_program, reward, unit

MONTH_MS = 30 * 24 * 3600 * 1000


def program(units: int, minor: int, **more: Any) -> Any:
    money = reward(
        "money", 0, kind="credit", rate={"units": units, "amount_minor": minor}, **more
    )  # fmt: skip
    return make_program(units=[unit("point"), unit("stamp", "stamps")], rewards=[money])


class Credit(RuleBasedStateMachine):
    """One voucher of a random rate and size, and all that can be done with it."""

    @initialize(
        units=st.integers(1, 250), minor=st.integers(1, 1200), steps=st.integers(1, 40),
        lots=st.lists(st.integers(1, 30), min_size=1, max_size=3),
        valid_days=st.sampled_from([None, 20]),
    )  # fmt: skip
    def take(
        self, units: int, minor: int, steps: int, lots: list[int], valid_days: int | None
    ) -> None:
        more = {} if valid_days is None else {"valid_days": valid_days}
        self.shop = Shop(program(units, minor, **more))
        self.shop.join()
        self.rate = Fraction(minor, units)
        self.units = steps * whole_step(units, minor)
        for days, amount in enumerate(lots):
            self.expiring_on(days + 40, amount)
        self.shop.adjust("point", self.units)
        self.had = self.shop.available()
        self.voucher_id = self.shop.issue("money", self.units).voucher_id
        self.used: dict[str, int] = {}
        """By order, from the first to the last."""
        self.orders = 0
        self.sales: dict[str, Decision] = {}

    def expiring_on(self, days: int, amount: int) -> None:
        """Units that last for so many days."""
        day = self.shop.now + timedelta(days=days)
        expiry = {"type": "date", "month": day.month, "day": day.day}
        was = self.shop.program
        self.shop.program = make_program(
            units=[unit("point", expiry=expiry), unit("stamp", "stamps")]
        )
        self.shop.adjust("point", amount)
        self.shop.program = was

    @property
    def voucher(self) -> Voucher:
        return self.shop.vouchers[self.voucher_id]

    def attempt(self, done: Any, *expected: RefusalCode) -> Any:
        """Do it; one of the expected refusals leaves everything as it was."""
        before = self.shop.card, self.voucher
        try:
            return done()
        except Refused as refused:
            if refused.code not in expected:
                raise
        assert (self.shop.card, self.voucher) == before
        return None

    @rule(share=st.fractions(0, Fraction(6, 5)), order=st.one_of(st.none(), st.integers(0, 900)))
    def use(self, share: Fraction, order: int | None) -> None:
        """Use a part of what is left, or more than that, or all."""
        left, status = self.voucher.left_minor, self.voucher.status
        wanted = ceil(left * share) or None
        self.orders += 1
        name = f"o{self.orders}"
        most = left if order is None else min(left, order)
        done = self.attempt(
            lambda: self.shop.redeem(self.voucher, wanted, name, order),
            RefusalCode.LIMIT_REACHED, RefusalCode.INSUFFICIENT_BALANCE,
            RefusalCode.VOUCHER_REDEEMED, RefusalCode.VOUCHER_CANCELLED,
            RefusalCode.VOUCHER_EXPIRED,
        )  # fmt: skip
        possible = status == "issued" and most > 0 and (wanted or 0) <= most
        full = len(self.used) >= 30 or self.is_past
        assert bool(done) == (possible and not full)
        if done:
            self.used[name] = wanted or most

    @property
    def is_past(self) -> bool:
        return bool(self.voucher.expires_on) and self.voucher.expires_on < self.shop.today

    @precondition(lambda self: self.used)
    @rule(pick=st.integers(0, 5), last=st.booleans())
    def take_back(self, pick: int, last: bool) -> None:
        name = list(self.used)[-1 if last else pick % len(self.used)]
        order = None if last else name
        if self.attempt(
            lambda: self.shop.take_back(self.voucher, order, MONTH_MS), RefusalCode.UNDO_EXPIRED
        ):
            del self.used[name]

    @precondition(lambda self: self.used.keys() - self.sales.keys())
    @rule(pick=st.integers(0, 5), spend=st.integers(0, 5000))
    def sell(self, pick: int, spend: int) -> None:
        """Ring up an order that it was used with."""
        names = [one for one in self.used if one not in self.sales]
        name = names[pick % len(names)]
        self.sales[name] = self.shop.sale(spend, order_id=name)

    @precondition(lambda self: self.sales)
    @rule(pick=st.integers(0, 5), void=st.booleans())
    def refund(self, pick: int, void: bool) -> None:
        """Refund an order whole, and perhaps take that back at once."""
        name = list(self.sales)[pick % len(self.sales)]
        sale = self.sales[name]
        refund = self.attempt(lambda: self.shop.refund(sale), RefusalCode.ALREADY_REVERSED)
        amount = self.used.pop(name, 0) if refund else 0
        if refund and void:
            self.shop.void(refund, sale)
            if amount:
                self.used[name] = amount
        else:
            del self.sales[name]

    @rule()
    def give_back(self) -> None:
        self.attempt(
            lambda: self.shop.cancel(self.voucher), RefusalCode.VOUCHER_REDEEMED,
            RefusalCode.VOUCHER_CANCELLED, RefusalCode.VOUCHER_EXPIRED,
        )  # fmt: skip

    @rule(days=st.integers(0, 12))
    def wait(self, days: int) -> None:
        """Time passes, but no lot expires."""
        if (self.shop.now - self.begun).days + days < 39:
            self.shop.later(days=days)
            self.shop.expire()

    @property
    def begun(self) -> Any:
        return self.shop.now.fromtimestamp(self.voucher.issued_ms / 1000, self.shop.now.tzinfo)

    @invariant()
    def money_and_units_add_up(self) -> None:
        """Units that are spent × rate are the money that was used, to less than one unit."""
        voucher, used = self.voucher, sum(self.used.values())
        assert voucher.value_minor == self.units * self.rate
        assert [(one.order_id, one.amount_minor) for one in voucher.uses] == [*self.used.items()]
        assert used <= voucher.value_minor
        spent = self.had - self.shop.available()
        if voucher.status in {"issued", "redeemed"}:
            assert voucher.left_minor == voucher.value_minor - used
            assert (voucher.status == "redeemed") == (voucher.left_minor == 0)
            assert spent == self.units
        else:
            assert voucher.left_minor == 0
            assert 0 <= spent * self.rate - used < self.rate
            assert spent == ceil(used / self.rate)

    @invariant()
    def what_came_back_was_taken_last(self) -> None:
        """What is missing of the lots are those that are spent first."""
        gone = self.had - self.shop.available()
        lots = self.shop.card.lots.get("point", ())
        issued = next(one for one in self.shop.decided if one.vouchers)
        assert issued.entry
        taken = [-line.amount for line in issued.entry.lines if line.amount < 0]
        assert sum(lot.amount for lot in lots) == self.had - gone
        if self.voucher.status in {"cancelled", "expired"} and lots:
            kept = 0
            for amount, dates in zip(taken, self.voucher.lots, strict=True):
                kept += amount
                if kept <= gone:
                    assert dates.key not in {lot.key for lot in lots}

    @invariant()
    def entries_alone_tell_all_of_it(self) -> None:
        assert self.shop.verify() == []
        fold = self.shop.fold
        assert fold.card == self.shop.card._replace(version=0, due={})
        assert fold.vouchers == self.shop.vouchers
        item = cards.voucher_item("m1", "c1", self.voucher)
        assert cards.voucher_of(item) == self.voucher
        held = self.shop.card.open.get(self.voucher_id)
        used = ceil(sum(self.used.values()) / self.rate)
        assert losses.locked(self.shop.program, self.shop.card, "point") == (
            self.units - used if held else 0
        )


TestCredit = Credit.TestCase
TestCredit.settings = settings(
    max_examples=examples(80), stateful_step_count=25, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


def wallet(**more: Any) -> tuple[Shop, Voucher]:
    """A voucher of 10.00 for 200 points."""
    shop = Shop(program(100, 500, **more))
    shop.join()
    shop.adjust("point", 500)
    return shop, shop.issue("money", 200)


def test_a_limit_and_a_stock_come_back_only_with_what_was_not_used() -> None:
    shop, voucher = wallet(stock=5, per_member={"times": 1})
    assert [by for _, by, _ in shop.cancel(voucher).counts] == [-1]
    voucher = shop.issue("money")
    shop.redeem(voucher, 1)
    assert shop.cancel(voucher).counts == ()
    with pytest.raises(Refused, match="limit_reached"):
        shop.issue("money")


def test_what_it_was_is_known_where_its_money_goes() -> None:
    """So that the table notices a use at the same moment."""
    shop, voucher = wallet()
    used = shop.redeem(voucher, 1)
    assert used.was == {voucher.voucher_id: voucher}
    (now,) = used.vouchers
    assert shop.cancel(voucher).was == {voucher.voucher_id: now}


def test_a_part_that_comes_back_is_worth_whole_minor_units() -> None:
    """Of nine points for 3.00 two are used up by 0.50; seven are worth 2.33."""
    shop = Shop(program(3, 100))
    shop.join()
    shop.adjust("point", 9)
    voucher = shop.issue("money", 9)
    shop.redeem(voucher, 50)
    entry = shop.cancel(voucher).entry
    assert entry is not None
    (line,) = entry.lines
    worth = line.reason.stored["worth"]
    assert (line.amount, worth, type(worth)) == (7, 233, int)


def test_it_can_be_used_thirty_times() -> None:
    shop, voucher = wallet()
    for _ in range(30):
        shop.redeem(voucher, 1)
    with pytest.raises(Refused, match="limit_reached"):
        shop.redeem(voucher, 1)
    shop.take_back(voucher)
    assert shop.redeem(voucher, 1).vouchers[0].left_minor == 970


def test_a_debt_blocks_it_as_it_blocks_others() -> None:
    shop, voucher = wallet()
    shop.program = shop.program._replace(
        earn=make_program(
            units=[unit("point")],
            earn=[{"id": "visit", "on": "visit", "unit": "point", "amount": 1}],
        ).earn
    )
    shop.adjust("point", -301, allow_debt=True)
    with pytest.raises(Refused, match="debt"):
        shop.redeem(voucher, 1)
    shop.cancel(voucher)
    assert (shop.card.debt, shop.available()) == ({}, 199)


def test_units_that_were_replaced_come_back_as_what_stands_for_them() -> None:
    shop, voucher = wallet()
    shop.redeem(voucher, 337)
    old = shop.program
    new = make_program(
        2,
        units=[unit("bean", replaces={"unit": "point", "rate": "0.5"})],
        rewards=[reward("money", 0, "bean", kind="credit", rate={"units": 1, "amount_minor": 10})],
    )
    shop.program = new._replace(
        past=Past(
            rewards={"money": ((1, old.rewards["money"]),)},
            units=old.units,
            steps=(Step(2, {"point": ("bean", 500_000)}),),
        )
    )
    assert shop.redeem(voucher, 63).vouchers[0].left_minor == 600
    shop.cancel(voucher)
    assert shop.available("bean") == 300 // 2 + 120 // 2


def test_a_gift_is_worth_the_least_and_returns_nothing() -> None:
    money = reward("money", 100, kind="credit", rate={"units": 100, "amount_minor": 500})
    shop = Shop(
        make_program(
            units=[unit("point"), unit("stamp", "stamps")],
            rewards=[money],
            milestones=[
                {"id": "one", "name": "One", "metric": "visits", "at": 1, "reward": "money"}
            ],
        )
    )
    shop.join()
    sale = shop.sale(900, order_id="o")
    (voucher,) = sale.unlocked
    assert (voucher.value_minor, voucher.lots) == (500, ())
    shop.redeem(voucher, 200, "p")
    refund = shop.refund(sale)
    assert shop.vouchers[voucher.voucher_id].status == "cancelled"
    shop.void(refund, sale)
    again = shop.vouchers[voucher.voucher_id]
    assert (again.status, again.left_minor) == ("issued", 300)
    shop.cancel(again)
    assert shop.available() == 0
    assert shop.fold.vouchers[voucher.voucher_id] == shop.vouchers[voucher.voucher_id]._replace(
        unit=""
    )
