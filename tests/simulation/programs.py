"""The programmes of the simulated merchant, each in the versions that are published one by one.

Versions differ in what is earned, asked and needed; shared counters keep their limits, so that
their sums can be checked over all versions.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from regulars.domain import program
from regulars.program import check
from regulars.program.load import load
from regulars.store import merchants
from regulars.store.marshal import to_item
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

VISITS_PER_DAY = 3
STOCK = 4
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
         "per_member": {"times": 2, "window": "month"}},
        {"id": "cheers", "on": "birthday", "unit": "stamp", "amount": 2},
    ],
    "rewards": [
        reward("small", 7, valid_days=3, per_member={"times": 2, "window": "month"}),
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
         "on": ["spend"], "total": 5, "per_member": 2},
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


CLUB: dict[str, Any] = {
    **POINTS,
    "timezone": "Asia/Kolkata",
    "units": [
        unit(
            "point",
            expiry=[{"type": "inactivity", "months": 1}, {"type": "months", "months": 1}],
        ),
        unit("stamp", "stamps", expiry={"type": "months", "months": 1}),
    ],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        spend_rule(3, 250, exclude=["gift"]),
        {"id": "cakes", "on": "item", "unit": "stamp", "amount": 1, "categories": ["cake"]},
        visit_rule(),
        {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 5,
         "per_member": {"times": 1, "window": "day"}},
        {"id": "years", "on": "anniversary", "unit": "point", "amount": 11},
        {"id": "cheers", "on": "birthday", "unit": "stamp", "amount": 2},
    ],
    "rewards": [
        reward("small", 7, valid_days=3, per_member={"times": 1, "window": "day"}),
        reward("big", 40, tiers=["gold"], per_member={"times": 2, "window": "lifetime"}),
        reward("mug", 4, stock=STOCK, per_member={"times": 3, "window": "year"}),
        reward("coffee", 4, "stamp", auto=True, valid_days=20),
        {"id": "treat", "name": "Treat"},
        {"id": "prize", "name": "Prize"},
    ],
    "tiers": [
        {"id": "silver", "name": "Silver", "multiplier": "1.5", "grace_days": 5, "notice_days": 9,
         "enter": [{"metric": "purchase", "categories": ["pass"], "window": "month"},
                   {"metric": "spend", "window": "month", "at_least": 9000}],
         "benefits": [{"id": "weekly", "reward": "treat", "every": "week"}]},
        {"id": "spring", "name": "Spring", "multiplier": "2",
         "season": {"from_month": 3, "until_month": 4},
         "enter": [{"metric": "spend", "window": "rolling:2", "at_least": 5000}]},
        {"id": "gold", "name": "Gold", "multiplier": "1.1", "notice_days": 20,
         "enter": [{"metric": "membership", "period": "month", "price_minor": 900}]},
    ],
    "campaigns": [
        {"id": "b-morning", "multiplier": "2", "weekdays": ["mon", "tue", "wed", "sat"],
         "hours": {"from": "06:00", "until": "15:30"}},
        {"id": "a-gold", "multiplier": "2", "tiers": ["gold", "spring"], "on": ["spend", "item"]},
        {"id": "c-spring", "multiplier": "1.4", "from": "2026-03-01", "until": "2026-04-09"},
        {"id": "d-big", "multiplier": "2.5", "units": ["point"], "min_spend_minor": 4000},
        {"id": "doors", "bonus": {"unit": "stamp", "amount": 2}, "on": ["join"], "total": 2},
        {"id": "week", "bonus": {"unit": "point", "amount": 3}, "weekdays": ["fri"]},
    ],
    "milestones": [],
    "limits": {"visits_per_day": VISITS_PER_DAY, "cooldown_minutes": 90},
    "messages": {"close_to_reward_days": 7},
}  # fmt: skip
"""What can be bought and what has its time: passes, memberships, seasons, campaigns."""

GAME: dict[str, Any] = {
    **POINTS,
    "timezone": "America/New_York",
    "units": [unit("point"), unit("stamp", "stamps", expiry={"type": "months", "months": 1})],
    "rewards": [
        *POINTS["rewards"],
        {"id": "medal", "name": "Medal"},
        {"id": "prize", "name": "Prize"},
        {"id": "delight", "name": "Delight", "cost_minor": 300},
    ],
    "surprises": [
        {"id": "lucky", "name": "Lucky", "reward": "delight", "by": "rule", "one_in": 3,
         "on": ["spend"], "per_member": {"times": 2, "window": "month"},
         "budget": {"amount_minor": 900, "window": "year"}},
        {"id": "hand", "name": "By hand", "reward": "delight", "by": "staff",
         "budget": {"amount_minor": 700, "window": "month"}},
    ],
    "refunds": {"policy": "waive"},
    "tiers": [
        {"id": "silver", "name": "Silver"},
        {"id": "gold", "name": "Gold", "multiplier": "1.999", "grace_days": 2,
         "enter": [{"metric": "visits", "window": "month", "at_least": 4},
                   {"metric": "points", "window": "year", "at_least": 400,
                    "keep": {"for": "months", "months": 2, "at_least": 150}}]},
    ],
    "milestones": [
        {"id": "weeks", "name": "Weeks", "metric": "weeks", "at": 2, "reward": "medal"},
        {"id": "months", "name": "Months", "metric": "months", "at": 2, "repeat": True,
         "grant": {"unit": "point", "amount": 5}},
        {"id": "spring", "name": "Spring", "metric": "visits", "at": 3, "repeat": True,
         "from": "2026-02-20", "until": "2026-04-10", "grant": {"unit": "stamp", "amount": 1}},
        {"id": "hundreds", "name": "Hundreds", "metric": "points", "at": 100, "repeat": True,
         "badge": True},
        {"id": "money", "name": "Money", "metric": "spend", "at": 2500, "repeat": True,
         "reward": "medal"},
        {"id": "friends", "name": "Friends", "metric": "referrals", "at": 1,
         "grant": {"unit": "point", "amount": 8}},
    ],
    "raffles": [
        {"id": "early", "name": "Early", "from": "2026-01-20", "until": "2026-03-05",
         "reward": "prize", "winners": 2},
        {"id": "late", "name": "Late", "from": "2026-02-10", "until": "2026-04-30",
         "per_minor": 900, "reward": "prize"},
    ],
}  # fmt: skip
"""What is played for: streaks, challenges, badges, raffles, surprises; a tier that everybody is in,
one that is kept with less, and an owner who bears what was spent."""

RATE = {"units": 3, "amount_minor": 40}
SHARE_PERCENT = 80

WALLET: dict[str, Any] = {
    **POINTS,
    "units": [
        unit("point", expiry={"type": "months", "months": 6}), POINTS["units"][1]
    ],
    "earn": [POINTS["earn"][0], spend_rule(30, 250, exclude=["gift"]), *POINTS["earn"][2:]],
    "rewards": [
        *POINTS["rewards"],
        reward("money", 0, kind="credit", rate=RATE, max_share="0.8", valid_days=30),
    ],
}  # fmt: skip
"""Points as money off, at a rate by which most sums take a part of a unit."""

ALL = (POINTS, STAMPS, CLUB, GAME, WALLET)
SHOPS = 4
"""How many of them take turns by seed; the last has runs of its own (see `wallets.py`)."""


def days_to_begin(shop: int) -> int:
    """Within how many days a run begins; where dates matter, around them."""
    return 900 if shop < 2 else 90


AGAIN = {
    "id": "again", "name": "Again", "from": "2026-02-01", "until": "2026-05-20", "reward": "prize",
}  # fmt: skip


def versions(document: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What is published one after the other, over and over."""
    richer, harder = deepcopy(document), deepcopy(document)
    for part in richer["earn"]:
        part["amount"] += 1
    richer["rewards"][0]["cost"]["amount"] = 5
    harder["earn"][1]["per_minor"] = 400
    for way in harder["tiers"][0].get("enter", ()):
        if way["metric"] == "spend":
            way["at_least"] *= 3
    for later in (richer, harder):
        if document in (CLUB, GAME):  # one more; in the club only publishing makes it due
            later["raffles"] = [*document.get("raffles", ()), AGAIN]
    return document, richer, harder


