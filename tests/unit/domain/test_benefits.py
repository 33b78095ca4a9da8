"""What tiers bring, when they begin and end, and what is celebrated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest

from regulars.domain import due, periods
from regulars.domain.decision import Decision
from regulars.domain.operations import Celebrate, GiveBenefits, GrantTier
from regulars.domain.refusals import Refused
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit

GIFT = {"id": "gift", "name": "Gift", "kind": "item"}
AFTERNOON = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
"""A Wednesday."""


def tier(tier_id: str, *enter: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id, "enter": list(enter), **more}


def every(period: str, **more: Any) -> dict[str, Any]:
    return {"id": f"by-{period}", "reward": "gift", "every": period, **more}


def spent(at_least: int, window: str = "year") -> dict[str, Any]:
    return {"metric": "spend", "window": window, "at_least": at_least}


MEMBERSHIP = {"metric": "membership", "period": "month", "price_minor": 1500}
INVITATION = {"metric": "invitation"}


def shop(*tiers: dict[str, Any], now: datetime = AFTERNOON, **sections: Any) -> Shop:
    opened = Shop(
        make_program(
            **{"units": [unit()], "earn": [spend_rule()], "rewards": [GIFT], **sections},
            tiers=list(tiers),
        ),
        now=now,
    )
    opened.join()
    return opened


def give(of: Shop) -> Decision:
    return of.do(GiveBenefits(of.origin(source="job")))


def celebrate(of: Shop, occasion: Any = "birthday", day: str = "") -> Decision:
    return of.do(Celebrate(of.origin(source="job"), occasion, day))


def grant(of: Shop, tier_id: str, until: str = "") -> Decision:
    return of.do(GrantTier(of.origin(), tier_id, until, "hand"))


def dates(of: Shop) -> list[str]:
    """The last days of the open vouchers."""
    return sorted(held.expires_on for held in of.card.open.values())


def tier_of(of: Shop) -> str | None:
    return of.card.tier.id if of.card.tier else None


class TestPeriods:
    @pytest.mark.parametrize(
        ("every", "day", "last"),
        [("week", "2026-11-16", "2026-11-22"), ("week", "2026-11-22", "2026-11-22"),
         ("week", "2026-12-31", "2027-01-03"), ("month", "2026-11-18", "2026-11-30"),
         ("month", "2028-02-01", "2028-02-29"), ("quarter", "2026-11-18", "2026-12-31"),
         ("quarter", "2027-01-01", "2027-03-31"), ("year", "2026-01-01", "2026-12-31")],
    )  # fmt: skip
    def test_end_with_the_calendar(self, every: str, day: str, last: str) -> None:
        name, end = periods.period(every, date.fromisoformat(day))
        assert end.isoformat() == last
        assert periods.period(every, end)[0] == name
        assert periods.period(every, end + timedelta(days=1))[0] != name

    @pytest.mark.parametrize(
        ("period", "last", "next_last"),
        [("week", "2026-11-22", "2026-11-29"), ("month", "2026-11-30", "2026-12-31"),
         ("quarter", "2026-12-31", "2027-03-31"), ("year", "2026-12-31", "2027-12-31")],
    )  # fmt: skip
    def test_a_benefit_comes_with_the_tier_once_per_period_and_ends_with_it(
        self, period: str, last: str, next_last: str
    ) -> None:
        cafe = shop(tier("all", benefits=[every(period)]))
        assert dates(cafe) == [last]
        cafe.sale(100)
        give(cafe)
        assert dates(cafe) == [last], "once per period, whatever happens in it"
        cafe.now = datetime.fromisoformat(f"{last}T12:00:00+00:00") + timedelta(days=1)
        cafe.expire()
        assert dates(cafe) == [], "not saved up"
        give(cafe)
        assert dates(cafe) == [next_last]
        give(cafe)
        assert dates(cafe) == [next_last]
        assert cafe.verify() == []

    def test_weeks_that_nobody_came_by_in_are_not_given_afterwards(self) -> None:
        """Four weeks later there is one pastry, not five."""
        cafe = shop(tier("all", benefits=[every("week")]))
        cafe.later(weeks=4)
        cafe.expire()
        give(cafe)
        assert dates(cafe) == ["2026-12-20"]

    def test_the_next_one_is_due_at_the_merchants_midnight_after_the_period(self) -> None:
        """The week of Wednesday 18 November ends on Sunday; midnight in Budapest is 23:00 UTC."""
        cafe = shop(tier("all", benefits=[every("week"), every("month")]))
        assert cafe.card.due[due.BENEFITS] == "2026-11-22T23"
        cafe.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
        give(cafe)
        assert cafe.card.due[due.BENEFITS] == "2026-11-29T23"
        cafe.now = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
        give(cafe)
        assert cafe.card.due[due.BENEFITS] == "2026-11-30T23", "the month ends on Monday"

    def test_as_many_as_the_benefit_says(self) -> None:
        cafe = shop(tier("all", benefits=[every("month", times=3)]))
        assert dates(cafe) == ["2026-11-30"] * 3

    def test_moving_up_brings_the_new_tiers_at_once(self) -> None:
        cafe = shop(tier("all"), tier("gold", spent(10_000), benefits=[every("month")]))
        assert dates(cafe) == []
        sale = cafe.sale(10_000)
        assert (tier_of(cafe), dates(cafe), len(sale.unlocked)) == ("gold", ["2026-11-30"], 1)

    def test_a_reward_with_days_of_its_own_lasts_those(self) -> None:
        cafe = shop(tier("all", benefits=[every("week")]), rewards=[{**GIFT, "valid_days": 30}])
        assert dates(cafe) == ["2026-12-18"]

    def test_a_tier_that_ended_last_night_brings_nothing_in_the_new_period(self) -> None:
        """Until 31 December; on 1 January the benefits may come before the review of the tier."""
        monthly = [every("month"), every("birthday")]
        cafe = shop(tier("all"), tier("club", MEMBERSHIP, benefits=monthly))
        grant(cafe, "club", "2026-12-31")
        cafe.now = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
        cafe.expire()
        give(cafe)
        celebrate(cafe)
        cafe.sale(100)
        assert dates(cafe) == []
        cafe.review()
        assert (tier_of(cafe), dates(cafe)) == ("all", [])

    def test_a_card_without_a_tier_gets_nothing(self) -> None:
        cafe = shop(tier("gold", spent(10_000), benefits=[every("week")]))
        assert (dates(cafe), give(cafe).entry) == ([], None)


class TestCelebrations:
    RULES: ClassVar[dict[str, Any]] = {
        "earn": [
            {"id": "b", "on": "birthday", "unit": "point", "amount": 50},
            {"id": "a", "on": "anniversary", "unit": "point", "amount": 20},
        ]
    }

    def test_a_birthday_gives_what_rules_and_tier_have_for_a_month(self) -> None:
        cafe = shop(tier("all", benefits=[every("birthday", times=2)]), **self.RULES)
        cafe.now = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)
        celebrate(cafe, day="03-01")
        assert (cafe.available(), dates(cafe)) == (50, ["2027-03-31"] * 2)
        assert cafe.card.due[due.BIRTHDAY] == "2028-03-01T06"

    def test_once_a_year_even_if_the_day_is_changed(self) -> None:
        cafe = shop(**self.RULES)
        cafe.later(days=60)
        for _ in range(3):
            celebrate(cafe)
            cafe.later(days=40)
        assert cafe.available() == 50
        assert cafe.card.taken["y:birthday"] == ("2027", 1), "stored so on every card"
        cafe.later(days=300)
        celebrate(cafe)
        assert cafe.available() == 100

    @pytest.mark.parametrize(
        ("now", "expected"),
        [((2026, 11, 18), "2027-02-28T06"), ((2027, 2, 28), "2028-02-29T06"),
         ((2028, 2, 28), "2028-02-29T06"), ((2028, 2, 29), "2029-02-28T06")],
    )  # fmt: skip
    def test_who_was_born_on_29_february_is_celebrated_on_the_28th_in_other_years(
        self, now: tuple[int, int, int], expected: str
    ) -> None:
        cafe = shop(**self.RULES)
        cafe.now = datetime(*now, 7, 0, tzinfo=UTC)
        celebrate(cafe, day="02-29")
        assert cafe.card.due[due.BIRTHDAY] == expected

    def test_an_anniversary_is_a_year_after_joining_and_every_year(self) -> None:
        cafe = shop(**self.RULES)
        assert cafe.card.due[due.ANNIVERSARY] == "2027-11-18T06"
        for year in (2027, 2028, 2029):
            cafe.now = datetime(year, 11, 18, 6, 0, tzinfo=UTC)
            celebrate(cafe, "anniversary")
        assert cafe.available() == 60
        assert cafe.card.due[due.ANNIVERSARY] == "2030-11-18T06"

    def test_nothing_to_celebrate_is_nothing_due(self) -> None:
        cafe = shop(tier("all", benefits=[every("week")]))
        celebrate(cafe, day="03-01")
        assert not {due.BIRTHDAY, due.ANNIVERSARY} & set(cafe.card.due)


class TestRights:
    GOLD = tier("gold", spent(50_000), grace_days=14, notice_days=30)

    def test_a_membership_ends_and_what_was_earned_counts_again(self) -> None:
        cafe = shop(tier("all"), self.GOLD, tier("club", MEMBERSHIP))
        cafe.sale(50_000)
        grant(cafe, "club", "2026-12-17")
        assert tier_of(cafe) == "club"
        cafe.now = datetime(2026, 12, 17, 22, 59, tzinfo=UTC)
        cafe.review()
        assert tier_of(cafe) == "club", "the last day counts whole"
        cafe.now = datetime(2026, 12, 17, 23, 0, tzinfo=UTC)
        assert cafe.card.due[due.TIER] == "2026-12-17T23"
        cafe.review()
        assert tier_of(cafe) == "gold"
        assert cafe.card.tier is not None
        assert (cafe.card.tier.since, cafe.card.tier.until) == ("2026-12-18", "2027-12-31")

    def test_ended_by_hand_it_is_over_at_once(self) -> None:
        cafe = shop(tier("all"), tier("club", MEMBERSHIP))
        grant(cafe, "club")
        assert tier_of(cafe) == "club"
        ended = grant(cafe, "club", "2026-11-17")
        assert tier_of(cafe) == "all"
        assert ended.entry is not None
        assert (ended.entry.tier_from, ended.entry.tier_to) == ("club", "all")

    def test_a_gift_lower_than_what_was_earned_moves_nobody_down(self) -> None:
        cafe = shop(tier("all"), tier("club", MEMBERSHIP), self.GOLD)
        cafe.sale(50_000)
        grant(cafe, "club", "2026-12-17")
        assert tier_of(cafe) == "gold"

    def test_notice_is_due_thirty_days_before_and_moves_with_what_is_earned_again(self) -> None:
        """Until 31 December 2027: notice on 1 December at ten in Budapest, nine o'clock UTC."""
        cafe = shop(tier("all"), self.GOLD)
        cafe.sale(50_000)
        assert cafe.card.due[due.NOTICE] == "2027-12-01T09"
        assert due.notice_day(cafe.program, cafe.card) == date(2027, 12, 1)
        cafe.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
        cafe.sale(50_000)
        assert due.notice_day(cafe.program, cafe.card) == date(2028, 12, 1)

    @pytest.mark.parametrize(
        ("category", "reached"), [("package", "luxe"), ("service", "all"), ("", "all")]
    )
    def test_buying_a_package_opens_its_tier_until_the_end_of_next_year(
        self, category: str, reached: str
    ) -> None:
        bought = {"metric": "purchase", "window": "year", "categories": ["package"]}
        cafe = shop(tier("all"), tier("luxe", bought, benefits=[every("month")]))
        cafe.sale(items=items((1, 20_000, category)))
        assert tier_of(cafe) == reached
        assert cafe.card.tier is not None
        assert cafe.card.tier.until == ("2027-12-31" if reached == "luxe" else "")
        assert len(dates(cafe)) == (reached == "luxe")

    def test_no_sum_buys_an_invitation(self) -> None:
        cafe = shop(tier("all"), tier("circle", INVITATION))
        cafe.sale(100_000_000)
        assert tier_of(cafe) == "all"


