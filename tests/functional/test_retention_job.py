"""The job of the retention rule: twice, by two at once, on damaged and merged cards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.actions import retention
from regulars.domain import ledger
from regulars.domain.refusals import Refused
from regulars.jobs import retention as job
from regulars.jobs.due import DueFailedError
from regulars.program.shop import load_shop
from regulars.store import keys
from tests.conftest import START, Clock
from tests.functional.retaining import audit, marks, pass_time, rule, there
from tests.functional.test_damaged_cards import remove
from tests.functional.test_erasure import ANNA, CANARIES, found_in, kept
from tests.functional.test_jobs import catch_up
from tests.service import Merchant, Service


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant().without_digest()


class TestAtWork:
    @pytest.mark.parametrize(
        ("zone", "midnight"),
        [("Asia/Kolkata", datetime(2027, 11, 22, 18, 30, tzinfo=UTC)),
         ("Pacific/Kiritimati", datetime(2027, 11, 22, 10, 0, tzinfo=UTC)),
         ("America/New_York", datetime(2027, 11, 23, 5, 0, tzinfo=UTC))],
    )  # fmt: skip
    def test_the_day_ends_at_the_merchants_midnight(
        self, service: Service, frozen: Clock, zone: str, midnight: datetime
    ) -> None:
        cafe = service.new_merchant(timezone=zone).without_digest()
        member = cafe.join()["member_id"]
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, midnight - timedelta(minutes=1))
        assert there(cafe, member, test=False)
        pass_time(cafe, frozen, midnight + timedelta(hours=3))
        assert not there(cafe, member, test=False)

    def test_many_are_marked_some_an_hour(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(job, "MARKED_MAX", 2)
        monkeypatch.setattr(job, "PAGE", 2)
        members = [cafe.join()["member_id"] for _ in range(5)]
        frozen.now = START + timedelta(days=500)
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, frozen.now + retention.NOTICE)
        left = []
        for _ in range(6):
            frozen.now += timedelta(hours=1)
            catch_up(cafe.service, "expiry", frozen.now)
            cafe.service.run_job("expiry")
            left.append(sum(there(cafe, one, test=False) for one in members))
        assert left == [5, 3, 1, 0, 0, 0]
        assert len(marks(cafe, test=False)) == 1

    def test_two_workers_at_once_erase_once(self, cafe: Merchant, frozen: Clock) -> None:
        members = [cafe.join(email=f"m{n}@example.com")["member_id"] for n in range(8)]
        rule(cafe, 12, test=False)
        due = datetime(2027, 11, 22, 23, tzinfo=UTC)
        pass_time(cafe, frozen, due - timedelta(minutes=1))
        for _ in range(3):
            frozen.now = max(frozen.now, due) + timedelta(hours=1)
            catch_up(cafe.service, "expiry", frozen.now)
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(_run, [cafe.service, cafe.service]))
        assert not any(there(cafe, one, test=False) for one in members)
        assert sorted(line["target"] for line in audit(cafe, test=False)) == sorted(members)
        shop = load_shop(cafe.service.table, cafe.id)
        for one in members:
            assert [*map(_kind, shop.ledger.entries(one))] == ["join", "erase"]

    def test_again_it_changes_nothing(self, cafe: Merchant, frozen: Clock) -> None:
        member = cafe.join(**ANNA)["member_id"]
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, START + timedelta(days=400))
        assert not there(cafe, member, test=False)
        left = kept(cafe.service)
        shop = load_shop(cafe.service.table, cafe.id)
        job.keep(shop, member)
        assert {key: it for key, it in kept(cafe.service).items() if "ttl" in it} == {
            key: it for key, it in left.items() if "ttl" in it
        }
        assert not there(cafe, member, test=False)

    def test_who_comes_in_while_it_is_decided_is_kept(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join()["member_id"]
        rule(cafe, 12, test=False)
        frozen.now = START + timedelta(days=400)
        decided = retention.kept_until

        def late(*given: Any) -> Any:
            found = decided(*given)
            cafe.earn(member)
            return found

        shop = load_shop(cafe.service.table, cafe.id)
        with monkeypatch.context() as patch:
            patch.setattr(job, "kept_until", late)
            with pytest.raises(Refused) as refused:
                job.keep(shop, member)
        assert refused.value.code.transient
        assert cafe.card(member)["visits"] == 1
        job.keep(load_shop(cafe.service.table, cafe.id), member)
        assert there(cafe, member, test=False)
        assert audit(cafe, test=False) == []

    def test_who_changes_the_profile_meanwhile_is_kept(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join()["member_id"]
        rule(cafe, 12, test=False)
        frozen.now = START + timedelta(days=400)
        decided = retention.kept_until

        def late(*given: Any) -> Any:
            cafe.call("PATCH", f"/v1/members/{member}", {"name": "Anna"})
            return decided(*given)

        monkeypatch.setattr(job, "kept_until", late)
        with pytest.raises(Refused) as refused:
            job.keep(load_shop(cafe.service.table, cafe.id), member)
        assert refused.value.code.transient
        assert cafe.card(member)["name"] == "Anna"

    def test_a_rule_that_is_changed_while_members_are_marked_is_looked_at_again(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member = cafe.join()["member_id"]
        frozen.now = START + timedelta(days=500)
        rule(cafe, 36, test=False)
        frozen.now += timedelta(days=8)
        walk = job._walk

        def late(*given: Any) -> Any:
            found = walk(*given)
            rule(cafe, 12, test=False)
            return found

        with monkeypatch.context() as patch:
            patch.setattr(job, "_walk", late)
            with pytest.raises(Refused) as refused:
                job.keep(load_shop(cafe.service.table, cafe.id), keys.MERCHANT_LEVEL)
        assert refused.value.code.transient
        pass_time(cafe, frozen, frozen.now + timedelta(days=8))
        assert not there(cafe, member, test=False)

    def test_a_stamp_writes_no_mark(self, cafe: Merchant) -> None:
        rule(cafe, 12, test=False)
        member = cafe.join()["member_id"]
        before = marks(cafe, test=False)
        cafe.earn(member)
        assert marks(cafe, test=False) == before
        assert len(before) == 1


class TestDamage:
    def test_a_card_that_cannot_be_read_waits_for_somebody(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        spoilt, gone, fine = (cafe.join()["member_id"] for _ in range(3))
        pk, sk = keys.state(cafe.id, spoilt)
        cafe.service.table.put({"PK": pk, "SK": sk, "ver": 3, "s": "{"})
        remove(cafe, keys.state(cafe.id, gone))
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, START + timedelta(days=370))
        items = cafe.call("GET", "/v1/attention").json["items"]
        assert {(it["kind"], it["about"]["member_id"]) for it in items} == {
            ("damaged_card", spoilt), ("damaged_card", gone),
        }  # fmt: skip
        assert not there(cafe, fine, test=False)
        for one in (spoilt, gone):
            assert cafe.call("POST", f"/v1/members/{one}/repair", {}).json["repaired"] is True
        pass_time(cafe, frozen, START + timedelta(days=440))
        assert [line["target"] for line in audit(cafe, test=False)].count(spoilt) == 1
        assert len(audit(cafe, test=False)) == 3

    def test_a_dry_run_leaves_it_out(self, cafe: Merchant, frozen: Clock) -> None:
        spoilt, _ = (cafe.join()["member_id"] for _ in range(2))
        pk, sk = keys.state(cafe.id, spoilt)
        cafe.service.table.put({"PK": pk, "SK": sk, "ver": 3, "s": "{"})
        frozen.now = START + timedelta(days=400)
        tried = rule(cafe, 12, test=False, dry_run=True)
        assert tried["would_erase"] == {"members": 1, "more": False}
        assert cafe.call("GET", "/v1/attention").json["items"] == []


class TestMerged:
    def merged(self, cafe: Merchant, kept_id: str, other: str) -> str:
        body = {"from": other}
        reply = cafe.call("POST", f"/v1/members/{kept_id}/merge", body)
        assert reply.status == 200, reply.text
        return str(reply.json["merge_id"])

    def test_both_go_when_nobody_uses_the_kept_card(self, cafe: Merchant, frozen: Clock) -> None:
        other = cafe.join(**ANNA)["member_id"]
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, START + timedelta(days=100))
        kept_id = cafe.join(name="Anna Canary")["member_id"]
        self.merged(cafe, kept_id, other)
        pass_time(cafe, frozen, START + timedelta(days=460))
        assert there(cafe, kept_id, test=False)
        assert found_in(cafe.service, "Canary")
        pass_time(cafe, frozen, START + timedelta(days=470))
        assert found_in(cafe.service, *CANARIES) == []
        assert len(marks(cafe, test=False)) == 1

    def test_one_that_stands_for_itself_again_is_looked_at(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        kept_id, other = (cafe.join()["member_id"] for _ in range(2))
        rule(cafe, 12, test=False)
        pass_time(cafe, frozen, START + timedelta(days=360))
        merge_id = self.merged(cafe, kept_id, other)
        pass_time(cafe, frozen, START + timedelta(days=370))
        path = f"/v1/members/{kept_id}/merges/{merge_id}"
        assert cafe.call("DELETE", path).status == 200
        pass_time(cafe, frozen, START + timedelta(days=740))
        assert not there(cafe, other, test=False)
        assert not there(cafe, kept_id, test=False)


def _kind(recorded: Any) -> str:
    return ledger.parse(recorded.text).kind


def _run(service: Service) -> None:
    with suppress(DueFailedError):  # what the other one was faster with is met in the next hour
        service.run_job("expiry")
