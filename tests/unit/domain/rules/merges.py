"""Two cards that become one, and two again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.domain.refusals import Refused
from tests.unit.domain.merged import Pair, pair
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.refunds import of_cups
from tests.unit.domain.rules.words import NOTHING, Story, make_points_program, money, noon
from tests.unit.domain.shop import Shop

UNDONE = "yes"


def of_two_cards() -> dict[str, Any]:
    """A point per 1.00, a stamp per visit, an automatic cup for 30 points, a paid tier."""
    gold = {"id": "gold", "name": "Gold", "enter": [{"metric": "membership", "period": "month"}]}
    return {**of_cups(), "tiers": [gold]}


def merged(row: Cells) -> tuple[Pair, Story]:
    """Both cards after what happened to each and the merge, and the story of the kept one."""
    cards = pair(make_points_program(**of_two_cards()))
    for shop in cards:
        shop.now = noon("2026-11-22") + timedelta(minutes=1)
    story = Story(cards.kept)
    if row["kept card"] != NOTHING:
        story.run(row["kept card"])
    if row["other card"] != NOTHING:
        Story(cards.other).run(row["other card"])
    cards.merge()
    story.taken += [one for one in cards.kept.card.open if one not in story.taken]
    return cards, story


def shown(shop: Shop) -> list[str]:
    """Points, debt and cups of a card."""
    debt, cups = shop.card.debt.get("point", 0), len(shop.card.open)
    return [str(number) for number in (shop.available("point"), debt, cups)]


@holds("What two cards come to")
def two_cards(row: Cells) -> Cells:
    cards, story = merged(row)
    points, owes, cups = shown(cards.kept)
    return {
        "points": points,
        "stamps": str(cards.kept.available("stamp")),
        "cups": cups,
        "owes": owes,
        "spend": money(cards.kept.card.lifetime.spend_minor),
        "tier": story.tier(),
    }


@holds("A merge that is undone")
def undone(row: Cells) -> Cells:
    cards, story = merged(row)
    if row["since"] != NOTHING:
        story.run(row["since"])
    cards.other.now = cards.kept.now
    try:
        cards.unmerge()
    except Refused as refused:
        answer, other = refused.code.value, [NOTHING] * 3
    else:
        answer, other = UNDONE, shown(cards.other)
    names = ("points", "owes", "cups")
    kept = dict(zip(names, shown(cards.kept), strict=True))
    gone = {f"other {name}": cell for name, cell in zip(names, other, strict=True)}
    return {"undone": answer, **kept, **gone}
