"""When what was earned can be spent, in which order, and how often something is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from regulars.domain import eligibility
from regulars.domain.refusals import Refused
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import (
    NOTHING,
    Story,
    earn,
    make_points_program,
    noon,
    opened,
    parts,
    rewards,
)
from tests.unit.domain.shop import unit


def policy(text: str) -> Any:
    """`never`, `months 12`, `date 12-31`, `inactivity 3 or months 12` as an expiry."""
    if " or " in text:
        return [policy(one) for one in text.split(" or ")]
    kind, _, figure = text.partition(" ")
    if kind == "date":
        month, _, day = figure.partition("-")
        return {"type": kind, "month": int(month), "day": int(day)}
    return {"type": kind, "months": int(figure)} if figure else {"type": kind}


@holds("Last days")
def last_days(row: Cells) -> Cells:
    point = unit("point", expiry=policy(row["policy"]), hold_days=int(row["hold_days"]))
    shop = opened(row["earned"], units=[point], earn=earn("1 point per 1.00"))
    shop.sale(500)
    (lot,) = shop.card.lots["point"]
    day = date.fromisoformat(row["earned"])
    while not shop.available():
        day += timedelta(days=1)
        shop.now = noon(day.isoformat())
    spendable = day.isoformat()
    if lot.expires_on:
        shop.now = noon(lot.expires_on)
        assert shop.available() == 5, "the last day counts whole"
        shop.later(days=1)
        assert shop.available() == 0
    return {"spendable from": spendable, "last day": lot.expires_on or NOTHING}


def of_ends(text: str, **more: Any) -> dict[str, Any]:
    """A point per 1.00 that ends by such a policy, and a reward `ten` for 10."""
    return {
        "units": [unit("point", expiry=policy(text), **more)],
        "earn": earn("1 point per 1.00"),
        "rewards": rewards("ten for 10", "point")[0],
    }


def first_day(text: str) -> str:
    """The day on which the first step happens."""
    first = re.match(r"on ([\d-]+)", text)
    assert first, f"no day: {text}"
    return first[1]


@holds("Inactivity")
def inactivity(row: Cells) -> Cells:
    shop = opened(first_day(row["what happens"]), **of_ends("inactivity 3"))
    Story(shop).run(row["what happens"])
    last = shop.card.inactive_after["point"]
    shop.now = noon(last)
    on_it = shop.available()
    shop.later(days=1)
    return {"last day": last, "on it": str(on_it), "the day after": str(shop.available())}


@holds("Several ends")
def several_ends(row: Cells) -> Cells:
    shop = opened(first_day(row["what happens"]), **of_ends("inactivity 3 or months 5"))
    Story(shop).run(row["what happens"])
    ended = []
    while left := shop.available():
        day = shop.today
        shop.later(days=1)
        if gone := left - shop.available():
            ended.append(f"{gone} until {day}")
    return {"last days": "; ".join(ended)}


@holds("Shown as expiring")
def shown_as_expiring(row: Cells) -> Cells:
    more = {} if row["ends_on"] == NOTHING else {"ends_on": row["ends_on"]}
    point = unit("point", expiry=policy(row["policy"]), **more)
    shop = opened("2026-11-22", units=[point], earn=earn("1 point per 1.00"))
    shop.sale(3000)
    today = date.fromisoformat(row["today"])
    shown = [f"{one.amount} on {one.on}" for one in eligibility.expiring(shop.card, today)]
    return {"expiring": "; ".join(shown) or NOTHING}


def of_lots(text: str, cost: int, today: date) -> Iterator[tuple[int, dict[str, Any]]]:
    """The amounts of such lots, and for each a version of the programme that dates it so."""
    for part in parts(text):
        lot = re.fullmatch(r"(\d+)(?: until ([\d-]+))?(?: from ([\d-]+))?", part)
        assert lot, f"no lots: {text}"
        until, since = lot[2], lot[3]
        expiry = policy(f"date {until[5:]}" if until else "never")
        held_back = (date.fromisoformat(since) - today).days if since else 0
        point = unit("point", expiry=expiry, hold_days=held_back)
        yield int(lot[1]), {"units": [point], "rewards": rewards(f"this for {cost}", "point")[0]}


@holds("Held units")
def held_units(row: Cells) -> Cells:
    shop = opened("2026-11-22", **of_ends("months 2", hold_days=14))
    story = Story(shop).run(row["what happens"])
    held = sum(lot.amount for lot in shop.card.lots.get("point", ()))
    available = shop.available()
    return {"available": str(available), "pending": str(held - available), "lots": story.lots()}


@holds("Spending order")
def spending_order(row: Cells) -> Cells:
    happens = row["what happens"]
    cost = re.search(r"takes (\d+)", happens)
    assert cost
    shop = opened()
    for amount, version in of_lots(row["lots"], int(cost[1]), date.fromisoformat(shop.today)):
        shop.program = make_points_program(**version)
        shop.adjust("point", amount)
    story = Story(shop)
    return {"left": story.run(happens.replace(cost[0], "takes this")).lots()}


@holds("Vouchers")
def vouchers(row: Cells) -> Cells:
    until = row["points last until"]
    expiry = policy("never" if until == NOTHING else f"date {until[5:]}")
    offered, _ = rewards("ten for 10", "point", valid_days=int(row["valid_days"]))
    shop = opened(row["taken"], units=[unit("point", expiry=expiry)], rewards=offered)
    shop.adjust("point", 20)
    on_time, late = shop.issue("ten"), shop.issue("ten")
    shop.now = noon(late.expires_on)
    first = _answer(lambda: shop.redeem(on_time))
    shop.later(days=1)
    second = _answer(lambda: shop.redeem(late))
    shop.expire()
    assert not shop.card.open
    return {
        "last day": late.expires_on,
        "redeemed on it": first,
        "a day later": second,
        "returned": str(shop.available()),
    }


def of_unused(when_unused: str) -> dict[str, Any]:
    """An automatic coffee for 10 visits that lasts a week."""
    terms = {"auto": True, "valid_days": 7, "when_unused": when_unused}
    return {
        "earn": earn("1 stamp per visit"),
        "rewards": rewards("coffee for 10", "stamp", **terms)[0],
    }


@holds("Rewards that nobody used")
def rewards_that_nobody_used(row: Cells) -> Cells:
    shop = opened(**of_unused(row["when_unused"]))
    story = Story(shop)
    for step in parts(row["what happens"]):
        if step == "is not used":
            shop.later(days=8)
            shop.expire()
        else:
            story.step(step)
    return {"stamps left": str(shop.available("stamp")), "open": str(len(shop.card.open))}


def _answer(asked: Callable[[], object]) -> str:
    try:
        asked()
    except Refused as refused:
        return refused.code.value
    return "yes"


@holds("Actions and referrals")
def actions_and_referrals(row: Cells) -> Cells:
    review = {
        "id": "review", "on": "action", "action": "review", "unit": "point", "amount": 50,
        "per_member": {"times": 1, "window": "month"},
    }  # fmt: skip
    gift = {"unit": "point", "amount": 1}
    terms = {"friend": gift, "referrer": gift, "min_spend_minor": 500, "max_per_member": 2}
    story = Story(opened(earn=[review], referral=terms))
    answers = []
    for step in parts(row["what happens"]):
        answer = _answer(partial(story.step, step))
        entry = story.last.entry if story.last else None
        if answer == "yes" and entry and entry.facts.get("first"):
            answer = "first purchase"
        answers.append(answer)
    return {"answers": ", ".join(answers)}


@holds("Of a member")
def of_a_member(row: Cells) -> Cells:
    times, window = row["limit"].split(" a ")
    offered, _ = rewards("cup for 1", "point", per_member={"times": int(times), "window": window})
    shop = opened(rewards=offered)
    shop.adjust("point", 100)
    story = Story(shop)
    answers = [_answer(partial(story.step, step)) for step in parts(row["what happens"])]
    return {"answers": ", ".join(answers)}


def left_of_all(text: str) -> int:
    """How much is there: `a cup for 10, 1 left`."""
    left = re.search(r", (\d+) left$", text)
    assert left, f"nobody knows how much: {text}"
    return int(left[1])


def of_counters(text: str, there: int) -> dict[str, Any]:
    """A cup of which so many are there, or a bonus that is given so often."""
    bonus = {
        "id": "bonus",
        "bonus": {"unit": "point", "amount": 10},
        "total": there,
        "on": ["spend"],
    }
    return {
        "earn": earn("1 point per 1.00"),
        "rewards": rewards("cup for 10", "point", stock=there)[0],
        "campaigns": [bonus] if text.startswith("a bonus") else [],
    }


@holds("Of all")
def of_all(row: Cells) -> Cells:
    left = left_of_all(row["what there is"])
    shop = opened(**of_counters(row["what there is"], 5))
    story = Story(shop)
    story.left = {"stock:cup": left, "campaign:bonus": left}
    moved = []
    for step in parts(row["what happens"]):
        try:
            story.step(step)
        except Refused as refused:
            moved.append(refused.code.value)
        else:
            assert story.last
            moved += [f"{by:+}" for _, by, _ in story.last.counts]
    return {"to spend": str(shop.available()), "the counter moves": " ".join(moved) or NOTHING}
