"""How often something may be given to one member: rewards, actions, campaigns, benefits.

A card counts in `taken`, under a name per thing, within a period that is named by a prefix of the
day: the day itself, its month or year, or nothing for a whole life.
"""

from __future__ import annotations

from regulars.domain.card import Card

FIRST_PURCHASE = "n:first"
"""Under which name a card remembers that its owner's first purchase was counted. Rewards go by
their ids, which have no colon; whatever else is counted has one in its name."""

_PREFIX = {"day": 10, "month": 7, "year": 4, "lifetime": 0}


def period(window: str, today: str) -> str:
    """The name of the period that a limit counts in."""
    return today[: _PREFIX[window]]


def given(card: Card, name: str, in_period: str) -> int:
    """How often a thing was given within a period."""
    last, count = card.taken.get(name, ("", 0))
    return count if last == in_period else 0


def counted(card: Card, name: str, in_period: str, times: int = 1) -> Card:
    """The card after a thing was given (or, negative, taken back) within a period."""
    return with_count(card, name, in_period, max(0, given(card, name, in_period) + times))


def with_count(card: Card, name: str, in_period: str, count: int) -> Card:
    """The card with another count under a name; a count of nothing is not kept."""
    taken = {**card.taken, name: (in_period, count)}
    if not count:
        del taken[name]
    return card._replace(taken=taken)