@cache
def _checked(shop: int) -> tuple[dict[str, Any], ...]:
    documents = versions(ALL[shop])
    return tuple(check.check(document) for document in documents)


@cache
def version(shop: int, number: int) -> tuple[dict[str, Any], program.Program]:
    """Document and programme of a version, from version 1 on."""
    documents = _checked(shop)
    document = documents[(number - 1) % len(documents)]
    return document, load(document, number)


@cache
def raffles(shop: int) -> dict[str, dict[str, Any]]:
    """By id the raffles of all versions."""
    return {one["id"]: one for each in _checked(shop) for one in each.get("raffles", ())}


@cache
def limits(shop: int) -> dict[str, int]:
    """By shared counter how far it may go."""
    document = version(shop, 1)[0]
    parts = (("stock", "rewards", "stock"), ("campaign", "campaigns", "total"))
    return {
        f"{kind}:{one['id']}": one[most]
        for kind, section, most in parts
        for one in document[section]
        if most in one
    }


@cache
def surprises(shop: int) -> dict[str, dict[str, Any]]:
    """The surprises by id."""
    return {one["id"]: one for one in version(shop, 1)[0].get("surprises", ())}


@cache
def first_items(shop: int, m: str) -> tuple[dict[str, Any], ...]:
    """The first version as it lies in the table."""
    puts = merchants._program_puts(m, version(shop, 1)[0], 1, 0)
    return tuple(to_item(put.item) for put in puts)
