"""What waits for room or for its day, and what a member gets without asking for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

from regulars.domain.calendar import month_index
from regulars.domain.card import Card
from regulars.domain.surprises import is_drawn
from regulars.domain.tiering import kept_until
from regulars.jobs import invitations
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import (
    NOTHING,
    Story,
    earn,
    make_points_program,
    minor,
    money,
    opened,
    parts,
    rewards,
)
from tests.unit.domain.shop import unit


def of_waiting() -> dict[str, Any]:
    """An automatic coffee, a biscuit, and all that can happen to a card."""
    review = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 1}
    gold = {"id": "gold", "name": "Gold", "enter": [{"metric": "membership", "period": "month"}]}
    return {
        "earn": [*earn("1 stamp per visit"), review],
        "rewards": [
            *rewards("coffee for 10", "stamp", auto=True)[0],
            *rewards("biscuit for 1", "stamp")[0],
        ],
        "tiers": [gold],
        "referral": {"referrer": {"unit": "point", "amount": 1}},
    }


@holds("Rewards that wait")
def rewards_that_wait(row: Cells) -> Cells:
    shop = opened(**of_waiting())
    story = Story(shop)
    story.step("225 visits")
    story.pay("1.00", visits="0")
    story.step("redeems")
    if row["then"].startswith("correction"):
        shop.adjust("stamp", int(row["then"].removeprefix("correction ")))
    else:
        story.step(row["then"])
    entry = shop.decided[-1]
    issued = [one for one in entry.vouchers if one.status == "issued" and one.reward_id == "coffee"]
    return {"coffees issued": str(len(issued)), "stamps left": str(shop.available("stamp"))}


PENDING: dict[str, Any] = {"units": [unit("point", hold_days=14)], "earn": earn("1 point per 1.00")}


@holds("Pending units and debt")
def pending_units_and_debt(row: Cells) -> Cells:
    shop = opened(**PENDING)
    story = Story(shop).run(row["before"])
    shop.adjust("point", -10, allow_debt=True)
    story.run(row["what happens"])
    return {
        "owes": str(shop.card.debt.get("point", 0)),
        "pending": str(shop.card.pending("point", shop.today)),
        "to spend": str(shop.available()),
    }


def of_surprises() -> dict[str, Any]:
    """A gift of 1.00 that sales from 3.00 can draw."""
    lucky = {
        "id": "lucky", "name": "Lucky", "reward": "gift", "by": "rule", "one_in": 2,
        "on": ["spend"], "min_spend_minor": 300, "per_member": {"times": 1, "window": "day"},
        "budget": {"amount_minor": 200, "window": "month"},
    }  # fmt: skip
    gift = {"id": "gift", "name": "Gift", "cost_minor": 100}
    return {"earn": earn("1 point per 1.00"), "rewards": [gift], "surprises": [lucky]}


def lots_that_win() -> Iterator[bytes]:
    """Chances with which every sale is drawn, no two of them the same."""
    (terms,) = make_points_program(**of_surprises()).surprises
    lots = (number.to_bytes(16) for number in count())
    return (lot for lot in lots if is_drawn(lot, terms))


@holds("Surprises")
def surprises(row: Cells) -> Cells:
    shop = opened(**of_surprises())
    lucky_lots = lots_that_win()
    shop.entropy = lambda _: next(lucky_lots)
    story, used = Story(shop), dict[str, int]()
    for step in parts(row["what happens"]):
        story.step(step)
        assert story.last
        for name, by, _ in story.last.counts:
            used[name] = used.get(name, 0) + by
        story.left = {name: 200 - amount for name, amount in used.items()}
    return {"gifts": story.gifts(), "budget used": money(sum(used.values()))}


def spent_by(text: str) -> dict[str, int]:
    """`a 10.00, b 30.00`: what each member spent."""
    return {name: minor(spent) for name, spent in (part.split() for part in parts(text, ","))}


@holds("Invitations")
def invited(row: Cells) -> Cells:
    year = month_index(date(2026, 5, 1))
    spent = spent_by(row["spent in 2026"])
    cards = [Card(name).with_window(year, amount, 0, 0) for name, amount in spent.items()]
    yesterday = date.fromisoformat(row["on"]) - timedelta(days=1)
    best = invitations.best_of(cards, int(row["percent"]), yesterday)
    until = kept_until(invitations.YEARLY, yesterday) if best else NOTHING
    return {"invited": ", ".join(card.member_id for card in best) or NOTHING, "until": until}
