"""What falls due for a card: benefits, birthdays, notices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.store import keys
from regulars.store.ledger import due_item
from tests.conftest import Clock
from tests.functional.engine import BARE, MAIL, spent, tier
from tests.functional.test_earning import balance
from tests.functional.test_sandbox import messages, moved
from tests.service import Merchant, Service


class TestJobs:
    """The sandbox's clock is moved; what falls due is done and told."""

    @pytest.fixture
    def sandbox(self, service: Service, frozen: Clock) -> Merchant:
        frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
        return service.new_merchant().without_digest()

    def publish(self, cafe: Merchant, **changes: Any) -> None:
        version = cafe.call("GET", "/v1/program", test=True).json["version"]
        document = cafe.call("GET", "/v1/program", test=True).json["program"]
        reply = cafe.call("PUT", "/v1/program", {**document, **BARE, **changes}, test=True,
                          headers={"if-match": str(version)})  # fmt: skip
        assert reply.status == 200, reply.text
        cafe.service.publish_follows(cafe.sandbox_id, version + 1)

    def ran(self, cafe: Merchant, job: str, **to: str) -> list[str]:
        return [it["at"] for it in moved(cafe, **to).json["jobs"] if it["name"] == job]

    def test_a_weekly_benefit_comes_every_monday_and_one_at_a_time(self, sandbox: Merchant) -> None:
        """Midnight in Budapest is 23:00 UTC; last week's is gone when this week's comes."""
        weekly = [{"id": "weekly", "reward": "gift", "every": "week"}]
        self.publish(sandbox, tiers=[tier("all", benefits=weekly)])
        member_id = sandbox.join(test=True, **MAIL)["member_id"]
        assert self.ran(sandbox, "benefits", advance="P14D") == [
            "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z",
        ]  # fmt: skip
        (voucher,) = sandbox.card(member_id, test=True)["vouchers"]
        assert voucher["expires_at"][:10] == "2026-12-06"
        sandbox.service.deliver_entries(sandbox.sandbox_id, member_id)
        kinds = [it["kind"] for it in messages(sandbox)]
        assert kinds.count("reward_unlocked") >= 1

    def test_a_birthday_at_seven_in_the_morning_with_a_mail(self, sandbox: Merchant) -> None:
        birthday = [{"id": "b", "reward": "gift", "every": "birthday"}]
        self.publish(sandbox, tiers=[tier("all", benefits=birthday)])
        member_id = sandbox.join(test=True, birthday="1990-03-01", **MAIL)["member_id"]
        assert self.ran(sandbox, "birthday", now="2027-03-02T00:00:00Z") == ["2027-03-01T06:00:00Z"]
        (voucher,) = sandbox.card(member_id, test=True)["vouchers"]
        assert (voucher["reward_id"], voucher["expires_at"][:10]) == ("gift", "2027-03-31")
        assert self.ran(sandbox, "birthday", now="2028-03-02T00:00:00Z") == ["2028-03-01T06:00:00Z"]

    def test_a_merchant_that_cannot_be_read_holds_up_nobody(
        self, service: Service, frozen: Clock
    ) -> None:
        """Its marks are put off, and what is due for others is done."""
        frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
        broken, other = (service.new_merchant().without_digest() for _ in range(2))
        hour = "2026-11-18T08"
        for cafe in (broken, other):
            service.table.put(due_item(cafe.id, keys.MERCHANT_LEVEL, "digest", hour))
        (program,) = service.table.get(keys.program(broken.id))
        assert program is not None
        service.table.put({**program, "document": b"spoilt"})
        assert service.run_job("digest")["cards"] >= 2
        marks = service.table.get(
            *(keys.due_mark(it.id, keys.MERCHANT_LEVEL, "digest") for it in (broken, other))
        )
        put_off, done = (mark or {} for mark in marks)
        assert (put_off["hour"], put_off["tries"]) == ("2026-11-19T09", 1)
        assert done["hour"][:10] == "2026-11-23"
        assert service.table.get(keys.cursor("digest"))[0]["hour"] == hour  # type: ignore[index]

    def test_a_birthday_reported_later_is_celebrated_and_one_taken_back_is_not(
        self, sandbox: Merchant
    ) -> None:
        rule = {"id": "b", "on": "birthday", "unit": "point", "amount": 50}
        self.publish(sandbox, earn=[rule])
        reported, taken_back = (sandbox.join(test=True)["member_id"] for _ in range(2))
        for member_id, days in ((reported, ["1990-03-01"]), (taken_back, ["1990-03-01", None])):
            for day in days:
                path = f"/v1/members/{member_id}"
                assert sandbox.call("PATCH", path, {"birthday": day}, test=True).status == 200
        moved(sandbox, now="2027-03-02T00:00:00Z")
        assert balance(sandbox.card(reported, test=True), "point") == 50
        assert sandbox.card(taken_back, test=True)["balances"].get("point", {}).get(
            "available", 0) == 0  # fmt: skip

    def test_a_program_that_begins_to_celebrate_reaches_those_who_were_there_before(
        self, sandbox: Merchant
    ) -> None:
        self.publish(sandbox)
        member_id = sandbox.join(test=True, birthday="1990-03-01")["member_id"]
        rules = [{"id": "b", "on": "birthday", "unit": "point", "amount": 50},
                 {"id": "a", "on": "anniversary", "unit": "point", "amount": 20}]  # fmt: skip
        self.publish(sandbox, earn=rules)
        moved(sandbox, now="2027-11-19T00:00:00Z")
        assert balance(sandbox.card(member_id, test=True), "point") == 70

    def test_notice_is_given_once_unless_the_tier_is_kept_meanwhile(
        self, sandbox: Merchant
    ) -> None:
        """Earned in 2026, until 31 December 2027, told on 1 December; Béla earns it again."""
        self.publish(sandbox, tiers=[tier("all"), tier("gold", spent(10_000), notice_days=30)])
        anna = sandbox.join(test=True, **MAIL)["member_id"]
        bela = sandbox.join(test=True, email="bela@example.com",
                            consents={"email": True})["member_id"]  # fmt: skip
        for member_id in (anna, bela):
            sandbox.earn(member_id, test=True, spend_minor=10_000)
        moved(sandbox, now="2027-06-01T09:00:00Z")
        sandbox.earn(bela, test=True, spend_minor=10_000)
        moved(sandbox, now="2027-12-02T00:00:00Z")
        at_risk = [it for it in messages(sandbox) if it["kind"] == "tier_at_risk"]
        assert [(it["to"], it["at"]) for it in at_risk] == [
            ("anna@example.com", "2027-12-01T09:00:00Z")
        ]
        moved(sandbox, now="2028-01-02T00:00:00Z")
        current = [sandbox.card(one, test=True)["tier"]["id"] for one in (anna, bela)]
        assert current == ["all", "gold"]
