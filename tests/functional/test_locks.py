"""What processes count together is exact, whatever comes at once: wrong tries, buckets, windows."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from regulars.core import limits as numbers
from regulars.core.limits import Rate, Window
from regulars.domain.refusals import Refused
from regulars.store import limits
from regulars.store.table import Table
from tests.conftest import Clock


class TestTries:
    """What PINs, sign-ins and codes in mails are counted with."""

    def test_of_fifty_at_once_five_are_looked_at(self, table: Table) -> None:
        counted = limits.of_target("pin", "m#s"), limits.of_one("pin", "device")
        waits: list[int] = []

        def attempt(_: int) -> bool:
            try:
                limits.begin(table, *counted)
            except Refused as locked:
                waits.append(locked.retry_after_s)
                return False
            return True

        with ThreadPoolExecutor(50) as pool:
            assert sum(pool.map(attempt, range(50))) == 5
        assert all(0 < wait_s <= 900 for wait_s in waits)
        with pytest.raises(Refused):  # the right one, too
            limits.begin(table, *counted)

    def test_of_fifty_wrong_ones_at_once_twenty_are_answered(self, table: Table) -> None:
        counted = limits.of_one("code", "device")

        def guess(_: int) -> bool:
            try:
                limits.wrong(table, counted)
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(50) as pool:
            assert sum(pool.map(guess, range(50))) == 20
        with pytest.raises(Refused):
            limits.require_open(table.get(counted.key), counted)

    def test_a_right_one_does_not_count(self, table: Table, frozen: Clock) -> None:
        counted = limits.of_target("pin", "m#s"), limits.of_one("pin", "device")
        for _ in range(30):
            limits.begin(table, *counted)
            limits.right(table, *counted)
        for _ in range(5):
            limits.begin(table, *counted)
        with pytest.raises(Refused):
            limits.begin(table, *counted)
        (device,) = table.get(counted[1].key)
        assert device is not None
        assert device["n"] == 5  # what was refused at the one is not counted at the other
        frozen.now += timedelta(minutes=15)
        limits.begin(table, *counted)

    def test_what_one_count_refuses_no_other_counts(self, table: Table) -> None:
        device, target = limits.of_one("pin", "device"), limits.of_target("pin", "m#s")
        for _ in range(5):
            limits.begin(table, device, target)
        for _ in range(30):
            with pytest.raises(Refused):
                limits.begin(table, device, target)
        limits.begin(table, device, limits.of_target("pin", "m#other"))

    def test_one_that_is_locked_locks_nobody_else(self, table: Table) -> None:
        for _ in range(5):
            limits.wrong(table, limits.of_target("pin", "m#s"))
        limits.wrong(table, limits.of_target("pin", "m#other"))
        limits.wrong(table, limits.of_target("confirm", "m#s"))

    def test_what_is_counted_is_forgotten_and_names_nobody(
        self, table: Table, frozen: Clock
    ) -> None:
        counted = limits.of_one("code", "203.0.113.7")
        limits.wrong(table, counted)
        (item,) = table.get(counted.key)
        assert item is not None
        assert "203.0.113.7" not in json.dumps(item)
        assert 0 < item["ttl"] - frozen.now.timestamp() <= 24 * 3600


class TestBuckets:
    def test_what_processes_draw_at_once_is_no_more_than_there_is(self, table: Table) -> None:
        rate, key = Rate(3600 * numbers.SECOND_US, 100), limits.named("a bucket")

        def draw(_: int) -> int:
            (there,) = table.get(key)
            return limits.draw(table, key, rate, there, 10)[0]

        with ThreadPoolExecutor(16) as pool:
            drawn = sum(pool.map(draw, range(40)))
        while more := draw(0):
            drawn += more
        assert drawn == 100

    def test_the_rest_is_given_to_who_wants_more(self, table: Table, frozen: Clock) -> None:
        rate, key = numbers.per_second(1, 25), limits.named("a bucket")
        granted = [limits.draw(table, key, rate, table.get(key)[0], 10) for _ in range(4)]
        assert granted == [(10, 0), (10, 0), (5, 0), (0, numbers.SECOND_US)]
        frozen.now += timedelta(seconds=3)
        assert limits.draw(table, key, rate, table.get(key)[0], 10) == (3, 0)

    def test_a_clock_that_was_set_back_shuts_nobody_out(self, table: Table, frozen: Clock) -> None:
        rate, key = numbers.per_second(1, 25), limits.named("a bucket")
        limits.draw(table, key, rate, None, 25)
        frozen.now -= timedelta(days=1)
        assert limits.draw(table, key, rate, table.get(key)[0], 30) == (25, 0)
        assert limits.draw(table, key, rate, table.get(key)[0], 1) == (0, numbers.SECOND_US)


def test_windows_do_not_overlap_by_a_moment(table: Table, frozen: Clock) -> None:
    counted = limits.Counted(limits.named("a window"), Window(2, 60))
    assert [limits.count(table, counted) for _ in range(3)] == [0, 0, 60]
    frozen.now += timedelta(seconds=59, milliseconds=999)
    assert limits.count(table, counted) == 1
    frozen.now += timedelta(milliseconds=1)
    assert [limits.count(table, counted) for _ in range(3)] == [0, 0, 60]
