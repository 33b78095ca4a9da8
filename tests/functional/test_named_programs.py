"""The named programmes over months of their sandbox's time, and every smaller one, in numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.test_sandbox import moved
from tests.service import Merchant, Service
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule

WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _wednesday(frozen: Clock) -> None:
    """18 November 2026, ten in the morning in Budapest."""
    frozen.now = WEDNESDAY


class Member:
    """A member of a sandbox, and what happens to them."""

    def __init__(self, shop: Merchant, **fields: Any) -> None:
        self.shop = shop
        self.id = str(shop.join(test=True, **fields)["member_id"])

    @property
    def card(self) -> dict[str, Any]:
        return self.shop.card(self.id, test=True)

    @property
    def page(self) -> str:
        """The page of the card, as a browser sees it that the card does not live on."""
        path = self.card["card_url"].removeprefix("https://cards.example")
        return self.shop.service.request("GET", path, query={"look": "1"}).text

    @property
    def tier(self) -> str | None:
        return self.card["tier"]["id"] if self.card["tier"] else None

    @property
    def vouchers(self) -> dict[str, str]:
        """The last days of the open vouchers by reward."""
        return {it["reward_id"]: (it["expires_at"] or "")[:10] for it in self.card["vouchers"]}

    def balance(self, unit_id: str = "point") -> int:
        return int(self.card["balances"].get(unit_id, {}).get("available", 0))

    def buys(self, spend_minor: int | None = None, **fields: Any) -> dict[str, Any]:
        money = {} if spend_minor is None else {"spend_minor": spend_minor}
        return self.shop.earn(self.id, test=True, **money, **fields)

    def visits(self, times: int = 1) -> list[str]:
        """Comes by so often, one visit at a time; the rewards that were unlocked on the way."""
        answers = [self.shop.earn(self.id, test=True) for _ in range(times)]
        return [voucher["reward_id"] for answer in answers for voucher in answer["unlocked"]]

    def does(self, action: str, ref: str) -> None:
        body = {"member_id": self.id, "action": action, "ref": ref}
        assert self.shop.call("POST", "/v1/actions", body, test=True).status == 200

    def given(self, tier: str, until: str, by: str) -> dict[str, Any]:
        body = {"tier": tier, "until": until, "by": by}
        reply = self.shop.call("POST", f"/v1/members/{self.id}/tier", body, test=True)
        assert reply.status == 200, reply.text
        answer: dict[str, Any] = reply.json
        return answer

    def redeems(self, reward_id: str) -> None:
        code = next(it["code"] for it in self.card["vouchers"] if it["reward_id"] == reward_id)
        reply = self.shop.call("POST", f"/v1/vouchers/{code}/redeem", test=True)
        assert reply.status == 200, reply.text

    def verified(self) -> bool:
        path = f"/v1/members/{self.id}/verify"
        return bool(self.shop.call("GET", path, test=True).json["ok"])


def until(shop: Merchant, day: str) -> None:
    """Move the sandbox's clock to eleven in the morning of a day, with every job on the way."""
    assert moved(shop, now=f"{day}T10:00:00Z").status == 200


def shop_with(service: Service, **sections: Any) -> Merchant:
    """A shop whose sandbox has a programme of these sections alone."""
    made = service.new_merchant().without_digest()
    document = made.call("GET", "/v1/program", test=True).json["program"]
    bare: dict[str, Any] = {
        "units": [], "earn": [], "rewards": [], "tiers": [], "messages": {}, "limits": {},
        "campaigns": [], "milestones": [],
    }  # fmt: skip
    body = {**document, **bare, **sections}
    reply = made.call("PUT", "/v1/program", body, test=True, headers={"if-match": "1"})
    assert reply.status == 200, reply.text
    return made


