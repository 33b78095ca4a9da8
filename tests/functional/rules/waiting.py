"""Over HTTP: what waits for room or for its day, and what a member gets without asking for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from regulars.actions import book
from regulars.actions.due_marks import INVITATION_HOUR, NOON
from regulars.domain import limits
from regulars.domain.rewards import QUEUED
from tests.functional.rules.holders import holds
from tests.functional.rules.story import House, RefusedError, instant
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.lots import left_of_all, of_counters
from tests.unit.domain.rules.sale import of_milestones
from tests.unit.domain.rules.waiting import (
    PENDING,
    lots_that_win,
    of_surprises,
    of_waiting,
    spent_by,
)
from tests.unit.domain.rules.words import NOTHING, earn, money, noon, parts

MONTHS = ("2026-11", "2026-12")


@holds("Rewards that wait")
def rewards_that_wait(house: House, row: Cells) -> Cells:
    story = house.opened(**of_waiting())
    story.unit = "stamp"
    story.step("225 visits")
    story.sell(spend_minor=100, visits=0)
    story.step("redeems")
    before = story.vouchers("coffee")
    story.step(row["then"])
    return {
        "coffees issued": str(len(story.vouchers("coffee") - before)),
        "stamps left": str(story.available("stamp")),
    }


@holds("Pending units and debt")
def pending_units_and_debt(house: House, row: Cells) -> Cells:
    story = house.opened(**PENDING).run(row["before"])
    story.correct("-10", allow_debt=True)
    story.run(row["what happens"])
    return {
        "owes": str(story.owed()),
        "pending": str(story.pending()),
        "to spend": str(story.available()),
    }


@holds("A full card")
def full_card(house: House, row: Cells) -> Cells:
    story = house.opened(**of_milestones("every 1 visit")).run(row["what happens"])
    queued = limits.given(story.stored(), f"{QUEUED}gift", "")
    return {"open": story.gifts(), "queued": str(queued)}


def _chance(lots: Iterator[bytes]) -> SimpleNamespace:
    """What takes the place of the system's chance."""
    return SimpleNamespace(urandom=lambda _: next(lots))


@holds("Surprises")
def surprises(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, **of_surprises())
    with patch.object(book, "os", _chance(lots_that_win())):
        story.run(row["what happens"])
    used = sum(story.count(f"surprise:lucky:{month}") for month in MONTHS)
    return {"gifts": story.gifts(), "budget used": money(used)}


@holds("Of all")
def of_all(house: House, row: Cells) -> Cells:
    """When nothing is left, another member has had the only one."""
    there = row["what there is"]
    left = left_of_all(there)
    story = house.opened(alone=True, **of_counters(there, max(left, 1)))
    name, use = ("campaign:bonus", "pays 1.00")
    if there.startswith("a cup"):
        name, use = ("stock:cup", "correction +10; takes cup")
    if not left:
        story.of(story.join()).run(use)
    moved = []
    for step in parts(row["what happens"]):
        before = story.count(name)
        try:
            story.step(step)
        except RefusedError as refused:
            moved.append(refused.code)
        if by := story.count(name) - before:
            moved.append(f"{by:+}")
    return {"to spend": str(story.available()), "the counter moves": " ".join(moved) or NOTHING}


@holds("Invitations")
def invited(house: House, row: Cells) -> Cells:
    """The members join the day before, and what they spent is reported late.

    The letters go to the members in the order of their ids, for of equals the first id is invited.
    """
    spent = spent_by(row["spent in 2026"])
    day = date.fromisoformat(row["on"])
    way = {"metric": "invitation", "percent": int(row["percent"])}
    yesterday = (day - timedelta(days=1)).isoformat()
    first = house.opened(
        yesterday, alone=True, earn=earn("1 point per 1.00"),
        tiers=[{"id": "best", "name": "Best", "enter": [way]}],
    )  # fmt: skip
    ids = sorted([first.member_id, *(first.join() for _ in range(len(spent) - 1))])
    members = {name: first.of(member) for name, member in zip(sorted(spent), ids, strict=True)}
    for name, member in members.items():
        if spent[name]:
            member.sell(spend_minor=spent[name], effective_at=instant(noon("2026-05-01")))
    first.stand_on(row["on"])
    first.later(hours=INVITATION_HOUR - NOON).run_job("tiers")
    best = [name for name, member in members.items() if member.tier() == "best"]
    best.sort(key=lambda name: (-spent[name], name))
    (until,) = {members[name].tier_until() for name in best} or {NOTHING}
    return {"invited": ", ".join(best) or NOTHING, "until": until}


@holds("Segments")
def segment(house: House, row: Cells) -> Cells:
    story = house.opened("2026-11-01", earn=earn("1 stamp per visit"))
    for day in parts(row["visits on"], ","):
        story.stand_on(day)
        story.step("visit")
    story.stand_on(row["on"])
    return {"segment": str(story.card()["segment"])}
