"""A package that opens a tier, and its refund."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.domain.operations import Item
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit

PACKAGE = items((1, 20_000, "package"))
SPENT = {"metric": "spend", "window": "year", "at_least": 100_000}
BOUGHT: dict[str, Any] = {"metric": "purchase", "window": "year", "categories": ["package"]}


def shop(*ways: dict[str, Any]) -> Shop:
    """A member on 2026-11-22 of a shop in which a package opens the tier `luxe`."""
    luxe = {"id": "luxe", "name": "Luxe", "enter": list(ways)}
    best = {"id": "best", "name": "Best", "enter": [{**BOUGHT, "categories": ["yacht"]}]}
    opened = Shop(make_program(units=[unit()], earn=[spend_rule()], tiers=[luxe, best]))
    opened.join()
    return opened


def right(of: Shop) -> tuple[str, str]:
    """The tier that is held, and its last day."""
    return (of.card.tier.id, of.card.tier.until) if of.card.tier else ("", "")


@pytest.mark.parametrize("ways", [(BOUGHT,), (BOUGHT, SPENT), (SPENT, BOUGHT)])
def test_it_opens_its_tier_whatever_else_does_and_the_refund_of_it_ends_that(
    ways: tuple[dict[str, Any], ...],
) -> None:
    cafe = shop(*ways)
    sale = cafe.sale(items=PACKAGE)
    assert right(cafe) == ("luxe", "2027-12-31")

    cafe.refund(sale)
    assert right(cafe) == ("", "")


@pytest.mark.parametrize(("sku", "tier"), [("PKG", "luxe"), ("TEA", ""), ("", "")])
def test_it_may_be_named_by_its_sku(sku: str, tier: str) -> None:
    cafe = shop({"metric": "purchase", "window": "year", "skus": ["PKG"]})
    cafe.sale(items=(Item(1000, 500, sku=sku), Item(1000, 100)))
    assert right(cafe)[0] == tier


@pytest.mark.parametrize(("refunded", "until"), [(0, "2028-12-31"), (1, "2027-12-31")])
def test_of_two_that_were_bought_the_other_stays(refunded: int, until: str) -> None:
    cafe = shop(BOUGHT)
    sales = [cafe.sale(items=PACKAGE)]
    cafe.now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    sales.append(cafe.sale(items=PACKAGE))
    assert right(cafe) == ("luxe", "2028-12-31")

    cafe.refund(sales[refunded])
    assert right(cafe) == ("luxe", until)


def test_one_of_which_the_refund_is_taken_back_opens_its_tier_again() -> None:
    cafe = shop(BOUGHT)
    sale = cafe.sale(items=PACKAGE)
    part, rest = cafe.refund(sale, 5_000), cafe.refund(sale)
    assert right(cafe) == ("", "")

    cafe.void(part, sale)
    assert right(cafe) == ("luxe", "2027-12-31")
    cafe.void(rest, sale)
    assert right(cafe) == ("luxe", "2027-12-31")


def test_what_it_gave_goes_with_its_refund_also_when_its_tier_is_over_by_now() -> None:
    """A gift that outlives the tier: it came with the package, and nobody paid for that."""
    keepsake = {**reward("keepsake", 0), "valid_days": 365}
    keepsake.pop("cost", None)
    luxe = {"id": "luxe", "name": "Luxe", "enter": [{**BOUGHT, "window": "month"}],
            "benefits": [{"id": "hello", "reward": "keepsake", "every": "year"}]}  # fmt: skip
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[keepsake], tiers=[luxe]))
    cafe.join()
    sale = cafe.sale(items=PACKAGE)
    (gift,) = cafe.card.open
    cafe.now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    cafe.refund(sale)
    assert (right(cafe), gift in cafe.card.open) == (("", ""), False)


def test_the_benefit_of_its_tier_goes_with_it_also_when_a_higher_tier_is_lost_as_well() -> None:
    way = {"metric": "spend", "window": "year", "at_least": 21_000}
    hello = [{"id": "hello", "reward": "keepsake", "every": "year"}]
    luxe = {"id": "luxe", "name": "Luxe", "enter": [BOUGHT], "benefits": hello}
    top = {"id": "top", "name": "Top", "enter": [way]}
    keepsake = {"id": "keepsake", "name": "Keepsake"}
    cafe = Shop(
        make_program(units=[unit()], earn=[spend_rule()], rewards=[keepsake], tiers=[luxe, top])
    )
    cafe.join()
    package = cafe.sale(items=PACKAGE)
    assert (right(cafe)[0], len(cafe.card.open)) == ("luxe", 1)
    cafe.sale(1_000)
    assert right(cafe)[0] == "top"
    cafe.refund(package)
    assert (right(cafe), cafe.card.open) == (("", ""), {})


def test_with_the_only_refund_taken_back_its_right_is_what_it_was() -> None:
    cafe = shop(BOUGHT)
    sale = cafe.sale(items=PACKAGE)
    held = dict(cafe.card.held)
    refund = cafe.later(days=3).refund(sale)
    assert cafe.card.held == {}
    cafe.later(days=3).void(refund, sale)
    assert (dict(cafe.card.held), right(cafe)[0]) == (held, "luxe")
