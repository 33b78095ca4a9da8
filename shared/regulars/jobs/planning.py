"""Planning what is due: the list of live merchants, cut into small pages of one merchant each.

The list of an hour is read in order, and of each merchant a slice is handed on before the next one
has its turn. Of a merchant with more than a slice the rest is a page of its own kind, which hands
on the next slice when its turn comes: behind what others have due. So nobody waits for a large
merchant, and nothing is kept of it but a place in the list.

A cursor per function remembers the last hour that is over and handed on, and how far it has come in
the hour after that, so a run that is missed or cut short is made up for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from regulars.core.deadline import Deadline
from regulars.domain.calendar import hour_of, to_ms
from regulars.jobs.due import HOUR, DueFailedError, start_of
from regulars.store import due_list, keys
from regulars.store.marshal import Item
from regulars.store.table import AbsentOr, Below, Equals, Table

DUE = "due"
REST = "rest"
"""Kinds of pages: marks to be seen to, and the rest of a merchant's list that is to be planned."""

READ = 1_000
"""Marks that are read at once."""

SLICE = 100
"""Marks of one merchant in one part of an hour that are handed on before others have their turn."""

MARKS_MAX = 25
"""Marks of one page."""

FIRST_LOOK_HOURS = 24
"""How far back a function looks that has never run; after that its cursor knows."""

Hand = Callable[[dict[str, Any]], bool]
"""Takes a page; False when the time was over before all of it was seen to. Raises DueFailedError
when some of it must be met again."""


class Place(NamedTuple):
    """How far a run has come in an hour."""

    shard: int = 0
    after: str = ""
    failed: bool = False
    """Whether anything before this place must be met again."""


class Slice(NamedTuple):
    """Some marks of one merchant."""

    merchant_id: str
    items: list[Item]
    rest: str
    """Where the others of the merchant begin; empty when these are all."""
    following: str
    """Where the next merchant begins."""


def plan(
    table: Table,
    function: str,
    jobs: frozenset[str],
    now: datetime,
    hand: Hand,
    deadline: Deadline,
) -> int:
    """Hand on everything of these jobs that is due by now for live merchants; returns how much.

    The hour that has begun is looked at now and again when it is over, because in zones with a
    half-hour offset a day begins in its middle. Raises DueFailedError at the end when anything must
    be met again.
    """
    (item,) = table.get(keys.cursor(function))
    done = item["hour"] if item else hour_of(now - HOUR * FIRST_LOOK_HOURS)
    place = Place(*item["place"]) if item and "place" in item else Place()
    walk = Walk(table, jobs, hand, deadline, to_ms(now))
    failed = False
    for hour in _hours(done, now):
        stopped = walk.through(hour, place)
        failed = failed or place.failed or bool(walk.failed)
        is_next = hour == hour_of(start_of(done) + HOUR)
        is_over = hour < hour_of(now)
        if stopped:
            if is_over and is_next:
                _keep_place(table, function, done, stopped._replace(failed=failed))
            break
        if is_over and not failed:
            _move_cursor(table, function, hour)
            done = hour
        elif is_next and place != Place():
            _keep_place(table, function, done, None)  # from its beginning, the next time
        place = Place()
    if walk.failed:
        raise DueFailedError(f"{walk.failed} pages of {walk.count} due cards failed; see the log")
    return walk.count


@dataclass(slots=True)
class Walk:
    """One run along the list: whose jobs, who takes the pages, what was handed on so far."""

    table: Table
    jobs: frozenset[str]
    hand: Hand
    deadline: Deadline
    at_ms: int
    count: int = 0
    failed: int = 0

    def through(self, hour: str, place: Place) -> Place | None:
        """Hand on what stands in an hour from a place on; where to go on when time is over."""
        for shard in _shards():
            if shard < place.shard:
                continue
            after = place.after if shard == place.shard else ""
            for one in _slices(self.table, hour, shard, after):
                whole = self.give(hour, shard, one)
                if self.deadline.passed:
                    return Place(shard, one.following if whole else after)
                after = one.following
        return None

    def give(self, hour: str, shard: int, one: Slice) -> bool:
        """Hand on a slice in pages, and the rest of its merchant's marks as one; False when the
        time was over before all was seen to."""
        marks = map(due_list.named, one.items)
        wanted = [mark for mark in marks if mark[1].partition(":")[0] in self.jobs]
        self.count += len(wanted)
        page = {"merchant_id": one.merchant_id, "hour": hour, "at": self.at_ms}
        pages: list[dict[str, Any]] = [
            {"kind": DUE, **page, "marks": wanted[first : first + MARKS_MAX]}
            for first in range(0, len(wanted), MARKS_MAX)
        ]
        if one.rest:
            jobs = sorted(self.jobs)
            pages.append({"kind": REST, **page, "shard": shard, "after": one.rest, "jobs": jobs})
        whole = True
        for each in pages:
            try:
                whole = self.hand(each) and whole
            except DueFailedError:
                self.failed += 1
        return whole


def plan_rest(table: Table, page: dict[str, Any], hand: Hand, deadline: Deadline) -> bool:
    """Hand on the next slice of a merchant's marks, and what is left after it."""
    walk = Walk(table, frozenset(page["jobs"]), hand, deadline, page["at"])
    hour, shard, m = page["hour"], page["shard"], page["merchant_id"]
    slices = _slices(table, hour, shard, page["after"], due_list.after_merchant(m), SLICE + 1)
    whole = True
    for one in slices:
        whole = walk.give(hour, shard, one) and whole
    if walk.failed:
        raise DueFailedError(f"{walk.failed} pages of {walk.count} due cards failed; see the log")
    return whole


def _slices(
    table: Table, hour: str, shard: int, after: str, until: str = due_list.LAST, limit: int = READ
) -> Iterator[Slice]:
    """Go along one part of an hour from merchant to merchant, and past what is more than a slice of
    one."""
    while True:
        page = due_list.page(table, hour, shard, first=after, last=until, limit=limit)
        for merchant_id, group in groupby(page.items, key=due_list.merchant_of):
            items = list(group)
            may_go_on = bool(page.next) and items[-1] is page.items[-1]
            if len(items) > SLICE or (may_go_on and len(items) == SLICE):
                items = items[:SLICE]
                rest = due_list.after(items[-1])
                after = due_list.after_merchant(merchant_id)
            else:
                rest, after = "", due_list.after(items[-1])
            yield Slice(merchant_id, items, rest, after)
        if page.next is None or after >= until:
            return


def _shards() -> range:
    """The parts of an hour."""
    return range(keys.DUE_SHARDS)


def _hours(after: str, now: datetime) -> Iterator[str]:
    """The hours that follow `after`, up to the one that has begun."""
    instant = start_of(after) + HOUR
    while instant <= now:
        yield hour_of(instant)
        instant += HOUR


def _move_cursor(table: Table, function: str, hour: str) -> None:
    """Forward only: two runs at once cannot lose an hour."""
    pk, sk = keys.cursor(function)
    table.put({"PK": pk, "SK": sk, "hour": hour}, AbsentOr(Below("hour", hour)))


def _keep_place(table: Table, function: str, done: str, place: Place | None) -> None:
    """Remember how far it has come in the hour after `done`, unless another run came further."""
    pk, sk = keys.cursor(function)
    where: Item = {"place": list(place)} if place else {}
    table.put({"PK": pk, "SK": sk, "hour": done, **where}, AbsentOr(Equals("hour", done)))
