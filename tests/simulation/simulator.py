"""A small merchant's life from one seed: everybody at once, everything twice, anything lost.

A step is a turn of the scheduler (see `world.py`): somebody begins something, or a process makes a
call to the table. After the last step whoever is under way comes to an end and the weather turns
calm: whatever had no answer is done again, what is due is done, and everything in the table must
belong together. What is done then counts no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from local.seeded import governed
from regulars.domain.calendar import from_ms, hour_of, local_date, to_ms
from regulars.domain.refusals import DECIDED, Code, Refused
from regulars.store import cards, keys
from regulars.store.errors import Unavailable
from regulars.store.ledger import Answer
from tests.concurrency.faults import Death
from tests.simulation import closing, programmes
from tests.simulation.replay import Asked
from tests.simulation.requests import Asks, M, Till, do
from tests.simulation.witness import Broken, Witness, words
from tests.simulation.world import DAY_MS, World

STEPS = 200
MEMBERS = 4
KEY_KEPT_MS = 30 * DAY_MS
JOBS = ("expire", "tier", "benefits", "birthday")
REWARDS = ("small", "small", "big", "mug", "mug", "coffee")

Outcome = tuple[str, Any]
"""`("answer", body or None)` or `("refused", code)`."""


class Found(NamedTuple):
    """A seed that went wrong: at which step, and what is wrong."""

    seed: int
    step: int
    wrong: str
    trace: list[str]


class Simulation:
    """One seed."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        self.seed = seed
        self.witness = Witness(seed % 2)
        self.world = World(seed, self.witness)
        self.world.turns_max = steps
        self.world.somebody_else = self.something
        self.version = 1
        self.names = 0
        self.members: list[str] = []
        self.asked: list[tuple[Asks, int]] = []
        """Every request that may come again, and when it came first."""
        self.outcomes: dict[Asks, Outcome] = {}
        self.unanswered: dict[Asks, None] = {}
        self.tried: set[Asks] = set()
        self.orders: list[tuple[str, int]] = []
        """Orders and what was paid, booked or not yet."""
        self.late: list[Asks] = []
        """Sales that are on their way."""

    @property
    def step(self) -> int:
        """How many turns there were."""
        return self.world.turns

    def run(self, *, traced: bool = False) -> Found | None:
        """Live through the seed; what was found to be wrong."""
        if traced:
            self.world.trace = []
        with governed(self.world.chance):
            try:
                self._live()
                self._close()
            except Broken as broken:
                return self._found(str(broken))
            except Exception as error:  # whatever the product raises that it should not
                return self._found(f"{type(error).__name__}: {error}")
        return None

    def _found(self, wrong: str) -> Found:
        return Found(self.seed, self.step, wrong, self.world.trace or [])

    def _live(self) -> None:
        self.join()
        while self.step < self.world.turns_max:
            self.something()

    def something(self) -> None:
        """Somebody does something; it may be interrupted, and whoever did it may not survive."""
        self.world.turn()
        chance = self.world.chance
        if not self.members:
            self.join()
            return
        _ACTORS[chance.randrange(len(_ACTORS))](self)

    # Who does what

    def member(self) -> str:
        return self.world.chance.choice(self.members)

    def name(self) -> str:
        self.names += 1
        return f"{self.names}"

    def join(self) -> None:
        chance = self.world.chance
        if len(self.members) >= MEMBERS:
            self.again()
            return
        email = f"{chance.randrange(MEMBERS + 1)}@example.com"
        birthday = f"{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        self.ask(Asks("join", self.name(), (email, birthday)))

    def lines(self) -> tuple[tuple[int, int, str, str], ...]:
        chance = self.world.chance
        return tuple(
            (1, chance.randrange(0, 2500), "", chance.choice(("cake", "gift", "drink")))
            for _ in range(chance.choice((0, 0, 1, 2)))
        )

    def stamp(self) -> None:
        chance = self.world.chance
        key, lines = self.name(), self.lines()
        visits = chance.choice((1, 1, 1, 2, 0))
        spend = sum(line[1] for line in lines) + chance.choice((0, 150, 900, 4000))
        order = self.name() if chance.random() < 0.3 else None
        content = (self.member(), visits, spend, lines, order, chance.random() < 0.4)
        self.sold(f"order:{order}" if order else f"key:{key}", visits, spend, spend, lines, None)
        if order:
            self.orders.append((order, spend))
        self.ask(Asks("stamp", key, content))

    def sale(self) -> None:
        """Rung up now; its event may come much later."""
        chance = self.world.chance
        lines, order = self.lines(), self.name()
        spend = sum(line[1] for line in lines) + chance.choice((0, 333, 1200, 7000))
        paid = spend + chance.choice((0, 0, 77))
        effective_ms = self.world.now_ms - chance.choice((0, 0, 3600_000, 3 * DAY_MS))
        self.sold(f"order:{order}", 1, spend, paid, lines, effective_ms)
        self.orders.append((order, paid))
        asks = Asks("sale", "", (self.member(), spend, paid, lines, order, effective_ms))
        if chance.random() < 0.4:
            self.late.append(asks)
            self.unanswered[asks] = None
        else:
            self.ask(asks)

    def sold(
        self, name: str, visits: int, spend: int, paid: int, lines: Any, effective_ms: int | None
    ) -> None:
        from_lines = closing.items(lines)
        self.witness.asked[name] = Asked(visits, spend, paid, from_lines, effective_ms)

    def arrive(self) -> None:
        if self.late:
            self.ask(self.late.pop(self.world.chance.randrange(len(self.late))))

    def refund(self) -> None:
        chance = self.world.chance
        if not self.orders:
            return
        order, paid = self.orders[-min(len(self.orders), chance.choice((1, 1, 2, 3, 5, 9)))]
        amount = chance.choice((None, paid // 2, paid // 3, paid, paid // 7 + 1))
        key = self.name() if chance.random() < 0.3 else ""
        self.ask(Asks("refund", key, (order, self.name(), amount)))

    def undo(self) -> None:
        member = self.member()
        replay = self.witness.replays.get(member)
        if replay and replay.sales:
            seq = max(replay.sales)
            if "action" not in replay.used[seq] and seq > 1:
                self.ask(Asks("undo", self.name(), (member, seq)))

    def issue(self) -> None:
        self.ask(Asks("issue", self.name(), (self.member(), self.world.chance.choice(REWARDS))))

    def voucher(self, what: str) -> None:
        chance = self.world.chance
        known = list(self.witness.vouchers.items())[-12:]
        still = [voucher for voucher in known if voucher[1][2] == "issued"]
        if known:
            voucher_id, (member, _, _) = chance.choice(still or known)
            self.ask(Asks(what, self.name(), (member, voucher_id)))

    def redeem(self) -> None:
        self.voucher("redeem")

    def cancel(self) -> None:
        self.voucher("cancel")

    def adjust(self) -> None:
        chance = self.world.chance
        unit, amount = chance.choice(("point", "stamp")), chance.choice((-9, -4, -1, 2, 6, 15))
        content = (self.member(), unit, amount, chance.random() < 0.3)
        self.ask(Asks("adjust", self.name(), content))

    def act(self) -> None:
        self.ask(Asks("act", self.name(), (self.member(), "review")))

    def grant(self) -> None:
        chance = self.world.chance
        today = from_ms(self.world.now_ms + chance.choice((-2, 5, 40)) * DAY_MS)
        until = chance.choice(("", today.date().isoformat()))
        tier = chance.choice(("silver", "gold"))
        self.ask(Asks("grant", self.name(), (self.member(), tier, until)))

    def jobs(self) -> None:
        """What the due list has; twice, and now and then what is not due."""
        chance = self.world.chance
        due = self.due()
        if due:
            member, name = due[chance.randrange(len(due))]
        else:
            member, name = self.member(), chance.choice(JOBS)
        self.ask(Asks("job", "", (member, name)))
        if chance.random() < 0.3:
            self.ask(Asks("job", "", (member, name)))

    def due(self) -> list[tuple[str, str]]:
        """Members and jobs whose marks stand at or before now."""
        hour = hour_of(from_ms(self.world.now_ms))
        found = []
        for member in self.members:
            item = self.world.memory.read(keys.state(M, member))
            if item is None:
                continue
            for sk, mark in self.world.memory.items[keys.card(M, member)].items():
                if sk.startswith("DUE#") and "hour" in mark and mark["hour"]["S"] <= hour:
                    found.append((member, sk[4:]))
        return sorted(found)

    def wait(self) -> None:
        chance = self.world.chance
        hours = chance.choice((0, 1, 5, 24, 24, 72, 24 * 11, 24 * 40))
        self.world.now_ms += hours * 3600_000 + chance.randrange(600_000)

    def publish(self) -> None:
        self.version = self.version % len(self.witness.published) + 1

    def again(self) -> None:
        """A request comes again, or its key comes with something else."""
        chance = self.world.chance
        if not self.asked:
            return
        asks, first_ms = self.asked[-min(len(self.asked), 1 + int(chance.expovariate(0.15)))]
        if asks.key and self.world.now_ms - first_ms > KEY_KEPT_MS:
            return
        if asks.what == "adjust" and chance.random() < 0.5:
            self.other(asks)
        else:
            self.ask(asks)

    def other(self, asks: Asks) -> None:
        """The same key with another content, once the first is known."""
        if asks not in self.outcomes:
            return
        member, unit, amount, debt = asks.content
        changed = Asks(asks.what, asks.key, (member, unit, amount + 1, debt))
        kind, what = self.attempt(changed) or ("", None)
        if kind and (kind, what) != ("refused", Code.IDEMPOTENCY_MISMATCH):
            raise Broken(f"{changed} was taken for {asks}: {kind} {what}")

    # Doing it

    def ask(self, asks: Asks) -> None:
        """Do a request and hold its outcome against the first."""
        if asks.what != "job":
            self.asked.append((asks, self.world.now_ms))
            self.unanswered.setdefault(asks)
        outcome = self.attempt(asks)
        if outcome is None:
            return
        self.unanswered.pop(asks, None)
        first = self.outcomes.get(asks)
        if first is not None and first != outcome:
            raise Broken(f"{asks} was answered {first}, and now {outcome}")
        if outcome[0] == "answer" and outcome[1] is None:
            return  # parked: it may be booked by the next time
        final = outcome[0] == "answer" or (asks.key and outcome[1] in DECIDED)
        if final and not (asks.what == "join" and outcome[1] is None):
            self.outcomes[asks] = outcome

    def attempt(self, asks: Asks) -> Outcome | None:
        """The outcome of one try; None when there was none."""
        version = self.version
        if self.world.chance.random() < 0.15 and not self.world.calm:
            version = max(1, version - 1)  # read a moment ago
        program = self.witness.published[version - 1][1]
        till = Till(self.world.table, program, from_ms(self.world.now_ms))
        if self.world.trace is not None:
            self.world.say("→", f"v{version}", *asks)
        first, before = asks not in self.tried, self.seq_of(asks)
        self.tried.add(asks)
        review = asks.what == "job" and asks.content[1] == "tier"
        self.witness.reviewing.append((program, self.world.now_ms) if review else None)
        outcome: Outcome | None
        try:
            outcome = _outcome(asks, do(till, asks))
        except Refused as refused:
            outcome = None
            if not refused.code.transient:
                outcome = ("refused", refused.code)
                if first and before and before == self.seq_of(asks):  # nobody came in between
                    self._must_be_so(asks, refused.code, till)
        except (Unavailable, Death):
            outcome = None
        finally:
            self.witness.reviewing.pop()
        if asks.what == "join" and outcome is not None:
            self._joined(outcome)
        self.world.say("←", asks.what, asks.key, outcome)
        return outcome

    def seq_of(self, asks: Asks) -> int:
        """The newest entry of the card that a request is about; 0 when it is not known."""
        replay = self.witness.replays.get(str(asks.content[0]))
        return replay.seq if replay else 0

    def _must_be_so(self, asks: Asks, code: Code, till: Till) -> None:
        """A first refusal is right about the card as it is."""
        replay = self.witness.replays[asks.content[0]]
        now_ms = max(to_ms(till.now), replay.at + 1)
        right = True
        if asks.what == "stamp" and code is Code.CAP_REACHED:
            right = replay.visits_on(now_ms) + asks.content[1] > programmes.VISITS_PER_DAY
        elif asks.what == "issue" and code is Code.INSUFFICIENT_BALANCE:
            reward = till.program.rewards[asks.content[1]]
            right = replay.available(reward.unit, now_ms) < reward.cost
        elif code is Code.INSUFFICIENT_BALANCE:
            right = replay.available(asks.content[1], now_ms) < -asks.content[2]
        elif code is Code.DEBT:
            right = any(replay.debt.values())
        elif code is Code.VOUCHER_REDEEMED:
            right = asks.content[1] in replay.redeemed
        elif code in {Code.VOUCHER_CANCELLED, Code.ALREADY_REVERSED}:
            right = asks.what == "undo" or asks.content[1] in replay.returned
        if not right:
            raise Broken(f"{asks} was refused as {code.value}, which is not so")

    def _joined(self, outcome: Outcome) -> None:
        kind, body = outcome
        if kind == "answer" and body["member_id"] not in self.members:
            self.members.append(body["member_id"])

    # The end

    def _close(self) -> None:
        """Calm weather: everything gets its answer, everything due is done, all of it fits."""
        world = self.world
        world.calm = True
        world.say("calm")
        for asks in list(self.unanswered):
            self.ask(asks)
            if asks in self.unanswered:
                raise Broken(f"{asks} gets no answer in calm weather")
        self.members = sorted(self.witness.replays)
        self._all_jobs()
        world.now_ms += world.chance.choice((0, 1, 40, 400)) * DAY_MS
        self._all_jobs()
        try:
            closing.everything_fits(self.witness, world.memory, world.table)
            today = local_date(from_ms(world.now_ms), self.witness.published[0][1].timezone)
            for member in self.members:
                item = world.table.get(keys.state(M, member))[0]
                assert item is not None
                closing.nothing_expired_is_left(cards.card_of(item), today.isoformat())
        except AssertionError as error:
            raise Broken(f"at the end: {words(error)}") from error

    def _all_jobs(self) -> None:
        """Do what is due until nothing is."""
        for _ in range(40):
            due = self.due()
            if not due:
                return
            for member, name in due:
                if self.attempt(Asks("job", "", (member, name))) is None:
                    raise Broken(f"{name} of {member} cannot be done in calm weather")
        raise Broken(f"still due after 40 rounds: {self.due()}")


def _outcome(asks: Asks, answer: Answer | None) -> Outcome:
    if answer is None:
        return "answer", None
    return "answer", dict(answer.body) if asks.key else {"seq": answer.seq}


_ACTORS: list[Callable[[Simulation], None]] = [
    *[Simulation.stamp] * 8, *[Simulation.sale] * 5, *[Simulation.refund] * 6,
    *[Simulation.arrive] * 3, Simulation.undo, *[Simulation.issue] * 6, *[Simulation.redeem] * 4,
    *[Simulation.cancel] * 3, *[Simulation.adjust] * 4, *[Simulation.act] * 2, Simulation.grant,
    *[Simulation.jobs] * 6, *[Simulation.wait] * 7, Simulation.publish, *[Simulation.again] * 8,
    *[Simulation.join] * 2,
]  # fmt: skip


def simulate(seed: int, steps: int = STEPS) -> Found | None:
    """What is wrong with a seed, with its trace; None when nothing is."""
    if Simulation(seed, steps).run() is None:
        return None
    return Simulation(seed, steps).run(traced=True)
