"""Over HTTP: a sale, step by step, and what was sold."""

from __future__ import annotations

import re
from typing import Any

from regulars.domain import calendar
from regulars.domain.operations import Item
from tests.functional.rules.holders import holds
from tests.functional.rules.story import House, RefusedError, Story, instant
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.sale import (
    bases,
    campaigns,
    limit,
    of_late_sales,
    of_lines,
    of_milestones,
    of_mugs,
    of_raffles,
    of_tiers_at_once,
    told_of,
)
from tests.unit.domain.rules.words import (
    NOTHING,
    earn,
    items,
    minor,
    money,
    noon,
    parts,
    rewards,
    rung_up,
)


def lines(sold: tuple[Item, ...]) -> list[dict[str, Any]]:
    """Lines of a sale as the API reads them."""
    found = []
    for line in sold:
        sale_as_sent = {"quantity": line.milli / 1000, "amount_minor": line.amount_minor}
        named = {"category": line.category, "kind": line.kind if line.kind != "goods" else ""}
        found.append(sale_as_sent | {name: value for name, value in named.items() if value})
    return found


@holds("Limits")
def caps(house: House, row: Cells) -> Cells:
    """The till has a key of the API, the counter the cookie of its device."""
    came = []
    for at_the_counter in (False, True):
        story = house.opened(earn=earn("1 stamp per visit"), limits=limit(row["limit"]))
        story.later(minutes=1).sell(visits=int(row["visits before"]))
        before = story.available("stamp")
        story.later(minutes=int(row["minutes ago"]))
        sale_as_sent = {"spend_minor": 500, "visits": int(row["visits now"])}
        try:
            story.at_the_counter(**sale_as_sent) if at_the_counter else story.sell(**sale_as_sent)
        except RefusedError as refused:
            came.append(refused.code)
            assert story.card()["spend_minor"] == 0, "all of it is refused"
        else:
            came.append(str(story.available("stamp") - before))
            assert story.card()["spend_minor"] == 500, "money counts all the same"
    return {"a till books": came[0], "the counter": came[1]}


@holds("Late-reported visits")
def late_visits(house: House, row: Cells) -> Cells:
    story = house.opened(
        "2026-10-01", earn=earn("1 stamp per visit"), limits=limit(row["limit"])
    )  # fmt: skip
    story.stand_on("2026-11-22")
    counted: list[str] = []
    for step in parts(row["told in this order"]):
        if taken := re.fullmatch(r"refund of visit (\d+)", step):
            story.refund(number=taken[1])
            counted.append(NOTHING)
        else:
            story.sell(spend_minor=500, effective_at=instant(told_of(step)))
            counted.append(str(story.entry()["visits"]))
    return {"counted": ", ".join(counted)}


@holds("Late-reported sales")
def late_reported(house: House, row: Cells) -> Cells:
    story = house.opened(row["reported on"], **of_late_sales())
    made = noon(row["sale of 10.00 on"])
    sale = story.later(minutes=1).sell(spend_minor=1000, effective_at=instant(made))
    (month,) = story.stored().windows
    (lot,) = {line["lot"] for line in sale["entry"]["lines"]}
    return {
        "points": str(story.available()),
        "counts in": calendar.month_start(month).isoformat()[:7],
        "last day": lot,
        "tier until": story.tier_until(),
    }


@holds("What was sold")
def what_was_sold(house: House, row: Cells) -> Cells:
    story = house.opened(**of_mugs())
    sold, tip = rung_up(row["sale"])
    story.sell(items=lines(sold), tip_minor=tip)
    entry = story.entry()
    return {
        "stamps": _balance(story, "stamp"),
        "points": _balance(story, "point"),
        "mugs": _balance(story, "mug"),
        "counts as spend": money(entry["money_minor"]),
        "paid": money(entry["facts"].get("paid", entry["money_minor"])),
    }


def _balance(story: Story, unit_id: str) -> str:
    """What is there, less what is owed."""
    return str(story.available(unit_id) - story.owed(unit_id))


@holds("Rules")
def rules(house: House, row: Cells) -> Cells:
    story = house.opened(earn=earn(row["rules"]))
    bought = lines(items(row["sale"]))
    story.sell(**({"items": bought} if bought else {"spend_minor": minor(row["sale"])}))
    return {"points": str(story.available()), "stamps": str(story.available("stamp"))}


@holds("The remainder")
def remainder(house: House, row: Cells) -> Cells:
    story = house.opened(earn=earn(row["rules"])).run(row["sales"])
    carry = story.stored().carry
    carried = " + ".join(money(carry[rule]) for rule in sorted(carry))
    return {"points": str(story.available()), "carried": carried or money(0)}


@holds("Multipliers")
def multipliers(house: House, row: Cells) -> Cells:
    points, counted = _multiplied(house, row)
    return {"points": points, "campaign": counted or NOTHING}


@holds("Bonuses")
def bonuses(house: House, row: Cells) -> Cells:
    points, counted = _multiplied(house, row)
    return {"points": points, "campaigns counted": counted}


def _multiplied(house: House, row: Cells) -> tuple[str, str]:
    """What a sale of 1.00 earns, and the campaigns counted."""
    story = house.opened(**of_lines(bases(row), row["tier"], campaigns(row["campaigns"])))
    story.sell(spend_minor=100)
    counted = story.entry()["facts"].get("campaigns", [])
    return str(story.available()), ", ".join(sorted(counted))


@holds("Milestones")
def milestones(house: House, row: Cells) -> Cells:
    story = house.opened(**of_milestones(row["milestone"]))
    return {"gifts": story.run(row["what happens"]).gifts()}


@holds("Raffles")
def tickets(house: House, row: Cells) -> Cells:
    """They are sale_as_sent when the raffle was drawn: at noon of the day after."""
    story = house.opened(alone=True, **of_raffles(row["a ticket for"]))
    story.run(row["what happens"])
    story.stand_on("2026-12-01")
    story.run_job("tiers")
    drawn = story.cafe.call("GET", "/v1/raffles/r").json
    return {"tickets": str(sum(drawn["tickets"].values()))}


@holds("Tiers at once")
def tiers_at_once(house: House, row: Cells) -> Cells:
    story = house.opened(**of_tiers_at_once()).run(row["what happens"])
    return {"tier": story.tier(), "points": str(story.available()), "gifts": story.gifts()}


@holds("Automatic rewards")
def automatic(house: House, row: Cells) -> Cells:
    """Of which only some are left: so many are there at all."""
    offered, left = rewards(row["rewards"], "stamp", auto=True)
    for one in offered:
        if f"stock:{one['id']}" in left:
            one["stock"] = left[f"stock:{one['id']}"]
    story = house.opened(alone=True, earn=earn("1 stamp per visit"), rewards=offered)
    story.step(f"{row['visits']} visits")
    issued = {one["id"]: len(story.vouchers(one["id"])) for one in offered}
    shown = [f"{times} {name}" for name, times in issued.items() if times]
    return {"issued": ", ".join(shown) or NOTHING, "stamps left": str(story.available("stamp"))}
