"""The hourly functions on their way along the due list, and a sandbox's way to another time.

Between what is due nothing lies on the list but empty hours. The functions have walked those while
time went by: their cursors are moved past them, so that only hours around a mark are walked here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from regulars.actions.due_marks import DRAW, INVITE, ROOTS
from regulars.actions.relist import LISTS
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.due import (
    ANNIVERSARY,
    BENEFITS,
    BIRTHDAY,
    EXPIRE,
    NOTICE,
    REMIND,
    TIER,
)
from regulars.domain.refusals import Refused
from regulars.jobs import work_queue
from regulars.jobs.due import run_due_in_sandbox
from regulars.jobs.planning import plan
from regulars.jobs.schedules import JOBS
from regulars.store import keys
from regulars.store.errors import Unavailable
from tests.concurrency.faults import Death
from tests.simulation.checker import Checker
from tests.simulation.delivery import Hurried, Queue
from tests.simulation.world import World

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "expiry": (EXPIRE,),
    "reminders": (REMIND, NOTICE),
    "digest": (ROOTS,),
    "tiers": (TIER, LISTS, BENEFITS, BIRTHDAY, ANNIVERSARY, INVITE, DRAW),
}
PAST_THE_HOUR = timedelta(minutes=5)
"""The schedule gives whoever is at work when an hour ends some minutes to come to an end."""

HOUR = timedelta(hours=1)


class Walks:
    """Who walks the due list of one merchant."""

    def __init__(self, world: World, checker: Checker, work: Queue, *, sandbox: bool) -> None:
        self.world, self.checker, self.work, self.sandbox = world, checker, work, sandbox
        for function in FUNCTIONS:
            self._move(function, from_ms(world.now_ms) - 2 * HOUR)

    def go(self) -> bool:
        """Walk for one function, or all the way of a sandbox; whether it came to its end."""
        if self.sandbox:
            return self._go("sandbox")
        names = sorted(FUNCTIONS)
        waiting = [one for one in names if self._first(one) <= hour_of(self._now())]
        return self._go(self.world.chance.choice(waiting or names))

    def _go(self, function: str) -> bool:
        self.world.say("→ walk", function)
        done = False
        try:
            if self.sandbox:
                for _ in run_due_in_sandbox(self.world.table, self.checker.m, JOBS, self._now()):
                    pass
            else:
                self._walk(function)
            done = True
        except Refused as refused:
            if not refused.code.transient:
                raise
        except (Unavailable, Death):
            pass
        while self.world.calm and self.work.visible():
            self.work.bring()
        self.world.say("← walk", function, done)
        return done

    def _walk(self, function: str) -> None:
        now = self._now()
        if now - _start(hour_of(now)) < PAST_THE_HOUR:
            return
        first = min(_start(self._first(function)), now)
        if _start(self.cursors[function]) < first - 2 * HOUR:
            self._move(function, first - 2 * HOUR)
        jobs, until = frozenset(FUNCTIONS[function]), min(now, first + 2 * HOUR)
        with self.world.rough(0.3):
            plan(self.world.table, function, jobs, until, work_queue.put, Hurried(self.world))

    def next_run_ms(self) -> int:
        """How long it is to the run of the hour in which something will be due; 0 for none."""
        marks = self.checker.due.items()
        coming = (_start(hour) for (_, job), hour in marks if job != ROOTS)
        runs = [start + PAST_THE_HOUR + timedelta(minutes=5) for start in coming]
        to_come = [run for run in runs if run > self._now()]
        return (min(to_come) - self._now()) // timedelta(milliseconds=1) if to_come else 0

    def _first(self, function: str) -> str:
        """The first hour with something due for a function; the end of time when there is none."""
        jobs = FUNCTIONS[function]
        marks = self.checker.due.items()
        return min((hour for (_, job), hour in marks if job in jobs), default="9999-12-31T00")

    @property
    def cursors(self) -> dict[str, str]:
        """How far each function has come, as it lies in the table."""
        found = {}
        for function in FUNCTIONS:
            item = self.world.memory.read(keys.cursor(function))
            found[function] = item["hour"]["S"] if item else ""
        return found

    def _move(self, function: str, to: datetime) -> None:
        pk, sk = keys.cursor(function)
        item = {"PK": {"S": pk}, "SK": {"S": sk}, "hour": {"S": hour_of(to)}}
        self.world.memory.call("PutItem", {"Item": item})

    def _now(self) -> datetime:
        return from_ms(self.world.now_ms)


def _start(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC)
