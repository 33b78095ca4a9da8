"""Jobs do what is due, when it is due for the merchant, once, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from regulars.domain.calendar import hour_of
from regulars.jobs import cards, schedules
from regulars.store import keys
from regulars.store.errors import Unavailable
from tests.conftest import Clock
from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service

WEEK = {"expiry": {"type": "months", "months": 1}}


@pytest.fixture(autouse=True)
def caught_up(service: Service, frozen: Clock) -> None:
    """The jobs have run until an hour ago; the first run of all looks back two weeks."""
    for job in ("expiry", "tiers", "reminders", "digest"):
        pk, sk = keys.cursor(job)
        hour = hour_of(frozen.now - timedelta(hours=2))
        service.table.put({"PK": pk, "SK": sk, "hour": hour})


def catch_up(service: Service, job: str, now: datetime) -> None:
    """As if the job had run every hour until the one before `now`."""
    pk, sk = keys.cursor(job)
    service.table.put({"PK": pk, "SK": sk, "hour": hour_of(now - timedelta(hours=2))})


def expiring(service: Service, zone: str = "Europe/Budapest", **changes: Any) -> Merchant:
    """A café whose stamps last until the end of the next month: 31 December."""
    cafe = service.new_merchant(timezone=zone)
    unit = cafe.call("GET", "/v1/program").json["program"]["units"][0]
    published(cafe, units=[{**unit, **WEEK}], **changes)
    return cafe


def cursor(service: Service, job: str) -> str:
    (item,) = service.table.get(keys.cursor(job))
    assert item is not None
    return str(item["hour"])


class TestExpiry:
    @pytest.mark.parametrize(
        ("zone", "midnight"),
        [("Europe/Budapest", datetime(2026, 12, 31, 23, 0, tzinfo=UTC)),
         ("UTC", datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
         ("America/New_York", datetime(2027, 1, 1, 5, 0, tzinfo=UTC)),
         ("Asia/Kolkata", datetime(2026, 12, 31, 18, 30, tzinfo=UTC)),
         ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, 0, tzinfo=UTC)),
         ("Pacific/Marquesas", datetime(2027, 1, 1, 9, 30, tzinfo=UTC))],
    )  # fmt: skip
    def test_at_the_merchants_midnight(
        self, service: Service, frozen: Clock, zone: str, midnight: datetime
    ) -> None:
        cafe = expiring(service, zone)
        member_id = cafe.join()["member_id"]
        catch_up(service, "expiry", midnight)
        frozen.now = midnight - timedelta(seconds=1)
        service.run_job("expiry")
        assert cafe.card(member_id)["seq"] == 1
        frozen.now = midnight
        assert balance(cafe.card(member_id)) == 0, "not spendable even before the job has run"
        service.run_job("expiry")
        entry = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"][0]
        assert (entry["kind"], entry["lines"][0]["amount"]) == ("expire", -1)

    def test_twice_is_once(self, service: Service, frozen: Clock) -> None:
        cafe = expiring(service)
        member_id = cafe.join()["member_id"]
        frozen.now = datetime(2027, 1, 1, 6, 5, tzinfo=UTC)
        catch_up(service, "expiry", datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
        assert service.run_job("expiry") == {"cards": 1}
        assert service.run_job("expiry") == {"cards": 0}
        card = cafe.card(member_id)
        assert (card["seq"], balance(card)) == (2, 0)

    def test_by_two_workers_at_once_is_once(self, service: Service, frozen: Clock) -> None:
        cafe = expiring(service)
        ids = [cafe.join()["member_id"] for _ in range(10)]
        frozen.now = datetime(2027, 1, 1, 0, 5, tzinfo=UTC)
        catch_up(service, "expiry", datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
        cafe.card(ids[0])
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(service.run_job, ["expiry", "expiry"]))
        for member_id in ids:
            assert (cafe.card(member_id)["seq"], balance(cafe.card(member_id))) == (2, 0)
            assert cafe.call("GET", f"/v1/members/{member_id}/verify").json["ok"] is True

    def test_hours_that_were_missed_are_caught_up(self, service: Service, frozen: Clock) -> None:
        cafe = expiring(service)
        member_id = cafe.join()["member_id"]
        catch_up(service, "expiry", datetime(2026, 12, 31, 20, 0, tzinfo=UTC))
        frozen.now = datetime(2027, 1, 2, 6, 30, tzinfo=UTC)
        service.run_job("expiry")
        assert cafe.card(member_id)["seq"] == 2
        assert cursor(service, "expiry") == "2027-01-02T05"

    def test_of_a_voucher_gives_its_stamps_back_first(
        self, service: Service, frozen: Clock
    ) -> None:
        coffee = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 2},
                  "valid_days": 7}  # fmt: skip
        cafe = service.new_merchant()
        published(cafe, rewards=[coffee])
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id)
        body = {"member_id": member_id, "reward_id": "coffee"}
        assert cafe.call("POST", "/v1/vouchers", body).status == 201
        frozen.now = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
        catch_up(service, "expiry", frozen.now)
        service.run_job("expiry")
        card = cafe.card(member_id)
        assert (balance(card), card["vouchers"]) == (2, [])

    def test_one_card_that_fails_holds_up_neither_the_others_nor_is_forgotten(
        self, service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cafe = expiring(service)
        ids = [cafe.join()["member_id"] for _ in range(5)]
        before = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
        catch_up(service, "expiry", before)
        frozen.now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)

        def failing(shop: Any, member_id: str) -> None:
            if member_id == ids[2]:
                raise RuntimeError("this card cannot be read")
            cards.expire(shop, member_id)

        with monkeypatch.context() as broken:
            broken.setitem(schedules.JOBS, "expire", failing)
            service.run_job("expiry")
        assert [cafe.card(member_id)["seq"] for member_id in ids] == [2, 2, 1, 2, 2]
        assert cursor(service, "expiry") == "2027-01-01T01"
        (item,) = cafe.call("GET", "/v1/attention").json["items"]
        assert item["about"] == {"member_id": ids[2], "job": "expire"}
        frozen.now = datetime(2027, 1, 2, 3, 0, tzinfo=UTC)
        service.run_job("expiry")
        assert cafe.card(ids[2])["seq"] == 2

    def test_while_the_table_is_busy_nothing_is_set_aside(
        self, service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cafe = expiring(service)
        member_id = cafe.join()["member_id"]
        before = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
        catch_up(service, "expiry", before)
        frozen.now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)

        def busy(shop: Any, member_id: str) -> None:
            raise Unavailable("Query", 5)

        with monkeypatch.context() as broken:
            broken.setitem(schedules.JOBS, "expire", busy)
            service.run_job("expiry")
            assert service.work() == 1, "the message is brought again"
        assert cafe.call("GET", "/v1/attention").json["items"] == []
        assert service.work() == 0
        assert cafe.card(member_id)["seq"] == 2

    def test_what_it_reads_grows_with_what_is_due_only(
        self, service: Service, frozen: Clock
    ) -> None:
        """The same calls to the table whether there are no, ten or a hundred other cards."""
        cafe = expiring(service)
        cafe.join()
        other = service.new_merchant()
        midnight = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
        counts = []
        start = frozen.now
        for others in (0, 10, 90):
            frozen.now = start
            for _ in range(others):
                other.join()
            catch_up(service, "expiry", midnight - timedelta(hours=2))
            frozen.now = midnight - timedelta(hours=1)
            service.spy.calls.clear()
            service.run_job("expiry")
            counts.append((len(service.spy.calls), service.spy.consumed()))
        assert counts[0] == counts[1] == counts[2]
        frozen.now = midnight
        service.spy.calls.clear()
        assert service.run_job("expiry") == {"cards": 1}
        assert len(service.spy.calls) <= counts[0][0] + 20


class TestTiers:
    def regular(self, service: Service) -> tuple[Merchant, str]:
        cafe = service.new_merchant()
        member_id = cafe.join()["member_id"]
        cafe.earn(member_id, spend_minor=15_000)
        return cafe, member_id

    def test_end_with_the_year_after_the_one_they_were_earned_in(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe, member_id = self.regular(service)
        assert cafe.card(member_id)["tier"]["until"] == "2027-12-31"
        for now, tier in (
            (datetime(2027, 12, 31, 22, 59, tzinfo=UTC), "regular"),
            (datetime(2027, 12, 31, 23, 0, tzinfo=UTC), "guest"),
        ):
            catch_up(service, "tiers", now)
            frozen.now = now
            service.run_job("tiers")
            assert cafe.card(member_id)["tier"]["id"] == tier, now
        entry = cafe.call("GET", f"/v1/members/{member_id}/entries").json["items"][0]
        assert (entry["kind"], entry["tier_from"], entry["tier_to"]) == ("tier", "regular", "guest")

    def test_are_kept_by_whoever_earned_them_again(self, service: Service, frozen: Clock) -> None:
        cafe, member_id = self.regular(service)
        frozen.now = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
        cafe.earn(member_id, spend_minor=15_000)
        frozen.now = datetime(2027, 12, 31, 23, 0, tzinfo=UTC)
        catch_up(service, "tiers", frozen.now)
        service.run_job("tiers")
        assert cafe.card(member_id)["tier"]["until"] == "2028-12-31"

    def test_follow_a_new_program_for_everybody(self, service: Service) -> None:
        cafe, member_id = self.regular(service)
        others = [cafe.join()["member_id"] for _ in range(60)]
        document = cafe.call("GET", "/v1/program").json["program"]
        document["tiers"] = document["tiers"][:1]
        published(cafe, tiers=document["tiers"])
        for _ in range(2):
            assert service.publish_follows(cafe.id, 2) == {"batchItemFailures": []}
        assert cafe.card(member_id)["tier"]["id"] == "guest"
        assert {cafe.card(one)["seq"] for one in others} == {1}


class TestReminders:
    def nearly(self, service: Service, zone: str = "Europe/Budapest") -> tuple[Merchant, str]:
        """Anna lacks one stamp; the café reminds after seven days."""
        cafe = service.new_merchant(timezone=zone)
        member_id = cafe.join(email="anna@example.com", consents={"email": True})["member_id"]
        cafe.earn(member_id, visits=8)
        return cafe, member_id

    def reported(self, service: Service) -> int:
        return len(service.aws_services.receive(service.queues["messages"]))

    @pytest.mark.parametrize(
        ("zone", "ten"),
        [("Europe/Budapest", datetime(2026, 11, 29, 9, 0, tzinfo=UTC)),
         ("America/New_York", datetime(2026, 11, 29, 15, 0, tzinfo=UTC)),
         ("Asia/Kathmandu", datetime(2026, 11, 29, 4, 15, tzinfo=UTC))],
    )  # fmt: skip
    def test_once_at_ten_on_the_seventh_day(
        self, service: Service, frozen: Clock, zone: str, ten: datetime
    ) -> None:
        self.nearly(service, zone)
        catch_up(service, "reminders", ten)
        reported = []
        for minutes in (-1, 0, 1, 60, 24 * 60):
            frozen.now = ten + timedelta(minutes=minutes)
            service.run_job("reminders")
            reported.append(self.reported(service))
        assert reported == [0, 1, 0, 0, 0]

    def test_a_visit_in_between_moves_the_day(self, service: Service, frozen: Clock) -> None:
        cafe, member_id = self.nearly(service)
        frozen.now += timedelta(days=3)
        cafe.earn(member_id, visits=0)
        cafe.call("POST", "/v1/adjust", {
            "member_id": member_id, "unit": "stamp", "amount": -1, "reason": "r"})  # fmt: skip
        cafe.earn(member_id)
        frozen.now = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
        catch_up(service, "reminders", frozen.now)
        service.run_job("reminders")
        assert self.reported(service) == 0
        frozen.now = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
        catch_up(service, "reminders", frozen.now)
        service.run_job("reminders")
        assert self.reported(service) == 1

    def test_each_gap_between_visits_is_reminded_of_once(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe, member_id = self.nearly(service)
        seen = []
        for _ in range(3):
            frozen.now += timedelta(days=7, hours=1)
            catch_up(service, "reminders", frozen.now - timedelta(hours=12))
            service.run_job("reminders")
            service.run_job("reminders")
            service.deliver("messages", "notify")
            seen.append(len(service.aws_services.mails()))
            cafe.call("POST", "/v1/adjust", {
                "member_id": member_id, "unit": "stamp", "amount": -1, "reason": "r"})  # fmt: skip
            cafe.earn(member_id)
        assert [after - before for before, after in pairwise(seen)] == [1, 1]
