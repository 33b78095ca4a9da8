"""The hourly job: what it costs per card that is due, however many cards there are."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import uuid4

from bench.result import Result
from bench.shop import Shop, observed
from bench.warm import consumed
from regulars.core import clock
from regulars.domain.calendar import hour_of
from regulars.domain.card import Card
from regulars.domain.due import REMIND
from regulars.jobs import work_queue, working
from regulars.store import cards, connect
from regulars.store.ledger import due_item
from regulars.store.table import Put, Table

DUE = 50
SMALL, LARGE = 1_000, 10_000


def measure(shop: Shop) -> list[Result]:
    """Units per due card, and how they change when the table is ten times as large."""
    table, merchant_id = connect.table(), str(shop.created["merchant_id"])
    _run()  # a first run sets the cursor
    costs = []
    filled = 0
    for size in (SMALL, LARGE):
        _fill(table, merchant_id, size - filled - DUE, due=False)
        _fill(table, merchant_id, DUE, due=True)
        filled = size
        with observed(table) as seen:
            done = _run()
        if done != DUE:
            raise RuntimeError(f"{done} cards were done, not {DUE}")
        costs.append(sum(consumed(answer) for _, _, answer in seen) / DUE)
    small, large = costs
    detail = f"reads and writes; {DUE} of {LARGE} cards due, {small:.2f} with {SMALL} cards"
    return [
        Result("job_units_per_due", large, "units", "<= 10", detail),
        Result("job_units_growth", large / small, "x", "<= 1.05", f"{LARGE} cards against {SMALL}"),
    ]


def _run() -> int:
    """Plan what is due and do it, as AWS would; returns how much was planned."""
    from functions.reminders import app

    pages: deque[dict[str, Any]] = deque()
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 300_000)
    with mock.patch.object(work_queue, "put", pages.append):
        done = app.lambda_handler({}, context)["cards"]
        while pages:
            record = {"messageId": "1", "body": json.dumps(pages.popleft()), "attributes": {}}
            working.lambda_handler({"Records": [record]}, context)
    return int(done)


def _fill(table: Table, merchant_id: str, count: int, *, due: bool) -> None:
    """Cards with nothing to remind of; those that are due stand in the list of this hour."""
    hour = hour_of(clock.now())
    enrolled_ms = int((datetime.now(UTC) - timedelta(days=90)).timestamp() * 1000)
    for start in range(0, count, 50):
        writes = []
        for _ in range(min(50, count - start)):
            c = f"c{uuid4().hex[:14]}"
            card = Card(
                c,
                version=1,
                seq=1,
                head="0" * 64,
                recorded_ms=enrolled_ms,
                enrolled_ms=enrolled_ms,
                due={REMIND: hour} if due else {},
            )
            writes.append(Put(cards.state_item(merchant_id, card)))
            if due:
                writes.append(Put(due_item(merchant_id, c, REMIND, hour)))
        table.transact(writes)
