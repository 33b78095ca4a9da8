"""Milestones, actions and referrals: what is rewarded and how often."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from regulars.domain import limits, milestones
from regulars.domain.card import Card
from regulars.domain.operations import Earn, GrantBonus, RewardAction
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item"}


def shop(*marks: dict[str, Any], **sections: Any) -> Shop:
    """A member of a shop with one point per 1.00 and these milestones."""
    opened = Shop(
        make_program(
            **{"units": [unit()], "earn": [spend_rule()], "rewards": [GIFT], **sections},
            milestones=[{"name": mark["id"], **mark} for mark in marks],
        )
    )
    opened.join()
    return opened


def gifts(of: Shop) -> int:
    return sum(held.reward_id == "gift" for held in of.card.open.values())


class TestMilestones:
    def test_the_first_purchase_is_rewarded_once(self) -> None:
        cafe = shop({"id": "first", "metric": "visits", "at": 1, "reward": "gift", "badge": True})
        had = []
        for _ in range(3):
            cafe.sale(100)
            had.append(gifts(cafe))
        assert had == [1, 1, 1]
        assert milestones.badges(cafe.card, cafe.program.milestones) == ("first",)

    def test_a_redeemed_gift_keeps_one_of_two_milestones_that_a_refund_takes_back(self) -> None:
        """Both were reached by one sale and brought the same gift; one of the two was redeemed."""
        cafe = shop(
            {"id": "visit", "metric": "visits", "at": 1, "reward": "gift"},
            {"id": "spent", "metric": "spend", "at": 1000, "reward": "gift"},
        )
        sale = cafe.sale(1000)
        assert gifts(cafe) == 2
        cafe.redeem(next(iter(cafe.vouchers.values())))
        cafe.refund(sale)
        assert gifts(cafe) == 0
        cafe.sale(1000)
        assert gifts(cafe) == 1

    @pytest.mark.parametrize(
        ("days", "reached"),
        [({"from": "2026-11-23"}, [0, 0, 1]), ({"until": "2026-11-23"}, [0, 1, 1]),
         ({}, [0, 1, 1]), ({"from": "2026-11-22", "until": "2026-11-22"}, [0, 0, 0])],
    )  # fmt: skip
    def test_a_challenge_may_have_one_day_only(
        self, days: dict[str, str], reached: list[int]
    ) -> None:
        """Two visits count, one a day from 22 November on."""
        cafe = shop({"id": "two", "metric": "visits", "at": 2, "reward": "gift", **days})
        had = []
        for _ in range(3):
            cafe.sale(100)
            had.append(gifts(cafe))
            cafe.later(days=1)
        assert had == reached

    def test_a_badge_is_there_only_once_it_was_earned(self) -> None:
        cafe = shop({"id": "third", "metric": "visits", "at": 3, "badge": True})
        seen = []
        for _ in range(4):
            cafe.sale(100)
            seen.append(milestones.badges(cafe.card, cafe.program.milestones))
        assert seen == [(), (), ("third",), ("third",)]

    def test_500_points_give_25_which_do_not_count_towards_the_next_500(self) -> None:
        mark = {"id": "p", "metric": "points", "at": 500, "repeat": True,
                "grant": {"unit": "point", "amount": 25}}  # fmt: skip
        cafe = shop(mark)
        balances = []
        for spend in (49_900, 100, 49_900, 100):
            cafe.sale(spend)
            balances.append((cafe.available(), cafe.card.lifetime.points))
        assert balances == [(499, 499), (525, 500), (1024, 999), (1050, 1000)]

    def test_what_a_milestone_grants_opens_no_tier(self) -> None:
        mark = {"id": "p", "metric": "points", "at": 10, "grant": {"unit": "point", "amount": 90}}
        tiers = [{"id": "hundred", "name": "Hundred",
                  "enter": [{"metric": "points", "window": "year", "at_least": 100}]}]  # fmt: skip
        cafe = shop(mark, tiers=tiers)
        cafe.sale(1000)
        assert (cafe.available(), cafe.card.tier) == (100, None)

    def test_a_refund_takes_it_back_and_the_mark_passed_again_gives_it_again_once(self) -> None:
        mark = {"id": "spent", "metric": "spend", "at": 10_000, "reward": "gift",
                "grant": {"unit": "point", "amount": 7}}  # fmt: skip
        cafe = shop(mark)
        sale = cafe.sale(10_000)
        assert (gifts(cafe), cafe.available()) == (1, 107)
        cafe.refund(sale)
        assert (gifts(cafe), cafe.available()) == (0, 0)
        cafe.sale(10_000)
        assert (gifts(cafe), cafe.available()) == (1, 107)
        cafe.sale(10_000)
        assert (gifts(cafe), cafe.available()) == (1, 207)
        assert cafe.verify() == []

    def test_five_friends(self) -> None:
        cafe = shop({"id": "friends", "metric": "referrals", "at": 5, "reward": "gift"})
        had = []
        for _ in range(6):
            cafe.do(GrantBonus(cafe.origin(), "referral", "point", 10, referral=True))
            had.append(gifts(cafe))
        assert had == [0, 0, 0, 0, 1, 1]
        assert cafe.available() == 60


class TestActions:
    REVIEW: ClassVar[dict[str, Any]] = {
        "id": "review", "on": "action", "action": "review", "unit": "point", "amount": 500
    }  # fmt: skip

    def test_a_review_is_500_points_once_in_a_life(self) -> None:
        cafe = shop(earn=[{**self.REVIEW, "per_member": {"times": 1}}])
        cafe.do(RewardAction(cafe.origin(), "review", "r-1"))
        assert (cafe.available(), cafe.card.lifetime.points) == (500, 500)
        with pytest.raises(Refused) as refused:
            cafe.later(days=800).do(RewardAction(cafe.origin(), "review", "r-2"))
        assert refused.value.code == RefusalCode.LIMIT_REACHED
        assert cafe.available() == 500

    @pytest.mark.parametrize(("window", "days"), [("day", 1), ("month", 9), ("year", 40)])
    def test_a_limit_counts_again_in_the_next_period(self, window: str, days: int) -> None:
        """From 22 November 2026: tomorrow, 1 December, 1 January."""
        cafe = shop(earn=[{**self.REVIEW, "per_member": {"times": 2, "window": window}}])
        for _ in range(2):
            cafe.do(RewardAction(cafe.origin(), "review"))
        with pytest.raises(Refused):
            cafe.do(RewardAction(cafe.origin(), "review"))
        cafe.later(days=days).do(RewardAction(cafe.origin(), "review"))
        assert cafe.available() == 1500

    def test_without_a_limit_every_one_counts(self) -> None:
        cafe = shop(earn=[self.REVIEW])
        for _ in range(5):
            cafe.do(RewardAction(cafe.origin(), "review"))
        assert cafe.available() == 2500

    def test_what_nobody_rewards_is_invalid_and_the_answer_names_what_is(self) -> None:
        cafe = shop(earn=[self.REVIEW])
        with pytest.raises(Refused) as refused:
            cafe.do(RewardAction(cafe.origin(), "revue"))
        assert refused.value.code == RefusalCode.INVALID
        assert refused.value.errors == (("action", "must be one of: review"),)

    def test_is_no_visit(self) -> None:
        cafe = shop(earn=[self.REVIEW])
        cafe.do(RewardAction(cafe.origin(), "review"))
        assert (cafe.card.lifetime.visits, cafe.card.last_visit_ms) == (0, 0)


class TestReferrals:
    TERMS: ClassVar[dict[str, Any]] = {
        "friend": {"unit": "point", "amount": 50}, "referrer": {"reward": "gift"},
        "min_spend_minor": 500,
    }  # fmt: skip

    def test_the_first_purchase_of_the_least_sum_is_marked_and_only_it(self) -> None:
        cafe = shop(referral=self.TERMS)
        decisions = [cafe.sale(spend) for spend in (None, 499, 500, 500)]
        assert [bool(it.entry and it.entry.facts.get("first")) for it in decisions] == [
            False, False, True, False,
        ]  # fmt: skip

    def test_without_a_referral_program_nothing_is_marked(self) -> None:
        cafe = shop()
        sale = cafe.sale(500)
        assert sale.entry is not None
        assert "first" not in sale.entry.facts

    def test_both_kinds_of_reward_and_only_the_referrer_is_counted(self) -> None:
        cafe = shop(referral=self.TERMS)
        cafe.do(GrantBonus(cafe.origin(), "referral", reward_id="gift", referral=True))
        assert (gifts(cafe), limits.given(cafe.card, milestones.REFERRALS, "")) == (1, 1)
        cafe.do(GrantBonus(cafe.origin(), "referral", "point", 50))
        assert (cafe.available(), limits.given(cafe.card, milestones.REFERRALS, "")) == (50, 1)


class TestGifts:
    def test_cannot_be_chosen(self) -> None:
        cafe = shop()
        cafe.sale(100_000)
        with pytest.raises(Refused) as refused:
            cafe.issue("gift")
        assert refused.value.code == RefusalCode.NOT_FOUND

    def test_stock_is_counted_and_given_back(self) -> None:
        cafe = shop(rewards=[reward("cup", 10, stock=3)])
        cafe.sale(10_000)
        voucher = cafe.issue("cup")
        assert cafe.decided[-1].counts == (("stock:cup", 1, 3),)
        assert cafe.cancel(voucher).counts == (("stock:cup", -1, 3),)

    def test_an_automatic_reward_out_of_stock_waits_on_the_balance(self) -> None:
        cafe = shop(rewards=[reward("cup", 10, auto=True, stock=3)])
        cafe.do(Earn(cafe.origin(left={"stock:cup": 0}), spend_minor=1500))
        assert (cafe.available(), len(cafe.card.open)) == (15, 0)
        cafe.sale(1500)
        assert (cafe.available(), len(cafe.card.open)) == (0, 3)

    def test_of_three_that_could_be_had_the_two_that_are_left_are(self) -> None:
        cafe = shop(rewards=[reward("cup", 10, auto=True, stock=5)])
        cafe.do(Earn(cafe.origin(left={"stock:cup": 2}), spend_minor=3000))
        assert (cafe.available(), len(cafe.card.open)) == (10, 2)
        assert cafe.decided[-1].counts == (("stock:cup", 2, 5),)


def test_a_new_card_is_nowhere() -> None:
    metrics = ("spend", "visits", "points", "referrals", "weeks", "months")
    marks: list[dict[str, Any]] = [
        {"id": one, "name": one, "metric": one, "at": 5, "reward": "gift"} for one in metrics
    ]
    marks.append({**marks[0], "id": "dash", "until": "2027-12-31"})
    gift = {"id": "gift", "name": "Gift"}
    of = make_program(units=[unit()], rewards=[gift], milestones=marks)
    assert [milestones.value(one, Card("c1")) for one in of.milestones] == [0] * len(marks)
