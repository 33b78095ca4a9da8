"""A member's own data, handed over: everything that the table holds of the person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from regulars.store import activity_keys, keys
from tests.conftest import Clock
from tests.service import Merchant, Service

ANNA: dict[str, Any] = {
    "name": "Anna Kovács", "email": "anna@example.com", "phone": "+36301234567",
    "birthday": "1990-05-21", "language": "hu", "source": "poster-7", "referred_by": "beatrix00",
    "consents": {"email": True, "leaderboard": False},
}  # fmt: skip


def export(cafe: Merchant, member_id: str, *, test: bool = False) -> dict[str, Any]:
    reply = cafe.call("GET", f"/v1/members/{member_id}/export", test=test)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


class TestExport:
    def test_it_is_what_the_other_calls_answer_in_one(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        code = cafe.earn(member, visits=9, note="The green table")["unlocked"][0]["code"]
        cafe.call("POST", f"/v1/vouchers/{code}/redeem")
        for number in range(30):
            cafe.earn(member, visits=0, spend_minor=100 + number)
        of = f"/v1/members/{member}"
        found = export(cafe, member)
        assert found["card"] == cafe.card(member)
        profile = cafe.call("GET", f"{of}/profile").json
        del profile["usual_days"], profile["devices"]  # devices have a list of their own there
        assert found["profile"] == {**profile, "name": "Anna Kovács", "referred_by": "beatrix00"}
        pages = [cafe.call("GET", f"{of}/entries", query={"limit": "100"}).json["items"]]
        assert found["entries"] == pages[0]
        assert len(found["entries"]) == found["card"]["seq"] > 30
        assert "The green table" in json.dumps(found["entries"], ensure_ascii=False)
        assert [(one["code"], one["status"]) for one in found["vouchers"]] == [(code, "redeemed")]
        assert [found[name] for name in ("messages", "surveys", "devices", "merges")] == [[]] * 4

    def test_it_says_who_keeps_the_data(self, cafe: Merchant) -> None:
        own = {"name": "Corner Kft.", "postal_address": "1052 Budapest",
               "privacy_contact": "data@example.com"}  # fmt: skip
        cafe.call("PATCH", "/v1/merchant", own)
        found = export(cafe, cafe.join()["member_id"])
        assert found["controller"] == {**own, "privacy_url": None, "retention_months": None}

    def test_every_personal_value_of_the_table_is_in_it(self, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        (item,) = cafe.service.table.get(keys.profile(cafe.id, member))
        assert item is not None
        text = json.dumps(export(cafe, member), ensure_ascii=False)
        for name in ("name", "email", "phone", "birthday", "language", "source", "referred_by"):
            assert item[name] in text, name

    def test_a_sandbox_hands_over_the_messages_it_kept(self, cafe: Merchant) -> None:
        anna = cafe.join(test=True, **ANNA)["member_id"]
        ben = cafe.join(test=True, email="ben@example.com", consents={"email": True})["member_id"]
        for member in (anna, ben):
            cafe.service.deliver_entries(cafe.sandbox_id, member)
        messages = export(cafe, anna, test=True)["messages"]
        assert {one["to"] for one in messages} == {"anna@example.com"}
        assert cafe.call("GET", "/v1/test/messages", test=True).json["items"] != messages

    def test_who_is_not_ones_own_is_not_found(self, service: Service, cafe: Merchant) -> None:
        member = cafe.join(**ANNA)["member_id"]
        other = service.new_merchant()
        unknown = other.call("GET", "/v1/members/mnobody0000000/export")
        foreign = other.call("GET", f"/v1/members/{member}/export")
        assert (foreign.status, foreign.text) == (404, unknown.text)
        assert cafe.call("GET", f"/v1/members/{member}/export", test=True).status == 404
        path = f"/v1/members/{member}/export"
        assert service.request("GET", path, cookies=cafe.staff_cookies()).status == 403


class TestAMemberWithALot:
    """More than four megabytes: a link, good for fifteen minutes."""

    def test_it_is_fetched_from_a_link(self, cafe: Merchant, frozen: Clock) -> None:
        member = cafe.join(**ANNA)["member_id"]
        cafe.earn(member, visits=9)
        small = export(cafe, member)
        grow(cafe, member)
        reply = cafe.call("GET", f"/v1/members/{member}/export")
        assert (reply.status, reply.text) == (303, "")
        path = reply.headers["location"].removeprefix("https://cards.example")
        fetched = cafe.service.request("GET", path)
        assert fetched.status == 200
        assert fetched.headers["content-encoding"] == "gzip"
        assert len(fetched.text.encode()) > 4 * 1024 * 1024
        assert fetched.json["entries"][GROWN:] == small["entries"]
        assert [fetched.json[name] for name in ("card", "vouchers", "profile")] == [
            small[name] for name in ("card", "vouchers", "profile")
        ]
        frozen.now += timedelta(minutes=15)
        never = cafe.service.request("GET", "/e/nothing")
        assert cafe.service.request("GET", path).text == never.text
        assert never.status == 404
        assert cafe.service.request("GET", f"{path}x").status == 404

    def test_after_an_erasure_the_link_is_dead(self, cafe: Merchant, frozen: Clock) -> None:
        member = cafe.join(**ANNA)["member_id"]
        grow(cafe, member)
        reply = cafe.call("GET", f"/v1/members/{member}/export")
        assert cafe.call("DELETE", f"/v1/members/{member}").status == 202
        path = reply.headers["location"].removeprefix("https://cards.example")
        assert cafe.service.request("GET", path).status == 404


GROWN = 15


def grow(cafe: Merchant, member: str) -> None:
    """Put so much into the ledger of a card as many years would: entries of 300 KB each."""
    for number in range(GROWN):
        pk, sk = keys.entry(cafe.id, member, 1000 + number)
        order = activity_keys.activity_order(1, member, 1000 + number)
        index = {"GSI1PK": activity_keys.activity(cafe.id, "2020-01-01T00"), "GSI1SK": order}
        text = {"e": "ü" * 150_000, "prev": "", "hash": ""}
        cafe.service.table.put({"PK": pk, "SK": sk, **index, **text})
