"""The programmes that must work word for word, with their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.test_earning import balance
from tests.service import Merchant, Service


def tier(card: dict[str, Any]) -> str | None:
    found: str | None = card["tier"]["id"]
    return found


class TestCornerCafe:
    @pytest.fixture
    def cafe(self, service: Service) -> Merchant:
        return service.new_merchant("corner-cafe")

    def test_one_stamp_for_joining_and_the_tenth_coffee_is_free(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        stamps = [balance(cafe.card(member_id))]
        unlocked: list[Any] = []
        for _ in range(9):
            answer = cafe.earn(member_id)
            stamps.append(balance(answer["card"]))
            unlocked += answer["unlocked"]
        assert stamps == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
        assert [voucher["name"] for voucher in unlocked] == ["Free coffee"]
        assert unlocked[0]["cost"] == {"unit": "stamp", "amount": 10}

    @pytest.mark.parametrize(
        ("spent", "reached"),
        [(14_999, "guest"), (15_000, "regular"), (39_999, "regular"), (40_000, "friend")],
    )
    def test_tiers_by_what_is_spent_in_a_year(
        self, cafe: Merchant, spent: int, reached: str
    ) -> None:
        assert tier(cafe.earn(cafe.join()["member_id"], spend_minor=spent)["card"]) == reached


class TestMugClub:
    @pytest.fixture
    def club(self, service: Service) -> Merchant:
        return service.new_merchant("mug-club")

    def test_daily_drip_is_free_from_the_first_purchase(self, club: Merchant) -> None:
        card = club.join()
        answer = club.earn(card["member_id"], spend_minor=300)
        assert tier(card) is None
        assert answer["tier_change"] == {"from": None, "to": "daily-drip"}

    def test_fifty_points_are_a_coffee_that_the_customer_chooses(self, club: Merchant) -> None:
        """10.00 + 20.50 + 19.50 = 50.00: 10, 20 and 20 points, the halves carried."""
        member_id = club.join()["member_id"]
        coffee = {"member_id": member_id, "reward_id": "free-coffee"}
        answers = [club.earn(member_id, spend_minor=spent) for spent in (1000, 2050, 1950)]
        assert [balance(answer["card"], "point") for answer in answers] == [10, 30, 50]
        assert [answer["unlocked"] for answer in answers] == [[], [], []]
        taken = club.call("POST", "/v1/vouchers", coffee)
        assert (taken.status, taken.json["name"]) == (201, "Free coffee")
        assert balance(club.card(member_id), "point") == 0

    def test_at_forty_nine_points_there_is_none(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=4999)
        coffee = {"member_id": member_id, "reward_id": "free-coffee"}
        reply = club.call("POST", "/v1/vouchers", coffee)
        assert (reply.status, reply.code) == (409, "insufficient_balance")
        (reward,) = (it for it in club.call("GET", f"/v1/members/{member_id}/rewards").json["items"]
                     if it["reward_id"] == "free-coffee")  # fmt: skip
        assert reward["missing"] == {"unit": "point", "amount": 1}
        assert balance(club.earn(member_id, spend_minor=1)["card"], "point") == 50

    def test_paid_tiers_are_not_reached_by_spending(self, club: Merchant) -> None:
        card = club.earn(club.join()["member_id"], spend_minor=100_000_00)["card"]
        assert tier(card) == "daily-drip"


class TestSupperClub:
    @pytest.fixture
    def club(self, service: Service) -> Merchant:
        return service.new_merchant("supper-club")

    def test_the_ninth_main_unlocks_the_tenth(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        unlocked = []
        for mains in (2, 3, 3, 1):
            items = [
                {"category": "main", "quantity": mains, "amount_minor": mains * 1500},
                {"category": "starter", "quantity": 4, "amount_minor": 2000},
                {"category": "dessert", "quantity": 1, "amount_minor": 600},
            ]
            answer = club.earn(member_id, items=items)
            unlocked.append(len(answer["unlocked"]))
        assert unlocked == [0, 0, 0, 1]
        (voucher,) = answer["unlocked"]
        assert balance(answer["card"]) == 0
        redeemed = club.call("POST", f"/v1/vouchers/{voucher['code']}/redeem")
        assert redeemed.json["reward_id"] == "tenth-main"

    def test_twenty_mains_at_one_table_are_two_free_and_two_stamps(self, club: Merchant) -> None:
        items = [{"category": "main", "quantity": 20, "amount_minor": 30_000}]
        answer = club.earn(club.join()["member_id"], items=items)
        assert (len(answer["unlocked"]), balance(answer["card"])) == (2, 2)

    def test_foodie_begins_at_exactly_500_in_a_calendar_year(self, club: Merchant) -> None:
        member_id = club.join()["member_id"]
        below = club.earn(member_id, spend_minor=49_999)
        there = club.earn(member_id, spend_minor=1)
        assert (tier(below["card"]), tier(there["card"])) == ("regular", "foodie")
        assert there["tier_change"] == {"from": "regular", "to": "foodie"}
        assert (
            there["card"]["tier"]["until"] == f"{int(there['entry']['recorded_at'][:4]) + 1}-12-31"
        )

    def test_two_halves_of_two_years_are_no_foodie(self, service: Service, frozen: Any) -> None:
        club = service.new_merchant("supper-club")
        frozen.now = frozen.now.replace(month=12, day=31, hour=22, minute=59)
        member_id = club.join()["member_id"]
        club.earn(member_id, spend_minor=25_000)
        frozen.now = frozen.now.replace(hour=23, minute=1)  # the next year in Budapest
        card = club.earn(member_id, spend_minor=49_999)["card"]
        assert (tier(card), card["spend_minor"]) == ("regular", 74_999)
        assert card["tier"]["next"]["value"] == 49_999
