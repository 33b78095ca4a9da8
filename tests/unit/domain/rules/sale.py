"""A sale, step by step."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from fractions import Fraction
from typing import Any

from regulars.domain import calendar, limits, raffles
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn
from regulars.domain.refusals import Refused
from regulars.domain.rewards import QUEUED
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import (
    NOTHING,
    POINTS,
    Story,
    earn,
    items,
    minor,
    money,
    noon,
    opened,
    parts,
    rewards,
    rung_up,
)
from tests.unit.domain.shop import unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item"}
POINT_PER_UNIT = earn("1 point per 1.00")


def limit(text: str) -> dict[str, int]:
    """`cool-down 30` or `3 a day` as limits."""
    kind = re.fullmatch(r"cool-down (\d+)|(\d+) a day", text)
    assert kind
    return {"cooldown_minutes": int(kind[1])} if kind[1] else {"visits_per_day": int(kind[2])}


@holds("Limits")
def caps(row: Cells) -> Cells:
    came = []
    for refusable in (False, True):
        shop = opened(earn=earn("1 stamp per visit"), limits=limit(row["limit"]))
        shop.later(minutes=1).visit(int(row["visits before"]))
        before = shop.available("stamp")
        shop.later(minutes=int(row["minutes ago"]))
        try:
            shop.sale(500, visits=int(row["visits now"]), refusable=refusable)
        except Refused as refused:
            came.append(refused.code.value)
            assert shop.card.lifetime.spend_minor == 0, "all of it is refused"
        else:
            came.append(str(shop.available("stamp") - before))
            assert shop.card.lifetime.spend_minor == 500, "money counts all the same"
    return {"a till books": came[0], "the counter": came[1]}


@holds("Late-reported visits")
def late_visits(row: Cells) -> Cells:
    shop = opened("2026-10-01", earn=earn("1 stamp per visit"), limits=limit(row["limit"]))
    shop.now = noon("2026-11-22")
    visits: list[Decision] = []
    counted: list[str] = []
    for step in parts(row["told in this order"]):
        if taken := re.fullmatch(r"refund of visit (\d+)", step):
            shop.refund(visits[int(taken[1]) - 1])
            counted.append(NOTHING)
            continue
        visits.append(shop.sale(500, effective_ms=calendar.to_ms(told_of(step))))
        entry = visits[-1].entry
        assert entry
        counted.append(str(entry.facts["visits"]))
    return {"counted": ", ".join(counted)}


def told_of(step: str) -> datetime:
    """The time of a visit that is reported late: `10:00` of the day before, `2026-11-13 10:00`,
    or a day."""
    day, _, time = step.rpartition(" ") if ":" in step else (step, "", "09:00")
    return noon(day or "2026-11-21").replace(hour=int(time[:2]), minute=int(time[3:]))


def of_mugs() -> dict[str, Any]:
    """Stamps, points and mugs."""
    mugs = {"id": "mug", "on": "item", "unit": "mug", "amount": 1, "categories": ["mug"]}
    visit, spend = earn("1 stamp per visit; 1 point per 1.00 except card")
    return {
        "units": [*POINTS, unit("mug", "stamps")],
        "earn": [{**visit, "exclude": ["card"]}, spend, mugs],
    }


@holds("What was sold")
def what_was_sold(row: Cells) -> Cells:
    shop = opened(**of_mugs())
    lines, tip = rung_up(row["sale"])
    sale = shop.sale(items=lines, tip_minor=tip).entry
    assert sale
    counted = sale.facts.get("spend", 0)
    return {
        "stamps": str(shop.card.balance("stamp")),
        "points": str(shop.card.balance("point")),
        "mugs": str(shop.card.balance("mug")),
        "counts as spend": money(counted),
        "paid": money(sale.facts.get("paid", counted)),
    }


@holds("Rules")
def rules(row: Cells) -> Cells:
    shop = opened(earn=earn(row["rules"]))
    bought = items(row["sale"])
    shop.sale(None if bought else minor(row["sale"]), items=bought)
    return {"points": str(shop.available("point")), "stamps": str(shop.available("stamp"))}


@holds("The remainder")
def remainder(row: Cells) -> Cells:
    shop = opened(earn=earn(row["rules"]))
    Story(shop).run(row["sales"])
    carried = " + ".join(money(shop.card.carry[rule]) for rule in sorted(shop.card.carry))
    return {"points": str(shop.available()), "carried": carried or money(0)}


def campaigns(text: str) -> list[dict[str, Any]]:
    """`a × 1.5, b + 10` as campaigns."""
    found: list[dict[str, Any]] = []
    for part in parts(text, ","):
        name, sign, figure = part.split()
        if sign == "×":
            found.append({"id": name, "multiplier": figure})
        else:
            bonus = {"unit": "point", "amount": int(figure)}
            found.append({"id": name, "bonus": bonus, "on": ["spend"]})
    return found


def of_lines(bases: list[int], tier: str, running: list[dict[str, Any]]) -> dict[str, Any]:
    """So many points each for 1.00, multiplied for all."""
    return {
        "earn": [rule for number, base in enumerate(bases) for rule in _line(base, number)],
        "tiers": [{"id": "all", "name": "All", "multiplier": tier}],
        "campaigns": running,
    }


def multiplied(bases: list[int], tier: str, running: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """What a sale of 1.00 with a line of so many points each earns, and the campaigns counted."""
    shop = opened(**of_lines(bases, tier, running))
    entry = shop.sale(100).entry
    assert entry is not None
    return shop.available(), entry.facts.get("campaigns", [])


def _line(base: int, number: int) -> list[dict[str, Any]]:
    return [{**rule, "id": f"line-{number}"} for rule in earn(f"{base} points per 1.00")]


@holds("Multipliers")
def multipliers(row: Cells) -> Cells:
    points, counted = multiplied(bases(row), row["tier"], campaigns(row["campaigns"]))
    return {"points": str(points), "campaign": ", ".join(counted) or NOTHING}


@holds("Bonuses")
def bonuses(row: Cells) -> Cells:
    points, counted = multiplied(bases(row), row["tier"], campaigns(row["campaigns"]))
    return {"points": str(points), "campaigns counted": ", ".join(sorted(counted))}


def bases(row: Cells) -> list[int]:
    return [int(base) for base in parts(row["lines"], "+")]


@holds("Rounding")
def rounding(row: Cells) -> Cells:
    """What is exact is computed here by fractions, so that no example is beside the point."""
    points, how = int(row["points"]), row["taken how"]
    if refund := re.fullmatch(r"refund ([\d.]+) of ([\d.]+)", how):
        exact = Fraction(points * minor(refund[1]), minor(refund[2]))
        shop = opened(earn=[_step(points, minor(refund[2]))])
        sale = shop.sale(minor(refund[2]))
        shop.refund(sale, minor(refund[1]))
        booked = points - shop.available()
    else:
        tier, *campaign = [factor.strip() for factor in how.split("×")[1:]]
        exact = points * Fraction(tier) * (Fraction(campaign[0]) if campaign else 1)
        booked, _ = multiplied([points], tier, [{"id": "c", "multiplier": one} for one in campaign])
    _same_figure(row["exactly"], exact)
    return {"booked": str(booked)}


def _step(points: int, per_minor: int) -> dict[str, Any]:
    return {"id": "s", "on": "spend", "unit": "point", "amount": points, "per_minor": per_minor}


def _same_figure(text: str, exact: Fraction) -> None:
    """The figure itself, or its first digits when dots say that there are more."""
    shown = Fraction(text.removesuffix("..."))
    if text.endswith("..."):
        last = Fraction(1, 10 ** len(text.removesuffix("...").partition(".")[2]))
        assert shown < exact < shown + last
    else:
        assert shown == exact


@holds("What counts")
def what_counts(row: Cells) -> Cells:
    action = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 50}
    birthday = {"id": "birthday", "on": "birthday", "unit": "point", "amount": 20}
    mark = {
        "id": "hundred", "name": "Hundred", "metric": "points", "at": 100,
        "grant": {"unit": "point", "amount": 25},
    }  # fmt: skip
    shop = opened(
        earn=[*earn("1 point per 1.00 except gift"), action, birthday],
        rewards=rewards("ten for 10", "point")[0],
        milestones=[mark],
    )
    Story(shop).run(row["what happens"])
    counted = shop.card.lifetime
    months = shop.card.windows.values()
    assert (
        tuple(counted) == tuple(sum(column) for column in zip(*months, strict=True)) or not months
    )
    return {
        "to spend": str(shop.available()),
        "points": str(counted.points),
        "spend": money(counted.spend_minor),
        "visits": str(counted.visits),
    }


def of_late_sales() -> dict[str, Any]:
    """Double points until a day, points that end, and a tier."""
    double = {"id": "double", "multiplier": "2", "until": "2026-11-30"}
    point = unit("point", expiry={"type": "months", "months": 1})
    way = {"metric": "spend", "window": "year", "at_least": 1000}
    return {
        "units": [point], "earn": POINT_PER_UNIT, "campaigns": [double],
        "tiers": [{"id": "tier", "name": "Tier", "enter": [way]}],
    }  # fmt: skip


@holds("Late-reported sales")
def late_reported(row: Cells) -> Cells:
    shop = opened(row["reported on"], **of_late_sales())
    made = calendar.to_ms(noon(row["sale of 10.00 on"]))
    shop.later(minutes=1).sale(1000, effective_ms=made)
    (month,) = shop.card.windows
    (lot,) = shop.card.lots["point"]
    return {
        "points": str(lot.amount),
        "counts in": calendar.month_start(month).isoformat()[:7],
        "last day": lot.expires_on,
        "tier until": shop.card.tier.until if shop.card.tier else NOTHING,
    }


def _mark(text: str) -> dict[str, Any]:
    """`every 5 visits`, `100.00 spent`, `3 weeks in a row`, `2 visits from ... until ...`."""
    match = re.fullmatch(
        r"(every )?([\d.]+) (visit|spent|week|month)s?(?: in a row)?"
        r"(?: from ([\d-]+) until ([\d-]+))?",
        text,
    )
    assert match, f"no milestone: {text}"
    every, at, what, first, last = match.groups()
    mark = {
        "id": "mark", "name": "Mark", "reward": "gift", "repeat": bool(every),
        "metric": {"visit": "visits", "spent": "spend", "week": "weeks", "month": "months"}[what],
        "at": minor(at) if what == "spent" else int(at),
    }  # fmt: skip
    return {**mark, "from": first, "until": last} if first else mark


def of_milestones(text: str) -> dict[str, Any]:
    """A milestone that brings a gift."""
    return {"earn": POINT_PER_UNIT, "rewards": [GIFT], "milestones": [_mark(text)]}


@holds("Milestones")
def milestones(row: Cells) -> Cells:
    shop = opened(**of_milestones(row["milestone"]))
    return {"gifts": Story(shop).run(row["what happens"]).gifts()}


@holds("A full card")
def full_card(row: Cells) -> Cells:
    shop = opened(**of_milestones("every 1 visit"))
    Story(shop).run(row["what happens"])
    queued = limits.given(shop.card, f"{QUEUED}gift", "")
    return {"open": str(len(shop.card.open)), "queued": str(queued)}


def of_raffles(ticket_for: str) -> dict[str, Any]:
    """A raffle with a ticket for a visit, or for so much money."""
    raffle: dict[str, Any] = {
        "id": "r", "name": "R", "from": "2026-11-22", "until": "2026-11-30", "reward": "gift",
    }  # fmt: skip
    if ticket_for != "a visit":
        raffle["per_minor"] = minor(ticket_for)
    return {"earn": POINT_PER_UNIT, "rewards": [GIFT], "raffles": [raffle]}


@holds("Raffles")
def tickets(row: Cells) -> Cells:
    shop = opened(**of_raffles(row["a ticket for"]))
    Story(shop).run(row["what happens"])
    return {"tickets": str(raffles.tickets(shop.card, "r"))}


def of_tiers_at_once() -> dict[str, Any]:
    """Gold from 100.00 in a year, with double points and a gift every month."""
    gold = {
        "id": "gold", "name": "Gold", "multiplier": "2",
        "enter": [{"metric": "spend", "window": "year", "at_least": 10_000}],
        "benefits": [{"id": "monthly", "reward": "gift", "every": "month"}],
    }  # fmt: skip
    return {"earn": POINT_PER_UNIT, "rewards": [GIFT], "tiers": [gold]}


@holds("Tiers at once")
def tiers_at_once(row: Cells) -> Cells:
    story = Story(opened(**of_tiers_at_once()))
    story.run(row["what happens"])
    points = str(story.shop.available())
    return {"tier": story.tier(), "points": points, "gifts": story.gifts()}


@holds("Automatic rewards")
def automatic(row: Cells) -> Cells:
    offered, left = rewards(row["rewards"], "stamp", auto=True)
    shop = opened(earn=earn("1 stamp per visit"), rewards=offered)
    decided = shop.do(Earn(shop.origin(left=left), visits=int(row["visits"])))
    issued = Counter(voucher.reward_id for voucher in decided.unlocked)
    return {
        "issued": ", ".join(f"{times} {name}" for name, times in issued.items()) or NOTHING,
        "stamps left": str(shop.available("stamp")),
    }


@holds("Debt first")
def debt(row: Cells) -> Cells:
    owed, kind = row["owes"].split()
    owed_unit = kind.removesuffix("s")
    both = [*POINT_PER_UNIT, *earn("2 points per 1.00; 1 stamp per main")[1:]]
    shop = opened(earn=both, rewards=rewards("one for 1", "point")[0])
    shop.adjust(owed_unit, -int(owed), allow_debt=True)
    shop.sale(100 * int(row["earns"].removesuffix(" points")))
    still, to_spend = shop.card.debt.get(owed_unit, 0), shop.available()
    try:
        shop.issue("one")
        answer = "taken"
    except Refused as refused:
        answer = refused.code.value
    return {
        "still owes": f"{still} {kind}",
        "to spend": str(to_spend),
        "a reward for 1 point": answer,
    }
