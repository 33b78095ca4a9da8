"""Programme documents with anything in them that the models allow, for properties of all.

Strategies are made once: to make one takes longer than to draw from it.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, composite

from regulars.domain.refusals import Refused
from regulars.i18n import languages
from regulars.program.check import check

LANGUAGES = tuple(languages())
LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))


@cache
def short(most: int = 12) -> SearchStrategy[str]:
    return st.text(LETTERS, min_size=1, max_size=most).map(str.strip).filter(bool)


@cache
def texts() -> SearchStrategy[Any]:
    by_language = st.dictionaries(st.sampled_from((*LANGUAGES, "de")), short(), min_size=1)
    return short() | by_language


@cache
def plurals() -> SearchStrategy[Any]:
    forms = st.dictionaries(
        st.sampled_from(("one", "few", "many", "other", "zero")), short(), min_size=1
    )
    return st.dictionaries(st.sampled_from((*LANGUAGES, "de")), forms, min_size=1)


DAYS = st.dates().filter(lambda day: 2000 <= day.year <= 2999).map(lambda day: day.isoformat())
MONEY = st.integers(0, 10**12)
STEP = st.integers(1, 10**9)
COUNT = st.integers(1, 1_000_000)
TIMES = st.sampled_from(("00:00", "06:30", "12:00", "19:05", "23:59", "24:00"))
MULTIPLIER = st.sampled_from(("1", "1.5", "2.000", "10.125", "0.25", "3.10"))
WEEKDAYS = st.lists(
    st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, max_size=7
)
SEGMENTS = st.lists(st.sampled_from(("new", "returning", "loyal", "at_risk", "lapsed")), max_size=5)
SHARE = st.sampled_from(("0", "0.5", "0.50", "0.125", "1", "1.0", "0.333"))


@composite
def some(draw: Any, needed: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    """An object with all that is needed and some of the rest, in any order."""
    names = [*needed, *(name for name in optional if draw(st.booleans()))]
    strategies = needed | optional
    return {name: draw(strategies[name]) for name in draw(st.permutations(names))}


def ids(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{place}" for place in range(count)]


UNITS, REWARDS, TIERS, PLACES = ids("u", 2), ids("r", 3), ids("t", 3), ids("l", 2)
unit, reward = st.sampled_from(UNITS), st.sampled_from(REWARDS)
tiers = st.lists(st.sampled_from(TIERS), max_size=3)
per_member = some({"times": COUNT}, {"window": st.sampled_from(("day", "month", "lifetime"))})
goods = {
    "categories": st.lists(short(), max_size=3),
    "skus": st.lists(short(), max_size=3),
}


@cache
def expiry() -> SearchStrategy[Any]:
    months = some(
        {"type": st.sampled_from(("months", "inactivity")), "months": st.integers(13, 120)}, {}
    )
    date = some(
        {"type": st.just("date"), "month": st.integers(1, 12), "day": st.integers(1, 28)}, {}
    )
    never = some({}, {"type": st.just("never")})
    return never | months | date | st.lists(months | date, min_size=1, max_size=4)


@cache
def units(unit_id: str) -> SearchStrategy[Any]:
    return some(
        {"id": st.just(unit_id), "name": plurals(), "kind": st.sampled_from(("stamps", "points"))},
        {
            "expiry": expiry(),
            "hold_days": st.integers(0, 365),
            "ends_on": DAYS,
            "replaces": some({"unit": st.just("old"), "rate": MULTIPLIER}, {}),
            "value": some({"units": COUNT, "amount_minor": STEP}, {}),
        },
    )


@cache
def earn(rule_id: str) -> SearchStrategy[Any]:
    base = {"id": st.just(rule_id), "unit": unit, "amount": COUNT}
    sale = {
        **goods,
        "exclude": st.lists(short(), max_size=3),
        "min_spend_minor": MONEY,
        "name": texts(),
    }
    return st.one_of(
        some(
            {**base, "on": st.sampled_from(("join", "birthday", "anniversary"))}, {"name": texts()}
        ),
        some({**base, "on": st.just("visit")}, sale),
        some({**base, "on": st.just("spend"), "per_minor": STEP}, sale),
        some(
            {
                **base,
                "on": st.just("item"),
                "categories": st.lists(short(), min_size=1, max_size=3),
            },
            {name: one for name, one in sale.items() if name != "categories"},
        ),
        some(
            {**base, "on": st.just("action"), "action": st.just("review")},
            {
                "per_member": per_member,
                "proof": st.sampled_from(("key", "owner", "self")),
                "link": st.just("https://a.example/b"),
                "how": texts(),
                "name": texts(),
            },
        ),
    )


@cache
def rewards(reward_id: str) -> SearchStrategy[Any]:
    cost = some({"unit": unit, "amount": st.integers(1, 10**6)}, {})
    free = {
        "promise": plurals(),
        "headline": texts(),
        "conditions": st.lists(texts(), max_size=3),
        "valid_days": st.integers(1, 3650),
        "tiers": tiers,
        "per_member": per_member,
        "stock": COUNT,
        "cost_minor": MONEY,
    }
    base = {"id": st.just(reward_id), "name": texts()}
    return st.one_of(
        some(base, {**free, "kind": st.sampled_from(("item", "perk")), "cost": cost}),
        some(
            {**base, "cost": cost, "auto": st.just(True)},
            {**free, "when_unused": st.sampled_from(("returns", "once", "ends"))},
        ),
        some({**base, "kind": st.just("percent"), "percent": st.integers(1, 100)}, free),
        some({**base, "kind": st.just("amount"), "amount_minor": MONEY}, {**free, "cost": cost}),
        some(
            {
                **base,
                "kind": st.just("credit"),
                "cost": some({"unit": unit, "amount": st.just(100)}, {}),
                "rate": st.just({"units": 100, "amount_minor": 500}),
            },
            {**free, "step_units": st.just(20), "max_share": SHARE.filter(lambda s: float(s) > 0)},
        ),
    )


@cache
def ways() -> SearchStrategy[Any]:
    window = st.sampled_from(("month", "quarter", "year", "rolling:7"))
    keep = st.one_of(
        some({}, {"for": st.sampled_from(("period", "next_period", "ever"))}),
        some({"for": st.just("months"), "months": st.integers(1, 120)}, {}),
    )
    counted = {
        "metric": st.sampled_from(("spend", "visits", "points")),
        "at_least": st.integers(1, 10**9),
    }
    return st.one_of(
        some({**counted, "window": window}, {"keep": keep}),
        some(counted, {}),
        some(
            {
                **counted,
                "window": window,
                "at_least": st.integers(500, 10**6),
                "keep": some({"at_least": st.integers(1, 500)}, {}),
            },
            {},
        ),
        some(
            {"metric": st.just("membership"), "period": st.sampled_from(("month", "year"))},
            {"price_minor": MONEY},
        ),
        some({"metric": st.just("invitation")}, {"percent": st.integers(1, 50)}),
        some(
            {"metric": st.just("purchase"), "skus": st.lists(short(), min_size=1, max_size=2)},
            {"price_minor": MONEY},
        ),
    )


@cache
def tier(tier_id: str) -> SearchStrategy[Any]:
    every = st.sampled_from(("week", "month", "quarter", "year", "birthday", "anniversary"))
    benefit = some(
        {"id": st.just("b"), "reward": reward, "every": every}, {"times": st.integers(1, 5)}
    )
    discount = some({"id": st.just("d"), "name": texts(), "percent": st.integers(1, 100)}, goods)
    months = st.integers(1, 12)
    return some(
        {"id": st.just(tier_id), "name": texts()},
        {
            "enter": st.lists(ways(), max_size=3),
            "multiplier": MULTIPLIER,
            "perks": st.lists(texts(), max_size=3),
            "benefits": st.lists(benefit, max_size=1),
            "discounts": st.lists(discount, max_size=1),
            "grace_days": st.integers(0, 365),
            "notice_days": st.integers(0, 180),
            "season": some({"from_month": months, "until_month": months}, {}),
        },
    )


@cache
def campaign(campaign_id: str) -> SearchStrategy[Any]:
    free = {
        "name": texts(),
        "weekdays": WEEKDAYS,
        "segments": SEGMENTS,
        "tiers": tiers,
        "hours": st.just({"from": "06:30", "until": "24:00"}),
        "from": DAYS,
        "on": st.lists(st.sampled_from(("join", "visit", "spend", "item")), max_size=4),
        "units": st.lists(unit, max_size=2),
        "locations": st.lists(st.sampled_from(PLACES), max_size=2),
        "min_spend_minor": MONEY,
        "per_member": st.integers(1, 10_000),
        "total": COUNT,
    }
    base = {"id": st.just(campaign_id)}
    return st.one_of(
        some({**base, "multiplier": st.sampled_from(("1.5", "2", "10.125"))}, free),
        some({**base, "bonus": some({"unit": unit, "amount": COUNT}, {})}, free),
    )


@cache
def milestone(milestone_id: str) -> SearchStrategy[Any]:
    free = {
        "repeat": st.booleans(),
        "reward": reward,
        "grant": some({"unit": unit, "amount": COUNT}, {}),
    }
    base = {"id": st.just(milestone_id), "name": texts(), "at": COUNT, "badge": st.just(True)}
    return st.one_of(
        some({**base, "metric": st.sampled_from(("referrals", "weeks", "months"))}, free),
        some(
            {**base, "metric": st.sampled_from(("spend", "visits", "points"))},
            {**free, "from": DAYS},
        ),
    )


@cache
def raffle(raffle_id: str) -> SearchStrategy[Any]:
    return some(
        {
            "id": st.just(raffle_id),
            "name": texts(),
            "from": st.just("2026-01-01"),
            "until": st.just("2026-12-24"),
            "reward": reward,
        },
        {"per_minor": STEP, "winners": st.integers(1, 1000)},
    )


@cache
def surprise(surprise_id: str) -> SearchStrategy[Any]:
    budget = some({"amount_minor": STEP, "window": st.sampled_from(("day", "month"))}, {})
    base = {"id": st.just(surprise_id), "name": texts(), "reward": reward, "budget": budget}
    free = {"tiers": tiers, "segments": SEGMENTS, "per_member": per_member}
    return st.one_of(
        some({**base, "by": st.just("staff")}, free),
        some(
            {**base, "by": st.just("rule"), "one_in": st.integers(2, 10_000)},
            {
                **free,
                "on": st.lists(st.sampled_from(("visit", "spend")), max_size=2),
                "min_spend_minor": MONEY,
            },
        ),
    )


NUMBER = st.integers(0, 50)
_LIMITS = some(
    {},
    {
        "visits_per_day": NUMBER,
        "cooldown_minutes": st.integers(0, 1440),
        "printed": some({}, {"cooldown_minutes": st.integers(0, 10_080), "per_day": NUMBER}),
        "staff": some(
            {},
            {
                "visits_per_day": NUMBER,
                "spend_minor_per_day": MONEY,
                "spend_minor_per_sale": MONEY,
                "gifts_per_day": NUMBER,
                "undos_per_day": NUMBER,
            },
        ),
    },
)


@cache
def place(place_id: str) -> SearchStrategy[Any]:
    opening = some({"days": WEEKDAYS, "from": st.just("07:30"), "until": TIMES}, {})
    return some(
        {"id": st.just(place_id), "name": short()},
        {"opening": st.lists(opening, max_size=2), "limits": _LIMITS},
    )


@cache
def gift() -> SearchStrategy[Any]:
    return some({"reward": reward}, {}) | some({"unit": unit, "amount": COUNT}, {})


@cache
def referral() -> SearchStrategy[Any]:
    return some(
        {},
        {
            "friend": gift(),
            "referrer": gift(),
            "min_spend_minor": MONEY,
            "max_per_member": st.integers(1, 10_000),
            "min_age_hours": st.integers(0, 2160),
        },
    )


def _list(made: Any, names: list[str], *, all_of: bool = False) -> SearchStrategy[Any]:
    least = len(names) if all_of else 0
    of_count = [st.tuples(*map(made, names[:count])).map(list) for count in range(len(names) + 1)]
    return st.integers(least, len(names)).flatmap(lambda count: of_count[count])


_REFUNDS = some(
    {},
    {
        "policy": st.sampled_from(("debt", "waive")),
        "tier": st.sampled_from(("take", "keep")),
        "voucher": st.sampled_from(("return", "keep")),
        "visit_kept_from": SHARE,
    },
)
_COUNTS = some(
    {},
    dict.fromkeys(("tip", "delivery", "gift_card_sold", "tax_inside", "zero_sale"), st.booleans()),
)


@cache
def documents() -> SearchStrategy[dict[str, Any]]:
    """A valid document; almost everything in it is there or not."""
    return some(
        {
            "name": short(),
            "currency": st.sampled_from(("EUR", "HUF", "PLN", "KZT", "JPY", "KWD", "USD")),
            "timezone": st.just("Europe/Budapest"),
            "languages": st.permutations(LANGUAGES).flatmap(
                lambda all_: st.integers(1, len(all_)).map(lambda count: list(all_[:count]))
            ),
            "units": _list(units, UNITS, all_of=True),
            "rewards": _list(rewards, REWARDS, all_of=True),
            "tiers": _list(tier, TIERS, all_of=True),
            "locations": _list(place, PLACES, all_of=True),
        },
        {
            "country": st.just("HU"),
            "leap_birthday": st.sampled_from(("02-28", "03-01")),
            "branding": some(
                {}, {"color": st.just("#12aBcd"), "icon": st.sampled_from(("cup", "paw"))}
            ),
            "earn": _list(earn, ids("e", 3)),
            "campaigns": _list(campaign, ids("c", 2)),
            "milestones": _list(milestone, ids("m", 2)),
            "raffles": _list(raffle, ids("f", 1)),
            "surprises": _list(surprise, ids("s", 2)),
            "referral": referral(),
            "leaderboards": st.just(
                [
                    {
                        "id": "b",
                        "name": "Board",
                        "metric": "visits",
                        "window": "month",
                        "places": 5,
                    }
                ]
            ),
            "categories": st.dictionaries(short(), texts(), max_size=3),
            "join": some({}, {"min_age": st.integers(0, 99)}),
            "limits": _LIMITS,
            "refunds": _REFUNDS,
            "display": some({}, {"visits": st.integers(1, 50), "cooldown_minutes": NUMBER}),
            "counts": _COUNTS,
            "messages": some({}, {"close_to_reward_days": NUMBER}),
            "segments": some({}, {"at_risk": st.just("2.5"), "lapsed_days": st.integers(30, 99)}),
        },
    )


def allowed() -> SearchStrategy[dict[str, Any]]:
    """Documents that can be published; a few that the rules of the whole refuse are left out."""

    def is_allowed(document: dict[str, Any]) -> bool:
        try:
            return check(copy.deepcopy(document)) is not None
        except Refused:
            return False

    return documents().filter(is_allowed)


def bytes_of(document: Any) -> bytes:
    """A document as bytes, with the order of its names."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
