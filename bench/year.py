"""A year of a small business: plausible customers, the real ledger, the real jobs, a report.

    python -m bench.year --template supper-club --members 1000 --seed 1

A sandbox plays it on a table in memory, so that its messages can be read. Time is moved a day at a
time; every job that falls due on the way runs at its hour, and every new entry is announced as the
table's stream would have it. The seed decides who comes, what they buy and every id that is drawn:
the same seed gives the same report.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, deque
from datetime import UTC, date, datetime, timedelta
from random import Random
from unittest.mock import patch
from uuid import uuid4

from bench import books, customers, report
from bench.books import Books
from bench.customers import Customer
from bench.shop import in_memory
from local.memory import Change, Memory
from local.seeded import governed
from regulars.actions import enroll, refunds
from regulars.core import clock
from regulars.domain import calendar, eligibility
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.operations import AnyOperation, Earn, GrantTier, Issue, Item, Origin, Redeem
from regulars.domain.program import Program
from regulars.jobs import outbox
from regulars.jobs.due import run_due_in_sandbox
from regulars.jobs.schedules import JOBS
from regulars.program.shop import Shop, load_shop
from regulars.store import cards, keys
from regulars.store.answers import Body, Idempotency
from regulars.store.ledger import Ledger
from regulars.store.profiles import Profile
from regulars.store.table import Table

FIRST_DAY = date(2027, 1, 1)
OPENS, CLOSES = 10, 20
REFUNDS = 0.01
TAKES_REWARD = 0.5
HANDS_OVER = 0.6
COMES_BY_REFERRAL = 0.1
RENEWS = 0.8


class Moment:
    """The clock of the played year, in place of the system's."""

    def __init__(self) -> None:
        self.now = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)

    def __call__(self) -> datetime:
        return self.now


class Stream:
    """What the table's stream would carry: new entries, in their order."""

    def __init__(self) -> None:
        self.entries: deque[tuple[str, str]] = deque()
        """Partition of the card and text of the entry."""

    def __call__(self, changes: list[Change]) -> None:
        self.entries += (
            (pk, after["e"]["S"])
            for (pk, sk), _, after in changes
            if sk.startswith(keys.ENTRY_PREFIX)
        )

    def announce(self, table: Table) -> None:
        """Tell what the new entries give occasion to; that may make new ones."""
        while self.entries:
            outbox.announce(table, *self.entries.popleft())


