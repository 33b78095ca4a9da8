"""Works off the queue of work: pages of what is due, and the steps of what is done for all members.

A message holds a worker for half a minute at most. What is left of it then goes on the queue
again, behind the work of others, so that nobody waits for a large merchant. A message may come
twice, late, or beside itself; one that fails comes again, and is a dead letter after five tries.
"""

from __future__ import annotations

from typing import Any

from regulars.core import clock
from regulars.core.deadline import Deadline
from regulars.core.observability import age
from regulars.domain.calendar import to_ms
from regulars.jobs import batches, earlier_shops, importing, listing, recompute, work_queue
from regulars.jobs.due import do_page
from regulars.jobs.planning import DUE, REST, plan_rest
from regulars.jobs.schedules import JOBS
from regulars.store import connect

WORK_S = 30.0
"""How long one message is worked on."""

RESERVE_S = 150.0
"""What is left of the function's time when it takes up nothing more: a job's step is long."""


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work off a batch of the queue; answers which messages failed."""
    deadline = Deadline.of(context, RESERVE_S, WORK_S)
    return batches.queue(lambda message: work(message, deadline))(event, context)


def work(message: dict[str, Any], deadline: Deadline) -> None:
    """Do what a message asks for, as far as time allows; the rest goes on the queue again.

    Raises what may go well a moment later, DueFailedError, KeyError for a kind that is not known.
    """
    age("WorkAge", (to_ms(clock.now()) - message["at"]) / 1000)
    left = _KINDS[message["kind"]](message, deadline)
    if left:
        work_queue.put(left)


def _due(message: dict[str, Any], deadline: Deadline) -> dict[str, Any] | None:
    return do_page(connect.table(), JOBS, message, lambda: deadline.passed)


def _rest(message: dict[str, Any], deadline: Deadline) -> None:
    plan_rest(connect.table(), message, work_queue.put, deadline)


def _go_along(message: dict[str, Any], deadline: Deadline) -> dict[str, Any] | None:
    return recompute.go_along(message, lambda: deadline.passed)


def _review(message: dict[str, Any], deadline: Deadline) -> dict[str, Any] | None:
    return recompute.review_some(message, lambda: deadline.passed)


def _list_all(message: dict[str, Any], deadline: Deadline) -> dict[str, Any] | None:
    return listing.go_along(message, lambda: deadline.passed)


def _list(message: dict[str, Any], deadline: Deadline) -> None:
    listing.list_some(message)


def _take_up(message: dict[str, Any], deadline: Deadline) -> None:
    earlier_shops.take_up(connect.table(), message["merchant_id"], clock.now())


def _import(message: dict[str, Any], deadline: Deadline) -> dict[str, Any] | None:
    return importing.go_on(message, lambda: deadline.passed)


_KINDS = {
    DUE: _due,
    REST: _rest,
    recompute.REVIEW_ALL: _go_along,
    recompute.REVIEW: _review,
    listing.LIST_ALL: _list_all,
    listing.LIST: _list,
    earlier_shops.TAKE_UP: _take_up,
    importing.IMPORT: _import,
}
