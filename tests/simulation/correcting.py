"""The same merchant where much is put right: orders are sent again with another content, refunds
are taken back, sales go to the right member, units are given away, holds are ended, and cards of
one member are merged and parted, by everybody at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.domain.calendar import from_ms, local_date
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode
from regulars.store import cards, keys
from tests.simulation import actors, balanced, forks, programs
from tests.simulation.books_checker import BooksChecker
from tests.simulation.closing import nothing_expired_is_left
from tests.simulation.damage import damage
from tests.simulation.requests import Asks
from tests.simulation.run import Outcome, Run
from tests.simulation.simulator import STEPS, Found, Simulation


class Correcting(Simulation):
    """One seed."""

    checker_of = BooksChecker
    checker: BooksChecker

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        super().__init__(seed, steps, seed % programs.SHOPS)
        self.world.somebody_else = lambda: somebody(self)
        self.refunds: list[str] = []
        """Refund ids that were used."""
        self.merges: list[tuple[str, str]] = []
        """Members and merges of their cards."""

    def _live(self) -> None:
        self.begin()
        actors.join(self)
        while self.step < self.world.turns_max:
            self.world.begin()

    def ask(self, asks: Asks) -> None:
        """Note what can be taken back later."""
        amounts, op = self.checker.books.amounts, f"key:{asks.key}"
        if asks.what == "adjust":
            amounts[op] = asks.content[1:3]
        elif asks.what == "give":
            unit, amount = asks.content[1:3]
            amounts[op], amounts[f"{op}:to"] = (unit, -amount), (unit, amount)
        super().ask(asks)
        kind, body = self.outcomes.get(asks, ("", None))
        if asks.what == "merge" and kind == "answer":
            self.merges.append((asks.content[0], body["merge_id"]))

    def attempt(self, asks: Asks) -> Outcome | None:
        """A till is answered nothing: where its sale or refund is by now may be another place, and
        a refund that was taken back is refused."""
        outcome = super().attempt(asks)
        if asks.what == "join":
            return self._joined_again(asks, outcome)
        if asks.what == "unmerge" and outcome is None and asks.content[0] in self.checker.merged:
            return "refused", RefusalCode.CONFLICT  # the other merge is to be undone first
        if asks.key or asks.what not in {"sale", "refund"} or outcome is None:
            return outcome
        if outcome[0] == "answer":
            return "answer", None
        return ("answer", None) if asks in self.outcomes else outcome

    def _joined_again(self, asks: Asks, outcome: Outcome | None) -> Outcome | None:
        """Who joins and has a card already is led to it: after a merge to the one that is kept."""
        first = self.outcomes.get(asks)
        if first and outcome and first[0] == outcome[0] == "answer":
            members = first[1]["member_id"], outcome[1]["member_id"]
            return first if self.checker.were_one(*members) else outcome
        return outcome

    def _must_be_so(self, asks: Asks, code: Any, till: Any) -> None:
        """What is refused here is refused by rules that the other runs know."""

    def _fits(self) -> None:
        world, checker = self.world, self.checker
        balanced.everything_fits(checker, world.memory, self.ttl.gone)
        balanced.sales_are_booked(checker, self.queued, self.asked)
        balanced.refunds_count(checker, self.asked)
        now = from_ms(world.now_ms)
        today = local_date(now, programs.version(checker.shop, 1)[1].timezone)
        for card in self.stored():
            nothing_expired_is_left(card, today.isoformat())
        forks.same_ever_after(self)

    def stored(self) -> list[Card]:
        """The cards as they lie in the table."""
        found = []
        for member in self.members:
            (item,) = self.world.table.get(keys.state(self.m, member))
            assert item is not None
            found.append(cards.card_of(item))
        return found


def somebody(run: Correcting) -> None:
    """Somebody does something, as often as not a correction."""
    run.world.turn()
    if len(run.members) < 2:
        actors.join(run)
        return
    chance = run.world.chance
    crowd = _ACTORS if chance.random() < 0.6 else _OTHERS
    crowd[chance.randrange(len(crowd))](run)


def _content(run: Run) -> tuple[int, tuple[tuple[int, int, str, str], ...]]:
    lines = actors._lines(run)
    return sum(line[1] for line in lines) + run.world.chance.choice((0, 150, 900, 4000)), lines


def _requested(run: Correcting, order: str, visits: int, spend: int, lines: Any) -> None:
    """An order is said to be this: by the API, or by a till."""
    counted = visits if spend or not lines else 0  # nothing was paid: no visit
    actors._sold(run, f"order:{order}", counted, spend, spend, lines, None)


def order(run: Correcting) -> None:
    """An order with a number: a new one, or one of the last with another content."""
    chance = run.world.chance
    spend, lines = _content(run)
    known = list(run.checker.orders)[-6:]
    if known and chance.random() < 0.6:
        name = chance.choice(known)
        member = run.checker.orders[name][0]
        if chance.random() < 0.4:
            _requested(run, name, 1, spend, lines)
            content = (member, spend, spend, lines, name, run.world.now_ms)
            run.ask(Asks("resend", "", content))
            return
        member = member if chance.random() < 0.9 else run.member()
    else:
        name, member = run.name(), run.member()
        run.orders.append((name, spend))
    visits = chance.choice((1, 1, 1, 2, 0))
    _requested(run, name, visits, spend, lines)
    run.ask(Asks("order", run.name(), (member, visits, spend, lines, name)))


def refund(run: Correcting) -> None:
    """Money goes back; the id of the refund is remembered."""
    before = run.names
    actors.refund(run)
    run.refunds += [str(name) for name in range(before + 1, run.names + 1)]


def void(run: Correcting) -> None:
    """A refund was not meant: one of the last."""
    chance = run.world.chance
    if run.refunds:
        key = run.name() if chance.random() < 0.6 else ""
        run.ask(Asks("void", key, (chance.choice(run.refunds[-8:]),)))


def move(run: Correcting) -> None:
    """A sale was booked on the wrong card."""
    chance = run.world.chance
    member = run.member()
    page = run.checker.books.cards.get(member)
    if page and page.sold:
        entry_id = f"{member}.{chance.choice(page.sold[-4:])}"
        run.ask(Asks("move", run.name(), (entry_id, run.member())))


def give(run: Correcting) -> None:
    """A member gives units away."""
    chance = run.world.chance
    unit, amount = chance.choice(("point", "stamp")), chance.choice((1, 2, 5, 13))
    run.ask(Asks("give", run.name(), (run.member(), unit, amount, run.member())))


def confirm(run: Correcting) -> None:
    """The shop need not wait any longer for what a sale granted."""
    member = run.member()
    page = run.checker.books.cards.get(member)
    if page and page.sold:
        seq = run.world.chance.choice(page.sold[-3:])
        run.ask(Asks("confirm", run.name(), (member, seq)))


def merge(run: Correcting) -> None:
    """Two cards turn out to be one member's."""
    if len(set(run.members) - run.checker.merged.keys()) > 2:
        run.ask(Asks("merge", run.name(), (run.member(), run.member())))


