"""What a refund takes back, what a new programme changes, and which refusal is answered."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from regulars.domain.card import Card, Window
from regulars.domain.decision import Decision
from regulars.domain.operations import Issue
from regulars.domain.refusals import Refused
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.wallets import use_in_precedence
from tests.unit.domain.rules.words import (
    NOTHING,
    Story,
    earn,
    items,
    make_points_program,
    minor,
    money,
    opened,
    parts,
    rewards,
)
from tests.unit.domain.shop import Shop, unit


@holds("In parts")
def in_parts(row: Cells) -> Cells:
    """The sale itself is 10.00, or less; what is paid beyond that is a tip."""
    paid = minor(row["paid"])
    counted = min(paid, 1000)
    rule = {
        "id": "s", "on": "spend", "unit": "point", "amount": int(row["granted"]),
        "per_minor": counted,
    }  # fmt: skip
    shop = opened(earn=[rule])
    sale = shop.sale(counted, paid_minor=paid)
    taken = []
    for refund in parts(row["refunds"], "+"):
        before = shop.available()
        try:
            shop.refund(sale, minor(refund))
            taken.append(str(before - shop.available()))
        except Refused as refused:
            taken.append(refused.code.value)
    return {"taken back": " + ".join(taken)}


def of_visits(kept_from: str) -> dict[str, Any]:
    """A gift for the first visit, which stays while so much of the money does."""
    first = {"id": "first", "name": "First", "metric": "visits", "at": 1, "reward": "gift"}
    return {
        "earn": earn("1 stamp per visit; 1 point per 1.00"),
        "rewards": [{"id": "gift", "name": "Gift"}],
        "milestones": [first],
        "refunds": {"visit_kept_from": kept_from},
    }


@holds("The visit")
def the_visit(row: Cells) -> Cells:
    shop = opened(**of_visits(row["kept from"]))
    story = Story(shop).run(row["what happens"])
    return {
        "stamps": str(shop.available("stamp")),
        "points": str(shop.available("point")),
        "visits": str(shop.card.lifetime.visits),
        "gifts": story.gifts(),
    }


def of_gold(policy: str) -> dict[str, Any]:
    """Gold for 100.00 in a year or by the month, with a gift every month."""
    gold = {
        "id": "gold",
        "name": "Gold",
        "enter": [
            {"metric": "spend", "window": "year", "at_least": 10000},
            {"metric": "membership", "period": "month"},
        ],
        "benefits": [{"id": "monthly", "reward": "gift", "every": "month"}],
    }
    return {
        "earn": earn("1 point per 1.00"),
        "rewards": [{"id": "gift", "name": "Gift"}],
        "tiers": [gold],
        "refunds": {"tier": policy},
    }


@holds("The tier")
def the_tier(row: Cells) -> Cells:
    shop = opened(**of_gold(row["policy"]))
    story = Story(shop).run(row["what happens"])
    held = shop.card.tier
    return {
        "tier": story.tier(),
        "until": (held.until or "for ever") if held else NOTHING,
        "gifts": story.gifts(),
    }


@holds("Of items")
def of_items(row: Cells) -> Cells:
    shop = opened(earn=earn(row["rules"]))
    sale = shop.sale(items=items(row["the sale"]))
    given_back = items(row["given back"])
    shop.refund(sale, items=given_back)
    return {
        "points left": str(shop.available("point")),
        "stamps left": str(shop.available("stamp")),
    }


def of_coffees() -> dict[str, Any]:
    """A stamp per visit that lasts to the end of the next month; ten are a coffee."""
    stamp = unit("stamp", "stamps", expiry={"type": "months", "months": 1})
    return {
        "units": [stamp],
        "earn": earn("1 stamp per visit"),
        "rewards": rewards("coffee for 10", "stamp", auto=True)[0],
    }


@holds("Where units are taken from")
def where_from(row: Cells) -> Cells:
    shop = opened(**of_coffees())
    story = Story(shop).run(row["before"]).run(row["the sale"])
    sale = story.sales[-1]
    for step in parts(row["then"]):
        if refund := re.fullmatch(r"refund(?: ([\d.]+))?", step):
            shop.refund(sale, minor(refund[1]) if refund[1] else None)
        else:
            story.step(step)
    return {
        "lots": story.lots("stamp"),
        "vouchers": str(len(shop.card.open)),
        "owes": str(shop.card.debt.get("stamp", 0)),
    }


def of_debt(policy: str) -> dict[str, Any]:
    """A point per 1.00, a reward for ten, and who bears what was spent."""
    return {
        "earn": earn("1 point per 1.00"),
        "rewards": rewards("ten for 10", "point")[0],
        "refunds": {"policy": policy},
    }


@holds("Debt or waiver")
def who_bears_it(row: Cells) -> Cells:
    shop = opened(**of_debt(row["policy"]))
    Story(shop).run(row["what happens"])
    owed = shop.card.debt.get("point", 0)
    return {"to spend": str(shop.available()), "owes": str(owed)}


@holds("What else is undone")
def what_else(row: Cells) -> Cells:
    shop = opened(earn=earn("1 point per 1.00"))
    Story(shop).run(row["what happens"])
    return {
        "carried": money(shop.card.carry.get("rule-0", 0)),
        "2026-11": in_month(shop.card, 2026 * 12 + 10),
        "2026-12": in_month(shop.card, 2026 * 12 + 11),
    }


def in_month(card: Card, month: int) -> str:
    """`10.50, 1 visit, 10 points`: what a card counts in a month."""
    window = card.windows.get(month, Window())
    if not any(window):
        return NOTHING
    visits = f"{window.visits} visit{'s' * (window.visits != 1)}"
    return f"{money(window.spend_minor)}, {visits}, {window.points} points"


@holds("What follows at once")
def changing(row: Cells) -> Cells:
    shop = opened(earn=earn("1 point per 1.00"))
    story = Story(shop).run(row["before"])
    shop.program = make_points_program(version=2, **new_version(row["new version"]))
    story.run(row["then"])
    vouchers = Counter(held.reward_id for held in shop.card.open.values())
    return {
        "to spend": str(shop.available()),
        "vouchers": ", ".join(f"{n} {name}" for name, n in vouchers.items()) or NOTHING,
        "tier": story.tier(),
    }


def new_version(text: str) -> dict[str, Any]:
    """The old rule unless there is another, and a reward or a tier."""
    if gold := re.fullmatch(r"gold from ([\d.]+)", text):
        way = {"metric": "spend", "window": "year", "at_least": minor(gold[1])}
        tiers = [{"id": "gold", "name": "Gold", "enter": [way]}]
        return {"earn": earn("1 point per 1.00"), "tiers": tiers}
    if " for " in text:
        offered = rewards(text, "point", auto=True)[0]
        return {"earn": earn("1 point per 1.00"), "rewards": offered}
    return {"earn": earn(text)}


def of_cups() -> dict[str, Any]:
    """A point per 1.00, a stamp per visit, and a cup by itself for 30 points."""
    return {
        "earn": earn("1 point per 1.00; 1 stamp per visit"),
        "rewards": rewards("cup for 30", "point", auto=True)[0],
    }


@holds("A refund that is taken back")
def taken_back(row: Cells) -> Cells:
    shop = opened(**of_cups())
    Story(shop).run(row["what happens"])
    return {
        "points": str(shop.available("point")),
        "stamps": str(shop.available("stamp")),
        "cups": str(len(shop.card.open)),
        "owes": str(shop.card.debt.get("point", 0)),
    }


@holds("An order that is sent again")
def sent_again(row: Cells) -> Cells:
    shop = opened(earn=earn("1 point per 1.00; 1 stamp per visit"))
    Story(shop).run(row["what happens"])
    return {
        "points": str(shop.available("point")),
        "stamps": str(shop.available("stamp")),
        "spend": money(shop.card.lifetime.spend_minor),
    }


@holds("Precedence of refusals")
def precedence(row: Cells) -> Cells:
    facts = set(parts(row["true of it"], ",")) - {"nothing"}
    asked = {
        "take a reward": _take, "redeem a voucher": _redeem, "cancel a voucher": _cancel,
        "undo a sale": _undo, "refund a sale": _refund, "use a credit": use_in_precedence,
    }[row["request"]]  # fmt: skip
    try:
        asked(facts)
    except Refused as refused:
        return {"answer": refused.code.value}
    return {"answer": "yes"}


def _card(facts: set[str], known: set[str]) -> Shop:
    """A card of 100 points that has taken one `cup`, and 19 other vouchers if there are 20."""
    assert facts <= known, f"nobody knows {facts - known}"
    cup: dict[str, Any] = {"stock": 50, "per_member": {"times": 1}, "valid_days": 7}
    offered = rewards("cup for 10", "point", **cup)[0] + rewards("sip for 1", "point")[0]
    shop = opened(earn=earn("1 point per 1.00"), rewards=offered)
    shop.adjust("point", 100)
    return shop


def _take(facts: set[str]) -> None:
    known = {
        "owes", "not for this tier", "none left", "had it", "20 open vouchers", "too few points",
    }  # fmt: skip
    shop = _card(facts, known)
    if "had it" in facts:
        shop.issue("cup")
    if "20 open vouchers" in facts:
        for _ in range(20):
            shop.issue("sip")
    if "too few points" in facts:
        shop.adjust("point", 9 - shop.available())
    if "owes" in facts:
        shop.adjust("point", -shop.available() - 1, allow_debt=True)
    if "not for this tier" in facts:
        (cup, *_) = rewards("cup for 10", "point", tiers=["gold"], stock=50)[0]
        cup["per_member"] = {"times": 1}
        way = {"metric": "membership", "period": "year"}
        gold = {"id": "gold", "name": "Gold", "enter": [way]}
        shop.program = make_points_program(
            earn=earn("1 point per 1.00"), rewards=[cup], tiers=[gold]
        )
    left = {"stock:cup": 0} if "none left" in facts else {}
    shop.do(Issue(shop.origin(left=left), "cup"))


def _voucher(facts: set[str]) -> Story:
    """A voucher of which all that is true."""
    story = Story(_card(facts, {"redeemed", "cancelled", "past its day", "owes"}))
    story.step("takes cup")
    for fact, step in (("redeemed", "redeems"), ("cancelled", "gives back")):
        if fact in facts:
            story.step(step)
    if "past its day" in facts:
        story.shop.later(days=8)
    if "owes" in facts:
        story.shop.adjust("point", -story.shop.available() - 1, allow_debt=True)
    return story


def _redeem(facts: set[str]) -> None:
    _voucher(facts).step("redeems")


def _cancel(facts: set[str]) -> None:
    _voucher(facts).step("gives back")


def _sale(facts: set[str]) -> tuple[Shop, Decision, int]:
    """A sale of 10.00 of which all that is true, and until when it can be undone."""
    assert facts <= {"five minutes ago", "longer ago", "taken back", "too much"}
    shop = opened(earn=earn("1 point per 1.00"))
    sale = shop.later(minutes=1).sale(1000)
    if "taken back" in facts:
        shop.refund(sale)
    minutes = {"five minutes ago", "longer ago"} & facts
    shop.later(minutes=5 if minutes else 0, milliseconds="longer ago" in facts)
    assert sale.entry
    return shop, sale, sale.entry.recorded_ms + 300_000


def _undo(facts: set[str]) -> None:
    shop, sale, until_ms = _sale(facts)
    shop.refund(sale, undo_until_ms=until_ms)


def _refund(facts: set[str]) -> None:
    shop, sale, _ = _sale(facts)
    shop.refund(sale, 1001 if "too much" in facts else 1000)
