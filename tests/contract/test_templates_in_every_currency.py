"""A template is right in every currency: its money, and the sums that its texts name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Item, Join, Origin
from regulars.i18n import exponent, words
from regulars.i18n.cldr import WHOLE
from regulars.i18n.currencies import CURRENCIES
from regulars.program import amounts, templates
from regulars.program.amounts import PRICES, VISITS, priced
from regulars.program.check import check
from regulars.program.load import load
from tests.examples import examples

NAMES, CODES = templates.names(), sorted(CURRENCIES)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def document(name: str, currency: str, prices: dict[str, int] | None = None) -> dict[str, Any]:
    return check(priced(templates.written(name), name, currency, prices or {}))


def bought(name: str, made: dict[str, Any], spend_minor: int, category: str) -> Decision:
    """What the first purchase of a new member leads to."""
    program = load(made, 1)
    joined = decide(
        program, Card("c"), Join(Origin("join", "join", entropy=bytes(16)), "c"), NOW
    ).card
    item = Item(1000, spend_minor, category=category)
    sale = Earn(Origin("sale", "till", entropy=bytes(16)), spend_minor=spend_minor, items=(item,))
    return decide(program, joined, sale, NOW)


def money(part: Any, name: str = "") -> Iterator[int]:
    """Every sum of a document."""
    if isinstance(part, dict):
        for below, value in part.items():
            is_spend = below == "at_least" and part.get("metric") == "spend"
            yield from money(value, f"{below}_minor" if is_spend else below)
    elif isinstance(part, list):
        for one in part:
            yield from money(one, name)
    elif isinstance(part, int) and name.endswith("_minor"):
        yield part


def texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for below in part.values() if isinstance(part, dict) else part if type(part) is list else ():
        yield from texts(below)


def test_the_table_knows_every_currency() -> None:
    assert set(amounts._PER_100_EUROS) == CURRENCIES
    assert set(VISITS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP"])
def test_the_figures_hold_in_euros_dollars_and_pounds(name: str, currency: str) -> None:
    assert list(money(document(name, currency))) == list(money(templates.written(name)))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_right_in_every_currency(name: str) -> None:
    for currency in CODES:
        made = document(name, currency)
        require_one_free_thing_at_most(name, currency, made)
        require_whole_sums(currency, made)
        require_the_sign(name, currency, made)


def require_one_free_thing_at_most(name: str, currency: str, made: dict[str, Any]) -> None:
    """One purchase earns no more than one free thing."""
    usual = amounts._usual(currency)
    for category in ("drink", "main", "service", "product", "book"):
        decision = bought(name, made, int(PRICES[category] * usual), category)
        card, program = decision.card, load(made, 1)
        gifts = len(card.open)
        for reward in program.rewards.values():
            if reward.cost and not reward.auto:
                gifts += card.available(reward.unit, "2026-11-24") // reward.cost
        assert gifts <= 1, (currency, category)
        tier = card.tier.id if card.tier else ""
        assert program.tier_rank(tier) <= 0, "one purchase makes nobody more than a beginner"


def require_whole_sums(currency: str, made: dict[str, Any]) -> None:
    """Sums are whole where nobody has coins of less, and short."""
    unit = 10 ** exponent(currency) if currency in WHOLE else 1
    sums = list(money(made))
    assert [one for one in sums if one % unit] == [], currency
    assert [one for one in sums if len(str(one).rstrip("0")) > 3] == [], currency


def require_the_sign(name: str, currency: str, made: dict[str, Any]) -> None:
    """What a text says is what the rule does, with the sign of the currency."""
    assert [text for text in texts(made) if "{minor" in text] == [], currency
    sums = {words("en").money(one, currency) for one in money(made)}
    for text in texts(made):
        if re.search(r"[0-9][.,][0-9]{2}(?![0-9])", text) and "%" not in text:
            assert words("en").symbol(currency) in text, text
    if name == "mug-club":
        (perk,) = made["tiers"][0]["perks"]
        assert any(one in perk["en"] for one in sums), perk


def test_what_was_seen_in_forints() -> None:
    """A coffee for 990 Ft earned nineteen free ones, and a main for 650 Ft made a Foodie."""
    coffee = bought("mug-club", document("mug-club", "HUF"), 99_000, "drink").card
    assert coffee.available("point", "2026-11-24") == 2
    main = bought("supper-club", document("supper-club", "HUF"), 65_000, "main").card
    assert main.tier
    assert main.tier.id == "regular"


@pytest.mark.parametrize(
    ("currency", "step"),
    [("HUF", 40_000), ("JPY", 150), ("KZT", 60_000), ("KWD", 350), ("PLN", 400), ("EUR", 100)],
)
def test_a_point_costs_a_round_sum(currency: str, step: int) -> None:
    assert document("mug-club", currency)["earn"][0]["per_minor"] == step


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(CODES), st.integers(1, 10**8))
def test_any_price_scales_all_money_alike(name: str, currency: str, minor: int) -> None:
    """A visit that costs more makes every sum more, within what rounding takes."""
    made = document(name, currency, {"visit": minor})
    for before, now in zip(money(templates.written(name)), money(made), strict=True):
        exact = before * minor / VISITS[name]
        unit = 10 ** exponent(currency) if currency in WHOLE else 1
        assert now % unit == 0
        assert abs(now - exact) <= max(0.12 * exact, unit)


def test_a_price_of_something_unknown_is_named(service: Any) -> None:
    body = {
        "name": "Café", "slug": "cafe-with-prices", "template": "mug-club", "currency": "HUF",
        "timezone": "Europe/Budapest", "languages": ["hu"], "owner_email": "o@example.com",
    }  # fmt: skip
    headers = {"authorization": f"Bearer {service.platform_key}"}
    wrong = service.request(
        "POST", "/v1/merchants", body={**body, "prices": {"cofee": 1}}, headers=headers
    )
    assert (wrong.status, wrong.json["errors"][0]["path"]) == (422, "prices.cofee")
    made = service.new_merchant("mug-club", currency="HUF", prices={"coffee": 99_000})
    program = made.call("GET", "/v1/program").json["program"]
    assert program["earn"][0]["per_minor"] == 35_000
    assert program["tiers"][1]["enter"][0]["price_minor"] == 500_000
