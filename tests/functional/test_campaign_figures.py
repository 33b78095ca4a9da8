"""What a campaign that is over did: counted once, from the ledger, less what was taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.insights import campaigns
from regulars.jobs import digest, over_campaigns
from regulars.program.shop import load_shop
from regulars.store import keys
from tests.conftest import START, Clock
from tests.functional.console import Browser
from tests.functional.test_program_editor import program
from tests.service import Merchant, Service

DAY = timedelta(days=1)
FIRST, LAST = (START + DAY).date().isoformat(), (START + 4 * DAY).date().isoformat()
DOUBLE = {
    "id": "double", "name": "Double", "from": FIRST, "until": LAST, "multiplier": "2",
    "on": ["visit", "spend"],
}  # fmt: skip
EXTRA = {
    "id": "extra", "name": "Extra", "until": LAST, "on": ["visit"], "total": 5,
    "bonus": {"unit": "stamp", "amount": 3},
}  # fmt: skip


@pytest.fixture
def cafe(frozen: Clock, service: Service) -> Merchant:
    return service.new_merchant(owner_email="anna@example.com")


def publish(cafe: Merchant, *all_: dict[str, Any], **more: Any) -> None:
    body = {**program(cafe), "campaigns": list(all_), **more}
    reply = cafe.call("PUT", "/v1/program", body, headers={"if-match": "*"})
    assert reply.status == 200, reply.text


def counted(cafe: Merchant) -> dict[str, tuple[int, int, dict[str, int]]]:
    """What the job counts, by campaign: uses, members, what was given."""
    shop = load_shop(cafe.service.table, cafe.id)
    over_campaigns.count(shop)
    found = campaigns.read(shop, shop.program.campaigns)
    return {one: (of.uses, of.members, dict(of.granted)) for one, of in found.items()}


def test_uses_members_and_what_it_added_less_what_was_taken_back(
    cafe: Merchant, frozen: Clock
) -> None:
    anna, ben, cleo, dan = (cafe.join()["member_id"] for _ in range(4))
    cafe.earn(anna)  # before it began
    publish(cafe, DOUBLE)
    frozen.now += DAY
    cafe.earn(anna)
    frozen.now += DAY
    cafe.earn(anna)
    cafe.earn(ben, spend_minor=500, order_id="o1")
    cafe.earn(cleo)
    cafe.earn(dan)
    assert cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r1"}).status == 200
    assert cafe.call("DELETE", f"/v1/members/{dan}").status in {200, 202, 204}
    assert cafe.call("POST", f"/v1/members/{anna}/merge", {"from": cleo}).status == 200
    assert counted(cafe) == {}, "it is not over"
    frozen.now += 4 * DAY
    cafe.earn(anna)  # after it
    figures = {"double": (4, 1, {"stamp": 4})}
    assert counted(cafe) == figures
    frozen.now += DAY
    assert counted(cafe) == figures, "once"


def test_a_bonus_without_a_first_day_counts_from_the_version_that_had_it(
    cafe: Merchant, frozen: Clock
) -> None:
    anna = cafe.join()["member_id"]
    frozen.now += DAY
    publish(cafe, EXTRA)
    cafe.earn(anna)
    publish(cafe, EXTRA, DOUBLE)
    cafe.earn(cafe.join()["member_id"], visits=2)
    frozen.now += 5 * DAY
    assert counted(cafe) == {"extra": (2, 2, {"stamp": 6}), "double": (1, 1, {"stamp": 2})}


def test_part_of_a_refund_takes_its_part(cafe: Merchant, frozen: Clock) -> None:
    points = {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"}
    spend = {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100}
    document = program(cafe)
    publish(cafe, DOUBLE, units=[*document["units"], points], earn=[*document["earn"], spend])
    frozen.now += DAY
    anna = cafe.join()["member_id"]
    cafe.earn(anna, spend_minor=1000, order_id="o1", visits=0)
    refund = {"order_id": "o1", "refund_id": "r1", "amount_minor": 500}
    assert cafe.call("POST", "/v1/refunds", refund).status == 200
    frozen.now += 5 * DAY
    uses, members, granted = counted(cafe)["double"]
    assert (uses, members, granted["point"]) == (1, 1, 5)


def test_the_page_says_what_it_did_and_nothing_before_that(cafe: Merchant, frozen: Clock) -> None:
    units = program(cafe)["units"]
    value = {"units": 10, "amount_minor": 300}
    publish(cafe, DOUBLE, EXTRA | {"id": "never", "min_spend_minor": 10_000},
            units=[{**units[0], "value": value}])  # fmt: skip
    frozen.now += DAY
    cafe.earn(cafe.join()["member_id"], visits=10)
    frozen.now += 5 * DAY
    anna = Browser(cafe.service).sign_in("anna@example.com")
    page = anna.go("GET", "/console/campaigns").text
    assert page.count("What it did is counted on Monday.") == 2
    frozen.now += timedelta(days=7 - frozen.now.weekday())
    digest.digest(load_shop(cafe.service.table, cafe.id), keys.MERCHANT_LEVEL)
    page = anna.sign_in("anna@example.com").go("GET", "/console/campaigns").text
    assert (
        "Used once, one member, 10\N{NO-BREAK SPACE}stamps given, worth €3.00. Counted on" in page
    )
    assert "It was never used." in page


def test_one_whose_days_were_changed_is_counted_again(cafe: Merchant, frozen: Clock) -> None:
    publish(cafe, DOUBLE)
    frozen.now += DAY
    anna = cafe.join()["member_id"]
    cafe.earn(anna)
    frozen.now += 5 * DAY
    assert counted(cafe)["double"][0] == 1
    later = (frozen.now + DAY).date().isoformat()
    publish(cafe, {**DOUBLE, "until": later})
    assert counted(cafe) == {}
    cafe.earn(anna)
    frozen.now += 3 * DAY
    assert counted(cafe)["double"][0] == 2
