"""Which tier a card stands in. Always decided on what was earned, never on the balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from regulars.domain import calendar
from regulars.domain.card import Card, Holding, Window
from regulars.domain.program import Condition, Program, Tier

COUNTED = frozenset({"spend", "visits", "points"})
"""Metrics that a card's windows answer; the others are granted, not counted."""


def measure(card: Card, condition: Condition, today: date) -> int:
    """How much of the condition's metric the card has within its window, as of `today`."""
    total = window_sum(card, condition.window, today)
    return {"spend": total.spend_minor, "visits": total.visits, "points": total.points}[
        condition.metric
    ]


def window_sum(card: Card, window: str, today: date) -> Window:
    """What was earned in a window that ends with the month of `today`."""
    if window == "lifetime":
        return card.lifetime
    last = calendar.month_index(today)
    if window.startswith("rolling:"):
        first = last - int(window.removeprefix("rolling:")) + 1
    else:
        first = calendar.period_start_index(last, window)
    total = Window()
    for index, month in card.windows.items():
        if first <= index <= last:
            total = total.plus(*month)
    return total


def qualifies(card: Card, condition: Condition, today: date) -> bool:
    return condition.metric in COUNTED and measure(card, condition, today) >= condition.at_least


def kept_until(condition: Condition, today: date) -> str:
    """The last day a tier entered by this condition is certain: the end of the next period."""
    if condition.window == "lifetime":
        return ""
    index = calendar.month_index(today)
    if condition.window.startswith("rolling:"):
        months = int(condition.window.removeprefix("rolling:"))
        return calendar.month_end(index + months).isoformat()
    size = calendar.PERIOD_MONTHS[condition.window]
    start = calendar.period_start_index(index, condition.window)
    return calendar.month_end(start + 2 * size - 1).isoformat()


def entitled(program: Program, card: Card, today: date) -> Holding | None:
    """The highest tier the card qualifies for today, with the longest certainty it gives."""
    for tier in reversed(program.tiers):
        if (until := _entitled_until(tier, card, today)) is not None:
            return Holding(tier.id, today.isoformat(), until)
    return None


def _entitled_until(tier: Tier, card: Card, today: date) -> str | None:
    if not tier.enter:
        return ""
    dates = [kept_until(way, today) for way in tier.enter if qualifies(card, way, today)]
    if not dates:
        return None
    return "" if "" in dates else max(dates)


def upgraded(program: Program, card: Card, today: date) -> Card:
    """The card after a change of its windows: moved up, or its tier prolonged; never down."""
    holding = entitled(program, card, today)
    if holding is None:
        return card
    held = program.tier_rank(card.tier.id if card.tier else None)
    rank = program.tier_rank(holding.id)
    if rank > held:
        return replace(card, tier=holding)
    if rank == held and card.tier and _later(holding.until, card.tier.until):
        return replace(card, tier=card.tier._replace(until=holding.until))
    return card


def reviewed(program: Program, card: Card, today: date) -> Card:
    """The card after the review of a tier: kept while certain, else what it is entitled to now."""
    held = program.tier_rank(card.tier.id if card.tier else None)
    certain = card.tier is not None and (
        not card.tier.until or card.tier.until >= today.isoformat()
    )
    if held >= 0 and certain:
        return upgraded(program, card, today)
    return replace(card, tier=entitled(program, card, today))


def _later(until: str, than: str) -> bool:
    return bool(than) and (not until or until > than)


def next_tier(program: Program, card: Card, today: date) -> tuple[Tier, Condition, int] | None:
    """The next tier that can be reached by coming and buying: tier, condition, value so far."""
    held = program.tier_rank(card.tier.id if card.tier else None)
    for tier in program.tiers[held + 1 :]:
        for way in tier.enter:
            if way.metric in COUNTED:
                return tier, way, measure(card, way, today)
    return None
