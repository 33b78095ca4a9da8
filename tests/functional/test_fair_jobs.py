"""Plan and work: no merchant waits for another one's many cards, and no run is too short."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.core.deadline import Deadline
from regulars.domain.calendar import hour_of
from regulars.jobs import cards, planning, schedules, working
from regulars.jobs.due import DueFailedError
from regulars.store import keys
from regulars.store.ledger import due_item
from regulars.store.table import Table
from tests.conftest import Clock
from tests.functional.test_jobs import catch_up, cursor, expiring
from tests.service import Merchant, Service, context, handler

MIDNIGHT = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
"""When the stamps of everybody expire."""


def shops(service: Service, frozen: Clock, *members: int) -> list[tuple[Merchant, list[str]]]:
    """Cafés with so many members each, all of whose stamps have just expired; sorted by id, so that
    the first has its marks before all others'."""
    frozen.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    cafes = sorted((expiring(service) for _ in members), key=lambda cafe: cafe.id)
    found = [
        (cafe, [cafe.join()["member_id"] for _ in range(count)])
        for cafe, count in zip(cafes, members, strict=True)
    ]
    frozen.now = MIDNIGHT + timedelta(hours=1, minutes=5)
    catch_up(service, "expiry", frozen.now)
    return found


def served(cafe: Merchant, members: list[str]) -> int:
    """How many have had their expiry booked; everybody's is booked once at most."""
    seqs = Counter(cafe.card(one)["seq"] for one in members)
    assert not set(seqs) - {1, 2}, "booked twice"
    return seqs[2]


def pages(service: Service) -> list[dict[str, Any]]:
    """What is on the queue of work, taken off it."""
    queued = service.aws_services.receive(service.queues["work"])
    return [json.loads(record["body"]) for record in queued]


