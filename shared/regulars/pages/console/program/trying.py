"""What a programme would do: a made-up card for the preview, and a sale that is tried on it.

The decisions are the domain's own; nothing is written.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from regulars.domain import calendar
from regulars.domain.card import Card, Window
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.ledger import Entry
from regulars.domain.operations import Adjust, Earn, Item, Join, Origin
from regulars.domain.program import Program
from regulars.domain.refusals import Refused
from regulars.i18n.words import Words
from regulars.views import history, integration
from regulars.views.customer import goal_of
from regulars.views.hero import Hero, hero

MEMBER = "example"
PIECE_MINOR = 1000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CardPreview(NamedTuple):
    """What the card's first panel is drawn from (see `customer/card/hero.html`)."""

    hero: Hero
    now: datetime
    zone: str
    history: tuple[history.HistoryRow, ...]
    several: bool = False
    path: str = ""
    once: str = ""


class Sale(NamedTuple):
    """A sale to try."""

    spend_minor: int = 0
    category: str = ""
    pieces: int = 0
    weekday: str = ""


class Tried(NamedTuple):
    """What a sale gives, in words: the headline, why, and what comes of it."""

    gives: str
    because: tuple[str, ...]
    more: tuple[str, ...]


def made_up(program: Program, now: datetime) -> tuple[Card, list[Entry]]:
    """A card on its way to the first reward, some weeks old."""
    joined = now - timedelta(days=60)
    decision = decide(program, Card(MEMBER), Join(_origin(1), MEMBER), joined)
    card = decision.card
    entries = [decision.entry] if decision.entry else []
    goal = goal_of(program, card, calendar.local_date(now, program.timezone))
    if goal is None:
        return card, entries
    have = card.available(goal.unit, calendar.local_date(now, program.timezone).isoformat())
    wanted = max(0, goal.cost * 7 // 10 - have)
    if wanted:
        given = decide(
            program, card, Adjust(_origin(2), goal.unit, wanted, "example"), now - timedelta(days=3)
        )
        card = given.card
    return card._replace(lifetime=Window(0, 7, 0)), entries


def card_preview(program: Program, now: datetime, words: Words) -> CardPreview:
    """The first panel of a member's card."""
    card, entries = made_up(program, now)
    shown = tuple(history.events(program, entries[::-1], words))
    return CardPreview(hero(program, card, (), now), now, program.timezone, shown)


def try_sale(program: Program, sale: Sale, now: datetime, words: Words) -> Tried:
    """What a sale would give to the made-up card, in words."""
    t = words.t
    card, _ = made_up(program, now)
    at = _next(sale.weekday, program, now)
    items: tuple[Item, ...] = ()
    if sale.pieces and sale.category:
        money = sale.spend_minor or sale.pieces * PIECE_MINOR
        items = (Item(sale.pieces * 1000, money, category=sale.category),)
    operation = Earn(_origin(3), spend_minor=sale.spend_minor or None, items=items)
    try:
        decision = decide(program, card, operation, at)
    except Refused as refused:
        return Tried(t("Nothing"), (refused.detail,), ())
    return _worded(program, decision, at, words)


def _worded(program: Program, decision: Decision, at: datetime, words: Words) -> Tried:
    t = words.t
    sums: dict[str, int] = {}
    lines = decision.entry.lines if decision.entry else ()
    for line in lines:
        if line.amount > 0:
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
    gives = [words.amount(cast(Any, program.units[unit].name), n) for unit, n in sums.items()]
    earned = integration.earned(program, decision, at, words)
    unlocked = [
        t("It unlocks: {reward}", reward=words.pick(program.rewards[one.reward_id].name))
        for one in decision.unlocked
    ]
    text = " + ".join(gives) or t("Nothing")
    return Tried(text, tuple(earned["explain"]), tuple(unlocked))


def _next(weekday: str, program: Program, now: datetime) -> datetime:
    """The next such day of the week at this time of day; now where none is named."""
    if weekday not in WEEKDAYS:
        return now
    today = calendar.local_date(now, program.timezone).weekday()
    return now + timedelta(days=(WEEKDAYS.index(weekday) - today) % 7)


def _origin(number: int) -> Origin:
    return Origin(f"example:{number}", "api", entropy=bytes(16))
