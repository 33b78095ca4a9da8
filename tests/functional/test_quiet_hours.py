"""At night nobody gets an offer or a reminder: it waits until the morning, and comes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_jobs import catch_up
from tests.functional.test_messages import MAIL, Mails, announce
from tests.service import Merchant, Service

NIGHT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
"""Half past eleven in Budapest."""


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    frozen.now = NIGHT
    return service.new_merchant()


def pass_hours(cafe: Merchant, frozen: Clock, hours: int) -> None:
    """Let the hourly job run at each hour's fifth minute."""
    for _ in range(hours):
        frozen.now = frozen.now.replace(minute=5) + timedelta(hours=1)
        cafe.service.run_job("reminders")
        cafe.service.deliver("messages", "notify")


class TestAtNight:
    def test_an_offer_waits_until_eight_and_comes_once(self, cafe: Merchant, frozen: Clock) -> None:
        mails = Mails(cafe.service)
        catch_up(cafe.service, "reminders", frozen.now)
        member = cafe.join(**MAIL)["member_id"]
        announce(cafe, member)
        announce(cafe, member)
        pass_hours(cafe, frozen, 8)
        assert f"{frozen.now:%H:%M}" == "06:05"
        assert mails.new() == []
        pass_hours(cafe, frozen, 1)
        assert [mail["to"] for mail in mails.new()] == [["anna@example.com"]]
        pass_hours(cafe, frozen, 3)
        announce(cafe, member)
        assert len(mails.new()) == 1

    def test_what_somebody_asked_for_comes_at_once(self, cafe: Merchant) -> None:
        mails = Mails(cafe.service)
        cafe.join(email="anna@example.com")
        form = {"once": "once0001", "email": "anna@example.com"}
        cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
        cafe.service.deliver("messages", "notify")
        assert [mail["to"] for mail in mails.new()] == [["anna@example.com"]]

    @pytest.mark.parametrize(
        ("hours", "waits"),
        [({"from": "00:00", "until": "00:00"}, 0), ({"from": "23:31", "until": "08:00"}, 0),
         ({"from": "23:00", "until": "01:30"}, 3)],
    )  # fmt: skip
    def test_the_shop_says_when_they_are(
        self, cafe: Merchant, frozen: Clock, hours: dict[str, str], waits: int
    ) -> None:
        mails = Mails(cafe.service)
        catch_up(cafe.service, "reminders", frozen.now)
        assert cafe.call("PATCH", "/v1/merchant", {"quiet_hours": hours}).status == 200
        announce(cafe, cafe.join(**MAIL)["member_id"])
        for _ in range(waits):
            assert mails.new() == []
            pass_hours(cafe, frozen, 1)
        assert len(mails.new()) == 1

    def test_who_is_erased_or_says_no_in_the_night_gets_nothing(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        mails = Mails(cafe.service)
        catch_up(cafe.service, "reminders", frozen.now)
        one = cafe.join(**MAIL)["member_id"]
        two = cafe.join(email="b@example.com", consents={"email": True})["member_id"]
        announce(cafe, one)
        announce(cafe, two)
        assert cafe.call("DELETE", f"/v1/members/{one}").status == 202
        no = {"consents": {"email": False}}
        assert cafe.call("PATCH", f"/v1/members/{two}", no).status == 200
        left = cafe.service.table.items(keys.card(cafe.id, one), prefix=keys.DUE_PREFIX)
        assert not [item for item in left if "GSI1PK" in item or "message" in item]
        pass_hours(cafe, frozen, 11)
        assert mails.new() == []
        assert cafe.call("GET", "/v1/attention").json["items"] == []

    def test_a_sandbox_keeps_it_when_the_morning_has_come(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        member = cafe.join(test=True, **MAIL)["member_id"]
        cafe.service.deliver_entries(cafe.sandbox_id, member)

        def kept() -> list[Any]:
            items = cafe.call("GET", "/v1/test/messages", test=True).json["items"]
            return [one for one in items if one["kind"] == "welcome"]

        assert kept() == []
        for hours, count in ((8, 0), (4, 1), (40, 1)):
            body = {"advance": f"PT{hours}H"}
            assert cafe.call("POST", "/v1/test/clock", body, test=True).status == 200
            assert len(kept()) == count, hours
        assert kept()[0]["at"] == "2026-11-23T07:00:00Z"