class TestSeasons:
    TERRACE = tier("terrace", spent(10_000, "lifetime"), season={"from_month": 6, "until_month": 8})
    WINTER = tier("winter", spent(10_000, "lifetime"), season={"from_month": 11, "until_month": 2})

    def test_ends_with_the_season_and_comes_back_with_the_next_one(self) -> None:
        cafe = shop(tier("all"), self.TERRACE, now=datetime(2027, 7, 1, 9, 0, tzinfo=UTC))
        cafe.sale(10_000)
        assert cafe.card.due[due.TIER] == "2027-08-31T22"
        cafe.now = datetime(2027, 8, 31, 22, 0, tzinfo=UTC)
        cafe.review()
        assert tier_of(cafe) == "all"
        assert cafe.card.due[due.TIER] == "2028-05-31T22", "midnight of 1 June in Budapest"
        cafe.now = datetime(2028, 5, 31, 22, 0, tzinfo=UTC)
        cafe.review()
        assert tier_of(cafe) == "terrace"

    def test_a_season_of_one_month_is_that_month(self) -> None:
        june = tier("june", spent(10_000, "lifetime"), season={"from_month": 6, "until_month": 6})
        cafe = shop(tier("all"), june, now=datetime(2027, 5, 31, 21, 59, tzinfo=UTC))
        cafe.sale(10_000)
        assert tier_of(cafe) == "all"
        assert cafe.card.due[due.TIER] == "2027-05-31T22"
        for day, reached in ((1, "june"), (30, "june"), (31, "all")):
            cafe.now = datetime(2027, 6, 1, 9, 0, tzinfo=UTC) + timedelta(days=day - 1)
            cafe.review()
            assert tier_of(cafe) == reached
            assert cafe.card.due[due.TIER] == ("2028-05-31T22" if day == 31 else "2027-06-30T22")

    def test_a_season_over_the_turn_of_the_year_is_one(self) -> None:
        cafe = shop(tier("all"), self.WINTER, now=datetime(2026, 10, 1, 9, 0, tzinfo=UTC))
        cafe.sale(10_000)
        reached = {}
        for month in range(10, 24):
            year, index = divmod(month, 12)
            cafe.now = datetime(2026 + year, index + 1, 15, 9, 0, tzinfo=UTC)
            cafe.review()
            reached[index + 1] = tier_of(cafe)
        assert {month for month, tier_id in reached.items() if tier_id == "winter"} == {
            11,
            12,
            1,
            2,
        }

    def test_an_end_and_a_season_ahead_are_one_date_to_look_at_the_card(self) -> None:
        """The membership ends on 17 December, long before the terrace opens."""
        cafe = shop(tier("all"), tier("club", MEMBERSHIP), self.TERRACE)
        cafe.sale(10_000)
        assert cafe.card.due[due.TIER] == "2027-05-31T22"
        granted = grant(cafe, "club", "2026-12-17")
        assert [hour for job, hour in granted.dues if job == due.TIER] == ["2026-12-17T23"]


