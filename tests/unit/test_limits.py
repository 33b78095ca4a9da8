"""Buckets that fill again: never more than the burst and what came since, and none for nothing."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.core import limits
from regulars.core.limits import SECOND_US, Rate

START_US = 1_700_000_000 * SECOND_US

RATES = st.builds(limits.per_second, st.integers(1, 10_000), st.integers(1, 1000))
ASKED = st.lists(st.tuples(st.integers(0, 3 * SECOND_US), st.integers(1, 20)), max_size=60)


def taken(rate: Rate, asked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """When how many were given of a bucket that was full: pause before, and how many are asked."""
    full_us, now_us, given = 0, START_US, []
    for pause_us, count in asked:
        now_us += pause_us
        full_us, wait_us = limits.take(full_us, rate, now_us, count)
        if not wait_us:
            given.append((now_us, count))
    return given


@given(RATES, ASKED)
def test_no_span_of_time_gives_more_than_the_burst_and_what_came_in_it(
    rate: Rate, asked: list[tuple[int, int]]
) -> None:
    given = taken(rate, asked)
    for first, (from_us, _) in enumerate(given):
        total = 0
        for until_us, count in given[first:]:
            total += count
            assert total <= rate.burst + (until_us - from_us) // rate.every_us


@given(RATES, ASKED, st.integers(0, 10 * SECOND_US))
def test_who_waits_as_long_as_told_is_given_it_and_not_before(
    rate: Rate, asked: list[tuple[int, int]], early_us: int
) -> None:
    full_us, now_us = 0, START_US
    for pause_us, count in asked:
        now_us += pause_us
        count = min(count, rate.burst)
        full_us, wait_us = limits.take(full_us, rate, now_us, count)
        if wait_us:
            assert limits.take(full_us, rate, now_us + wait_us, count)[1] == 0
            before_us = max(0, wait_us - 1 - early_us)
            assert limits.take(full_us, rate, now_us + before_us, count)[1] == wait_us - before_us


@given(RATES, st.integers(0, 60 * SECOND_US), st.integers(0, 60 * SECOND_US))
def test_time_only_fills_a_bucket(rate: Rate, behind_us: int, later_us: int) -> None:
    full_us = START_US + behind_us
    now = limits.left(full_us, rate, START_US)
    assert 0 <= now <= limits.left(full_us, rate, START_US + later_us) <= rate.burst


@given(RATES, st.integers(0, 60 * SECOND_US), st.integers(1, 50))
def test_what_is_left_can_be_taken_and_no_more(rate: Rate, behind_us: int, more: int) -> None:
    full_us = min(START_US + behind_us, START_US + rate.burst * rate.every_us)
    left = limits.left(full_us, rate, START_US)
    assert limits.take(full_us, rate, START_US, left)[1] == 0
    assert limits.take(full_us, rate, START_US, left + more)[1] > 0


@given(RATES, st.integers(0, limits.CLOCKS_DIFFER_US))
def test_a_clock_that_is_behind_gives_nothing_of_an_empty_bucket(
    rate: Rate, behind_us: int
) -> None:
    empty_us = START_US + behind_us + rate.burst * rate.every_us
    assert limits.left(empty_us, rate, START_US) == 0
    assert limits.take(empty_us, rate, START_US)[1] == rate.every_us


@given(RATES)
def test_a_bucket_of_another_time_says_nothing(rate: Rate) -> None:
    later_us = START_US + limits.CLOCKS_DIFFER_US + rate.burst * rate.every_us + 1
    assert limits.left(later_us, rate, START_US) == rate.burst


@pytest.mark.parametrize(
    ("a_second", "burst", "keys", "devices"),
    [(0, 0, (20_000, 500), (100_000, 150)),
     (500, 5000, (2_000, 5000), (10_000, 1500)),
     (0, 1000, (20_000, 1000), (100_000, 300)),
     (1, 1, (1_000_000, 1), (5_000_000, 1))],
)  # fmt: skip
def test_a_merchants_own_limits_hold_for_keys_and_in_proportion_for_devices(
    a_second: int, burst: int, keys: tuple[int, int], devices: tuple[int, int]
) -> None:
    of_keys, of_devices = limits.of_keys(a_second, burst), limits.of_devices(a_second, burst)
    assert (of_keys.every_us, of_keys.burst) == keys
    assert (of_devices.every_us, of_devices.burst) == devices


def test_a_small_bucket_has_no_share_that_is_given_without_asking() -> None:
    share = limits.per_second(1, 9).share()
    assert limits.take(0, share, START_US)[1] > 0
