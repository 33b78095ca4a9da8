"""The programmes of the simulated merchant, each in the versions that are published one by one.

Versions differ in what is earned, asked and needed; shared counters keep their limits, so that
their sums can be checked over all versions.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from regulars.domain import program
from regulars.store import merchants
from regulars.store.marshal import to_item
from regulars.web import program_schema
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

VISITS_PER_DAY = 3
STOCK = 4
CAMPAIGN_TOTAL = 5
ACTIONS = 2
MONTHLY = 2
FIRST_MINOR = 500

POINTS: dict[str, Any] = {
    "name": "Corner",
    "currency": "EUR",
    "languages": ["en"],
    "timezone": "Europe/Budapest",
    "units": [
        unit("point", expiry={"type": "months", "months": 2}, hold_days=2),
        unit("stamp", "stamps", expiry={"type": "months", "months": 1}),
    ],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        spend_rule(3, 250, exclude=["gift"]),
        {"id": "cakes", "on": "spend", "unit": "point", "amount": 1, "per_minor": 99,
         "categories": ["cake"]},
        visit_rule(min_spend_minor=300),
        {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 5,
         "per_member": {"times": ACTIONS, "window": "month"}},
        {"id": "cheers", "on": "birthday", "unit": "stamp", "amount": 2},
    ],
    "rewards": [
        reward("small", 7, valid_days=3, per_member={"times": MONTHLY, "window": "month"}),
        reward("big", 40, tiers=["gold"]),
        reward("mug", 4, stock=STOCK),
        reward("coffee", 3, "stamp", auto=True, valid_days=20),
        {"id": "treat", "name": "Treat"},
    ],
    "tiers": [
        {"id": "silver", "name": "Silver", "multiplier": "1.25",
         "enter": [{"metric": "spend", "window": "rolling:3", "at_least": 3000}],
         "benefits": [{"id": "monthly", "reward": "treat", "every": "month"}]},
        {"id": "gold", "name": "Gold", "multiplier": "1.999",
         "enter": [{"metric": "points", "window": "quarter", "at_least": 150},
                   {"metric": "visits", "window": "month", "at_least": 6}]},
    ],
    "campaigns": [
        {"id": "first", "name": "The first ones", "bonus": {"unit": "point", "amount": 6},
         "on": ["spend"], "total": CAMPAIGN_TOTAL, "per_member": 2},
    ],
    "milestones": [
        {"id": "third", "name": "Third visit", "metric": "visits", "at": 3,
         "grant": {"unit": "point", "amount": 4}},
    ],
    "referral": {
        "friend": {"unit": "point", "amount": 9}, "referrer": {"unit": "stamp", "amount": 2},
        "min_spend_minor": FIRST_MINOR, "max_per_member": 1,
    },
    "limits": {"visits_per_day": VISITS_PER_DAY},
}  # fmt: skip

STAMPS: dict[str, Any] = {
    **POINTS,
    "timezone": "Pacific/Kiritimati",
    "units": [
        unit("stamp", "stamps", expiry={"type": "months", "months": 0}),
        unit("point", expiry={"type": "date", "month": 2, "day": 29}),
    ],
    "referral": {**POINTS["referral"], "max_per_member": 2},
}
"""The same with days that begin at another time, and points that all expire on one day."""


SHOPS = 2


def versions(document: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What is published one after the other, over and over."""
    richer, harder = deepcopy(document), deepcopy(document)
    for part in richer["earn"]:
        part["amount"] += 1
    richer["rewards"][0]["cost"]["amount"] = 5
    harder["tiers"][0]["enter"][0]["at_least"] = 9000
    harder["earn"][1]["per_minor"] = 400
    return document, richer, harder


@cache
def _checked(shop: int) -> tuple[dict[str, Any], ...]:
    documents = versions((POINTS, STAMPS)[shop])
    return tuple(program_schema.check(document) for document in documents)


@cache
def version(shop: int, number: int) -> tuple[dict[str, Any], program.Program]:
    """Document and programme of a version, from version 1 on."""
    documents = _checked(shop)
    document = documents[(number - 1) % len(documents)]
    return document, program.load(document, number)


@cache
def first_items(shop: int, m: str) -> tuple[dict[str, Any], ...]:
    """The first version as it lies in the table."""
    puts = merchants._program_puts(m, version(shop, 1)[0], 1, 0)
    return tuple(to_item(put.item) for put in puts)