class Year:
    """One business through one year. `tally` holds what its customers know of it."""

    def __init__(
        self, table: Table, merchant_id: str, template: str, chance: Random,
        moment: Moment, stream: Stream,
    ) -> None:  # fmt: skip
        self.table = table
        self.m = merchant_id
        self.template = template
        self.chance = chance
        self.moment = moment
        self.stream = stream
        self.ledger = Ledger(table, merchant_id)
        self.program: Program = load_shop(table, merchant_id).program
        self.tally: Counter[str] = Counter()
        self.jobs: Counter[str] = Counter()
        self.referrers: list[str] = []

    @property
    def now(self) -> datetime:
        """The instant that has come."""
        return self.moment.now

    def play(self, crowd: list[Customer]) -> None:
        """Every day of the year: the jobs of the night, who joins, who comes, what is told."""
        coming = deque(crowd)
        here: list[Customer] = []
        pace = customers.BUSINESSES[self.template].pace
        for day in range(customers.DAYS):
            opens = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(
                days=day, hours=OPENS
            )
            self._run_jobs(opens)
            here = [it for it in here if not it.gone]
            today = [it for it in here if it.comes(self.chance, opens.weekday(), pace)]
            while coming and coming[0].joins_on <= day:
                customer = coming.popleft()
                self._join(customer)
                here.append(customer)
                today.append(customer)
            for customer in today:
                self.moment.now += timedelta(seconds=(CLOSES - OPENS) * 3600 // (len(today) + 1))
                self._visit(customer)
            self.stream.announce(self.table)
        self._run_jobs(self.now + timedelta(days=1))

    def _run_jobs(self, until: datetime) -> None:
        for due in run_due_in_sandbox(self.table, self.m, JOBS, until):
            self.jobs[due.job] += 1
            hour = datetime.strptime(due.hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
            self.moment.now = max(self.now, hour)
            self.stream.announce(self.table)
        self.moment.now = until

    def _join(self, customer: Customer) -> None:
        number = uuid4().hex
        brought = bool(self.referrers) and self.chance.random() < COMES_BY_REFERRAL
        profile = Profile(
            "", "", 0, name=f"Member {self.tally['sign_ups'] + 1}", birthday=customer.birthday,
            email=f"{number}@example.com" if customer.mail else "",
            consents={"email": customer.mail},
            referred_by=self.chance.choice(self.referrers) if brought else "",
        )  # fmt: skip
        enrolled = enroll.enroll(
            Shop(self.table, self.m, self.program, self.now), profile,
            op=f"key:{number}", source="join", idempotency=Idempotency(),
            render=lambda decision: {"member_id": decision.card.member_id},
        )  # fmt: skip
        customer.member_id = enrolled.member_id
        self.tally["sign_ups"] += 1
        if customer.brings_friends:
            self.referrers.append(customer.member_id)

    def _visit(self, customer: Customer) -> None:
        """A voucher handed over; a sale, sometimes refunded; a tier bought; a reward chosen."""
        card = self.ledger.card(customer.member_id)
        if card is None:
            raise RuntimeError(f"the card of {customer.member_id} is gone")
        card = self._hand_over(card)
        lines = customers.bill(self.chance, self.template)
        items = tuple(
            Item(1000 * quantity, amount, category=name) for quantity, amount, name in lines
        )
        order = uuid4().hex
        card = self._perform(card, Earn(_origin(), items=items, order_id=order), f"order:{order}")
        self.tally["visits"] += 1
        self.tally["spend"] += sum(amount for _, amount, _ in lines)
        if self.chance.random() < REFUNDS:
            card = self._refund(f"order:{order}")
            self.tally["refunds"] += 1
            self.tally["spend"] -= sum(amount for _, amount, _ in lines)
        if customer.wants_membership:
            card = self._pay_membership(customer, card)
        self._take_reward(card)
        customer.leaves(self.chance)

    def _hand_over(self, card: Card) -> Card:
        today = self._today().isoformat()
        for voucher_id, held in card.open.items():
            usable = not held.expires_on or held.expires_on >= today
            if usable and not any(card.debt.values()) and self.chance.random() < HANDS_OVER:
                (item,) = self.table.get(keys.voucher(self.m, card.member_id, voucher_id))
                if item is None:
                    raise RuntimeError(f"the open voucher {voucher_id} is gone")
                self.tally["redeemed"] += 1
                return self._perform(card, Redeem(_origin(), cards.voucher_of(item)))
        return card

    def _refund(self, order: str) -> Card:
        seen = _Seen()
        wanted = refunds.Refund(order, f"{order}:all", None, "till")
        refunds.refund(self.ledger, self.program, wanted, self.now, render=seen)
        return seen.card()

    def _pay_membership(self, customer: Customer, card: Card) -> Card:
        """Begin one, or go on when it has run out - or not."""
        held = card.held.get(customer.membership)
        if held and held.until >= self._today().isoformat():
            return card
        sold = [
            tier.id
            for tier in self.program.tiers
            if any(way.metric == "membership" for way in tier.enter)
        ]
        goes_on = not customer.membership or self.chance.random() < RENEWS
        customer.wants_membership = bool(sold) and goes_on
        if not customer.wants_membership:
            return card
        customer.membership = customer.membership or self.chance.choice(sold)
        self.tally["memberships"] += 1
        return self._perform(card, GrantTier(_origin(), customer.membership, "", "membership"))

    def _take_reward(self, card: Card) -> None:
        within_reach = [
            candidate.reward.id
            for candidate in eligibility.rewards(self.program, card, self._today())
            if candidate.affordable and not candidate.reward.auto
        ]
        if within_reach and self.chance.random() < TAKES_REWARD:
            self.tally["taken"] += 1
            self._perform(card, Issue(_origin(), self.chance.choice(within_reach)))

    def _perform(self, card: Card, operation: AnyOperation, alias: str | None = None) -> Card:
        """Carry out an operation on a card as it is now; the card after it."""
        seen = _Seen()
        self.ledger.perform(
            self.program, card, operation, self.now,
            idempotency=Idempotency(alias=alias), render=seen, fresh=True,
        )  # fmt: skip
        return seen.card()

    def _today(self) -> date:
        return calendar.local_date(self.now, self.program.timezone)


class _Seen:
    """Sees the card that a decision comes to, in place of rendering an answer from it."""

    def __init__(self) -> None:
        self._cards: list[Card] = []

    def __call__(self, decision: Decision) -> Body:
        self._cards.append(decision.card)
        return {}

    def card(self) -> Card:
        """The card as it was written: after the last decision, should there have been several."""
        return self._cards[-1]


def _origin() -> Origin:
    return Origin(f"key:{uuid4().hex}", "api", entropy=os.urandom(16))


def play(template: str, members: int, seed: int) -> tuple[Books, Counter[str]]:
    """A whole year: what the ledgers say of it, and how often each job ran.

    Raises RuntimeError when the ledgers and the customers disagree.
    """
    chance, moment, stream = Random(seed), Moment(), Stream()  # noqa: S311 - a game, not a secret
    # Ids are drawn apart, and differ by template: what a process has read once of a programme it
    # knows by the merchant's id.
    entropy = Random(f"{template} {seed}")  # noqa: S311 - nobody is to be kept out of a game
    with (
        governed(entropy),
        patch.object(clock, "now", moment),
        in_memory(Memory(stream), template) as (table, merchant_id),
    ):
        year = Year(table, merchant_id, template, chance, moment, stream)
        year.play(customers.crowd(chance, members))
        read = books.read(table, merchant_id, year.program)
        agree(read, year.tally)
    return read, year.jobs


def agree(read: Books, tally: Counter[str]) -> None:
    """Compare the ledgers with what the customers know; raises RuntimeError when they differ."""
    for name in ("sign_ups", "visits", "spend", "refunds", "memberships", "redeemed", "taken"):
        if read.year[name] != tally[name]:
            sentence = f"{read.year[name]} by the ledgers, {tally[name]} by the customers"
            raise RuntimeError(f"{name}: {sentence}")


def main(arguments: list[str]) -> int:
    """Play and report; 1 when a ledger does not verify."""
    parser = argparse.ArgumentParser(prog="year", description=__doc__)
    parser.add_argument("--template", default="supper-club", choices=customers.BUSINESSES)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    read, jobs = play(chosen.template, chosen.members, chosen.seed)
    print(f"{chosen.members} members of {chosen.template} in {FIRST_DAY.year}, seed {chosen.seed}")
    print("\n".join(report.lines(read, jobs)))
    print(f"\ntook {time.monotonic() - started:.1f} s")
    return 1 if read.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
