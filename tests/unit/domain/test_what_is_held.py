"""What a member holds outlives a version of the programme that does not know it."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.card import Lot
from regulars.domain.operations import Adjust, GrantTier
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import (
    Shop,
    items,
    make_program,
    reward,
    spend_rule,
    unit,
    visit_rule,
)  # fmt: skip

CLUB = {"id": "club", "name": "Club", "enter": [{"metric": "membership", "period": "year"}]}
PASS = {
    "id": "club",
    "name": "Club",
    "enter": [
        {"metric": "purchase", "categories": ["pass"], "window": "year", "keep": {"for": "period"}}
    ],
}
INVITED = {"id": "club", "name": "Club", "enter": [{"metric": "invitation"}]}
SPENDERS = {
    "id": "club",
    "name": "Club",
    "enter": [{"metric": "spend", "at_least": 5000, "window": "year", "keep": {"for": "period"}}],
}


def program(*tiers: dict[str, Any]) -> Any:
    return make_program(units=[unit()], earn=[spend_rule()], tiers=[*tiers])


def tier(shop: Shop) -> tuple[str, str] | None:
    shop.review()
    return (shop.card.tier.id, shop.card.tier.until) if shop.card.tier else None


WAYS = {
    "paid": (CLUB, lambda shop: GrantTier(shop.origin(), "club", "", "membership"), "2027-11-21"),
    "bought": (PASS, None, "2026-12-31"),
    "invited": (
        INVITED, lambda shop: GrantTier(shop.origin(), "club", "2027-12-31", "invitation"),
        "2027-12-31",
    ),
    "by hand": (CLUB, lambda shop: GrantTier(shop.origin(), "club", "", "hand"), ""),
    "earned": (SPENDERS, None, "2026-12-31"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
class TestARight:
    def member(self, way: str) -> Shop:
        document, grant, until = WAYS[way]
        shop = Shop(program(document))
        shop.join()
        if grant:
            shop.do(grant(shop))
        else:
            shop.sale(6000, items=items((1, 6000, "pass")))
        assert tier(shop) == ("club", until)
        return shop

    def test_sleeps_while_its_tier_is_away_and_counts_again_when_it_is_back(self, way: str) -> None:
        shop = self.member(way)
        shop.program = program({"id": "other", "name": "Other", "enter": [
            {"metric": "invitation"}]})  # fmt: skip
        assert tier(shop) is None
        shop.later(days=5)
        assert tier(shop) is None
        shop.program = program(WAYS[way][0])
        assert tier(shop) == ("club", WAYS[way][2])

    def test_ends_while_it_sleeps(self, way: str) -> None:
        shop = self.member(way)
        shop.program = program()
        shop.later(days=800)
        assert tier(shop) is None
        shop.program = program(WAYS[way][0])
        assert tier(shop) == (("club", "") if WAYS[way][2] == "" else None)


class TestADebt:
    """Reading 25: joining alone is not enough for a unit to be earned."""

    def member(self) -> Shop:
        shop = Shop(make_program(
            units=[unit(), unit("stamp", "stamps")], earn=[spend_rule(), visit_rule()],
            rewards=[reward("mug", 5, "stamp")],
        ))  # fmt: skip
        shop.join()
        shop.sale(1000, visits=9)
        shop.do(Adjust(shop.origin(), "point", -50, "spent twice", allow_debt=True))
        assert shop.card.debt == {"point": 40}
        with pytest.raises(Refused) as refused:
            shop.issue("mug")
        assert refused.value.code is RefusalCode.DEBT
        return shop

    @pytest.mark.parametrize(
        "earn",
        [[visit_rule()],
         [visit_rule(), {"id": "join", "on": "join", "unit": "point", "amount": 5}]],
    )  # fmt: skip
    def test_in_a_unit_that_nothing_earns_any_more_blocks_nothing(
        self, earn: list[dict[str, Any]]
    ) -> None:
        shop = self.member()
        shop.program = make_program(
            units=[unit(), unit("stamp", "stamps")], earn=earn, rewards=[reward("mug", 5, "stamp")]
        )
        assert shop.issue("mug").status == "issued"
        assert shop.card.debt == {"point": 40}

    @pytest.mark.parametrize(
        "more",
        [{"campaigns": [{"id": "c", "bonus": {"unit": "point", "amount": 1}}]},
         {"milestones": [{"id": "m", "name": "M", "metric": "visits", "at": 99,
                          "grant": {"unit": "point", "amount": 1}}]},
         {"referral": {"friend": {"unit": "point", "amount": 1}}}],
    )  # fmt: skip
    def test_in_a_unit_that_something_else_earns_blocks_still(self, more: dict[str, Any]) -> None:
        shop = self.member()
        shop.program = make_program(
            units=[unit(), unit("stamp", "stamps")], earn=[visit_rule()],
            rewards=[reward("mug", 5, "stamp")], **more,
        )  # fmt: skip
        with pytest.raises(Refused):
            shop.issue("mug")


class TestAUnitThatLeft:
    def test_can_be_corrected_while_a_card_holds_it(self) -> None:
        shop = Shop(program())
        shop.join()
        shop.sale(1000)
        shop.program = make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()])
        shop.do(Adjust(shop.origin(), "point", -4, "paid out"))
        assert sum(lot.amount for lot in shop.card.lots["point"]) == 6
        shop.do(Adjust(shop.origin(), "point", 2, "found again"))
        assert shop.card.lots["point"] == (Lot("", "", 8),), "what nothing dates does not expire"
        with pytest.raises(Refused) as refused:
            shop.do(Adjust(shop.origin(), "pound", 1, "no such unit"))
        assert refused.value.errors[0][1] == "must be one of: stamp, point"
