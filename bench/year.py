"""A year of a small business: plausible customers, the real ledger, the real jobs, a report.

    python -m bench.year --template supper-club --members 1000 --seed 1

A sandbox plays it on an engine in memory, so that its messages can be read. Time is moved a day at
a time; every job that falls due on the way runs at its hour, and every new entry is announced as
the table's stream would have it. The seed decides who comes and what they buy.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter, deque
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from bench import customers
from bench.customers import Customer
from bench.shop import opened
from regulars import clock
from regulars.domain import calendar, standing
from regulars.domain.card import Card
from regulars.domain.ledger import verify
from regulars.domain.operations import AnyOperation, Earn, GrantTier, Issue, Item, Origin, Redeem
from regulars.domain.program import Program
from regulars.jobs import outbox
from regulars.jobs.cards import JOBS
from regulars.jobs.context import open_shop
from regulars.jobs.due import walk_sandbox
from regulars.store import cards, connect, enrol, keys, refunds
from regulars.store.ledger import Ledger, Request
from regulars.store.marshal import from_item
from regulars.store.members import Members, Profile, every_card
from regulars.store.table import Table

FIRST_DAY = date(2027, 1, 1)
OPENS, CLOSES = 10, 20
REFUNDS = 0.01
TAKES_REWARD = 0.5
HANDS_OVER = 0.6


class Moment:
    """The clock of the played year, in place of the system's."""

    def __init__(self) -> None:
        self.now = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)

    def __call__(self) -> datetime:
        return self.now