class TestInactivity:
    INACTIVE: ClassVar[dict[str, Any]] = {
        "units": [unit(expiry={"type": "inactivity", "months": 3})]
    }

    def test_all_is_lost_after_three_months_without_earning_or_spending(self) -> None:
        """Earned on 18 November: the last good day is 18 February."""
        cafe = shop(**self.INACTIVE)
        cafe.sale(1000)
        cafe.now = datetime(2027, 2, 18, 22, 59, tzinfo=UTC)
        assert cafe.available() == 10
        assert cafe.card.due[due.EXPIRE] == "2027-02-18T23"
        cafe.now = datetime(2027, 2, 18, 23, 0, tzinfo=UTC)
        assert cafe.available() == 0
        cafe.expire()
        assert (cafe.card.balance("point"), cafe.verify()) == (0, [])

    @pytest.mark.parametrize("amount", [-4, 4])
    def test_a_correction_by_hand_renews_it(self, amount: int) -> None:
        cafe = shop(**self.INACTIVE)
        cafe.sale(1000)
        cafe.later(days=60).adjust("point", amount)
        cafe.now = datetime(2027, 4, 17, 21, 59, tzinfo=UTC)
        assert cafe.available() == 10 + amount
        cafe.now = datetime(2027, 4, 17, 22, 0, tzinfo=UTC)
        assert cafe.available() == 0

    def test_a_correction_that_takes_nothing_does_not_renew_it(self) -> None:
        """All of it is owed; there is nothing that could last longer."""
        cafe = shop(**self.INACTIVE)
        cafe.adjust("point", -4, allow_debt=True)
        assert cafe.card.inactive_after == {}

    def test_what_was_lost_does_not_come_back_when_the_job_is_late(self) -> None:
        """10 points were lost at midnight; a sale of 3.00 the next morning makes 3, not 13."""
        cafe = shop(**self.INACTIVE)
        cafe.sale(1000)
        cafe.now = datetime(2027, 2, 19, 8, 0, tzinfo=UTC)
        cafe.sale(300)
        assert (cafe.available(), cafe.card.balance("point")) == (3, 3)
        assert cafe.card.lifetime.points == 13
        cafe.expire()
        assert (cafe.available(), cafe.verify()) == (3, [])


def test_a_membership_of_a_tier_that_is_not_sold_needs_a_last_day() -> None:
    cafe = shop(tier("gold", spent(5000)))
    with pytest.raises(Refused) as refused:
        cafe.do(GrantTier(cafe.origin(), "gold", "", "membership"))
    assert refused.value.errors[0][0] == "until"
    cafe.do(GrantTier(cafe.origin(), "gold", "2026-12-31", "membership"))
    assert tier_of(cafe) == "gold"


def test_a_tier_that_is_given_unlocks_at_once_what_only_it_may_have() -> None:
    ten = {"id": "ten", "name": "Ten", "cost": {"unit": "point", "amount": 10}, "auto": True,
           "tiers": ["gold"]}  # fmt: skip
    cafe = shop(tier("gold", INVITATION), rewards=[ten])
    cafe.sale(1000)
    assert not cafe.card.open

    grant(cafe, "gold")
    assert [held.reward_id for held in cafe.card.open.values()] == ["ten"]