def unmerge(run: Correcting) -> None:
    """They were not."""
    if run.merges:
        run.ask(Asks("unmerge", "", run.world.chance.choice(run.merges[-3:])))


def _voucher(run: Correcting, *statuses: str) -> tuple[str, str] | None:
    """Member and id of one of the last vouchers with such a status."""
    known = [
        (member, name) for name, (member, _, status) in run.checker.vouchers.items()
        if status in statuses
    ]  # fmt: skip
    return run.world.chance.choice(known[-8:]) if known else None


def pay(run: Correcting) -> None:
    """A voucher is redeemed with an order: one of the last, or one that comes."""
    chance = run.world.chance
    if found := _voucher(run, "issued"):
        old = [one for one, (whose, _) in run.checker.orders.items() if whose == found[0]][-3:]
        order_id = chance.choice(old) if old and chance.random() < 0.8 else run.name()
        run.ask(Asks("pay", run.name(), (*found, order_id)))


def not_redeemed(run: Correcting) -> None:
    """A voucher was redeemed by mistake."""
    if found := _voucher(run, "redeemed", "redeemed", "redeemed", "cancelled"):
        run.ask(Asks("reverse", run.name(), (*found, None)))


def merge_back(run: Correcting) -> None:
    """Cards that are merged stay so for a while only."""
    if run.checker.merged and run.world.chance.random() < 0.5:
        unmerge(run)


_ACTORS: list[Callable[[Correcting], None]] = [
    *[order] * 10, *[refund] * 8, *[void] * 8, *[move] * 5, *[give] * 4, *[confirm] * 3,
    *[merge] * 4, *[merge_back] * 4, *[pay] * 4, *[not_redeemed] * 3, *[actors.again] * 6,
]  # fmt: skip

_OTHERS: list[Callable[[Run], None]] = [
    one for one in actors._ACTORS if one not in {actors.refund, damage, actors.wait}
] + [actors.wait, actors.wait, actors.wait]


def simulate(seed: int, steps: int = STEPS) -> Found | None:
    """What is wrong with a seed, with its trace; None when nothing is."""
    if Correcting(seed, steps).run() is None:
        return None
    return Correcting(seed, steps).run(traced=True)
