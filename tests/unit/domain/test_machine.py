"""Anything a shop can do, in any order, against an oracle that replays the stored texts.

The oracle (`oracle.py`) has arithmetic of its own for lots, spending order, debt, windows, tiers,
carries, vouchers and refunds; after every step card and oracle must agree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from regulars.domain.calendar import from_ms, hour_of, to_ms
from regulars.domain.decision import Decision
from regulars.domain.ledger import lot_name
from regulars.domain.operations import Item
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program import check
from regulars.program.load import load
from regulars.store import cards
from tests.examples import examples
from tests.unit.domain import programs
from tests.unit.domain.oracle import Oracle, expired
from tests.unit.domain.shop import Shop

LINES = st.lists(
    st.builds(
        Item,
        milli=st.integers(1, 3).map(lambda pieces: 1000 * pieces),
        amount_minor=st.integers(0, 3000),
        category=st.sampled_from(["cake", "gift", "drink"]),
        kind=st.just("goods"),
    ),
    max_size=3,
)


def discounted(lines: list[Item], total: int) -> list[Item]:
    """The lines at what was paid for each, in fractions; those that cost nothing do not count."""
    listed = sum(line.amount_minor for line in lines)
    off = max(0, listed - total)
    exact = [Fraction(line.amount_minor * off, listed or 1) for line in lines]
    less = [int(share) for share in exact]
    order = sorted(range(len(lines)), key=lambda place: less[place] - exact[place])
    for place in order[: off - sum(less)]:
        less[place] += 1
    paid = [line.amount_minor - gone for line, gone in zip(lines, less, strict=True)]
    return [
        line._replace(amount_minor=amount)
        for line, amount in zip(lines, paid, strict=True) if amount
    ]  # fmt: skip


class Anything(RuleBasedStateMachine):
    """Random operations on one card of one of the programmes, with time moving on."""

    @initialize(
        name=st.sampled_from(sorted(programs.ALL)),
        hours=st.integers(0, 4 * 365 * 24),
    )
    def open_shop(self, name: str, hours: int) -> None:
        self.document = programs.ALL[name]
        read = load(check.check(self.document), 1)
        self.shop = Shop(read, datetime(2024, 1, 25, tzinfo=UTC) + timedelta(hours=hours))
        self.oracle = Oracle(self.document)
        self.sales: list[Decision] = []
        self.booked(self.shop.join())

    def booked(self, decision: Decision) -> None:
        """Show the oracle what was booked."""
        if decision.entry:
            recorded = self.shop.ledger[-1]
            self.oracle.replay(recorded.text, recorded.prev, recorded.hash)

    def attempt(self, operation: Any, *expected: RefusalCode) -> bool:
        """Do it; one of the expected refusals must leave everything as it was."""
        before = self.shop.card
        try:
            decision = operation()
        except Refused as refused:
            if refused.code not in expected:
                raise
            unchanged = self.shop.card is before
        else:
            self.booked(decision if isinstance(decision, Decision) else self.shop.decided[-1])
            return True
        assert unchanged
        return False

    @rule(hours=st.sampled_from([0, 1, 5, 24, 72, 24 * 11, 24 * 40, 24 * 120]))
    def wait(self, hours: int) -> None:
        self.shop.later(hours=hours, minutes=hours % 7)

    @rule(
        spend=st.one_of(st.none(), st.integers(0, 20_000)),
        lines=LINES,
        visits=st.integers(0, 2),
        tip=st.sampled_from([0, 0, 333]),
        ago=st.sampled_from([0, 0, 3600, 3600 * 24 * 40]),
    )
    def buy(self, spend: int | None, lines: list[Item], visits: int, tip: int, ago: int) -> None:
        total = sum(line.amount_minor for line in lines) if spend is None else spend
        shop = self.shop
        tier = self.oracle.in_tier(date.fromisoformat(shop.today))
        carried = dict(shop.card.carry)
        decision = shop.sale(
            spend, visits=visits, items=tuple(lines), paid_minor=total + tip,
            effective_ms=to_ms(shop.now - timedelta(seconds=ago)) if ago else None,
        )  # fmt: skip
        self.booked(decision)
        self.sales.append(decision)
        assert decision.entry is not None
        counted = decision.entry.facts["visits"]
        assert counted <= visits
        paid_for = discounted(lines, total)
        expected = self.earned(counted, total, paid_for, tier, carried, named=bool(lines))
        granted: dict[str, int] = {}
        for line in decision.entry.lines:
            if line.amount > 0 and line.reason.kind is not ReasonKind.DEBT_PAID:
                granted[line.rule] = granted.get(line.rule, 0) + line.amount
        assert granted == {name: amount for name, amount in expected.items() if amount}

    def earned(
        self, visits: int, total: int, lines: list[Item], tier: tuple[str, str] | None,
        carried: dict[str, int], *, named: bool,
    ) -> dict[str, int]:  # fmt: skip
        """What each rule must grant, from the document, in exact fractions."""
        tiers = {one["id"]: Fraction(one.get("multiplier", "1")) for one in
                 self.document.get("tiers", ())}  # fmt: skip
        times = tiers[tier[0]] if tier else Fraction(1)
        earned = {}
        for one in self.document["earn"]:
            cats, out = one.get("categories", []), one.get("exclude", [])
            least = one.get("min_spend_minor", 0)
            if one["on"] == "join" or total - sum(
                x.amount_minor for x in lines if x.category in out
            ) < least:  # fmt: skip
                continue
            kept = total - sum(x.amount_minor for x in lines if x.category in out)
            if one["on"] == "visit":
                base = 0 if named and not kept else one["amount"] * visits
            elif one["on"] == "item":
                base = one["amount"] * sum(x.milli for x in lines if x.category in cats) // 1000
            else:
                money = sum(x.amount_minor for x in lines if x.category in cats) if cats else max(
                    0, total - sum(x.amount_minor for x in lines if x.category in out)
                )  # fmt: skip
                had = carried.get(one["id"], 0) + min(money, total) if min(money, total) else 0
                base = one["amount"] * max(0, had // one["per_minor"])
            earned[one["id"]] = int(base * times)
        return earned

    @rule(pick=st.integers(0, 3))
    def take_reward(self, pick: int) -> None:
        rewards = self.document["rewards"]
        wanted = rewards[pick % len(rewards)]
        unit, cost = wanted["cost"]["unit"], wanted["cost"]["amount"]
        had = self.oracle.available(unit, self.at())
        had -= min(had, self.oracle.debt[unit])
        issued = self.attempt(
            lambda: self.shop.issue(wanted["id"]),
            RefusalCode.DEBT,
            RefusalCode.TIER_REQUIRED,
            RefusalCode.LIMIT_REACHED,
            RefusalCode.INSUFFICIENT_BALANCE,
        )
        if issued:
            assert had - cost == self.oracle.available(unit, self.at()) >= 0
        elif had < cost:
            assert self.oracle.available(unit, self.at()) >= had

    @precondition(lambda self: self.shop.vouchers)
    @rule(pick=st.integers(0, 50))
    def redeem(self, pick: int) -> None:
        voucher = self.voucher(pick)
        self.attempt(
            lambda: self.shop.redeem(voucher),
            RefusalCode.DEBT,
            RefusalCode.VOUCHER_REDEEMED,
            RefusalCode.VOUCHER_CANCELLED,
            RefusalCode.VOUCHER_EXPIRED,
        )

    @precondition(lambda self: self.shop.vouchers)
    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        voucher = self.voucher(pick)
        self.attempt(
            lambda: self.shop.cancel(voucher),
            RefusalCode.VOUCHER_REDEEMED,
            RefusalCode.VOUCHER_CANCELLED,
            RefusalCode.VOUCHER_EXPIRED,
        )

    def voucher(self, pick: int) -> Any:
        known = list(self.shop.vouchers.values())
        return known[pick % len(known)]

    @precondition(lambda self: self.sales)
    @rule(pick=st.integers(0, 50), amount=st.one_of(st.none(), st.integers(1, 6000)))
    def refund(self, pick: int, amount: int | None) -> None:
        sale = self.sales[-1 - pick % len(self.sales)]
        self.attempt(
            lambda: self.shop.refund(sale, amount),
            RefusalCode.ALREADY_REVERSED,
        )

    @rule(amount=st.integers(-8, 8).filter(bool), debt=st.booleans())
    def adjust(self, amount: int, debt: bool) -> None:
        unit = self.document["units"][0]["id"]
        self.attempt(
            lambda: self.shop.adjust(unit, amount, allow_debt=debt),
            RefusalCode.INSUFFICIENT_BALANCE,
        )

    @rule()
    def run_expiry(self) -> None:
        self.attempt(self.shop.expire)
        today = self.shop.today
        assert not [
            v for v in self.shop.card.open.values() if v.expires_on and v.expires_on < today
        ]
        for lots in self.oracle.held().values():
            assert not [name for name in lots if expired(name, today)]

    @rule(months=st.integers(1, 4))
    def months_pass_and_the_jobs_run(self, months: int) -> None:
        self.shop.later(days=31 * months)
        self.run_expiry()
        self.review_tier()

    @rule()
    def review_tier(self) -> None:
        self.attempt(self.shop.review)
        self.oracle.reviewed(date.fromisoformat(self.shop.today))

    def at(self) -> int:
        return max(to_ms(self.shop.now), self.shop.card.recorded_ms + 1)

    @invariant()
    def the_card_is_what_the_ledger_says(self) -> None:
        card, oracle = self.shop.card, self.oracle
        assert (card.seq, card.head, card.recorded_ms) == (oracle.seq, oracle.head, oracle.at)
        held = {u: {lot_name(*x.key): x.amount for x in lots} for u, lots in card.lots.items()}
        assert held == oracle.held()
        assert dict(card.debt) == {unit: debt for unit, debt in oracle.debt.items() if debt}
        assert dict(card.carry) == oracle.carry()
        assert set(card.open) == oracle.open_vouchers()
        assert (card.tier.id if card.tier else None) == (oracle.tier[0] if oracle.tier else None)
        assert self.shop.verify() == []

    @invariant()
    def the_card_can_be_rebuilt_from_its_entries(self) -> None:
        fold = self.shop.fold
        assert not fold.unknown
        assert fold.card == self.shop.card._replace(version=0, due={})
        kept = {
            one: v._replace(unit=v.unit if v.lots else "") for one, v in self.shop.vouchers.items()
        }
        assert fold.vouchers == kept

    @invariant()
    def windows_and_lifetime_can_be_recomputed(self) -> None:
        card, expected = self.shop.card, self.oracle.windows()
        assert tuple(card.lifetime) == self.oracle.lifetime()
        newest = max(card.windows, default=0)
        kept = {month: tuple(window) for month, window in card.windows.items() if any(window)}
        assert kept == {m: sums for m, sums in expected.items() if m > newest - 24}
        assert all(number >= 0 for sums in expected.values() for number in sums)

    @invariant()
    def the_state_survives_the_table(self) -> None:
        card = self.shop.card
        assert cards.card_of(cards.state_item("m1", card)) == card

    @invariant()
    def what_can_be_spent_is_neither_pending_nor_expired(self) -> None:
        for unit in self.document["units"]:
            expected = self.oracle.available(unit["id"], to_ms(self.shop.now))
            assert self.shop.available(unit["id"]) == expected

    @invariant()
    def the_due_list_never_names_a_later_hour_than_the_truth(self) -> None:
        card = self.shop.card
        last_days = [lot.expires_on for lots in card.lots.values() for lot in lots]
        last_days += [voucher.expires_on for voucher in card.open.values()]
        if any(last_days):
            last_hour = f"{min(day for day in last_days if day)}T23"
            was_now = self.shop_hour(hour_of(from_ms(card.recorded_ms)))  # it came back expired
            assert self.shop_hour(card.due["expire"]) <= max(last_hour, was_now)
        if card.tier and card.tier.until:
            assert self.shop_hour(card.due["tier"]) <= f"{card.tier.until}T23"

    def shop_hour(self, hour: str) -> str:
        """The local hour just before a due hour of UTC begins."""
        instant = datetime.fromisoformat(f"{hour}:00:00+00:00") - timedelta(seconds=1)
        return instant.astimezone(ZoneInfo(self.document["timezone"])).strftime("%Y-%m-%dT%H")


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=examples(60), stateful_step_count=40, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
