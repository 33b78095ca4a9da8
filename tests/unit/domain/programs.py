"""Small programmes for the state machine: between them every rule the core knows."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

_BASE = {"name": "Shop", "currency": "EUR", "languages": ["en"]}

PUNCH_CARD: dict[str, Any] = {
    **_BASE,
    "timezone": "Europe/Budapest",
    "units": [unit("stamp", "stamps", expiry={"type": "months", "months": 1})],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        visit_rule(),
        {"id": "cakes", "on": "item", "unit": "stamp", "amount": 2, "categories": ["cake"]},
    ],
    "rewards": [
        reward("coffee", 5, "stamp", auto=True, valid_days=10),
        reward("water", 1, "stamp", per_member={"times": 1, "window": "day"}),
    ],
    "tiers": [
        {"id": "guest", "name": "Guest"},
        {
            "id": "friend", "name": "Friend", "multiplier": "1.5",
            "enter": [{"metric": "visits", "window": "month", "at_least": 3}],
        },
    ],
    "limits": {"visits_per_day": 3},
    "messages": {"close_to_reward_days": 7},
}  # fmt: skip

POINTS: dict[str, Any] = {
    **_BASE,
    "timezone": "America/New_York",
    "units": [
        unit("point", expiry={"type": "months", "months": 2}, hold_days=3),
        unit("stamp", "stamps", expiry={"type": "months", "months": 0}),
    ],
    "earn": [
        spend_rule(3, 250, exclude=["gift"]),
        {"id": "cakes", "on": "spend", "unit": "point", "amount": 1, "per_minor": 99,
         "categories": ["cake"]},
        visit_rule(min_spend_minor=500),
    ],
    "rewards": [
        reward("small", 7, valid_days=3, per_member={"times": 2, "window": "month"}),
        reward("big", 40, tiers=["gold"]),
        reward("free-stamps", 3, "stamp", auto=True),
    ],
    "tiers": [
        {
            "id": "silver", "name": "Silver", "multiplier": "1.25",
            "enter": [{"metric": "spend", "window": "rolling:3", "at_least": 3000}],
        },
        {
            "id": "gold", "name": "Gold", "multiplier": "1.999",
            "enter": [
                {"metric": "points", "window": "quarter", "at_least": 150},
                {"metric": "spend", "window": "year", "at_least": 30000},
            ],
        },
    ],
}  # fmt: skip

YEARLY: dict[str, Any] = {
    **_BASE,
    "timezone": "Pacific/Kiritimati",
    "units": [
        unit(
            "point",
            expiry=[
                {"type": "date", "month": 2, "day": 29}, {"type": "inactivity", "months": 4}
            ],
        ),
        unit("stamp", "stamps", hold_days=1),
    ],
    "earn": [spend_rule(7, 300), visit_rule(2)],
    "rewards": [reward("treat", 10, auto=True, valid_days=40), reward("ride", 3, "stamp")],
    "tiers": [
        {
            "id": "club", "name": "Club", "multiplier": "0.5",
            "enter": [{"metric": "visits", "window": "lifetime", "at_least": 4}],
        }
    ],
    "limits": {"cooldown_minutes": 30},
}  # fmt: skip

ALL = {"punch card": PUNCH_CARD, "points": POINTS, "yearly": YEARLY}
