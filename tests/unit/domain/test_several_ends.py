"""A unit with several ends, against a reading of its own: the earliest end holds."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain import eligibility, losses
from regulars.domain.calendar import hour_of, local_start
from regulars.domain.program import Past, Step
from regulars.domain.refusals import Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

FAR = date(9000, 1, 1)
FIRST = date(2027, 1, 1)
COST = 10


@dataclass
class Kept:
    """What was earned on one day, and what is left of it."""

    left: int
    until: date
    since: date


class Reading:
    """What is left on a card, by the words of the document and nothing of ours."""

    def __init__(self, policies: list[dict[str, Any]], hold_days: int) -> None:
        self.policies, self.hold_days = policies, hold_days
        self.lots: list[Kept] = []
        self.lasts_until = FAR

    def earn(self, amount: int, day: date) -> None:
        self.end(day)
        since = day + timedelta(days=self.hold_days)
        until = min((self._own_end(one, day, since) for one in self.policies), default=FAR)
        self.lots.append(Kept(amount, until, since))
        self._renew(day)

    def spend(self, amount: int, day: date) -> bool:
        self.end(day)
        if self.available(day) < amount:
            return False
        for lot in sorted(self.lots, key=lambda one: one.until):
            if lot.since <= day:
                piece = min(lot.left, amount)
                lot.left, amount = lot.left - piece, amount - piece
        self._renew(day)
        return True

    def end(self, day: date) -> None:
        self.lots = [lot for lot in self.lots if lot.left and self.last_day(lot) >= day]

    def last_day(self, lot: Kept) -> date:
        return min(lot.until, self.lasts_until)

    def available(self, day: date) -> int:
        return sum(x.left for x in self.lots if x.since <= day <= self.last_day(x))

    def _renew(self, day: date) -> None:
        months = [one["months"] for one in self.policies if one["type"] == "inactivity"]
        self.lasts_until = min((_months_later(day, many) for many in months), default=FAR)

    def _own_end(self, policy: dict[str, Any], day: date, since: date) -> date:
        for start in (day, since):
            end = _end(policy, start)
            if end >= since:
                return end
        raise AssertionError("it ends before it begins")


def _end(policy: dict[str, Any], day: date) -> date:
    if policy["type"] == "months":
        month = _months_later(day.replace(day=1), policy["months"])
        return month.replace(day=monthrange(month.year, month.month)[1])
    if policy["type"] == "date":
        ends = (date(year, policy["month"], policy["day"]) for year in (day.year, day.year + 1))
        return next(end for end in ends if end >= day)
    return FAR


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


POLICIES = st.lists(
    st.one_of(
        st.builds(lambda many: {"type": "months", "months": many}, st.integers(0, 6)),
        st.builds(lambda many: {"type": "inactivity", "months": many}, st.integers(1, 5)),
        st.builds(
            lambda month, day: {"type": "date", "month": month, "day": day},
            st.integers(1, 12), st.integers(1, 28),
        ),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.sampled_from([0, 1, 9, 27, 31, 45, 70]), st.sampled_from([0, 4, 10, 25])),
    min_size=1,
    max_size=8,
)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@given(POLICIES, st.sampled_from([0, 0, 3, 20]), EVENTS)
def test_the_earliest_end_holds(
    policies: list[dict[str, Any]], hold_days: int, events: list[tuple[int, int]]
) -> None:
    """Whatever is earned (an amount) and spent (0) in between, and whatever job runs or not."""
    of = make_program(
        units=[unit(expiry=policies, hold_days=hold_days)], earn=[spend_rule(1, 1)],
        rewards=[reward("ten", COST)], timezone="UTC",
    )  # fmt: skip
    shop, reading, day = Shop(of, _noon(FIRST)), Reading(policies, hold_days), FIRST
    shop.join()
    for gap, amount in events:
        day += timedelta(days=gap)
        shop.now = _noon(day)
        if amount:
            shop.sale(amount)
            reading.earn(amount, day)
        elif reading.spend(COST, day):
            shop.issue("ten")
        else:
            with pytest.raises(Refused):
                shop.issue("ten")
        _agrees(shop, reading, day)
    while day < reading.lasts_until and any(x.until != FAR for x in reading.lots):
        ends = sorted({reading.last_day(lot) for lot in reading.lots if lot.left})
        if not ends:
            break
        for day in (ends[0], ends[0] + timedelta(days=1)):
            shop.now = _noon(day)
            _agrees(shop, reading, day)
        shop.expire()
        reading.end(day)
    assert shop.verify() == []


def _agrees(shop: Shop, reading: Reading, day: date) -> None:
    assert shop.available() == reading.available(day)
    due: dict[date, int] = {}
    for lot in reading.lots:
        last = reading.last_day(lot)
        if lot.left and day <= last <= day + timedelta(days=60):
            due[last] = due.get(last, 0) + lot.left
    shown = eligibility.expiring(shop.card, day)
    assert {date.fromisoformat(one.on): one.amount for one in shown} == due
    ends = [reading.last_day(lot) for lot in reading.lots if lot.left]
    if ends and min(ends) != FAR:
        over = local_start(min(ends) + timedelta(days=1), "UTC")
        assert shop.card.due["expire"] <= max(hour_of(over), hour_of(shop.now))


BOTH = [{"type": "inactivity", "months": 3}, {"type": "months", "months": 12}]


def test_what_never_expires_has_no_other_end() -> None:
    with pytest.raises(Refused) as refused:
        make_program(units=[unit(expiry=[{"type": "never"}, *BOTH])])

    assert [path for path, _ in refused.value.errors] == ["units.0.expiry"]


@pytest.mark.parametrize("expiry", [[], [*BOTH, *BOTH, *BOTH]])
def test_a_list_has_one_end_at_least_and_four_at_most(expiry: list[Any]) -> None:
    with pytest.raises(Refused):
        make_program(units=[unit(expiry=expiry)])


def test_a_list_of_one_is_as_that_one_alone() -> None:
    alone, listed = ({"type": "months", "months": 2}, [{"type": "months", "months": 2}])

    assert make_program(units=[unit(expiry=alone)]) == make_program(units=[unit(expiry=listed)])


def test_a_mistake_in_a_list_is_told_by_its_place() -> None:
    with pytest.raises(Refused) as refused:
        make_program(units=[unit(expiry=[BOTH[0], {"type": "months"}])])

    assert [path for path, _ in refused.value.errors] == ["units.0.expiry.1"]


def test_a_replaced_unit_keeps_both_its_ends() -> None:
    """The dates of its lots, and the day of inactivity."""
    first = make_program(units=[unit("leaf", expiry=BOTH)], earn=[spend_rule(1, 1, unit="leaf")])
    shop = Shop(first, _noon(FIRST))
    shop.join()
    shop.sale(30)
    was, renewed = shop.card.lots["leaf"], shop.card.inactive_after["leaf"]

    bean = unit("bean", expiry=BOTH, replaces={"unit": "leaf", "rate": "1"})
    shop.program = make_program(2, units=[bean])._replace(past=_replacing("leaf", "bean"))
    shop.later(days=10)
    shop.review()

    assert (shop.card.lots["bean"], shop.card.inactive_after["bean"]) == (was, renewed)


def _replacing(old: str, new: str) -> Past:
    return Past(steps=(Step(2, {old: (new, 1_000_000)}),))


def test_a_loss_counts_only_what_would_have_lasted_longer() -> None:
    """By the earlier of its two ends."""
    old = make_program(units=[unit(expiry=BOTH)], earn=[spend_rule(1, 1)])
    shop = Shop(old, _noon(FIRST))
    shop.join()
    shop.sale(30)
    asked = {}
    for last in ("2027-03-31", "2027-04-01", "2027-04-02"):
        new = make_program(2, units=[unit(expiry=BOTH, ends_on=last)], earn=[spend_rule(1, 1)])
        of = losses.threat(old, new, FIRST)
        asked[last] = [one.amount for one in losses.of_card(old, new, of, shop.card, FIRST)]

    assert asked == {"2027-03-31": [30], "2027-04-01": [30], "2027-04-02": []}


@pytest.mark.parametrize(
    ("last", "ends"), [("2027-03-30", {"point"}), ("2027-03-31", set()), ("2027-04-01", set())]
)
def test_a_unit_that_was_to_end_by_then_ends_no_sooner(last: str, ends: set[str]) -> None:
    old, new = (make_program(units=[unit(ends_on=day)]) for day in ("2027-03-31", last))
    assert losses.threat(old, new, FIRST).ended == ends


@pytest.mark.parametrize(
    ("held", "last"), [(38, "2026-12-31"), (39, "2026-12-31"), (40, "2027-02-28")]
)
def test_what_can_be_spent_on_its_last_day_alone_is_dated_from_its_grant(
    held: int, last: str
) -> None:
    """Only what would expire while it is pending is dated from the day it can be spent."""
    months = unit(expiry={"type": "months", "months": 1}, hold_days=held)
    cafe = Shop(make_program(units=[months], earn=[spend_rule()]))
    cafe.join()
    cafe.sale(100)
    assert list(cafe.amounts()) == [last]
