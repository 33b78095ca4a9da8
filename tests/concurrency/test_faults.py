"""Every operation, with a fault at every request it makes, over either transport.

The caller tries again with the same key until it is answered. Whatever went wrong and wherever:
one effect, the right answer, and in the table exactly what a run without faults leaves there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from regulars.domain.calendar import hour_of
from regulars.domain.refusals import Refused
from regulars.store.answers import Answer
from regulars.store.errors import Unavailable
from regulars.store.retry import TRIES_MAX
from regulars.store.table import Table
from tests.concurrency.audit import audit, items_of, picture
from tests.concurrency.counter import Counter
from tests.concurrency.faults import KINDS, Death, Faults, Kind, faulty

Prepared = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """What is there before, and what is then tried under faults."""

    prepare: Callable[[Counter], Prepared]
    attempt: Callable[[Counter, Prepared], Any]


def member(counter: Counter, points: int = 0) -> Prepared:
    member_id = counter.join("join")
    if points:
        counter.earn(member_id, "before", order="o", spend=100 * points)
    return {"member": member_id}


def with_voucher(counter: Counter) -> Prepared:
    prepared = member(counter, 20)
    ((voucher, _),) = counter.issue(prepared["member"], "issued").body["vouchers"]
    return {**prepared, "voucher": voucher}


def with_coffee(counter: Counter) -> Prepared:
    """The sale of order `c` unlocked a coffee."""
    prepared = member(counter)
    for number in range(3):
        counter.earn(prepared["member"], f"stamp-{number}")
    counter.earn(prepared["member"], "coffee", order="c")
    return prepared


def parked(counter: Counter) -> Prepared:
    prepared = member(counter)
    counter.refund("p", "r", 400)
    return prepared


def due_job(counter: Counter, prepared: Prepared) -> Any:
    """As the walk of the due list does it: only while the card is on the list."""
    hour = counter.card(prepared["member"]).due.get("expire", "9")
    return counter.expire(prepared["member"]) if hour <= hour_of(counter.now) else None


def expired(counter: Counter) -> Prepared:
    """Ten weeks on: a voucher and what it locked are both over."""
    prepared = with_voucher(counter)
    counter.now += timedelta(weeks=10)
    return prepared


SCENARIOS = {
    "join": Scenario(lambda _: {}, lambda c, p: c.join("key", "anna@example.com")),
    "earn": Scenario(member, lambda c, p: c.earn(p["member"], "key")),
    "earn that unlocks": Scenario(
        lambda c: with_three_stamps(c), lambda c, p: c.earn(p["member"], "key")
    ),
    "earn an order": Scenario(member, lambda c, p: c.earn(p["member"], "key", order="new")),
    "earn an order with a parked refund": Scenario(
        parked, lambda c, p: c.earn(p["member"], "key", order="p")
    ),
    "issue": Scenario(lambda c: member(c, 20), lambda c, p: c.issue(p["member"], "key")),
    "issue refused": Scenario(member, lambda c, p: c.issue(p["member"], "key")),
    "redeem": Scenario(with_voucher, lambda c, p: c.close(p["member"], p["voucher"], "key")),
    "cancel": Scenario(
        with_voucher, lambda c, p: c.close(p["member"], p["voucher"], "key", cancel=True)
    ),
    "refund a part": Scenario(
        lambda c: member(c, 20), lambda c, p: c.refund("o", "r", 700, key="key")
    ),
    "refund all and its voucher": Scenario(
        with_coffee, lambda c, p: c.refund("c", "r", key="key")
    ),
    "refund by a till": Scenario(lambda c: member(c, 20), lambda c, p: c.refund("o", "r")),
    "refund too early": Scenario(member, lambda c, p: c.refund("later", "r", 100, key="key")),
    "expire": Scenario(expired, due_job),
}  # fmt: skip


def with_three_stamps(counter: Counter) -> Prepared:
    prepared = member(counter)
    for number in range(3):
        counter.earn(prepared["member"], f"stamp-{number}")
    return prepared


JOBS = {"expire"}
"""What has a new operation id at each run, and finds nothing left to do."""


def persistently(attempt: Callable[[], Any], times: int = 3) -> Any:
    """What a caller does that wants an answer: again, with the same key."""
    for left in reversed(range(times)):
        try:
            return attempt()
        except (Death, Unavailable):
            if not left:
                raise
        except Refused as refused:
            return refused
    raise AssertionError


def sentence(outcome: Any, counter: Counter, prepared: Prepared) -> str:
    """An outcome in words that do not depend on what is drawn at random."""
    if isinstance(outcome, Refused):
        return f"{outcome.code} {outcome.detail}"
    if not isinstance(outcome, Answer):
        return type(outcome).__name__
    body = dict(outcome.body)
    body["vouchers"] = [status for _, status in body.get("vouchers", ())]
    body["member_id"] = body.get("member_id") == prepared.get("member")
    return f"{outcome.status} {outcome.seq} {body}"


@contextmanager
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr("regulars.store.retry.sleep", lambda _: None)
        yield


def run(
    table: Table, scenario: Scenario, kind: Kind, first: int, times: int
) -> tuple[Counter, str, Faults]:
    """One run of a scenario, for a merchant of its own."""
    counter = Counter(table)
    prepared = scenario.prepare(counter)
    faults = Faults(kind, first, times)
    with faulty(table._transport, faults):
        outcome = persistently(lambda: scenario.attempt(counter, prepared))
    return counter, sentence(outcome, counter, prepared), faults


@pytest.mark.parametrize("transport", ["lean", pytest.param("boto", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fault_anywhere_leaves_what_a_run_without_faults_leaves(
    tables: dict[str, Table], transport: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once at each request (the client tries again by itself), and at each as often as the client
    tries (its caller does); where the process dies, once."""
    table, scenario = tables[transport], SCENARIOS[name]
    with nobody_waits(monkeypatch):
        plain, answer, faults = run(table, scenario, "lost", 0, 0)
        expected = audited(plain)
        requests = faults.requests
        assert requests >= 1

        for kind in KINDS:
            for first in range(1, requests + 1):
                for times in (1, TRIES_MAX) if kind in OUTLASTING else (1,):
                    where = f"{kind} x {times} at request {first} of {requests}"
                    counter, reported, faults = run(table, scenario, kind, first, times)
                    assert faults.requests >= first + times, where
                    assert audited(counter) == expected, where
                    if name not in JOBS:
                        assert reported == answer, where


OUTLASTING: tuple[Kind, ...] = ("lost", "dropped", "conflict")
"""Faults that are also tried as often as the client tries, so that its caller has to."""


def audited(counter: Counter) -> list[str]:
    """The picture of a merchant's items, once they have been found to belong together."""
    items = items_of(counter)
    audit(counter, items)
    return picture(counter, items)
