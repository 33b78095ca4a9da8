"""Count how often a member was given something: rewards, actions, campaigns, benefits.

A card counts in `taken`, under a name per thing, within a period. A period is named by a prefix of
the ISO day: the day itself, its month, its year, or nothing for a lifetime. Rewards are counted by
their ids, which have no colon; all other names have one.
"""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.domain.program import EarnRule

_PREFIX = {"day": 10, "month": 7, "year": 4, "lifetime": 0}


def period(window: str, today: str) -> str:
    """Name the period of a window (`day`, `month`, `year`, `lifetime`) that holds an ISO day."""
    return today[: _PREFIX[window]]


def stored(card: Card, name: str) -> tuple[str, int]:
    """Return the period and the count under a name: no period and 0 when nothing is stored."""
    return card.taken.get(name, ("", 0))


def given(card: Card, name: str, in_period: str) -> int:
    """Return how often a thing was given within a period."""
    last, count = stored(card, name)
    return count if last == in_period else 0


def is_full(card: Card, rule: EarnRule, today: str) -> bool:
    """Tell whether a rule on actions has rewarded a card as often as it does."""
    in_period = period(rule.limit_window, today)
    return bool(rule.limit) and given(card, f"a:{rule.id}", in_period) >= rule.limit


def counted(card: Card, name: str, in_period: str, times: int = 1) -> Card:
    """Return the card after a thing was given (negative: taken back) `times` in a period."""
    return with_count(card, name, in_period, max(0, given(card, name, in_period) + times))


def with_count(card: Card, name: str, in_period: str, count: int) -> Card:
    """Return the card with a new count under a name; a count of 0 is not stored."""
    if not count:
        return without(card, name)
    return card._replace(taken={**card.taken, name: (in_period, count)})


def without(card: Card, name: str) -> Card:
    """Return the card without a count under a name."""
    return card._replace(taken={one: kept for one, kept in card.taken.items() if one != name})
