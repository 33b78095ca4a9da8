"""Operations on two cards that between them write every kind of reason.

`entries.json` beside this file holds what the code at commit 7cf5195 (after v0.1.0) stored for
them.
It is never written again: entries of that form are in the tables of merchants.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from regulars.domain.decision import Decision
from regulars.domain.ledger import parse
from regulars.domain.operations import (
    Celebrate,
    GiveBenefits,
    GiveSurprise,
    GrantBonus,
    GrantTier,
    Item,
    RewardAction,
)
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit, visit_rule

EVERYTHING: dict[str, Any] = {
    "units": [unit("point", expiry={"type": "months", "months": 1}), unit("stamp", "stamps")],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        visit_rule(min_spend_minor=500),
        spend_rule(3, 250, exclude=["gift"]),
        {"id": "cakes", "on": "item", "unit": "stamp", "amount": 2, "categories": ["cake"]},
        {"id": "parts", "on": "item", "unit": "point", "amount": 1, "skus": ["a-1", "a-2"]},
        {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 50},
        {"id": "born", "on": "birthday", "unit": "point", "amount": 20},
        {"id": "year", "on": "anniversary", "unit": "stamp", "amount": 2},
    ],
    "rewards": [
        reward("coffee", 5, "stamp", auto=True, valid_days=10),
        reward("book", 40),
        {"id": "tart", "name": "Tart", "cost_minor": 300},
    ],
    "tiers": [
        {"id": "guest", "name": "Guest"},
        {
            "id": "friend", "name": "Friend", "multiplier": "1.5",
            "enter": [{"metric": "visits", "window": "month", "at_least": 3}],
            "benefits": [{"id": "monthly", "reward": "tart", "every": "month"}],
        },
    ],
    "campaigns": [
        {"id": "tuesday", "name": "Quiet Tuesday", "weekdays": ["tue"], "multiplier": "1.25",
         "on": ["spend"]},
        {"id": "opening", "name": "Opening", "bonus": {"unit": "point", "amount": 5},
         "on": ["visit"], "per_member": 2},
    ],
    "milestones": [
        {"id": "five", "name": "Five visits", "metric": "visits", "at": 5, "repeat": True,
         "grant": {"unit": "point", "amount": 9}},
    ],
    "referral": {
        "friend": {"unit": "point", "amount": 10}, "referrer": {"unit": "point", "amount": 10},
    },
    "surprises": [
        {"id": "treat", "name": "Treat", "reward": "tart", "by": "staff",
         "budget": {"amount_minor": 9000, "window": "month"}},
    ],
    "limits": {"visits_per_day": 3, "cooldown_minutes": 5},
}  # fmt: skip

REFUSING: dict[str, Any] = {
    **EVERYTHING,
    "limits": {"visits_per_day": 2},
    "refunds": {"policy": "waive"},
}


def busy() -> Shop:
    """A card to which everything happens."""
    shop = Shop(make_program(4, **EVERYTHING), datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
    shop.join()
    shop.later(hours=1).sale(1240, note='őszi "torta"', order_id="o-1")
    shop.later(minutes=2).visit()
    cakes = shop.later(days=1).sale(items=(*items((3, 2700, "cake"), (1, 5000, "gift")),
                                           Item(2000, 830, "a-1")))  # fmt: skip
    shop.later(hours=1).sale(499)
    shop.later(days=1).sale(9999, visits=2)
    shop.later(minutes=9).do(RewardAction(shop.origin(), "review", "r-7"))
    shop.do(GiveSurprise(shop.origin(staff="st_1", source="staff"), "treat", "rainy day"))
    shop.do(GrantBonus(shop.origin(source="job"), "brought Ben", "point", 10, referral=True))
    shop.do(GrantBonus(shop.origin(), "Łódź quiz", "point", 3))
    shop.adjust("point", 7)
    shop.adjust("point", -2)
    book = shop.issue("book")
    shop.later(days=1).cancel(book)
    shop.redeem(shop.issue("book"))
    cakes = _read_back(cakes)
    shop.later(days=1).refund(cakes, items=items((1, 900, "cake")), amount_minor=900)
    shop.refund(cakes, 100)
    shop.refund(cakes)
    shop.adjust("point", -700, allow_debt=True)
    shop.later(days=3).sale(20000)
    shop.do(GrantTier(shop.origin(), "friend", "2026-12-31", "hand"))
    shop.later(days=40).do(Celebrate(shop.origin(source="job"), "birthday", "04-18"))
    shop.do(GiveBenefits(shop.origin(source="job")))
    shop.expire()
    shop.later(days=30).expire()
    shop.review()
    shop.later(days=300).do(Celebrate(shop.origin(source="job"), "anniversary"))
    return shop


def owing() -> Shop:
    """A card whose refund left a debt that a voucher later pays off."""
    shop = Shop(make_program(9, **REFUSING), datetime(2026, 10, 24, 20, 0, tzinfo=UTC))
    shop.join()
    first = shop.sale(700, visits=2)
    shop.visit()
    shop.later(days=1).sale(2000)
    locked = shop.issue("book") if shop.available() >= 40 else None
    shop.sale(9000)
    kept = locked or shop.issue("book")
    shop.refund(_read_back(first))
    shop.adjust("point", -500, allow_debt=True)
    shop.later(days=2).cancel(kept)
    shop.later(days=2).sale(3000)
    shop.adjust("point", 900)
    shop.later(days=70).expire()
    shop.later(days=1).sale(1500)
    return shop


def _read_back(decision: Decision) -> Decision:
    """The decision with its entry as a refund reads it: out of the stored text."""
    assert decision.recorded is not None
    return decision._replace(entry=parse(decision.recorded.text))


CARDS = {"busy": busy, "owing": owing}
