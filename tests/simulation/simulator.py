"""A small merchant's run from one seed: everybody at once, everything twice, anything lost.

A step is a turn of the scheduler (see `world.py`): somebody begins something, or a process makes a
call to the table. After a good half of them whoever is under way comes to an end and the weather
turns calm: whatever had no answer is done again, what is due is done, what is on its way arrives,
for as long as that takes, and everything in the table must belong together.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.calendar import from_ms, local_date
from regulars.store import cards, keys
from tests.simulation import actors, closing, programs
from tests.simulation.checker import Broken, words
from tests.simulation.requests import Asks
from tests.simulation.run import Run
from tests.simulation.surroundings import surrounding
from tests.simulation.world import DAY_MS

STEPS = 200
"""About how many a run has; the calm takes as many as it needs."""

STORM_PERCENT = 56
"""How many of a hundred are in the storm, in which anything may happen."""

ROUNDS_MAX = 200
HOUR_MS = 3_600_000


class Found(NamedTuple):
    """A seed that went wrong: at which step, and what is wrong."""

    seed: int
    step: int
    wrong: str
    trace: list[str]


class Simulation(Run):
    """One seed."""

    def __init__(self, seed: int, steps: int = STEPS, shop: int | None = None) -> None:
        super().__init__(seed, steps * STORM_PERCENT // 100, shop)
        self.world.somebody_else = lambda: actors.something(self)

    @property
    def step(self) -> int:
        """How many turns there were."""
        return self.world.turns

    def run(self, *, traced: bool = False) -> Found | None:
        """Live through the seed; what was found to be wrong."""
        if traced:
            self.world.trace = []
        with surrounding(self):
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
        self.begin()
        actors.join(self)
        while self.step < self.world.turns_max:
            self.world.begin()

    def _close(self) -> None:
        """In calm weather: everything is answered, every due thing is done, all of it fits."""
        world = self.world
        world.calm = self.checker.calm = True
        world.say("calm")
        first_ms = dict(reversed(self.asked))
        for asks in list(self.unanswered):
            if asks.key and world.now_ms - first_ms[asks] > actors.KEY_KEPT_MS:
                continue  # whoever asked has given up: the key is not known any more
            self.ask(asks)
            if asks in self.unanswered:
                raise Broken(f"{asks} gets no answer in calm weather")
        self.members = sorted(self.checker.replays)
        self._all_arrives()
        self._all_jobs()
        if self.way == "walk":
            for _ in range(3):
                world.now_ms += self.walks.next_run_ms()
                self.walks.go()
        world.now_ms += world.chance.choice((0, 1, 40, 400)) * DAY_MS
        self._all_jobs()
        if world.chance.random() < 0.5:
            self._all_is_given_back()
            self._all_jobs()
        self._all_arrives()
        try:
            self._fits()
        except AssertionError as error:
            raise Broken(f"at the end: {words(error)}") from error

    def _fits(self) -> None:
        """When nothing is under way any more, everything belongs together."""
        world = self.world
        closing.everything_fits(self.checker, world.memory, world.table, self.ttl.gone)
        closing.sales_are_booked(self.checker, self.queued, self.asked)
        closing.referrals_are_rewarded(self.checker)
        closing.everybody_was_reviewed(self.checker)
        self.post.everybody_heard()
        now = from_ms(world.now_ms)
        today = local_date(now, programs.version(self.checker.shop, 1)[1].timezone)
        closing.tiers_are_right(self.checker, today)
        closing.raffles_are_drawn(self.checker, now)
        for member in self.members:
            item = world.table.get(keys.state(self.m, member))[0]
            assert item is not None
            closing.nothing_expired_is_left(cards.card_of(item), today.isoformat())

    def _all_jobs(self) -> None:
        """Do what is due until nothing is."""
        past_ms = self.world.now_ms % HOUR_MS
        if past_ms < HOUR_MS * 2 // 3:  # where days begin at half past, an hour is over later
            self.world.now_ms += HOUR_MS * 2 // 3 - past_ms
        for _ in range(ROUNDS_MAX):
            due = actors.due(self)
            if not due:
                return
            if self.way != "direct":
                self.walks.go()
                continue
            for member, name in due:
                if self.attempt(Asks("job", "", (member, name))) is None:
                    raise Broken(f"{name} of {member} cannot be done in calm weather")
        raise Broken(f"still due after {ROUNDS_MAX} rounds: {actors.due(self)}")

    def _all_is_given_back(self) -> None:
        """Give back every open voucher, whatever has become of what it cost."""
        for voucher_id, (member, _, status) in list(self.checker.vouchers.items()):
            if status == "issued":
                self.ask(Asks("cancel", self.name(), (member, voucher_id)))

    def _all_arrives(self) -> None:
        """Let the stream and the queue come to rest."""
        for _ in range(ROUNDS_MAX):
            for stream in self.streams:
                stream.bring()
            queues = (self.queue, self.orders_queue, self.work, self.reviews)
            for queue in queues:
                while queue.visible():
                    queue.bring()
            waiting = [queue for queue in queues if queue.messages]
            if not waiting and not any(stream.waiting() for stream in self.streams):
                return
            if not any(stream.waiting() for stream in self.streams):
                self.world.now_ms += 3 * 60_000
        raise Broken("stream and queue do not come to rest in calm weather")


def simulate(seed: int, steps: int = STEPS) -> Found | None:
    """What is wrong with a seed, with its trace; None when nothing is."""
    if Simulation(seed, steps).run() is None:
        return None
    return Simulation(seed, steps).run(traced=True)
