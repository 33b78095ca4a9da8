"""Over HTTP: what a new version of the programme does to members, and what its owner is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.functional.rules.holders import holds
from tests.functional.rules.story import House
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.refunds import new_version
from tests.unit.domain.rules.versions import (
    ENDING,
    cake,
    changed,
    collecting,
    holding,
    replacing,
    rules_of,
)
from tests.unit.domain.rules.words import NOTHING, earn, money, parts
from tests.unit.domain.shop import unit, visit_rule


@holds("What follows at once")
def changing(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, earn=earn("1 point per 1.00")).run(row["before"])
    story.publish(**new_version(row["new version"]))
    story.run(row["then"])
    vouchers = Counter(one["reward_id"] for one in story.card()["vouchers"])
    return {
        "to spend": str(story.available()),
        "vouchers": ", ".join(f"{n} {name}" for name, n in vouchers.items()) or NOTHING,
        "tier": story.tier(),
    }


@holds("A unit that is replaced")
def replaced(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, **collecting("leaf")).run(row["before"])
    for version in parts(row["versions"]):
        story.publish(**replacing(version))
    card = story.run(row["then"]).stored()
    held = [f"{lot.amount} {name}" for name, lots in card.lots.items() for lot in lots]
    owed = [f"{amount} {name}" for name, amount in card.debt.items()]
    return {"the card": ", ".join(held) or NOTHING, "owes": ", ".join(owed) or NOTHING}


@holds("A unit that ends")
def ended(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, **collecting("point"))
    story.publish(**collecting("point", **ENDING))
    story.run(row["what happens"])
    return {"to spend": str(story.available()), "owes": str(story.owed())}


@holds("Vouchers keep their terms")
def terms(house: House, row: Cells) -> Cells:
    base: dict[str, Any] = {"units": [unit("stamp", "stamps")], "earn": [visit_rule(9)]}
    story = house.opened(alone=True, **base, rewards=cake(row["first version"]))
    story.run("visit; takes cake")
    for version in parts(row["then"]):
        story.publish(**base, rewards=cake(version))
    (held,) = story.card()["vouchers"]
    before = story.count("stock:cake")
    story.step("gives back")
    moved = story.count("stock:cake") - before
    return {
        "name": str(held["name"]),
        "takes off": f"{held['percent']}% off" if held["percent"] else NOTHING,
        "given back, the stock moves": str(moved) if moved else NOTHING,
    }


@holds("Remainders of rules that went")
def remainders(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, units=[unit()], earn=rules_of("1 point per 1.00"))
    story.run(row["before"])
    for version in parts(row["versions"]):
        story.publish(units=[unit()], earn=rules_of(version))
    story.run(row["then"])
    carried = money(sum(story.stored().carry.values()))
    return {"to spend": str(story.available()), "carried": carried}


@holds("What members would lose")
def asked(house: House, row: Cells) -> Cells:
    story = house.opened(alone=True, **holding()).run("pays 12.50; takes cake")
    story.give_tier("club", "membership")
    lost = story.preview(**holding() | changed(row["new version"]))["losses"]
    assert all(one["members"] == 1 for one in lost)
    asks = ", ".join(f"{one['kind']} {one['what']}: {one['amount']}" for one in lost)
    return {"asks about": asks or NOTHING}
