"""The engine over the API: actions that are rewarded, tiers that are given."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.conftest import Clock
from tests.functional.engine import BARE, act, give_tier, spent, tier, verified
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    made = service.new_merchant()
    published(made, **BARE)
    return made


class TestActions:
    REVIEW: ClassVar[dict[str, Any]] = {
        "id": "review",
        "on": "action",
        "action": "review",
        "unit": "point",
        "amount": 500,
    }

    def test_a_review_is_500_points_and_the_same_one_counts_once_whatever_the_key(
        self, cafe: Merchant
    ) -> None:
        published(cafe, earn=[self.REVIEW])
        member_id = cafe.join()["member_id"]
        first = act(cafe, member_id, ref="google-1")
        assert (first.status, balance(first.json["card"], "point")) == (200, 500)
        again = act(cafe, member_id, ref="google-1")
        assert (again.status, again.replayed) == (200, True)
        assert again.json["entry"]["seq"] == first.json["entry"]["seq"]
        assert balance(cafe.card(member_id), "point") == 500
        other = act(cafe, member_id, ref="google-2")
        assert balance(other.json["card"], "point") == 1000
        assert verified(cafe, member_id)

    def test_no_more_often_than_the_program_says(self, cafe: Merchant) -> None:
        published(cafe, earn=[{**self.REVIEW, "per_member": {"times": 1}}])
        member_id = cafe.join()["member_id"]
        assert act(cafe, member_id, ref="a").status == 200
        refused = act(cafe, member_id, ref="b", key="k")
        assert (refused.status, refused.code) == (409, "limit_reached")
        assert act(cafe, member_id, ref="b", key="k").code == "limit_reached"
        assert act(cafe, member_id, ref="a").status == 200, "the first one is still the first one"
        assert balance(cafe.card(member_id), "point") == 500

    def test_an_unknown_one_is_answered_with_those_there_are(self, cafe: Merchant) -> None:
        published(cafe, earn=[self.REVIEW])
        reply = act(cafe, cafe.join()["member_id"], "dance")
        assert (reply.status, reply.json["errors"]) == (
            422, [{"path": "action", "message": "must be one of: review"}],
        )  # fmt: skip

    def test_of_a_stranger_is_not_found(self, cafe: Merchant) -> None:
        published(cafe, earn=[self.REVIEW])
        assert act(cafe, "cnobody").code == "not_found"


class TestTiersGiven:
    TIERS: ClassVar[list[dict[str, Any]]] = [tier("all"), tier("gold", spent(10_000)),
             tier("club", [{"metric": "membership", "period": "month", "price_minor": 1500}],
                  benefits=[{"id": "weekly", "reward": "gift", "every": "week"}])]  # fmt: skip

    def test_a_membership_counts_at_once_with_what_it_brings(self, cafe: Merchant) -> None:
        """22 November 2026 is a Sunday: the week's gift lasts until tonight."""
        published(cafe, tiers=self.TIERS)
        member_id = cafe.join()["member_id"]
        reply = give_tier(cafe, member_id, tier="club", until="2026-12-21", by="membership")
        assert reply.status == 200
        assert reply.json["tier_change"] == {"from": "all", "to": "club"}
        assert reply.json["card"]["tier"]["until"] == "2026-12-21"
        assert [voucher["reward_id"] for voucher in reply.json["unlocked"]] == ["gift"]
        assert verified(cafe, member_id)

    def test_ended_it_leaves_what_was_earned(self, cafe: Merchant) -> None:
        published(cafe, tiers=self.TIERS)
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=10_000)
        give_tier(cafe, member_id, tier="club", by="membership")
        reply = give_tier(cafe, member_id, tier="club", until="2026-11-21")
        assert reply.json["tier_change"] == {"from": "club", "to": "gold"}

    @pytest.mark.parametrize(
        ("body", "path"),
        [({"tier": "none"}, "tier"), ({"tier": "club", "until": "2026-02-30"}, "until"),
         ({"tier": "club", "until": "soon"}, "until"), ({"tier": "club", "by": "luck"}, "by"),
         ({}, "tier")],
    )  # fmt: skip
    def test_what_cannot_be_given_is_said_by_path(
        self, cafe: Merchant, body: dict[str, Any], path: str
    ) -> None:
        published(cafe, tiers=self.TIERS)
        reply = give_tier(cafe, cafe.join()["member_id"], **body)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, path)