class TestMugClub:
    @pytest.fixture
    def club(self, service: Service) -> Merchant:
        return service.new_merchant("mug-club").without_digest()

    def test_espresso_fan_has_a_pastry_every_week_of_the_paid_month(self, club: Merchant) -> None:
        """Paid on Wednesday 18 November until 17 December: five weeks, a pastry in each."""
        anna = Member(club)
        anna.buys(300)
        assert anna.tier == "daily-drip"
        assert "weekly-pastry" not in anna.vouchers
        unlocked = anna.given("espresso-fan", "2026-12-17", "membership")["unlocked"]
        assert [voucher["reward_id"] for voucher in unlocked] == ["weekly-pastry"]
        last_days = []
        for day in ("2026-11-18", "2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"):
            until(club, day)
            last_days.append(anna.vouchers["weekly-pastry"])
            anna.redeems("weekly-pastry")
            assert "weekly-pastry" not in anna.vouchers, "one a week"
        assert last_days == ["2026-11-22", "2026-11-29", "2026-12-06", "2026-12-13", "2026-12-20"]
        until(club, "2026-12-18")
        assert anna.tier == "daily-drip"
        until(club, "2026-12-22")
        assert "weekly-pastry" not in anna.vouchers
        assert anna.balance() == 3
        assert anna.verified()

    def test_a_month_paid_again_goes_on_without_a_gap(self, club: Merchant) -> None:
        anna = Member(club)
        anna.buys(300)
        anna.given("espresso-fan", "2026-12-17", "membership")
        until(club, "2026-12-17")
        anna.given("espresso-fan", "2027-01-17", "membership")
        until(club, "2027-01-17")
        assert (anna.tier, anna.vouchers["weekly-pastry"]) == ("espresso-fan", "2027-01-17")
        until(club, "2027-01-18")
        assert anna.tier == "daily-drip"

    def test_ten_percent_off_merchandise_stands_as_long_as_the_tier(self, club: Merchant) -> None:
        anna = Member(club)
        anna.given("espresso-fan", "2027-01-17", "membership")
        for day in ("2026-11-18", "2027-01-17"):
            until(club, day)
            (off,) = anna.card["tier"]["discounts"]
            assert (off["percent"], off["categories"]) == (10, ["merch"])
            assert "10 % off merchandise" in anna.page
        until(club, "2027-01-18")
        assert "10 % off merchandise" not in anna.page.partition('id="ladder"')[0]
        assert (anna.card["tier"]["id"], anna.card["tier"]["discounts"]) == (None, [])

    def test_connoisseur_is_above_and_falls_back_to_the_month_that_still_runs(
        self, club: Merchant
    ) -> None:
        anna = Member(club)
        anna.buys(300)
        anna.given("connoisseur", "2027-11-17", "membership")
        anna.given("espresso-fan", "2027-12-17", "membership")
        assert anna.tier == "connoisseur"
        until(club, "2027-11-17")
        assert anna.tier == "connoisseur"
        until(club, "2027-11-18")
        assert anna.tier == "espresso-fan"
        until(club, "2027-12-18")
        assert anna.tier == "daily-drip"
        assert anna.verified()


