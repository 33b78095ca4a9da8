"""What surrounds the product's functions while a seed runs: clock, table, queues.

These are put in where the functions take them from; nobody decides differently for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from local.seeded import governed
from regulars.core import clock
from regulars.domain.calendar import from_ms
from regulars.domain.operations import ReviewTier
from regulars.jobs import planning, recompute, work_queue
from regulars.messages import compose, delivery
from regulars.store import connect, keys, ledger, raffles, wire
from tests.simulation.run import Run

DUE_SHARDS = 2
"""An hour of the due list is in two parts: as good as eight, and sooner read."""


@contextmanager
def surrounding(run: Run) -> Iterator[None]:
    """Within the block everything happens in the run's own world."""
    world, checker = run.world, run.checker
    perform = ledger.Ledger.perform

    def checkered(self: Any, program: Any, card: Any, operation: Any, now: Any, **more: Any) -> Any:
        checker.performing.append((program, operation, now))
        try:
            answer = perform(self, program, card, operation, now, **more)
            if isinstance(operation, ReviewTier):
                known = checker.reviewed.get(card.member_id, 0)
                checker.reviewed[card.member_id] = max(known, program.version)
            return answer
        finally:
            checker.performing.pop()

    with ExitStack() as stack:
        stack.enter_context(governed(world.chance))
        for where, name, instead in (
            (clock, "now", lambda: from_ms(world.now_ms)),
            (connect, "table", lambda: world.table),
            (wire, "send_message", run.queue.send),
            (work_queue, "put", run.put_work),
            (planning, "READ", 5),
            (planning, "SLICE", 2),
            (planning, "MARKS_MAX", 2),
            (recompute, "PAGE", 1),
            (raffles, "WRITTEN_MAX", 1),
            (raffles, "READ", 2),
            (recompute, "MEMBERS_MAX", 1),
            (compose, "laid_out", lambda view, _: ("", view.subject)),  # only its looks
            (ledger.Ledger, "perform", checkered),
            (delivery, "deliver", run.post.deliver),  # a sandbox's
            (keys, "DUE_SHARDS", DUE_SHARDS),
        ):
            stack.enter_context(mock.patch.object(where, name, instead))
        yield