@pytest.mark.long
def test_a_slow_merchant_holds_up_nobody(
    service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty cards that take long stand before five of others, and there is one worker."""
    (slow, crowd), *others = shops(service, frozen, 60, 1, 1, 1, 1, 1)
    monkeypatch.setattr(planning, "SLICE", 3)
    monkeypatch.setattr(working, "WORK_S", 0.05)

    def taking_long(shop: Any, member_id: str) -> None:
        if shop.merchant_id == slow.id:
            time.sleep(0.06)
        cards.expire(shop, member_id)

    monkeypatch.setitem(schedules.JOBS, "expire", taking_long)
    assert handler("expiry")({}, context())["cards"] < 40
    first = pages(service)
    for page in first:
        deadline = Deadline(working.WORK_S)
        working.work(page, deadline)
    assert all(served(*other) == 1 for other in others), "all have been served in the first round"
    assert len(first) <= len(others) + 2 * keys.DUE_SHARDS
    assert 0 < served(slow, crowd) < len(crowd) // 2, "each message was cut short"
    assert service.work() == 0
    assert served(slow, crowd) == len(crowd)
    assert pages(service) == []


def test_a_large_merchant_is_planned_slice_by_slice(
    service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each card stands in one message, and no message has more than it may have."""
    monkeypatch.setattr(planning, "READ", 7)
    monkeypatch.setattr(planning, "SLICE", 4)
    monkeypatch.setattr(planning, "MARKS_MAX", 3)
    crowds = shops(service, frozen, 1, 40, 2, 9)
    handler("expiry")({}, context())
    seen: Counter[str] = Counter()
    while left := pages(service):
        for page in left:
            if page["kind"] == planning.DUE:
                assert 0 < len(page["marks"]) <= 3
                seen.update(member_id for member_id, _ in page["marks"])
            working.work(page, Deadline(0))  # time for one card, and the rest comes again
    assert {one for _, members in crowds for one in members} == set(seen)
    for cafe, members in crowds:
        assert served(cafe, members) == len(members)


def test_a_run_without_time_goes_on_where_it_was(service: Service, frozen: Clock) -> None:
    """Each run has time for one merchant; none is planned twice, and none is forgotten."""
    crowds = shops(service, frozen, 2, 2, 2)
    planned: Counter[str] = Counter()
    for _ in range(30):
        short = context(left_s=schedules.PLANNING_RESERVE_S - 1)
        handler("expiry")({}, short)
        for page in pages(service):
            planned.update(member_id for member_id, _ in page["marks"])
        if cursor(service, "expiry") == hour_of(frozen.now - timedelta(hours=1)):
            break
    else:
        pytest.fail("the hour is never over")
    assert planned == {one: 1 for _, members in crowds for one in members}


def test_a_page_that_comes_again_reads_its_marks_and_no_more(
    service: Service, frozen: Clock
) -> None:
    ((cafe, members),) = shops(service, frozen, 3)
    handler("expiry")({}, context())
    queued = pages(service)
    for page in queued:
        working.work(page, Deadline())
    assert served(cafe, members) == 3
    service.spy.calls.clear()
    for page in queued:
        working.work(page, Deadline())
    assert {operation for operation, _, _ in service.spy.calls} <= {"GetItem", "BatchGetItem"}
    assert len(service.spy.calls) == len(queued)


def test_a_mark_of_a_job_that_is_not_known_yet_waits(service: Service, frozen: Clock) -> None:
    """Of two versions of the code at once the older one may get what the newer has planned."""
    cafe = service.new_merchant()
    hour = hour_of(frozen.now)
    service.table.put(due_item(cafe.id, keys.MERCHANT_LEVEL, "later-invented", hour))
    page = {"kind": "due", "merchant_id": cafe.id, "hour": hour, "at": 0,
            "marks": [["-", "later-invented"]]}  # fmt: skip
    with pytest.raises(DueFailedError):
        working.work(page, Deadline())


class TestDoneAtOnce:
    """Where nothing brings a page again, the list itself must: nothing is passed over."""

    HOURS = ("2026-11-20T07", "2026-11-20T08")
    NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)

    @pytest.fixture
    def listed(self, table: Table) -> Table:
        """Three merchants with something in each of two hours."""
        for hour in self.HOURS:
            for n in range(3):
                table.put(due_item(f"m{n}", keys.MERCHANT_LEVEL, f"closing:{hour}", hour))
        pk, sk = keys.cursor("close")
        table.put({"PK": pk, "SK": sk, "hour": "2026-11-20T06"})
        return table

    def run(self, table: Table, hand: planning.Hand, seconds: float = 60) -> int:
        jobs = frozenset({"closing"})
        return planning.plan(table, "close", jobs, self.NOW, hand, Deadline(seconds))

    def test_what_failed_is_met_again_and_the_others_are_done(self, listed: Table) -> None:
        met: list[str] = []

        def one_fails(page: dict[str, Any]) -> bool:
            met.append(f"{page['hour'][-2:]} {page['merchant_id']}")
            if met[-1] == "07 m1":
                raise DueFailedError
            return True

        with pytest.raises(DueFailedError, match="1 pages of 6"):
            self.run(listed, one_fails)
        assert len(met) == 6
        with pytest.raises(DueFailedError):
            self.run(listed, one_fails)
        assert len(met) == 12, "the cursor has stayed before the hour of the failure"
        assert self.run(listed, lambda _: True) == 6
        assert self.run(listed, lambda _: True) == 0

    def test_who_is_slow_and_fails_does_not_come_first_each_time(self, listed: Table) -> None:
        """The run goes on behind it, and comes back to it when the hour is through."""
        met: list[str] = []

        def slow(page: dict[str, Any]) -> bool:
            met.append(page["merchant_id"])
            raise DueFailedError

        for _ in range(3):
            with pytest.raises(DueFailedError):
                self.run(listed, slow, seconds=0)
        assert sorted(met) == ["m0", "m1", "m2"]
        self.run(listed, lambda _: True)
        assert self.run(listed, lambda _: True) == 6, "from the beginning, since all have failed"

    def test_what_was_cut_short_is_taken_up_again(self, listed: Table) -> None:
        met: list[str] = []

        def cut(page: dict[str, Any]) -> bool:
            met.append(page["merchant_id"])
            return False

        for _ in range(2):
            self.run(listed, cut, seconds=0)
        assert met[0] == met[1]
