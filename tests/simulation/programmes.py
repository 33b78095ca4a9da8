"""The programmes of the simulated merchant, each in the versions that are published one by one.

Versions differ in what is earned, asked and needed; shared counters keep their limits, so that
their sums can be checked over all versions.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from regulars.domain import program
from regulars.web import program_schema
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

VISITS_PER_DAY = 3
STOCK = 4
CAMPAIGN_TOTAL = 5
ACTIONS = 2
MONTHLY = 2

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
    "limits": {"visits_per_day": VISITS_PER_DAY},
}  # fmt: skip

STAMPS: dict[str, Any] = {
    **POINTS,
    "timezone": "Pacific/Kiritimati",
    "units": [
        unit("stamp", "stamps", expiry={"type": "months", "months": 0}),
        unit("point", expiry={"type": "date", "month": 2, "day": 29}),
    ],
}
"""The same with days that begin at another time, and points that all expire on one day."""


def versions(document: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What is published one after the other."""
    richer, harder = deepcopy(document), deepcopy(document)
    for part in richer["earn"]:
        part["amount"] += 1
    richer["rewards"][0]["cost"]["amount"] = 5
    harder["tiers"][0]["enter"][0]["at_least"] = 9000
    harder["earn"][1]["per_minor"] = 400
    return document, richer, harder


@cache
def published(shop: int) -> tuple[tuple[dict[str, Any], program.Program], ...]:
    """Document and programme of each version, from version 1 on."""
    documents = versions((POINTS, STAMPS)[shop])
    return tuple(
        (document, program.load(program_schema.check(document), version))
        for version, document in enumerate(documents, 1)
    )
