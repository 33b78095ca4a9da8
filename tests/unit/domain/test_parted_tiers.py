"""Rights to tiers that were earned while two cards were one, when they are parted again."""

from __future__ import annotations

import pytest

from tests.unit.domain.merged import Pair, pair
from tests.unit.domain.shop import spend_rule, unit

GOLD = {"id": "gold", "name": "Gold", "enter": [
    {"metric": "spend", "window": "year", "at_least": 5000}]}  # fmt: skip


@pytest.fixture
def cards() -> Pair:
    """One has spent 30.00, the other 15.00; gold is from 50.00 on."""
    cards = pair(units=[unit()], earn=[spend_rule(1, 100)], tiers=[GOLD])
    cards.kept.sale(3000)
    cards.other.sale(1500)
    cards.merge()
    return cards


def test_one_that_the_other_card_s_money_reached_goes_with_it(cards: Pair) -> None:
    cards.kept.sale(1000)
    assert cards.kept.card.tier
    cards.unmerge()
    assert cards.kept.card.tier is None
    assert cards.kept.card.held == {}


def test_one_that_is_earned_without_it_stays(cards: Pair) -> None:
    cards.kept.sale(2000)
    cards.unmerge()
    assert cards.kept.card.tier
    assert cards.kept.card.tier.id == "gold"
    assert cards.kept.verify() == []