class Year:
    """One business through one year."""

    def __init__(
        self, table: Table, merchant_id: str, template: str, seed: int, moment: Moment
    ) -> None:
        self.table = table
        self.moment = moment
        self.m = merchant_id
        self.template = template
        self.chance = random.Random(seed)  # noqa: S311 - a game, not a secret
        self.ledger = Ledger(table, merchant_id)
        self.members = Members(table, merchant_id)
        self.program: Program = open_shop(table, merchant_id).program
        self.tally: Counter[str] = Counter()
        self.spend_minor = 0
        self.stream: deque[tuple[str, str]] = deque()
        self.referrers: list[str] = []
        table.on_call.append(self._see)

    @property
    def now(self) -> datetime:
        """The instant that has come."""
        return self.moment.now

    def play(self, crowd: list[Customer]) -> None:
        """Every day of the year: the jobs of the night, who joins, who comes, what is told."""
        coming = deque(crowd)
        here: list[Customer] = []
        for day in range(customers.DAYS):
            opens = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(
                days=day, hours=OPENS
            )
            self._run_jobs(opens)
            today = []
            while coming and coming[0].joins_on <= day:
                customer = coming.popleft()
                self._join(customer)
                here.append(customer)
                today.append(customer)
            weekday = opens.weekday()
            today += [it for it in here if it.member_id and it.comes(self.chance, weekday)]
            for customer in today:
                self.moment.now += timedelta(seconds=(CLOSES - OPENS) * 3600 // (len(today) + 1))
                self._visit(customer)
            self._announce()
        self._run_jobs(self.now + timedelta(days=1))

    def _run_jobs(self, until: datetime) -> None:
        for due in walk_sandbox(self.table, self.m, JOBS, until):
            self.tally[f"job {due.job}"] += 1
            self.moment.now = max(
                self.now, datetime.strptime(due.hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
            )
            self._announce()
        self.moment.now = until

    def _join(self, customer: Customer) -> None:
        number = uuid4().hex
        brought = bool(self.referrers) and self.chance.random() < 0.1
        profile = Profile(
            "", "", 0, name=f"Member {len(self.referrers)}", birthday=customer.birthday,
            email=f"{number}@example.com" if customer.mail else "",
            consents={"email": customer.mail},
            referred_by=self.chance.choice(self.referrers) if brought else "",
        )  # fmt: skip
        enrolled = enrol.enrol(
            self.table, self.m, self.program, profile, self.now,
            op=f"key:{number}", source="join", request=Request(),
            render=lambda decision: {"member_id": decision.card.member_id},
        )  # fmt: skip
        customer.member_id = enrolled.member_id
        self.tally["sign-ups"] += 1
        if customer.brings_friends:
            self.referrers.append(customer.member_id)

    def _visit(self, customer: Customer) -> None:
        """A sale, sometimes refunded; a voucher handed over; a reward chosen; a tier bought."""
        self._hand_over(customer.member_id)
        lines = customers.bill(self.chance, self.template)
        items = tuple(Item(quantity, amount, category=name) for quantity, amount, name in lines)
        order = uuid4().hex
        self._perform(
            customer.member_id, Earn(_origin(), items=items, order_id=order), f"order:{order}"
        )
        self.tally["visits"] += 1
        self.spend_minor += sum(amount for _, amount, _ in lines)
        if self.chance.random() < REFUNDS:
            wanted = refunds.Refund(f"order:{order}", "all", None, "till")
            refunds.refund(self.ledger, self.program, wanted, self.now)
            self.tally["refunds"] += 1
            self.spend_minor -= sum(amount for _, amount, _ in lines)
        if customer.buys_membership:
            self._buy_membership(customer)
        self._take_reward(customer.member_id)
        customer.leaves(self.chance)

    def _buy_membership(self, customer: Customer) -> None:
        customer.buys_membership = False
        sold = [
            tier.id
            for tier in self.program.tiers
            if any(way.metric == "membership" for way in tier.enter)
        ]
        if sold:
            operation = GrantTier(_origin(), self.chance.choice(sold), "", "membership")
            self._perform(customer.member_id, operation)
            self.tally["memberships sold"] += 1

    def _hand_over(self, member_id: str) -> None:
        card = self._card(member_id)
        today = self._today().isoformat()
        for voucher_id, held in card.open.items():
            usable = not held.expires_on or held.expires_on >= today
            if usable and not any(card.debt.values()) and self.chance.random() < HANDS_OVER:
                (item,) = self.table.get(keys.voucher(self.m, member_id, voucher_id))
                if item:
                    self._perform(member_id, Redeem(_origin(), cards.voucher_of(item)))
                return

    def _take_reward(self, member_id: str) -> None:
        card = self._card(member_id)
        within_reach = [
            stands.reward.id
            for stands in standing.rewards(self.program, card, self._today())
            if stands.affordable and not stands.reward.auto
        ]
        if within_reach and self.chance.random() < TAKES_REWARD:
            self._perform(member_id, Issue(_origin(), self.chance.choice(within_reach)))

    def _perform(self, member_id: str, operation: AnyOperation, alias: str | None = None) -> None:
        request = Request(alias=alias)
        self.ledger.perform(
            self.program, self._card(member_id), operation, self.now, request=request, fresh=True
        )

    def _card(self, member_id: str) -> Card:
        card = self.ledger.card(member_id)
        if card is None:
            raise RuntimeError(f"the card of {member_id} is gone")
        return card

    def _today(self) -> date:
        return calendar.local_date(self.now, self.program.timezone)

    def _see(self, operation: str, params: dict[str, Any], outcome: Any) -> None:
        """What the stream would carry: new entries, in their order."""
        if operation != "TransactWriteItems" or isinstance(outcome, Exception):
            return
        for write in params["TransactItems"]:
            item = write.get("Put", {}).get("Item", {})
            if item.get("SK", {}).get("S", "").startswith(keys.ENTRY_PREFIX):
                read = from_item(item)
                self.stream.append((read["PK"], cards.recorded_of(read).text))

    def _announce(self) -> None:
        while self.stream:
            outbox.announce(self.table, *self.stream.popleft())


def _origin() -> Origin:
    return Origin(f"key:{uuid4().hex}", "api", entropy=os.urandom(16))


def report(year: Year) -> tuple[list[str], int]:
    """What the year came to, in lines, and how many ledgers are not as they should be."""
    tiers: Counter[str] = Counter()
    vouchers: Counter[str] = Counter()
    outstanding: Counter[str] = Counter()
    entries = wrong = 0
    for card in every_card(year.table, year.m):
        tiers[card.tier.id if card.tier else "none"] += 1
        page = year.table.query(keys.card(year.m, card.member_id), consistent=True)
        if page.next:
            raise RuntimeError(f"the card of {card.member_id} is longer than a page")
        book = [it for it in page.items if it["SK"].startswith(keys.ENTRY_PREFIX)]
        entries += len(book)
        wrong += bool(verify(card, [cards.recorded_of(it) for it in book]))
        vouchers.update(
            it["status"] for it in page.items if it["SK"].startswith(keys.VOUCHER_PREFIX)
        )
        for unit in year.program.units:
            outstanding[unit] += card.balance(unit)
        for held in card.open.values():
            outstanding["vouchers_minor"] += year.program.rewards[held.reward_id].cost_minor
    money = outstanding.pop("vouchers_minor", 0)
    liability = money + sum(_worth(year.program, unit, it) for unit, it in outstanding.items())
    jobs = {name[4:]: n for name, n in sorted(year.tally.items()) if name[:4] == "job "}
    figures = [
        ("sign-ups", f"{year.tally['sign-ups']}"),
        ("visits", f"{year.tally['visits']}, {year.tally['refunds']} refunded"),
        ("spend", _money(year.spend_minor, year.program)),
        ("memberships sold", f"{year.tally['memberships sold']}"),
        ("tiers at the end", _list({tier.id: tiers[tier.id] for tier in year.program.tiers}
                                   | {"none": tiers["none"]})),
        ("vouchers", f"{vouchers.total()} issued: {_list(vouchers)}"),
        ("outstanding", _list(outstanding)),
        ("liability", f"{_money(liability, year.program)}, open vouchers included"),
        ("mails", _list(_mails(year))),
        ("jobs", _list(jobs)),
        ("ledgers", f"{tiers.total()} with {entries} entries, {wrong} with problems"),
    ]  # fmt: skip
    return [f"{name:18} {text}" for name, text in figures], wrong


def _worth(program: Program, unit: str, amount: int) -> int:
    """What the units cost if all were used for the reward that costs most per unit."""
    rates = [
        (it.cost_minor, it.cost) for it in program.rewards.values() if it.unit == unit and it.cost
    ]
    return max((minor * max(0, amount) // cost for minor, cost in rates), default=0)


def _mails(year: Year) -> Counter[str]:
    kinds: Counter[str] = Counter()
    start = None
    while True:
        page = year.table.query(keys.messages(year.m), start=start)
        kinds.update(item["kind"] for item in page.items)
        start = page.next
        if start is None:
            return kinds


def _money(minor: int, program: Program) -> str:
    return f"{minor // 100}.{minor % 100:02} {program.currency}"


def _list(counts: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"


def main(arguments: list[str]) -> int:
    """Play and report; 1 when a ledger does not verify."""
    parser = argparse.ArgumentParser(prog="year", description=__doc__)
    parser.add_argument("--template", default="supper-club")
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    moment = Moment()
    real, clock.now = clock.now, moment
    full, connect.table = connect.table, connect.lean_table  # the quicker client for everything
    try:
        with opened(chosen.template) as shop:
            merchant_id = str(shop.created["sandbox_id"])
            year = Year(connect.lean_table(), merchant_id, chosen.template, chosen.seed, moment)
            year.play(customers.crowd(year.chance, chosen.members))
            lines, wrong = report(year)
    finally:
        clock.now, connect.table = real, full
    print(f"{chosen.members} members of {chosen.template} in {FIRST_DAY.year}, seed {chosen.seed}")
    print("\n".join(lines))
    print(f"{'took':18} {time.monotonic() - started:.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
