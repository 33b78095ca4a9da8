"""Versions of a programme: listed, scheduled, taken back, published at their time."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.store import versions as store
from regulars.store.merchants import Merchants
from tests.conftest import Clock
from tests.functional.engine import BARE
from tests.service import Merchant, Reply, Service
from tests.unit.domain.shop import reward, unit

AT = "2026-11-25T09:30:00Z"


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    """A sandbox at version 2: a point per 1.00 and a cake for 5."""
    made = service.new_merchant().without_digest()
    assert put(made, BARE | {"rewards": [reward("cake", 5)]}).json == {"version": 2}
    return made


def put(cafe: Merchant, changes: dict[str, Any], **query: str) -> Reply:
    document = cafe.call("GET", "/v1/program", test=True).json["program"]
    return cafe.call("PUT", "/v1/program", {**document, **changes}, test=True,
                     headers={"if-match": "*"}, query=query)  # fmt: skip


def versions(cafe: Merchant) -> list[tuple[int, str]]:
    items = cafe.call("GET", "/v1/program/versions", test=True).json["items"]
    return [(it["version"], it["state"]) for it in items]


def moved(cafe: Merchant, to: str) -> None:
    assert cafe.call("POST", "/v1/test/clock", {"now": to}, test=True).status == 200


def in_force(cafe: Merchant) -> tuple[int, str]:
    found = cafe.call("GET", "/v1/program", test=True).json
    return found["version"], found["program"]["name"]


def test_one_is_published_at_its_time_and_not_before(cafe: Merchant) -> None:
    reply = put(cafe, {"name": "Winter"}, publish_at=AT, note="for the winter")
    assert (reply.status, reply.json) == (202, {"version": 3, "publish_at": AT})
    assert in_force(cafe) == (2, "Corner Café")
    assert versions(cafe) == [(3, "waiting"), (2, "live"), (1, "past")]
    moved(cafe, "2026-11-25T09:29:00Z")
    assert in_force(cafe) == (2, "Corner Café")
    moved(cafe, "2026-11-25T10:00:00Z")
    assert in_force(cafe) == (3, "Winter")
    assert versions(cafe) == [(3, "live"), (2, "past"), (1, "past")]
    (newest, *_) = cafe.call("GET", "/v1/program/versions", test=True).json["items"]
    assert (newest["note"], newest["by"]) == ("for the winter", "api")
    assert newest["published_at"].startswith("2026-11-25T09:")


def test_its_number_is_given_to_no_other(cafe: Merchant) -> None:
    put(cafe, {"name": "Winter"}, publish_at=AT)
    assert put(cafe, {"name": "Now"}).json == {"version": 4}
    assert put(cafe, {"name": "Spring"}, publish_at="2027-03-01T00:00:00Z").json["version"] == 5
    moved(cafe, "2026-11-26T00:00:00Z")
    assert in_force(cafe) == (6, "Winter"), "it comes after what was published since"
    assert versions(cafe) == [(6, "live"), (5, "waiting"), (4, "past"), (2, "past"), (1, "past")]
    moved(cafe, "2027-03-01T01:00:00Z")
    assert in_force(cafe)[1] == "Spring"


def test_its_number_is_kept_when_another_is_published_with_its_own(cafe: Merchant) -> None:
    put(cafe, {"name": "Winter"}, publish_at=AT)
    put(cafe, {"name": "Spring"}, publish_at="2027-03-01T00:00:00Z")
    moved(cafe, "2026-11-26T00:00:00Z")
    assert versions(cafe) == [(4, "waiting"), (3, "live"), (2, "past"), (1, "past")]
    assert put(cafe, {"name": "Now"}).json == {"version": 5}
    again = put(cafe, {"name": "Summer"}, publish_at="2027-06-01T00:00:00Z")
    assert (again.status, again.json["version"]) == (202, 6)


def test_two_that_are_scheduled_at_once_both_wait(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is tried again and gets the next number; so is one that is published just then."""
    schedule, publish = store.schedule, Merchants.publish

    def while_one_is_scheduled(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(store, "schedule", schedule)
        monkeypatch.setattr(Merchants, "publish", publish)
        assert put(cafe, {"name": "Between"}, publish_at=AT).status == 202
        return (schedule if "confirmed" in more else publish)(*given, **more)

    monkeypatch.setattr(store, "schedule", while_one_is_scheduled)
    assert put(cafe, {"name": "Winter"}, publish_at=AT).json["version"] == 4
    monkeypatch.setattr(Merchants, "publish", while_one_is_scheduled)
    assert put(cafe, {"name": "Now"}).json == {"version": 6}
    waiting = [(5, "waiting"), (4, "waiting"), (3, "waiting")]
    assert versions(cafe) == [(6, "live"), *waiting, (2, "past"), (1, "past")]


def test_one_is_not_forgotten_by_what_happens_to_another(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a due mark of its own: one that is scheduled while another is taken back stays."""
    put(cafe, {"name": "Winter"}, publish_at=AT)
    close = store.close

    def and_then_another(*given: Any) -> bool:
        monkeypatch.setattr(store, "close", close)
        done = close(*given)
        assert put(cafe, {"name": "Next"}, publish_at="2026-11-25T12:00:00Z").status == 202
        return done

    monkeypatch.setattr(store, "close", and_then_another)
    assert cafe.call("DELETE", "/v1/program/versions/3", test=True).status == 204
    moved(cafe, "2026-11-26T00:00:00Z")
    assert in_force(cafe) == (4, "Next")


def test_one_that_others_are_faster_than_is_published_over_theirs(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cafe, {"name": "Winter"}, publish_at=AT)
    publish = Merchants.publish

    def beaten(*given: Any, **more: Any) -> None:
        monkeypatch.setattr(Merchants, "publish", publish)
        assert put(cafe, {"name": "Faster"}).json == {"version": 4}
        publish(*given, **more)

    monkeypatch.setattr(Merchants, "publish", beaten)
    moved(cafe, "2026-11-25T10:00:00Z")
    assert in_force(cafe) == (5, "Winter")
    moved(cafe, "2026-12-25T10:00:00Z")
    assert in_force(cafe) == (5, "Winter"), "once"
    assert cafe.call("GET", "/v1/attention", test=True).json["items"] == []


def test_two_of_one_hour_come_in_the_order_of_their_times(cafe: Merchant) -> None:
    put(cafe, {"name": "Later"}, publish_at="2026-11-25T09:40:00Z")
    put(cafe, {"name": "Earlier"}, publish_at="2026-11-25T09:20:00Z")
    moved(cafe, "2026-11-25T10:00:00Z")
    assert in_force(cafe)[1] == "Later"
    assert [state for _, state in versions(cafe)] == ["live", "past", "past", "past"]


def test_what_no_longer_waits_keeps_no_document(cafe: Merchant) -> None:
    put(cafe, {"name": "Winter"}, publish_at=AT)
    moved(cafe, "2026-11-26T00:00:00Z")
    put(cafe, {"name": "Spring"}, publish_at="2027-03-01T00:00:00Z")
    cafe.call("DELETE", "/v1/program/versions/4", test=True)
    for one in store.waiting(cafe.service.table, cafe.sandbox_id):
        assert "document" not in one.item
        assert one.item["ttl"] > 0


def test_one_that_waits_can_be_taken_back(cafe: Merchant) -> None:
    put(cafe, {"name": "Winter"}, publish_at=AT)
    gone = cafe.call("DELETE", "/v1/program/versions/3", test=True)
    assert (gone.status, gone.text) == (204, "")
    assert versions(cafe) == [(2, "live"), (1, "past")]
    moved(cafe, "2026-11-26T00:00:00Z")
    assert in_force(cafe) == (2, "Corner Café")
    for number in ("3", "2", "1", "9", "x"):
        assert cafe.call("DELETE", f"/v1/program/versions/{number}", test=True).status == 404
    assert put(cafe, {"name": "Later"}).json == {"version": 4}


def test_losses_are_asked_for_when_it_is_scheduled_and_again_at_its_time(cafe: Merchant) -> None:
    """The member comes between: what nobody agreed to is refused, and reported."""
    ending = {"units": [unit(ends_on="2026-12-31")]}
    put(cafe, ending, publish_at=AT)
    member_id = cafe.join(test=True)["member_id"]
    cafe.earn(member_id, test=True, spend_minor=900)
    refused = put(cafe, ending, publish_at="2026-11-25T12:00:00Z")
    assert (refused.status, refused.code) == (422, "losses")
    agreed = put(cafe, ending | {"name": "Agreed"}, publish_at="2026-11-25T12:00:00Z",
                 confirm_losses="true")  # fmt: skip
    assert agreed.status == 202
    moved(cafe, "2026-11-25T11:00:00Z")
    assert in_force(cafe) == (2, "Corner Café")
    assert versions(cafe) == [(4, "waiting"), (3, "refused"), (2, "live"), (1, "past")]
    why = cafe.call("GET", "/v1/program/versions", test=True).json["items"][1]["note"]
    assert "1 members: balance_ended point" in why
    (problem,) = cafe.call("GET", "/v1/attention", test=True).json["items"]
    assert (problem["kind"], problem["about"]["version"]) == ("stuck_job", 3)
    moved(cafe, "2026-11-25T13:00:00Z")
    assert in_force(cafe) == (4, "Agreed")
    assert cafe.card(member_id, test=True)["expiring"] == [
        {"unit": "point", "amount": 9, "on": "2026-12-31"}
    ]


@pytest.mark.parametrize(
    "when", ["", "tomorrow", "2026-11-22", "2026-11-22T08:59:59Z", "2029-01-01T00:00:00Z"]
)
def test_its_time_lies_ahead(cafe: Merchant, when: str) -> None:
    reply = put(cafe, {"name": "Winter"}, publish_at=when)
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "publish_at")


def test_at_most_twenty_wait(cafe: Merchant) -> None:
    for _ in range(20):
        assert put(cafe, {"name": "Winter"}, publish_at=AT).status == 202
    reply = put(cafe, {"name": "Winter"}, publish_at=AT)
    assert (reply.status, reply.json["errors"][0]["path"]) == (422, "publish_at")


def test_the_list_has_pages(cafe: Merchant) -> None:
    for number in range(3):
        put(cafe, {"name": f"Number {number}"})
    seen: list[int] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = cafe.call("GET", "/v1/program/versions", test=True, query=query).json
        seen += [it["version"] for it in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [5, 4, 3, 2, 1]
    wrong = cafe.call("GET", "/v1/program/versions", test=True, query={"cursor": "x"})
    assert (wrong.status, wrong.json["errors"][0]["path"]) == (422, "cursor")


def test_every_version_can_be_read(cafe: Merchant) -> None:
    for number, name in ((1, "Corner Café"), (2, "Corner Café")):
        query = {"version": str(number)}
        found = cafe.call("GET", "/v1/program", test=True, query=query).json
        assert (found["version"], found["program"]["name"]) == (number, name)
    assert cafe.call("GET", "/v1/program/schema", test=True).json["type"] == "object"