class TestVipCollective:
    @pytest.fixture
    def salon(self, service: Service) -> Merchant:
        return service.new_merchant("vip-collective").without_digest()

    def test_style_insider_begins_with_the_first_appointment(self, salon: Merchant) -> None:
        anna = Member(salon)
        at_first = anna.tier
        assert at_first is None
        anna.buys(items=[{"category": "service", "quantity": 1, "amount_minor": 4500}])
        assert (anna.tier, anna.balance()) == ("style-insider", 45)

    def test_a_treatment_for_each_five_visits(self, salon: Merchant) -> None:
        anna = Member(salon)
        assert [len(anna.visits(5)) for _ in range(3)] == [1, 1, 1]
        assert anna.balance("visit") == 0
        assert anna.visits(4) == []
        assert anna.visits(1) == ["treatment"]

    def test_points_are_for_services_and_products_only(self, salon: Merchant) -> None:
        """30.00 of service and 12.50 of product are 42 points, the package of 200.00 none."""
        anna = Member(salon)
        sold = (("service", 3000), ("product", 1250), ("package", 20_000))
        anna.buys(
            items=[
                {"category": category, "quantity": 1, "amount_minor": amount_minor}
                for category, amount_minor in sold
            ]
        )
        assert anna.balance() == 42

    def test_a_package_opens_luxe_with_its_discount_and_a_birthday_blow_out(
        self, salon: Merchant
    ) -> None:
        """The best client is another one, and invited to Glow-Getter in the new year."""
        anna, best = Member(salon, birthday="1990-03-01"), Member(salon)
        best.buys(900_000)
        package = [{"category": "package", "quantity": 1, "amount_minor": 20_000}]
        answer = anna.buys(items=package)
        assert answer["tier_change"]["to"] == "luxe"
        assert [off["percent"] for off in anna.card["tier"]["discounts"]] == [15]
        until(salon, "2027-03-01")
        assert best.tier == "glow-getter"
        assert anna.vouchers == {"birthday-blow-out": "2027-03-31"}
        until(salon, "2027-12-31")
        assert anna.tier == "luxe"
        until(salon, "2028-01-01")
        assert anna.tier == "style-insider"
        assert anna.verified()

    def test_glow_getter_has_a_guest_pass_each_quarter(self, salon: Merchant) -> None:
        anna = Member(salon)
        anna.buys(items=[{"category": "service", "quantity": 1, "amount_minor": 900_000}])
        assert anna.tier == "style-insider", "by invitation only"
        anna.given("glow-getter", "2027-12-31", "invitation")
        passes = []
        for day in ("2026-11-18", "2027-01-01", "2027-04-01", "2027-07-01", "2027-10-01"):
            until(salon, day)
            passes.append(anna.vouchers["guest-pass"])
        assert passes == ["2026-12-31", "2027-03-31", "2027-06-30", "2027-09-30", "2027-12-31"]
        until(salon, "2028-01-01")
        assert (anna.tier, anna.vouchers.get("guest-pass")) == ("style-insider", None)


class TestSupperClub:
    @pytest.fixture
    def club(self, service: Service) -> Merchant:
        return service.new_merchant("supper-club").without_digest()

    def mains(self, member: Member, count: int) -> list[str]:
        items = [{"category": "main", "quantity": count, "amount_minor": count * 1500}]
        return [voucher["reward_id"] for voucher in member.buys(items=items)["unlocked"]]

    def test_the_ninth_main_unlocks_the_tenth_and_the_next_nine_another(
        self, club: Merchant
    ) -> None:
        anna = Member(club)
        unlocked = [self.mains(anna, 1) for _ in range(18)]
        assert [place + 1 for place, it in enumerate(unlocked) if it] == [9, 18]
        assert unlocked[8] == ["tenth-main"]
        assert anna.balance("stamp") == 0

    def test_foodie_at_500_with_a_starter_each_month_and_a_treat_each_anniversary(
        self, club: Merchant
    ) -> None:
        anna = Member(club)
        assert anna.buys(49_999)["tier_change"] is None
        assert anna.tier == "regular"
        assert anna.buys(1)["tier_change"] == {"from": "regular", "to": "foodie"}
        assert anna.card["tier"]["until"] == "2027-12-31", "until the end of next year"
        starters = []
        for day in ("2026-11-30", "2026-12-01", "2027-01-01", "2027-02-01", "2027-11-18"):
            until(club, day)
            starters.append(anna.vouchers["starter-or-dessert"])
        assert starters == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-11-30"]
        assert anna.vouchers["anniversary-treat"] == "2027-12-18", "a year after joining"
        assert len(anna.card["vouchers"]) == 2, "nothing was saved up"
        assert anna.verified()

    def test_the_year_starts_at_zero_in_january(self, club: Merchant) -> None:
        """400.00 in 2026 and 499.99 in 2027 are no Foodie; one cent more is, until 2028 ends."""
        anna = Member(club)
        anna.buys(40_000)
        until(club, "2027-01-01")
        assert anna.card["tier"]["next"]["value"] == 0
        anna.buys(49_999)
        assert (anna.tier, anna.card["tier"]["next"]["value"]) == ("regular", 49_999)
        anna.buys(1)
        assert (anna.tier, anna.card["tier"]["until"]) == ("foodie", "2028-12-31")

    def test_foodie_ends_with_next_year_and_is_kept_by_another_500(self, club: Merchant) -> None:
        anna, bela = Member(club), Member(club)
        for member in (anna, bela):
            member.buys(50_000)
        until(club, "2027-06-01")
        bela.buys(50_000)
        until(club, "2027-12-31")
        assert (anna.tier, bela.tier) == ("foodie", "foodie")
        until(club, "2028-01-01")
        assert (anna.tier, bela.tier) == ("regular", "foodie")
        assert bela.card["tier"]["until"] == "2028-12-31"
        assert "starter-or-dessert" not in anna.vouchers

    def test_the_chefs_table_is_paid_for_a_year_and_leaves_foodie_behind(
        self, club: Merchant
    ) -> None:
        anna = Member(club)
        anna.buys(100_000_00)
        assert anna.tier == "foodie"
        anna.given("chefs-table", "2027-11-17", "membership")
        assert anna.tier == "chefs-table"
        until(club, "2027-11-18")
        assert anna.tier == "foodie"


