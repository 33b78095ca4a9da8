"""Over HTTP: what a refund takes back, and orders that are sent again."""

from __future__ import annotations

from tests.functional.rules.holders import holds
from tests.functional.rules.sales import lines
from tests.functional.rules.story import House, RefusedError
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.refunds import (
    in_month,
    of_coffees,
    of_cups,
    of_debt,
    of_gold,
    of_visits,
)
from tests.unit.domain.rules.words import earn, items, minor, money, parts

NOVEMBER = 2026 * 12 + 10


@holds("In parts")
def in_parts(house: House, row: Cells) -> Cells:
    """The sale itself is 10.00, or less; what is paid beyond that is a tip."""
    paid = minor(row["paid"])
    counted = min(paid, 1000)
    (rule,) = earn(f"{row['granted']} points per {money(counted)}")
    story = house.opened(earn=[rule])
    sale = story.sell(spend_minor=counted, tip_minor=paid - counted)
    taken = []
    for refund in parts(row["refunds"], "+"):
        before = story.available()
        try:
            story.give_back_of(sale, amount_minor=minor(refund))
            taken.append(str(before - story.available()))
        except RefusedError as refused:
            taken.append(refused.code)
    return {"taken back": " + ".join(taken)}


@holds("The visit")
def the_visit(house: House, row: Cells) -> Cells:
    story = house.opened(**of_visits(row["kept from"])).run(row["what happens"])
    return {
        "stamps": str(story.available("stamp")),
        "points": str(story.available()),
        "visits": str(story.card()["visits"]),
        "gifts": story.gifts(),
    }


@holds("The tier")
def the_tier(house: House, row: Cells) -> Cells:
    story = house.opened(**of_gold(row["policy"])).run(row["what happens"])
    return {"tier": story.tier(), "until": story.tier_until(), "gifts": story.gifts()}


@holds("Of items")
def of_items(house: House, row: Cells) -> Cells:
    """A discount at the end is one of the whole order."""
    story = house.opened(earn=earn(row["rules"]))
    sale = story.sell(items=lines(items(row["the sale"])))
    story.give_back_of(sale, items=lines(items(row["given back"])))
    return {
        "points left": str(story.available()),
        "stamps left": str(story.available("stamp")),
    }


@holds("Where units are taken from")
def where_from(house: House, row: Cells) -> Cells:
    """`refund` is of the sale that the column before tells, whatever came after it."""
    story = house.opened(**of_coffees()).run(row["before"]).run(row["the sale"])
    number = len(story.sales)
    for step in parts(row["then"]):
        story.step(f"{step} of sale {number}" if step.startswith("refund") else step)
    return {
        "lots": story.lots("stamp"),
        "vouchers": str(len(story.vouchers("coffee"))),
        "owes": str(story.owed("stamp")),
    }


@holds("Debt or waiver")
def who_bears_it(house: House, row: Cells) -> Cells:
    story = house.opened(**of_debt(row["policy"])).run(row["what happens"])
    return {"to spend": str(story.available()), "owes": str(story.owed())}


@holds("What else is undone")
def what_else(house: House, row: Cells) -> Cells:
    story = house.opened(earn=earn("1 point per 1.00")).run(row["what happens"])
    card = story.stored()
    return {
        "carried": money(card.carry.get("rule-0", 0)),
        "2026-11": in_month(card, NOVEMBER),
        "2026-12": in_month(card, NOVEMBER + 1),
    }


@holds("A refund that is taken back")
def taken_back(house: House, row: Cells) -> Cells:
    story = house.opened(**of_cups()).run(row["what happens"])
    return {
        "points": str(story.available()),
        "stamps": str(story.available("stamp")),
        "cups": str(len(story.vouchers("cup"))),
        "owes": str(story.owed()),
    }


@holds("An order that is sent again")
def sent_again(house: House, row: Cells) -> Cells:
    story = house.opened(earn=earn("1 point per 1.00; 1 stamp per visit")).run(row["what happens"])
    return {
        "points": str(story.available()),
        "stamps": str(story.available("stamp")),
        "spend": money(story.card()["spend_minor"]),
    }
