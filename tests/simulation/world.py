"""One merchant's world: virtual time, seeded chance, and a network on which anything may happen.

At every call to the table somebody else may come in first and do something whole (their calls may
be interrupted in turn), and the call itself may be lost before it arrives, be carried out and lose
its answer, meet a conflict or a throttle, read something old, or be the last of its process.

Run is measured in turns of the scheduler: somebody begins something, or a process makes a call to
the table, which is where processes give way to each other. Another try of a call is no new turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random

from local.memory import Change, Memory, Params
from regulars.store import retry
from regulars.store.errors import Lost, ServiceError
from regulars.store.table import Table
from tests import fleet
from tests.concurrency.faults import Death

DEPTH_MAX = 3
START_MS = 1_769_000_000_000
DAY_MS = 86_400_000


class World:
    """Chance, time and the table of one seed."""

    def __init__(self, seed: int, committed: Callable[[list[Change]], None], days: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - a seed is what it is for
        self.memory = Memory(committed)
        self.table = Table("regulars-ledger", self.call)
        self.now_ms = START_MS + self.chance.randrange(days) * DAY_MS
        self.now_ms += self.chance.randrange(24) * 3600_000
        self.newer = Random(seed) if seed % 3 == 0 else None  # noqa: S311 - as above
        """Draws which writes are those of a newer version that works beside this one."""
        self.depth = 0
        self.began_ms = self.now_ms
        """When whoever has been under way for longest began."""
        self.calm = False
        self.hurried = 0
        self.faults = self.chance.choice((0.0, 0.01, 0.03, 0.1))
        self.outage = self.chance.choice((0.0, 0.1, 0.9))
        """What goes wrong when something just has, so that tries are used up."""
        self.failing = False
        self.crowd = self.chance.choice((0.05, 0.1, 0.25))
        self.somebody_else: Callable[[], None] = lambda: None
        self.turns = 0
        self.turns_max = 0
        """After so many nobody begins anything; who is under way comes to an end."""
        self.trace: list[str] | None = None

    def say(self, *words: object) -> None:
        """Note a line of the trace, if one is kept."""
        if self.trace is not None:
            indent = "  " * self.depth
            self.trace.append(f"{self.now_ms} {indent}{' '.join(map(str, words))}")

    def call(self, operation: str, params: Params) -> Params:
        """What the transports are to `Table`: it tries again what may succeed the next time."""
        self.turn()
        self._as_written(operation, params)
        self.give_way()
        return retry.persist(lambda: self._once(operation, params), operation)

    def through(self, operation: str, carry_out: Callable[[], Params]) -> None:
        """A call to another service: the same network, and no turn."""
        self.give_way()
        retry.persist(lambda: self._faulty(operation, carry_out), operation)

    def turn(self) -> None:
        """Count a turn."""
        self.turns += 1

    def fault(self, kinds: Sequence[str]) -> str:
        """What goes wrong now; nothing, mostly."""
        if self.calm or self.chance.random() >= (self.outage if self.failing else self.faults):
            self.failing = False
            return ""
        again, self.failing = self.failing, True
        kind = self.chance.choice(kinds)
        return kinds[0] if again and kind.startswith("dies") else kind

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Within the block time goes on by seconds only: a function runs for a short time."""
        self.hurried += 1
        try:
            yield
        finally:
            self.hurried -= 1

    @contextmanager
    def rough(self, often: float) -> Iterator[None]:
        """Within the block, now and then, a bad hour: a fifth of all goes wrong, for long."""
        kept = self.faults, self.outage
        if self.chance.random() < often:
            self.faults, self.outage = 0.2, 0.9
        try:
            yield
        finally:
            self.faults, self.outage = kept

    def begin(self) -> None:
        """Let somebody begin while nobody is under way."""
        self.began_ms = self.now_ms
        self.somebody_else()

    def give_way(self) -> None:
        """Somebody else may come in first."""
        if self.calm or self.depth >= DEPTH_MAX or self.turns >= self.turns_max:
            return
        if self.chance.random() < self.crowd:
            self.depth += 1
            try:
                self.somebody_else()
            finally:
                self.depth -= 1

    def _as_written(self, operation: str, params: Params) -> None:
        """Where a newer version works beside this one, each second write is its own."""
        if self.newer is None:
            return
        for put in fleet.puts(operation, params):
            kind = put["Item"]["SK"]["S"].partition("#")[0]
            if kind in fleet.MARKED and self.newer.random() < 0.5:
                put["Item"] = fleet.with_unknown(put["Item"])

    def _once(self, operation: str, params: Params) -> Params:
        if self.calm:
            return self.memory.call(operation, params)
        behind = self.chance.choice((0, 0, 1, 2)) if _may_be_stale(operation, params) else 0
        return self._faulty(operation, lambda: self.memory.call(operation, params, behind))

    def _faulty(self, operation: str, carry_out: Callable[[], Params]) -> Params:
        kind = self.fault(_KINDS)
        if not kind:
            return carry_out()
        self.say(operation, kind)
        if kind in {"dropped", "dies after"}:
            with suppress(ServiceError):  # that answer is lost like any other
                carry_out()
        if kind.startswith("dies"):
            raise Death
        if kind in {"lost", "dropped"}:
            raise Lost(kind)
        raise _error(kind, operation)


_KINDS = ("lost", "dropped", "throttled", "conflict", "broken", "dies before", "dies after")


def _may_be_stale(operation: str, params: Params) -> bool:
    if operation == "BatchGetItem":
        return any(not part.get("ConsistentRead") for part in params["RequestItems"].values())
    return operation in {"GetItem", "Query"} and not params.get("ConsistentRead")


def _error(kind: str, operation: str) -> ServiceError:
    if kind == "throttled":
        return ServiceError("ProvisionedThroughputExceededException", kind, 400, {})
    if kind == "broken":
        return ServiceError("InternalServerError", kind, 500, {})
    if operation == "TransactWriteItems":
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
        body = {"CancellationReasons": reasons}
        return ServiceError("TransactionCanceledException", kind, 400, body)
    return ServiceError("TransactionConflictException", kind, 400, {})
