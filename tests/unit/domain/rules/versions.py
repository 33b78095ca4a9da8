"""What a new version does to units, vouchers and remainders, and what publishing asks about."""

from __future__ import annotations

import re
from typing import Any

from regulars.domain import losses, segments
from regulars.domain.operations import Cancel, GrantTier
from regulars.domain.program import Program
from regulars.i18n.words import words
from regulars.views import customer
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import NOTHING, ZONE, Story, earn, money, noon, parts
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule
from tests.unit.domain.versions import Versions

NEXT_MONTH = {"type": "months", "months": 1}


@holds("A unit that is replaced")
def replaced(row: Cells) -> Cells:
    versions = Versions(**collecting("leaf"))
    shop = _opened(versions)
    story = Story(shop).run(row["before"])
    for version in parts(row["versions"]):
        shop.program = versions.publish(**replacing(version))
    story.run(row["then"])
    held = [f"{lot.amount} {name}" for name, lots in shop.card.lots.items() for lot in lots]
    owed = [f"{amount} {name}" for name, amount in shop.card.debt.items()]
    return {"the card": ", ".join(held) or NOTHING, "owes": ", ".join(owed) or NOTHING}


ENDING = {"ends_on": "2026-12-10", "expiry": {"type": "never"}}


@holds("A unit that ends")
def ended(row: Cells) -> Cells:
    versions = Versions(**collecting("point"))
    shop = _opened(versions)
    shop.program = versions.publish(**collecting("point", **ENDING))
    Story(shop).run(row["what happens"])
    return {"to spend": str(shop.available()), "owes": str(shop.card.debt.get("point", 0))}


@holds("Vouchers keep their terms")
def terms(row: Cells) -> Cells:
    base = {"units": [unit("stamp", "stamps")], "earn": [visit_rule(9)]}
    versions = Versions(**base, rewards=cake(row["first version"]))
    shop = _opened(versions)
    shop.visit()
    voucher = shop.issue("cake")
    for version in parts(row["then"]):
        shop.program = versions.publish(**base, rewards=cake(version))
    found = shop.program.terms(voucher.reward_id, voucher.version)
    assert found is not None
    shown = {
        "name": words("en").pick(found.name),
        "takes off": customer.worth(found, "EUR", words("en")) or NOTHING,
    }
    moved = shop.do(Cancel(shop.origin(), voucher)).counts
    return {**shown, "given back, the stock moves": str(moved[0][1]) if moved else NOTHING}


@holds("Remainders of rules that went")
def remainders(row: Cells) -> Cells:
    versions = Versions(units=[unit()], earn=rules_of("1 point per 1.00"))
    shop = _opened(versions)
    story = Story(shop).run(row["before"])
    for version in parts(row["versions"]):
        shop.program = versions.publish(units=[unit()], earn=rules_of(version))
    story.run(row["then"])
    carried = money(sum(shop.card.carry.values()))
    return {"to spend": str(shop.available()), "carried": carried}


@holds("Segments")
def segment(row: Cells) -> Cells:
    shop = Shop(make_program(timezone=ZONE, units=[unit("stamp", "stamps")], earn=[visit_rule()]),
                noon("2026-11-01"))  # fmt: skip
    shop.join()
    for day in parts(row["visits on"], ","):
        shop.now = max(noon(day), shop.now)
        shop.visit()
    today = noon(row["on"]).date()
    return {"segment": segments.segment(shop.program, shop.card, today)}


@holds("What members would lose")
def asked(row: Cells) -> Cells:
    versions = Versions(**holding())
    shop = _opened(versions)
    shop.sale(1250)
    shop.issue("cake")
    shop.do(GrantTier(shop.origin(), "club", "", "membership"))
    old = shop.program
    new = versions.publish(**holding() | changed(row["new version"]))
    return {"asks about": _asks(old, new, shop) or NOTHING}


def _asks(old: Program, new: Program, shop: Shop) -> str:
    today = shop.now.date()
    threat = losses.threat(old, new, today)
    lost = losses.of_card(old, new, threat, shop.card, today) if threat else ()
    return ", ".join(f"{one.kind} {one.what}: {one.amount}" for one in lost)


def collecting(name: str, **more: Any) -> dict[str, Any]:
    """1 point per 1.00 in a unit, and a cake for 5 of it."""
    return {
        "units": [unit(name, **({"expiry": NEXT_MONTH} | more))],
        "earn": [spend_rule() | {"unit": name}],
        "rewards": [reward("cake", 5, name)],
    }


def replacing(text: str) -> dict[str, Any]:
    """`bean for leaf at 0.3`: collecting a unit that stands for another; or only `bean`."""
    name, _, rest = text.partition(" for ")
    old, _, rate = rest.partition(" at ")
    return collecting(name, **({"replaces": {"unit": old, "rate": rate}} if rest else {}))


def _opened(versions: Versions) -> Shop:
    shop = Shop(versions.program, noon("2026-11-22"))
    shop.join()
    return shop


def cake(text: str) -> list[dict[str, Any]]:
    """`cake at 15 %, 3 in stock`: the one reward, whatever it is called."""
    if text == "nothing":
        return []
    match = re.fullmatch(r"(\w+)(?: at (\d+) %)?(?:, (\d+) in stock)?", text)
    assert match, f"no reward: {text}"
    name, percent, stock = match.groups()
    more: dict[str, Any] = {"kind": "percent", "percent": int(percent)} if percent else {}
    if stock:
        more["stock"] = int(stock)
    return [reward("cake", 5, "stamp") | {"name": name} | more]


def rules_of(text: str) -> list[dict[str, Any]]:
    return [] if text == "nothing" else earn(text)


def holding() -> dict[str, Any]:
    gold = {"metric": "spend", "window": "year", "at_least": 1000}
    club = {"metric": "membership", "period": "year"}
    return {
        "units": [unit()],
        "earn": [spend_rule()],
        "rewards": [reward("cake", 5)],
        "tiers": [
            {"id": "gold", "name": "Gold", "enter": [gold]},
            {"id": "club", "name": "Club", "enter": [club]},
        ],
    }


def changed(text: str) -> dict[str, Any]:
    """The sections that are other than before."""
    now = holding()
    beans = {"earn": [spend_rule() | {"unit": "bean"}], "rewards": [reward("cake", 5, "bean")]}
    if rate := re.fullmatch(r"bean for point at (\d+)", text):
        return {"units": [unit("bean", replaces={"unit": "point", "rate": rate[1]})], **beans}
    if last := re.fullmatch(r"point ends on ([\d-]+)", text):
        return {"units": [unit(ends_on=last[1])]}
    if tier := re.fullmatch(r"without (gold|club)", text):
        return {"tiers": [one for one in now["tiers"] if one["id"] != tier[1]]}
    others: dict[str, dict[str, Any]] = {
        "the same": {},
        "without cake": {"rewards": []},
        "cake is called tart": {"rewards": [reward("cake", 5) | {"name": "tart"}]},
        "cake costs 9": {"rewards": [reward("cake", 9)]},
        "without the rule": {"earn": []},
        "without point": {"units": [unit("bean")], **beans},
    }
    return others[text]
