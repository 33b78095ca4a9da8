"""What is changed, moved or taken back ends as if it had been so from the start, whatever came
before it and whatever comes after it.

Two members live through the same story. Of one sale the first knows at once how it ends; the second
learns it by a correction. Then both go on, and the sale is refunded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

import pytest

from regulars.domain import calendar
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Revise
from regulars.domain.program import Program
from regulars.domain.refusals import Refused
from tests.unit.domain.shop import (
    Shop,
    items,
    make_program,
    reward,
    spend_rule,
    unit,
    visit_rule,
)

SEEDS = range(60)
SALE = "the sale"
MEDAL = {"id": "medal", "name": "Medal"}
SILVER = {
    "id": "silver", "name": "Silver", "multiplier": "1.25",
    "enter": [{"metric": "spend", "window": "rolling:3", "at_least": 3000}],
    "benefits": [{"id": "monthly", "reward": "treat", "every": "month"}],
}  # fmt: skip
MARKS = [
    {"id": "third", "metric": "visits", "at": 3, "grant": {"unit": "point", "amount": 4}},
    {"id": "money", "metric": "spend", "at": 2500, "repeat": True, "reward": "medal"},
    {"id": "autumn", "metric": "spend", "at": 1500, "from": "2026-11-01", "until": "2027-02-01",
     "grant": {"unit": "stamp", "amount": 2}},
]  # fmt: skip


class Content(NamedTuple):
    """What a sale is about: lines as (quantity, amount, category), and what was paid."""

    lines: list[tuple[int, int, str]]
    paid_minor: int


def program(rng: Random, *, marks: bool) -> Program:
    """A programme with everything that a sale can bring; tiers and milestones only with `marks`,
    for a refund of a part takes neither, while a smaller sale does not reach them."""
    milestones = [{"name": "Mark", **mark} for mark in MARKS] if marks else []
    return make_program(
        units=[
            unit("point", expiry={"type": "months", "months": 2}),
            unit("stamp", "stamps"),
        ],
        earn=[
            spend_rule(3, 250), visit_rule(1, min_spend_minor=300),
            {"id": "cakes", "on": "item", "unit": "stamp", "amount": 1, "categories": ["cake"]},
        ],
        rewards=[
            reward("coffee", 4, "stamp", auto=True, valid_days=20),
            {"id": "treat", "name": "Treat"}, MEDAL,
        ],
        tiers=[SILVER] if marks else [],
        milestones=milestones,
        campaigns=[
            {"id": "big", "bonus": {"unit": "point", "amount": 7}, "min_spend_minor": 2000,
             "on": ["spend"], "per_member": 2},
            {"id": "twice", "multiplier": "2", "min_spend_minor": 4000},
            {"id": "come", "bonus": {"unit": "point", "amount": 2}, "on": ["visit"]},
        ],
        raffles=[{"id": "r", "name": "R", "from": "2026-01-01", "until": "2999-01-01",
                  "per_minor": 500, "reward": "medal"}],
        referral={"friend": {"unit": "point", "amount": 9}, "min_spend_minor": 500,
                  "referrer": {"unit": "stamp", "amount": 2}},
        refunds={"policy": rng.choice(("debt", "waive")),
                 "visit_kept_from": rng.choice(("0.5", "0.5", "0", "1"))},
    )  # fmt: skip


def content(rng: Random) -> Content:
    lines = [
        (rng.choice((1, 1, 2)), rng.randrange(1, 1500), rng.choice(("cake", "drink")))
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    more = rng.choice((150, 400, 900, 2600, 4100, 99))
    return Content(lines, sum(amount for _, amount, _ in lines) + more)


class Member:
    """A member and what happens to the card; sales and refunds have names."""

    def __init__(self, of: Program) -> None:
        self.shop = Shop(of, datetime(2026, 11, 3, 9, tzinfo=UTC))
        self.shop.join()
        self.sales: dict[str, Decision] = {}
        self.refunds: dict[str, tuple[str, Decision]] = {}

    def sell(self, name: str, what: Content) -> None:
        at_ms = calendar.to_ms(self.shop.later(seconds=10).now)
        self.sales[name] = self.shop.sale(
            what.paid_minor, items=items(*what.lines), order_id=name, effective_ms=at_ms
        )

    def send_again(self, name: str, what: Content) -> None:
        reverse = self.shop.reversal(self.sales[name])
        sale = Earn(
            self.shop.origin(), spend_minor=what.paid_minor, items=items(*what.lines), order_id=name
        )
        origin = sale.origin._replace(effective_ms=reverse.original.effective_ms)
        revise = Revise(origin, reverse.original, sale, reverse.refunded, reverse.vouchers)
        revise = revise._replace(benefits=reverse.benefits, under=self.shop.program)
        decision = self.shop.do(revise)
        self._refunded(reverse.original.seq, decision)

    def refund(self, name: str, refund: str, amount_minor: int | None) -> None:
        self.shop.later(seconds=10)
        if name in self.sales:
            with suppress(Refused):  # nothing is left
                sale, under = self.sales[name], self.shop.program
                self.refunds[refund] = name, self.shop.refund(sale, amount_minor, under=under)

    def void(self, refund: str) -> None:
        name, decision = self.refunds[refund]
        self.shop.void(decision, self.sales[name])

    def give_up(self, name: str, to: Member) -> None:
        """The sale is moved to another card."""
        to.sales[name] = self.shop.move(self.sales[name], to.shop)

    def _refunded(self, seq: int, decision: Decision) -> None:
        assert decision.refunded
        self.shop.refunded[seq] = decision.refunded

    def play(self, story: list[tuple[Any, ...]]) -> None:
        for act, *how in story:
            if act == "wait":
                self.shop.later(days=how[0])
                self.shop.expire()
                self.shop.review()
            elif act == "correct":
                with suppress(Refused):  # too little is there
                    self.shop.later(seconds=10).adjust(*how)
            elif act == "redeem":
                self._redeem()
            elif act == "sell":
                self.sell(*how)
            else:
                self.refund(*how)

    def _redeem(self) -> None:
        self.shop.later(seconds=10)
        still_open = self.shop.card.open
        order = sorted(still_open, key=lambda it: (*still_open[it][:1], still_open[it].expires_on))
        if order:
            with suppress(Refused):  # something is owed
                self.shop.redeem(self.shop.vouchers[order[0]])

    def state(self) -> dict[str, Any]:
        """The card without what tells how it came to be: codes, numbers of entries, due marks."""
        card = self.shop.card
        assert self.shop.verify() == []
        assert self.shop.fold.card == card._replace(version=0, due={})
        gifts = sorted((it.reward_id, it.expires_on, it.cost) for it in card.open.values())
        hidden = ("n:", "l:")  # which entry, and refunded visits: they show in what follows
        counts = {name: one for name, one in card.taken.items() if not name.startswith(hidden)}
        return {
            "lots": dict(card.lots), "debt": dict(card.debt), "carry": dict(card.carry),
            "windows": {month: one for month, one in card.windows.items() if any(one)},
            "lifetime": card.lifetime, "last visit": card.last_visit_ms, "days": dict(card.came),
            "tier": card.tier and card.tier[::2], "open": gifts, "counts": counts,
            "first": bool(card.taken.get("n:first")),
        }  # fmt: skip


def story(rng: Random, length: int, names: str) -> list[tuple[Any, ...]]:
    steps: list[tuple[Any, ...]] = []
    for number in range(length):
        act = rng.choice(("sell", "sell", "sell", "refund", "wait", "correct", "redeem"))
        sold = [step[1] for step in steps if step[0] == "sell"]
        if act == "sell":
            steps.append((act, f"{names}{number}", content(rng)))
        elif act == "refund" and sold:
            amount = rng.choice((None, 100, 450, 1000))
            steps.append((act, rng.choice(sold), f"r{names}{number}", amount))
        elif act == "wait":
            steps.append((act, rng.choice((0, 1, 5, 9, 20))))
        elif act == "correct":
            steps.append((act, rng.choice(("point", "stamp")), rng.choice((-3, 2, 6))))
        elif act == "redeem":
            steps.append((act,))
    return steps


def same_ever_after(rng: Random, at_once: Member, corrected: Member) -> None:
    """Both are the same now, and after whatever happens then."""
    now = max(at_once.shop.now, corrected.shop.now)
    for one in (at_once, corrected):
        one.shop.now = now
    assert corrected.state() == at_once.state()
    rest = rng.choice((None, 100, 400))
    then = [*story(rng, rng.randrange(6), "t"), ("refund", SALE, "rest", rest)]
    then += story(rng, 2, "u")
    for one in (at_once, corrected):
        one.play(then)
    assert corrected.state() == at_once.state()


def begun(rng: Random, *, marks: bool = True) -> tuple[Member, Member]:
    of = program(rng, marks=marks)
    before = story(rng, rng.randrange(7), "p")
    both = Member(of), Member(of)
    for one in both:
        one.play(before)
    return both


def seeded(test: Callable[[Random], None]) -> Any:
    """Run a test for many stories."""

    def run(seed: int) -> None:
        test(Random(f"{test.__name__} {seed}"))  # noqa: S311 (a story, no secret)

    run.__doc__ = test.__doc__
    return pytest.mark.parametrize("seed", SEEDS)(run)


@seeded
def test_an_order_that_was_sent_again(rng: Random) -> None:
    at_once, corrected = begun(rng)
    first, last = content(rng), content(rng)
    at_once.sell(SALE, last)
    corrected.sell(SALE, first)
    corrected.send_again(SALE, last)
    same_ever_after(rng, at_once, corrected)


@seeded
def test_an_order_that_was_sent_again_after_a_refund_of_a_part(rng: Random) -> None:
    at_once, corrected = begun(rng, marks=False)
    first, last = content(rng), content(rng)
    part = rng.randrange(1, 1 + min(first.paid_minor, last.paid_minor) // 2)
    for one, sold in ((at_once, last), (corrected, first)):
        one.sell(SALE, sold)
        one.refund(SALE, "part", part)
    corrected.send_again(SALE, last)
    same_ever_after(rng, at_once, corrected)


@seeded
def test_a_refund_that_was_taken_back(rng: Random) -> None:
    at_once, corrected = begun(rng)
    sold = content(rng)
    for one in (at_once, corrected):
        one.sell(SALE, sold)
    corrected.refund(SALE, "mistake", rng.choice((None, rng.randrange(1, sold.paid_minor + 1))))
    between = [("correct", "point", 2)] if rng.random() < 0.5 else []
    for one in (at_once, corrected):
        one.play(between)
    corrected.void("mistake")
    same_ever_after(rng, at_once, corrected)


@seeded
def test_the_first_of_two_refunds_that_was_taken_back(rng: Random) -> None:
    at_once, corrected = begun(rng, marks=False)
    sold = content(rng)
    for one in (at_once, corrected):
        one.sell(SALE, sold)
    cut = rng.randrange(1, sold.paid_minor)
    corrected.refund(SALE, "mistake", cut)
    both = rng.randrange(1, 1 + sold.paid_minor - cut)
    for one in (at_once, corrected):
        one.refund(SALE, "right", both)
    corrected.void("mistake")
    same_ever_after(rng, at_once, corrected)


@seeded
def test_a_sale_that_was_moved(rng: Random) -> None:
    at_once, corrected = begun(rng)
    wrong = Member(at_once.shop.program)
    wrong.play(story(rng, rng.randrange(5), "w"))
    at_once.shop.now = wrong.shop.now = max(at_once.shop.now, wrong.shop.now)
    before = wrong.state()
    sold = content(rng)
    for one in (at_once, wrong):
        one.sell(SALE, sold)
    corrected.shop.now = wrong.shop.now
    wrong.give_up(SALE, corrected)
    assert wrong.state() == before
    same_ever_after(rng, at_once, corrected)


@seeded
def test_a_sale_that_was_moved_with_a_refund(rng: Random) -> None:
    at_once, corrected = begun(rng, marks=False)
    wrong = Member(at_once.shop.program)
    wrong.shop.now = at_once.shop.now
    sold = content(rng)
    part = rng.randrange(1, sold.paid_minor)
    for one in (at_once, wrong):
        one.sell(SALE, sold)
        one.refund(SALE, "part", part)
    corrected.shop.now = wrong.shop.now
    wrong.give_up(SALE, corrected)
    same_ever_after(rng, at_once, corrected)
