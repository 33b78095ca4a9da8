"""The retention rule: members who have not used their card for so long are erased, nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.actions import retention
from regulars.domain import holding
from regulars.domain.operations import Origin
from regulars.program.shop import load_shop
from regulars.store import keys, member_lists, merchant_settings
from regulars.store.ledger import due_item
from tests.conftest import START, Clock
from tests.functional.engine import BARE, tier
from tests.functional.retaining import audit, marks, move, pass_time, rule, there
from tests.functional.test_erasure import ANNA, CANARIES, found_in, kept
from tests.functional.test_jobs import catch_up
from tests.service import Browser, Merchant, Service

MUG = {"id": "mug", "name": "Mug", "cost": {"unit": "point", "amount": 5}, "valid_days": 1000}


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant().without_digest()


class TestWhoIsErased:
    def test_who_was_not_seen_for_so_long(self, cafe: Merchant) -> None:
        member = cafe.join(test=True, **ANNA)["member_id"]
        rule(cafe, 24)
        move(cafe, now="2028-11-22T22:59:00Z")
        assert there(cafe, member), "the last day is the merchant's, to midnight"
        jobs = move(cafe, now="2028-11-23T01:00:00Z")
        assert not there(cafe, member)
        assert found_in(cafe.service, *CANARIES) == []
        assert [one["at"][:13] for one in jobs] == ["2028-11-22T23", "2028-11-23T00"]
        shop = load_shop(cafe.service.table, cafe.sandbox_id)
        card = shop.ledger.stored_card(member)
        assert card is not None
        assert card.erased_ms
        entries = [*shop.ledger.entries(member)]
        assert '"kind":"erase"' in entries[-1].text
        assert '"src":"job"' in entries[-1].text

    def test_the_log_says_by_which_rule(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 24)
        move(cafe, advance="P25M")
        (line,) = audit(cafe)
        assert (line["target"], line["after"]) == (member, {"retention_months": 24})
        assert line["who"] == {"kind": "job", "id": "retention", "name": "Retention rule"}
        changes = cafe.call("GET", "/v1/audit", test=True, query={"what": "merchant"}).json["items"]
        assert changes[0]["after"] == {"set": ["retention_months"], "retention_months": 24}

    def test_a_visit_begins_the_months_again(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 24)
        move(cafe, now="2028-11-20T09:00:00Z")
        cafe.earn(member, test=True)
        move(cafe, now="2030-11-20T22:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2030-11-21T09:00:00Z")
        assert not there(cafe, member)

    def test_who_is_looked_at_no_more_often_than_a_rule_has_months(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 6)
        looked_at = 0
        for _ in range(18):
            cafe.earn(member, test=True)
            jobs = move(cafe, advance="P1M")
            looked_at += sum(one["members"] for one in jobs)
        assert there(cafe, member)
        assert looked_at <= 8  # a week, the list, and the member once in six months

    @pytest.mark.parametrize(
        ("path", "body"),
        [("/v1/vouchers", {"member_id": "*", "reward_id": "mug"}),
         ("/v1/members/*/give", {"to": "other", "unit": "point", "amount": 1}),
         ("/v1/actions", {"member_id": "*", "action": "review"}),
         ("/v1/earn", {"member_id": "*", "visits": 0, "spend_minor": 100}),
         ("/v1/members/*/tier", {"tier": "gold", "by": "membership", "until": "2028-11-20"})],
        ids=["reward", "gift", "action", "sale", "membership"],
    )  # fmt: skip
    def test_other_uses_count_as_well(
        self, cafe: Merchant, path: str, body: dict[str, Any]
    ) -> None:
        review = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 1}
        member = self._with_points(cafe, review, {**MUG, "valid_days": 5})
        rule(cafe, 24)
        move(cafe, now="2028-11-20T09:00:00Z")
        other = cafe.join(test=True)["member_id"]
        named = {name: {"*": member, "other": other}.get(it, it) for name, it in body.items()}
        reply = cafe.call("POST", path.replace("*", member), named, test=True)
        assert reply.status in {200, 201}, reply.text
        move(cafe, now="2030-11-20T09:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2030-11-22T09:00:00Z")
        assert not there(cafe, member)

    def test_what_jobs_and_the_merchant_book_does_not(self, cafe: Merchant) -> None:
        birthday = {"id": "b", "on": "birthday", "unit": "point", "amount": 5}
        member = self._with_points(cafe, birthday, MUG, birthday="1990-10-01")
        rule(cafe, 24)
        move(cafe, now="2028-11-20T09:00:00Z")
        assert len(cafe.call("GET", f"/v1/members/{member}/entries", test=True).json["items"]) > 2
        body = {"member_id": member, "unit": "point", "amount": 1, "reason": "Christmas"}
        assert cafe.call("POST", "/v1/adjust", body, test=True).status == 200
        changed = {"note": "moved", "email": "a@example.com", "consents": {"email": True}}
        assert cafe.call("PATCH", f"/v1/members/{member}", changed, test=True).status == 200
        move(cafe, now="2028-11-23T09:00:00Z")
        assert not there(cafe, member)

    def test_a_sale_that_is_reported_late_counts_on_its_own_day(self, cafe: Merchant) -> None:
        """It is the newest entry, and not the newest use."""
        member = self._with_points(cafe, BARE["earn"][0], {**MUG, "valid_days": 5})
        rule(cafe, 24)
        move(cafe, now="2028-06-01T09:00:00Z")
        body = {"member_id": member, "reward_id": "mug"}
        assert cafe.call("POST", "/v1/vouchers", body, test=True).status == 201
        move(cafe, now="2028-07-01T09:00:00Z")
        cafe.earn(member, test=True, spend_minor=500, effective_at="2026-12-01T09:00:00Z")
        move(cafe, now="2030-06-01T09:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2030-06-02T09:00:00Z")
        assert not there(cafe, member)

    def test_units_vouchers_and_debt_go_with_the_card(self, cafe: Merchant) -> None:
        member = self._with_points(cafe, BARE["earn"][0], {**MUG, "valid_days": 5})
        cafe.call("POST", "/v1/vouchers", {"member_id": member, "reward_id": "mug"}, test=True)
        rule(cafe, 12)
        move(cafe, advance="P13M")
        assert not there(cafe, member)

    @staticmethod
    def _with_points(cafe: Merchant, extra: Any, reward: Any, **fields: Any) -> str:
        """A member with ten points on the day of joining."""
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        gold = tier("gold", [{"metric": "membership", "period": "month"}])
        spend = BARE["earn"][0]
        earn = [spend] if extra == spend else [spend, extra]
        own = {"earn": earn, "rewards": [reward], "tiers": [tier("all"), gold]}
        changed = {**document, **BARE, **own}
        reply = cafe.call("PUT", "/v1/program", changed, test=True, headers={"if-match": "*"})
        assert reply.status == 200, reply.text
        member: str = cafe.join(test=True, **fields)["member_id"]
        cafe.earn(member, test=True, spend_minor=1000)
        return member


class TestWhoIsKept:
    def program(self, cafe: Merchant, **changes: Any) -> None:
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        reply = cafe.call("PUT", "/v1/program", {**document, **BARE, **changes}, test=True,
                          headers={"if-match": "*"})  # fmt: skip
        assert reply.status == 200, reply.text

    def test_who_has_paid_for_a_tier(self, cafe: Merchant) -> None:
        gold = tier("gold", [{"metric": "membership", "period": "year"}])
        self.program(cafe, tiers=[tier("all"), gold])
        member, other = (cafe.join(test=True)["member_id"] for _ in range(2))
        body = {"tier": "gold", "by": "membership", "until": "2029-06-30"}
        assert cafe.call("POST", f"/v1/members/{member}/tier", body, test=True).status == 200
        by_hand = {**body, "by": "hand"}
        assert cafe.call("POST", f"/v1/members/{other}/tier", by_hand, test=True).status == 200
        rule(cafe, 12)
        move(cafe, now="2027-12-01T09:00:00Z")
        assert (there(cafe, member), there(cafe, other)) == (True, False)
        move(cafe, now="2029-06-30T09:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2029-07-01T09:00:00Z")
        assert not there(cafe, member)

    def test_who_holds_a_voucher_that_is_still_good(self, cafe: Merchant) -> None:
        self.program(cafe, rewards=[{**MUG, "valid_days": 500}])
        member = cafe.join(test=True)["member_id"]
        cafe.earn(member, test=True, spend_minor=1000)
        body = {"member_id": member, "reward_id": "mug"}
        expires = cafe.call("POST", "/v1/vouchers", body, test=True).json["expires_at"]
        assert expires == "2028-04-05T22:00:00Z"
        rule(cafe, 12)
        move(cafe, now="2028-04-05T21:59:00Z")
        assert there(cafe, member)
        move(cafe, advance="P1D")
        assert not there(cafe, member)

    def test_whose_card_is_on_hold_until_it_is_released(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        shop = load_shop(cafe.service.table, cafe.sandbox_id)
        held(shop, member, "Hold")
        rule(cafe, 12)
        move(cafe, now="2028-03-01T09:00:00Z")
        assert there(cafe, member)
        held(load_shop(cafe.service.table, cafe.sandbox_id), member, "Release")
        move(cafe, advance="P31D")
        assert not there(cafe, member)

    def test_who_told_something_themselves(self, cafe: Merchant, frozen: Clock) -> None:
        """A device on which the card lives from then on; nothing was booked."""
        member, other = (cafe.join()["member_id"] for _ in range(2))
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, START + timedelta(days=300))
        browser = Browser(cafe.service)
        assert browser.get(cafe.card(member)["card_url"]).status == 200
        assert browser.post(f"/card/{cafe.created['slug']}/device").status == 200
        pass_time(cafe, frozen, START + timedelta(days=400))
        assert there(cafe, member, test=False)
        assert not there(cafe, other, test=False)
        pass_time(cafe, frozen, START + timedelta(days=670))
        assert not there(cafe, member, test=False)


class TestTheRule:
    def test_begins_to_hold_a_week_after_it_was_set(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        move(cafe, now="2030-01-15T09:00:00Z")
        assert rule(cafe, 12)["retention_from"] == "2030-01-22T09:00:00Z"
        move(cafe, now="2030-01-22T08:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2030-01-22T12:00:00Z")
        assert not there(cafe, member)

    def test_a_dry_run_says_how_many_would_go_and_changes_nothing(self, cafe: Merchant) -> None:
        old, busy = (cafe.join(test=True)["member_id"] for _ in range(2))
        move(cafe, now="2028-06-01T09:00:00Z")
        cafe.earn(busy, test=True)
        cafe.join(test=True)
        assert cafe.call("DELETE", f"/v1/members/{cafe.join(test=True)['member_id']}", test=True)
        before = cafe.call("GET", "/v1/merchant", test=True).json
        left = kept(cafe.service)
        tried = rule(cafe, 12, dry_run=True)
        assert tried["would_erase"] == {"members": 1, "more": False}
        assert (tried["retention_months"], tried["retention_from"]) == (12, "2028-06-08T09:00:00Z")
        assert rule(cafe, 36, dry_run=True)["would_erase"] == {"members": 0, "more": False}
        assert rule(cafe, None, dry_run=True)["would_erase"] == {"members": 0, "more": False}
        assert cafe.call("GET", "/v1/merchant", test=True).json == before
        assert kept(cafe.service) == left
        assert "would_erase" not in rule(cafe, 12)
        move(cafe, advance="P8D")
        assert (there(cafe, old), there(cafe, busy)) == (False, True)
        assert cafe.call("GET", "/v1/members", test=True).json["items"] != []

    def test_a_dry_run_stops_in_time(self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(3):
            cafe.join(test=True)
        move(cafe, now="2028-06-01T09:00:00Z")
        monkeypatch.setattr(retention, "COUNTED_MAX", 2)
        monkeypatch.setattr(member_lists, "PAGE", 1)
        tried = rule(cafe, 12, dry_run=True)
        assert tried["would_erase"] == {"members": 2, "more": True}

    def test_taken_back_in_the_week_it_erases_nobody(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        move(cafe, now="2028-06-01T09:00:00Z")
        rule(cafe, 1)
        move(cafe, advance="P6D")
        back = rule(cafe, None)
        assert (back["retention_months"], back["retention_from"]) == (None, None)
        move(cafe, advance="P1Y")
        assert there(cafe, member)
        assert marks(cafe) == []

    def test_taken_back_later_it_erases_nobody_more(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 12)
        move(cafe, now="2027-11-20T09:00:00Z")
        cafe.earn(member, test=True)
        move(cafe, now="2028-11-01T09:00:00Z")
        assert len(marks(cafe)) == 2
        rule(cafe, None)
        move(cafe, advance="P3Y")
        assert there(cafe, member)
        assert marks(cafe) == []

    def test_set_again_it_reaches_those_whom_it_had_let_go(self, cafe: Merchant) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 12)
        move(cafe, now="2027-11-20T09:00:00Z")
        cafe.earn(member, test=True)
        move(cafe, now="2028-11-01T09:00:00Z")
        rule(cafe, None)
        move(cafe, advance="P1Y")
        rule(cafe, 12)
        move(cafe, advance="P8D")
        assert not there(cafe, member)

    def test_set_again_it_waits_a_week_also_for_those_who_are_due_already(
        self, cafe: Merchant
    ) -> None:
        member = cafe.join(test=True)["member_id"]
        rule(cafe, 12)
        move(cafe, now="2027-11-20T09:00:00Z")
        cafe.earn(member, test=True)
        move(cafe, now="2028-11-20T09:00:00Z")
        rule(cafe, None)
        rule(cafe, 12)
        move(cafe, now="2028-11-27T08:00:00Z")
        assert there(cafe, member)
        move(cafe, now="2028-11-27T12:00:00Z")
        assert not there(cafe, member)

    def test_a_shorter_one_begins_again_and_a_longer_one_goes_on(self, cafe: Merchant) -> None:
        members = [cafe.join(test=True)["member_id"] for _ in range(2)]
        first = rule(cafe, 24)["retention_from"]
        move(cafe, now="2027-09-01T09:00:00Z")
        cafe.earn(members[1], test=True)
        assert rule(cafe, 36)["retention_from"] == first
        move(cafe, now="2029-06-01T09:00:00Z")
        assert [there(cafe, one) for one in members] == [True, True]
        assert rule(cafe, 18)["retention_from"] == "2029-06-08T09:00:00Z"
        assert rule(cafe, 18)["retention_from"] == "2029-06-08T09:00:00Z", "the same again"
        move(cafe, now="2029-06-09T09:00:00Z")
        assert [there(cafe, one) for one in members] == [False, False]

    def test_one_of_before_anything_acted_on_it_holds_a_week_after_a_digest(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        member = cafe.join()["member_id"]
        table = cafe.service.table

        def make(known: merchant_settings.Known) -> merchant_settings.Known:
            return known[0], known[1]._replace(retention_months=1)

        merchant_settings.change(table, cafe.id, make)
        frozen.now = datetime(2027, 2, 1, 8, tzinfo=UTC)  # Monday, nine in Budapest
        table.put(due_item(cafe.id, keys.MERCHANT_LEVEL, "digest", "2027-02-01T07"))
        catch_up(cafe.service, "digest", frozen.now)
        for _ in range(2):
            cafe.service.run_job("digest")
            found = cafe.call("GET", "/v1/merchant").json["retention_from"]
            assert found == "2027-02-08T08:00:00Z"
        pass_time(cafe, frozen, datetime(2027, 2, 9, tzinfo=UTC))
        assert not there(cafe, member, test=False)

    def test_the_sandbox_has_a_rule_of_its_own(self, cafe: Merchant, frozen: Clock) -> None:
        real, tried = cafe.join()["member_id"], cafe.join(test=True)["member_id"]
        rule(cafe, 1)
        move(cafe, advance="P25M")
        pass_time(cafe, frozen, START + timedelta(days=800))
        assert (there(cafe, real, test=False), there(cafe, tried)) == (True, False)

    def test_nobody_else_sets_it(self, cafe: Merchant) -> None:
        cookies = cafe.staff_cookies()
        body = {"retention_months": 1}
        assert cafe.service.request("PATCH", "/v1/merchant", body=body, cookies=cookies).status in {
            401, 403,
        }  # fmt: skip


class TestWhereItIsSaid:
    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "when you have not used your card for 24 months"), ("hu", "ha 24 hónapig nem"),
         ("pl", "jeśli przez 24 miesiące nie"), ("kk", "Картаңызды 24 ай пайдаланбасаңыз")],
    )  # fmt: skip
    def test_the_join_page(
        self, service: Service, frozen: Clock, language: str, words: str
    ) -> None:
        cafe = service.new_merchant(languages=["en", "hu", "pl", "kk"])
        path = f"/j/{cafe.created['slug']}"
        asked = {"accept-language": language}
        assert words not in service.request("GET", path, headers=asked).text
        rule(cafe, 24, test=False)
        assert words in service.request("GET", path, headers=asked).text

    def test_what_is_handed_over_to_a_member(self, cafe: Merchant) -> None:
        member = cafe.join()["member_id"]
        path = f"/v1/members/{member}/export"
        assert cafe.call("GET", path).json["controller"]["retention_months"] is None
        rule(cafe, 24, test=False)
        assert cafe.call("GET", path).json["controller"]["retention_months"] == 24


def held(shop: Any, member_id: str, what: str) -> None:
    """Put a card on hold, or release it."""
    card = shop.ledger.card(member_id)
    operation = getattr(holding, what)(Origin(f"{what}:{member_id}", "api", entropy=bytes(16)), "x")
    shop.ledger.perform(shop.program, card, operation, shop.now)