def punch_card(of: int, reward_id: str) -> dict[str, Any]:
    """So many visits for a reward that comes by itself."""
    return {
        "units": [unit("stamp", "stamps")],
        "earn": [visit_rule()],
        "rewards": [reward(reward_id, of, "stamp", auto=True)],
    }


class TestSmallerOnes:
    @pytest.mark.parametrize(
        ("of", "reward_id", "visits", "unlocked_at"),
        [(5, "treatment", 11, [5, 10]), (5, "wash", 12, [5, 10]),
         (4, "nail-trim", 8, [4, 8]), (5, "muffin", 6, [5])],
    )  # fmt: skip
    def test_so_many_visits_for_a_reward(
        self, service: Service, of: int, reward_id: str, visits: int, unlocked_at: list[int]
    ) -> None:
        """5 haircuts and a treatment, every 6th wash free (five paid), 4 grooms, 5 for a muffin."""
        anna = Member(shop_with(service, **punch_card(of, reward_id)))
        unlocked = [anna.visits(1) for _ in range(visits)]
        assert [place + 1 for place, it in enumerate(unlocked) if it] == unlocked_at
        assert unlocked[of - 1] == [reward_id]

    @pytest.mark.parametrize(
        ("template", "paid"), [("car-wash", 5), ("dog-groomer", 4), ("corner-cafe", 9)]
    )
    def test_the_templates_count_the_same(self, service: Service, template: str, paid: int) -> None:
        """The café gives the first of ten stamps for joining."""
        anna = Member(service.new_merchant(template))
        unlocked = [anna.visits(1) for _ in range(paid)]
        assert [bool(it) for it in unlocked] == [False] * (paid - 1) + [True]

    def test_fifty_points_for_joining(self, service: Service) -> None:
        welcome = {"id": "welcome", "on": "join", "unit": "point", "amount": 50}
        assert Member(shop_with(service, units=[unit()], earn=[welcome])).balance() == 50

    def test_the_first_fifty_sign_ups_get_a_bonus(self, service: Service) -> None:
        first = {"id": "first", "on": ["join"], "total": 50,
                 "bonus": {"unit": "point", "amount": 30}}  # fmt: skip
        cafe = shop_with(service, units=[unit()], campaigns=[first])
        assert [Member(cafe).balance() for _ in range(52)] == [30] * 50 + [0, 0]

    def test_double_points_at_the_weekend(self, service: Service) -> None:
        """10.00 on Friday 20, Saturday 21, Sunday 22 and Monday 23 November 2026."""
        weekend = {"id": "weekend", "weekdays": ["sat", "sun"], "multiplier": "2"}
        cafe = shop_with(service, units=[unit()], earn=[spend_rule()], campaigns=[weekend])
        anna, balances = Member(cafe), [0]
        for day in (20, 21, 22, 23):
            until(cafe, f"2026-11-{day}")
            anna.buys(1000)
            balances.append(anna.balance())
        earned = [after - before for before, after in pairwise(balances)]
        assert earned == [10, 20, 20, 10]

    def test_a_tier_of_the_summer(self, service: Service) -> None:
        tiers = [{"id": "all", "name": "All"},
                 {"id": "terrace", "name": "Terrace", "season": {"from_month": 6, "until_month": 8},
                  "enter": [{"metric": "visits", "window": "month", "at_least": 3}]}]  # fmt: skip
        cafe = shop_with(service, tiers=tiers)
        anna = Member(cafe)
        seen = []
        for day in ("2027-05-20", "2027-06-02", "2027-08-31", "2027-09-01"):
            until(cafe, day)
            if day != "2027-09-01":
                anna.visits(3)
            seen.append(anna.tier)
        assert seen == ["all", "terrace", "terrace", "all"]

    def test_500_points_for_a_verified_review(self, service: Service) -> None:
        rule = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 500}
        anna = Member(shop_with(service, units=[unit()], earn=[rule]))
        for _ in range(2):
            anna.does("review", "google-1")
        assert anna.balance() == 500

    def test_25_of_credit_for_each_friend_who_buys(self, service: Service) -> None:
        credit = {"id": "credit", "name": "25.00 off", "kind": "amount", "amount_minor": 2500}
        terms = {"referrer": {"reward": "credit"}, "min_spend_minor": 1000}
        cafe = shop_with(service, rewards=[credit], referral=terms)
        anna = Member(cafe)
        for spend_minor in (1000, 2000, 999):
            friend = Member(cafe, referred_by=anna.id)
            friend.buys(spend_minor)
            cafe.service.deliver_entries(cafe.sandbox_id, friend.id)
        held = anna.card["vouchers"]
        assert [voucher["reward_id"] for voucher in held] == ["credit", "credit"]
        anna.redeems("credit")
        assert len(anna.card["vouchers"]) == 1

    def test_five_visits_in_one_month_for_the_next_tier(self, service: Service) -> None:
        """Four in November and four in December are not five in a month; the ninth is."""
        tiers = [{"id": "all", "name": "All"},
                 {"id": "next", "name": "Next",
                  "enter": [{"metric": "visits", "window": "month", "at_least": 5}]}]  # fmt: skip
        cafe = shop_with(service, tiers=tiers)
        anna = Member(cafe)
        anna.visits(4)
        until(cafe, "2026-12-01")
        anna.visits(4)
        assert anna.tier == "all"
        anna.visits(1)
        assert (anna.tier, anna.card["tier"]["until"]) == ("next", "2027-01-31")

    @pytest.mark.parametrize(("day", "bonus"), [("2027-01-17", 0), ("2027-01-18", 20)])
    def test_a_bonus_for_whoever_has_not_bought_for_60_days(
        self, service: Service, day: str, bonus: int
    ) -> None:
        """From 18 November, 17 January is the 60th day and 18 January the first after it."""
        back = {"id": "back", "segments": ["lapsed"], "on": ["spend"],
                "bonus": {"unit": "point", "amount": 20}}  # fmt: skip
        cafe = shop_with(service, units=[unit()], earn=[spend_rule()], campaigns=[back])
        anna = Member(cafe)
        anna.buys(1000)
        until(cafe, day)
        anna.buys(1000)
        assert anna.balance() == 20 + bonus

    def test_publishing_reaches_every_member_of_a_sandbox_too(self, service: Service) -> None:
        cafe = shop_with(service)
        anna = Member(cafe)
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        body = {**document, "tiers": [{"id": "all", "name": "All"}]}
        cafe.call("PUT", "/v1/program", body, test=True, headers={"if-match": "2"})
        service.publish_follows(cafe.sandbox_id, 3)
        assert anna.tier == "all"
