"""Plausible customers of a year: who joins when, how often they come, what they buy."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

DAYS = 365


class Business(NamedTuple):
    """What is sold, and how often people need it: 1 is a restaurant."""

    pace: float
    menu: tuple[tuple[str, int, float], ...]
    """Category, price in minor units, and how likely one is on a bill."""


BUSINESSES: Mapping[str, Business] = MappingProxyType(
    {
        "bakery": Business(1.5, (("bread", 420, 0.8), ("pastry", 290, 0.6), ("cake", 2600, 0.05))),
        "bookshop": Business(
            0.4, (("book", 1690, 0.9), ("magazine", 690, 0.2), ("gift_card", 2500, 0.08))
        ),
        "car-wash": Business(0.4, (("wash", 1200, 1.0), ("interior", 900, 0.3))),
        "consultant": Business(0.3, (("session", 12_000, 1.0),)),
        "corner-cafe": Business(1.5, (("drink", 340, 1.0), ("cake", 420, 0.35))),
        "dog-groomer": Business(0.2, (("groom", 4500, 1.0), ("shampoo", 1200, 0.15))),
        "mug-club": Business(
            1.5, (("drink", 320, 1.0), ("pastry", 280, 0.4), ("beans", 1400, 0.05))
        ),
        "supper-club": Business(
            1.0, (("main", 1500, 1.0), ("starter", 700, 0.5), ("dessert", 600, 0.4))
        ),
        "vip-collective": Business(
            0.5, (("service", 4500, 0.9), ("product", 1800, 0.3), ("package", 20_000, 0.03))
        ),
    }
)
"""By template."""

WEEKDAYS = (0.6, 0.7, 0.9, 1.0, 1.4, 1.6, 0.8)
"""How busy a day is, Monday first."""


@dataclass(frozen=True)
class Kind:
    """A kind of customer: how many are of it, and how many visits they make in a week (times the
    pace of the business)."""

    share: float
    visits_per_week: float
    stays: float
    """The chance to stay on after each visit."""


KINDS = (Kind(0.35, 0.15, 0.55), Kind(0.4, 0.3, 0.97), Kind(0.2, 0.9, 0.99), Kind(0.05, 2.2, 0.995))
"""Who comes once or twice, now and then, regularly, and all the time."""


@dataclass
class Customer:
    """One customer; `member_id` from the day of joining, `gone` after the last visit."""

    joins_on: int
    kind: Kind
    birthday: str
    mail: bool
    wants_membership: bool
    brings_friends: bool
    member_id: str = ""
    membership: str = ""
    """The tier they pay for, once they have begun to."""
    gone: bool = False

    def comes(self, chance: random.Random, weekday: int, pace: float) -> bool:
        """Whether they come by on a day, to a business of this pace."""
        return chance.random() < self.kind.visits_per_week / 7 * WEEKDAYS[weekday] * pace

    def leaves(self, chance: random.Random) -> bool:
        """Whether that was the last visit."""
        self.gone = chance.random() > self.kind.stays
        return self.gone


def crowd(chance: random.Random, members: int) -> list[Customer]:
    """The customers of a year by the day they join; a third in its first month."""
    kinds = chance.choices(KINDS, weights=[kind.share for kind in KINDS], k=members)
    return sorted(
        (
            Customer(
                joins_on=chance.randrange(30 if chance.random() < 1 / 3 else DAYS),
                kind=kind,
                birthday=f"{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                mail=chance.random() < 0.6,
                wants_membership=chance.random() < 0.04,
                brings_friends=chance.random() < 0.1,
            )
            for kind in kinds
        ),
        key=lambda customer: customer.joins_on,
    )


def bill(chance: random.Random, template: str) -> list[tuple[int, int, str]]:
    """What is bought: (quantity, amount in minor units, category) by line, at least one."""
    lines = []
    for category, price, likely in BUSINESSES[template].menu:
        if chance.random() < likely:
            quantity = 1 if chance.random() < 0.7 else 2
            lines.append((quantity, quantity * price * chance.randint(80, 130) // 100, category))
    return lines or [(1, 500, "")]  # something small that is in no category
