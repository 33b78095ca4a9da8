"""A voucher is good for what it was issued for, whatever becomes of its reward."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.i18n.words import words
from regulars.store.profiles import Profile
from regulars.views import counter, integration
from tests.unit.domain.shop import Shop, reward, unit, visit_rule
from tests.unit.domain.versions import Versions

STAMPS = {"units": [unit("stamp", "stamps")], "earn": [visit_rule(20)]}


def coffee(**more: Any) -> dict[str, Any]:
    fields = {"name": {"en": "Free coffee", "hu": "Ingyen kávé"}, "conditions": ["One a day"]}
    return reward("coffee", 5, "stamp", **(fields | more))


STICKER = coffee(name="Sticker", kind="percent", percent=1, conditions=[])


def holder(**more: Any) -> tuple[Versions, Shop]:
    versions = Versions(**STAMPS, rewards=[coffee(**more)])
    shop = Shop(versions.program)
    shop.join()
    shop.visit()
    shop.issue("coffee")
    return versions, shop


def shown(shop: Shop) -> list[dict[str, Any]]:
    """The voucher on the card, at the counter and by itself."""
    (voucher,) = shop.vouchers.values()
    lang = words("en")
    card = integration.card(shop.program, shop.card, shop.now, lang)
    desk = counter.card(shop.program, shop.card, Profile("c", "", 0), shop.now, lang)
    return [card["vouchers"][0], desk["vouchers"][0],
            integration.voucher(shop.program, voucher, lang, shop.now)]  # fmt: skip


@pytest.mark.parametrize(
    "later",
    [[[STICKER]], [[]], [[], [STICKER]], [[STICKER], []], [[STICKER], [coffee(name="Tea")], []]],
    ids=["changed", "removed", "removed and another", "changed and removed", "often"],
)
def test_it_keeps_name_kind_value_and_conditions(later: list[list[dict[str, Any]]]) -> None:
    versions, shop = holder()
    for rewards in later:
        shop.program = versions.publish(**STAMPS, rewards=rewards)
        shop.review()
        for voucher in shown(shop):
            assert (voucher["name"], voucher["kind"], voucher["percent"]) == (
                "Free coffee", "item", None,
            )  # fmt: skip
            assert voucher["conditions"] == ["One a day"]
    assert shown(shop)[1]["says"] == {"en": "Free coffee"}
    (held,) = shop.vouchers.values()
    shop.redeem(held)
    assert shop.decided[-1].entry is not None
    assert shop.decided[-1].entry.facts["terms"] == 1


def test_each_voucher_has_the_terms_of_its_own_version() -> None:
    versions, shop = holder()
    shop.program = versions.publish(**STAMPS, rewards=[STICKER])
    shop.issue("coffee")
    view = integration.card(shop.program, shop.card, shop.now, words("en"))
    assert [one["name"] for one in view["vouchers"]] == ["Free coffee", "Sticker"]
    assert [one["percent"] for one in view["vouchers"]] == [None, 1]


def test_one_from_before_versions_were_noted_has_the_oldest_terms_known() -> None:
    versions, shop = holder()
    (voucher_id,) = shop.card.open
    unnoted = shop.card.open[voucher_id]._replace(version=0)
    shop.card = shop.card._replace(open={voucher_id: unnoted})
    shop.vouchers[voucher_id] = shop.vouchers[voucher_id]._replace(version=0)
    assert shown(shop)[2]["name"] == "Free coffee"
    shop.program = versions.publish(**STAMPS, rewards=[STICKER])
    assert {one["name"] for one in shown(shop)} == {"Free coffee"}


@pytest.mark.parametrize("now", [[], [coffee(stock=None)], [coffee(stock=7)]], ids=repr)
def test_giving_it_back_gives_back_its_limit_and_its_place(now: list[dict[str, Any]]) -> None:
    """A stock counts the vouchers that were issued while it stood."""
    versions, shop = holder(stock=5, per_member={"times": 1, "window": "month"})
    shop.program = versions.publish(**STAMPS, rewards=now)
    (voucher,) = shop.vouchers.values()
    decided = shop.cancel(voucher)
    assert [(name, by) for name, by, _ in decided.counts] == [("stock:coffee", -1)]
    assert shop.card.taken == {}
    assert shop.available("stamp") == 20


def test_one_that_was_issued_without_a_stock_does_not_count_in_a_later_one() -> None:
    versions, shop = holder()
    shop.program = versions.publish(**STAMPS, rewards=[coffee(stock=1)])
    (voucher,) = shop.vouchers.values()
    assert shop.cancel(voucher).counts == ()


def test_history_calls_it_by_the_name_it_had() -> None:
    versions, shop = holder()
    shop.program = versions.publish(**STAMPS, rewards=[STICKER])
    (voucher,) = shop.vouchers.values()
    shop.cancel(voucher)
    for decided in shop.decided[-2:]:
        assert decided.entry is not None
        (line,) = decided.entry.lines
        why = integration.why(shop.program, line, words("en"), decided.entry.program_version)
        assert "Free coffee" in why
