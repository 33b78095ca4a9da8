"""Over HTTP: when what was earned can be spent, and in which order."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

from tests.functional.rules.holders import holds
from tests.functional.rules.story import House, RefusedError, Story
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.lots import first_day, of_ends, of_lots, of_unused, policy
from tests.unit.domain.rules.words import NOTHING, earn, parts, rewards
from tests.unit.domain.shop import unit


@holds("Last days")
def last_days(house: House, row: Cells) -> Cells:
    point = unit("point", expiry=policy(row["policy"]), hold_days=int(row["hold_days"]))
    story = house.opened(row["earned"], units=[point], earn=earn("1 point per 1.00"))
    story.sell(spend_minor=500)
    (lot,) = story.stored().lots["point"]
    spendable = row["earned"]
    if lot.available_on > spendable:
        story.stand_on(lot.available_on)
        story.later(days=-1)
        assert story.available() == 0, "it is pending until its day"
        spendable = lot.available_on
    story.stand_on(spendable)
    assert story.available() == 5
    if lot.expires_on:
        story.stand_on(lot.expires_on)
        assert story.available() == 5, "the last day counts whole"
        assert story.later(days=1).available() == 0
    return {"spendable from": spendable, "last day": lot.expires_on or NOTHING}


@holds("Inactivity")
def inactivity(house: House, row: Cells) -> Cells:
    happens = row["what happens"]
    story = house.opened(first_day(happens), **of_ends("inactivity 3")).run(happens)
    last = story.last_day_of(story.available())
    on_it = story.available()
    after = story.later(days=1).available()
    return {"last day": last.isoformat(), "on it": str(on_it), "the day after": str(after)}


@holds("Several ends")
def several_ends(house: House, row: Cells) -> Cells:
    happens = row["what happens"]
    story = house.opened(first_day(happens), **of_ends("inactivity 3 or months 5")).run(happens)
    ended = []
    while left := story.available():
        last = story.last_day_of(left)
        gone = left - story.later(days=1).available()
        ended.append(f"{gone} until {last}")
    return {"last days": "; ".join(ended)}


@holds("Shown as expiring")
def shown_as_expiring(house: House, row: Cells) -> Cells:
    more = {} if row["ends_on"] == NOTHING else {"ends_on": row["ends_on"]}
    story = house.opened(**of_ends(row["policy"], **more)).run("pays 30.00")
    story.stand_on(row["today"])
    shown = [f"{one['amount']} on {one['on']}" for one in story.card()["expiring"]]
    return {"expiring": "; ".join(shown) or NOTHING}


@holds("Held units")
def held_units(house: House, row: Cells) -> Cells:
    story = house.opened(**of_ends("months 2", hold_days=14)).run(row["what happens"])
    return {
        "available": str(story.available()),
        "pending": str(story.pending()),
        "lots": story.lots(),
    }


@holds("Spending order")
def spending_order(house: House, row: Cells) -> Cells:
    """Each lot is given by hand, under a version of the programme that dates it so."""
    happens = row["what happens"]
    cost = re.search(r"takes (\d+)", happens)
    assert cost
    story = house.opened(alone=True)
    for amount, version in of_lots(row["lots"], int(cost[1]), story.today):
        story.publish(**version)
        story.correct(f"+{amount}")
    return {"left": story.run(happens.replace(cost[0], "takes this")).lots()}


@holds("Of a member")
def of_a_member(house: House, row: Cells) -> Cells:
    times, window = row["limit"].split(" a ")
    limit = {"times": int(times), "window": window}
    story = house.opened(rewards=rewards("cup for 1", "point", per_member=limit)[0])
    story.correct("+100")
    answers = [_answer(partial(story.step, step)) for step in parts(row["what happens"])]
    return {"answers": ", ".join(answers)}


@holds("Vouchers")
def vouchers(house: House, row: Cells) -> Cells:
    until = row["points last until"]
    expiry = policy("never" if until == NOTHING else f"date {until[5:]}")
    offered, _ = rewards("ten for 10", "point", valid_days=int(row["valid_days"]))
    story = house.opened(row["taken"], units=[unit("point", expiry=expiry)], rewards=offered)
    story.correct("+20")
    for _ in range(2):
        story.step("takes ten")
    last = _last_day(story)
    story.stand_on(last.isoformat())
    first = _answer(partial(story.step, "redeems"))
    second = _answer(partial(story.later(days=1).step, "redeems"))
    story.expire()
    assert story.card()["vouchers"] == []
    return {
        "last day": last.isoformat(),
        "redeemed on it": first,
        "a day later": second,
        "returned": str(story.available()),
    }


@holds("Rewards that nobody used")
def rewards_that_nobody_used(house: House, row: Cells) -> Cells:
    story = house.opened(**of_unused(row["when_unused"]))
    for step in parts(row["what happens"]):
        if step == "is not used":
            story.later(days=8).expire()
        else:
            story.step(step)
    return {
        "stamps left": str(story.available("stamp")),
        "open": str(len(story.vouchers("coffee"))),
    }


def _last_day(story: Story) -> date:
    """The last day of the vouchers: they end when it ends."""
    (ends,) = {one["expires_at"] for one in story.card()["vouchers"]}
    return date.fromisoformat(ends[:10]) + timedelta(days=ends[11:] < "12")


def _answer(asked: partial[None]) -> str:
    try:
        asked()
    except RefusedError as refused:
        return refused.code
    return "yes"
