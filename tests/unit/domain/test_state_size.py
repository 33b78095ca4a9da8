"""A state stays within one write unit: a kilobyte, with two years of history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.store import cards
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

MERCHANT, MEMBER = "m" + "0" * 11, "c" + "0" * 14


def size(card: Card) -> int:
    """Bytes of the item as DynamoDB counts them: names and values; `ver` takes at most four."""
    item = cards.state_item(MERCHANT, card)
    values = (len(value) for value in item.values() if isinstance(value, str | bytes))
    return sum(len(name) for name in item) + sum(values) + 4


def program_of_two_units(months: int = 24) -> Program:
    """Points for two years or less, an automatic coffee for ten visits, a tier by the year."""
    return make_program(
        units=[unit(expiry={"type": "months", "months": months}), unit("stamp", "stamps")],
        earn=[spend_rule(1, 100), visit_rule()],
        rewards=[reward("coffee", 10, "stamp", auto=True, valid_days=60)],
        tiers=[
            {"id": "friend", "name": "Friend",
             "enter": [{"metric": "spend", "window": "year", "at_least": 10_000}]}
        ],
        messages={"close_to_reward_days": 7},
        limits={"visits_per_day": 2, "cooldown_minutes": 30},
    )  # fmt: skip


def two_years(visits_a_month: int, *, redeems: bool, seed: int, months: int = 24) -> Shop:
    """A member whose every visit costs something else, so that nothing compresses by luck."""
    dice = Random(seed)  # noqa: S311 - test data, not a secret
    shop = Shop(program_of_two_units(months), datetime(2024, 12, 1, 9, 0, tzinfo=UTC))
    shop.entropy = dice.randbytes
    shop.join()
    for month in range(11, 35):
        start = datetime(2024 + month // 12, month % 12 + 1, 1, 9, 0, tzinfo=UTC)
        for visit in range(visits_a_month):
            shop.now = start + timedelta(days=visit % 28, seconds=dice.randrange(30_000))
            sale = shop.sale(dice.randrange(100, 5000))
            if redeems:
                for voucher in sale.unlocked:
                    shop.redeem(voucher)
        shop.expire()
        shop.review()
    return shop


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("redeems", [True, False])
def test_a_regular_of_two_years_with_dozens_of_lots_fits_a_kilobyte(
    redeems: bool, seed: int
) -> None:
    """Twelve visits a month; with every coffee drunk, or with those of sixty days still open."""
    card = two_years(12, redeems=redeems, seed=seed).card

    assert len(card.lots["point"]) == 24
    assert len(card.windows) == 24
    assert card.tier
    assert bool(card.open) is not redeems
    assert size(card) <= 1024, size(card)
    assert cards.card_of(cards.state_item(MERCHANT, card)) == card


@pytest.mark.parametrize("seed", range(5))
def test_so_does_one_whose_points_expire_month_by_month(seed: int) -> None:
    """What expired is remembered for as long as it may be refunded."""
    card = two_years(12, redeems=False, seed=seed, months=3).card

    assert len([name for name in card.taken if name.startswith("x:point:")]) == 13
    assert size(card) <= 1024, size(card)


def test_a_young_card_can_be_read_in_the_table() -> None:
    shop = Shop(program_of_two_units())
    shop.join()
    shop.sale(840)

    stored = cards.state_item(MERCHANT, shop.card)["s"]

    assert isinstance(stored, str)
    assert json.loads(stored)["q"] == 2
