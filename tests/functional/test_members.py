"""Members over the API: enrol, find, read, change, and what is said when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from regulars.core import tokens
from regulars.store import keys
from tests.service import Merchant, Service


def walk(cafe: Merchant, path: str, limit: int, **query: str) -> list[dict[str, object]]:
    """Everything in a list, page by page; no page is longer than asked for."""
    found: list[dict[str, object]] = []
    cursor: str | None = None
    for _ in range(100):
        asked = {**query, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
        page = cafe.call("GET", path, query=asked).json
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def test_a_new_member_has_one_stamp_and_a_link(cafe: Merchant) -> None:
    reply = cafe.call("POST", "/v1/members", {"name": "Anna", "language": "hu"})
    assert reply.status == 201
    card = reply.json
    assert (card["name"], card["language"], card["seq"], card["visits"]) == ("Anna", "hu", 1, 0)
    assert card["balances"] == {"stamp": {"available": 1, "pending": 0, "debt": 0}}
    assert card["card_url"].startswith("https://cards.example/c/")
    assert cafe.card(card["member_id"]) == card


def test_nothing_need_be_said_to_join(cafe: Merchant) -> None:
    reply = cafe.call("POST", "/v1/members")
    assert (reply.status, reply.json["name"]) == (201, None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "anna@example.com"}, {"email": " Anna@Example.COM "}),
        ({"phone": "+36 30 123 4567"}, {"phone": "06301234567"}),
        ({"email": "a@example.com", "phone": "+36301234567"}, {"phone": "0036301234567"}),
        (
            {"email": "a@example.com", "phone": "+36301234567"},
            {"email": "a@example.com", "phone": "+36301234567"},
        ),
    ],
)
def test_a_contact_that_is_enrolled_leads_to_its_card(
    cafe: Merchant, first: dict[str, Any], second: dict[str, Any]
) -> None:
    card = cafe.join(name="Anna", **first)
    reply = cafe.call("POST", "/v1/members", {"name": "Somebody else", **second})
    assert reply.status == 200
    assert reply.json == card


class TestTwoPeopleOnePhone:
    PHONE = "+36301234567"

    def profile(self, cafe: Merchant, card: dict[str, Any]) -> tuple[str, str]:
        (item,) = cafe.service.table.get(keys.profile(cafe.id, card["member_id"]))
        assert item is not None
        return item["email"], item["phone"]

    def test_the_second_has_a_card_and_the_number_stays(self, cafe: Merchant) -> None:
        anna = cafe.join(email="anna@example.com", phone=self.PHONE)
        body = {"name": "Ben", "email": "ben@example.com", "phone": "06 30 123 4567"}
        reply = cafe.call("POST", "/v1/members", body, key="ben")
        assert (reply.status, reply.json["not_taken"]) == (201, ["phone"])
        assert reply.json["member_id"] != anna["member_id"]
        assert self.profile(cafe, anna) == ("anna@example.com", self.PHONE)
        assert self.profile(cafe, reply.json) == ("ben@example.com", "")
        for q, card in ((self.PHONE, anna), ("ben@example.com", reply.json)):
            (found,) = cafe.call("GET", "/v1/members", query={"q": q}).json["items"]
            assert found["member_id"] == card["member_id"]
        again = cafe.call("POST", "/v1/members", body, key="ben")
        assert (again.status, again.replayed, again.json) == (201, True, reply.json)

    def test_an_address_that_another_has_stays_too(self, cafe: Merchant) -> None:
        anna = cafe.join(email="anna@example.com")
        reply = cafe.call("POST", "/v1/members", {"email": "anna@example.com", "phone": self.PHONE})
        assert (reply.status, reply.json["not_taken"]) == (201, ["email"])
        assert self.profile(cafe, reply.json) == ("", self.PHONE)
        assert self.profile(cafe, anna) == ("anna@example.com", "")

    def test_contacts_of_two_members_are_a_third_card(self, cafe: Merchant) -> None:
        anna, ben = cafe.join(email="anna@example.com"), cafe.join(phone=self.PHONE)
        body = {"name": "Cili", "email": "anna@example.com", "phone": self.PHONE}
        reply = cafe.call("POST", "/v1/members", body)
        assert (reply.status, reply.json["not_taken"]) == (201, ["email", "phone"])
        assert self.profile(cafe, reply.json) == ("", "")
        assert self.profile(cafe, anna) == ("anna@example.com", "")
        assert self.profile(cafe, ben) == ("", self.PHONE)

    def test_a_contact_that_was_given_up_is_taken(self, cafe: Merchant) -> None:
        anna = cafe.join(email="anna@example.com", phone=self.PHONE)
        cafe.call("PATCH", f"/v1/members/{anna['member_id']}", {"phone": None})
        reply = cafe.call("POST", "/v1/members", {"email": "b@example.com", "phone": self.PHONE})
        assert (reply.status, "not_taken" in reply.json) == (201, False)
        assert self.profile(cafe, reply.json) == ("b@example.com", self.PHONE)


def test_two_merchants_can_enroll_the_same_person(service: Service, cafe: Merchant) -> None:
    other = service.new_merchant()
    here, there = (it.join(email="anna@example.com") for it in (cafe, other))
    assert here["member_id"] != there["member_id"]


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"email": "anna"}, "email", "must be an e-mail address"),
        ({"email": "anna@"}, "email", "must be an e-mail address"),
        ({"phone": "12"}, "phone", "must be a telephone number"),
        ({"phone": "call me"}, "phone", "must be a telephone number"),
        ({"birthday": "02-30-1990"}, "birthday", "must be a real day such as 05-21"),
        ({"birthday": "13-01"}, "birthday", "must be a real day"),
        ({"birthday": "02-30"}, "birthday", "must be a real day"),
        ({"birthday": "1990-02-29"}, "birthday", "must be a real day"),
        ({"birthday": "2031-01-01"}, "birthday", "must lie in the last 120 years"),
        ({"birthday": "1890-01-01"}, "birthday", "must lie in the last 120 years"),
        ({"language": "xx"}, "language", "must be one of: en, hu, pl, kk"),
        ({"name": "\u200b \u3164\ufe0f"}, "name", "at least one character that can be seen"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"name": "a\nb"}, "name", "control characters"),
        ({"name": 7}, "name", "must be a text"),
        ({"consents": {"email": "yes"}}, "consents.email", "must be true or false"),
        ({"consents": {"fax": True}}, "consents.fax", "is not a field"),
        ({"balance": 100}, "balance", "is not a field"),
        ({"member_id": "cmine"}, "member_id", "is not a field"),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(
    cafe: Merchant, body: dict[str, object], path: str, message: str
) -> None:
    reply = cafe.call("POST", "/v1/members", body)
    assert (reply.status, reply.code) == (422, "invalid")
    (error,) = reply.json["errors"]
    assert error["path"] == path
    assert message in error["message"]


def test_all_mistakes_are_told_at_once(cafe: Merchant) -> None:
    reply = cafe.call("POST", "/v1/members", {"name": 1, "birthday": "x", "colour": "red"})
    assert {error["path"] for error in reply.json["errors"]} == {"name", "birthday", "colour"}


class TestChanging:
    def test_fields_that_are_sent_change_and_null_takes_away(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna", email="anna@example.com", language="hu")
        path = f"/v1/members/{card['member_id']}"
        changed = cafe.call("PATCH", path, {"name": None, "language": "en"}).json
        assert (changed["name"], changed["language"]) == (None, "en")
        assert cafe.call("GET", "/v1/members", query={"q": "anna@example.com"}).json["items"]
        assert cafe.card(card["member_id"]) == changed

    def test_a_contact_that_is_given_up_is_free_for_others(self, cafe: Merchant) -> None:
        first = cafe.join(email="anna@example.com")
        taken = cafe.join(email="ben@example.com")
        path = f"/v1/members/{taken['member_id']}"
        refused = cafe.call("PATCH", path, {"email": "ANNA@example.com"})
        assert (refused.status, refused.code) == (409, "contact_taken")
        freed = cafe.call("PATCH", f"/v1/members/{first['member_id']}", {"email": None})
        assert freed.status == 200
        assert cafe.call("PATCH", path, {"email": "anna@example.com"}).status == 200
        found = cafe.call("GET", "/v1/members", query={"q": "anna@example.com"}).json["items"]
        assert [card["member_id"] for card in found] == [taken["member_id"]]
        assert cafe.call("GET", "/v1/members", query={"q": "ben@example.com"}).json["items"] == []

    def test_consents_are_changed_one_by_one(self, service: Service, cafe: Merchant) -> None:
        from regulars.store.members import Members

        card = cafe.join(email="anna@example.com", consents={"email": True, "sms": True})
        path = f"/v1/members/{card['member_id']}"
        assert cafe.call("PATCH", path, {"consents": {"sms": False}}).status == 200
        profile = Members(service.table, cafe.id).profile(card["member_id"])
        assert profile is not None
        assert profile.consents == {"email": True, "sms": False}

    def test_the_ledger_does_not_move(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna")
        cafe.call("PATCH", f"/v1/members/{card['member_id']}", {"name": "Panna"})
        assert cafe.card(card["member_id"])["seq"] == 1

    def test_an_invalid_change_changes_nothing(self, cafe: Merchant) -> None:
        card = cafe.join(name="Anna")
        path = f"/v1/members/{card['member_id']}"
        reply = cafe.call("PATCH", path, {"name": "Panna", "email": "nowhere"})
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "email")
        assert cafe.card(card["member_id"])["name"] == "Anna"


class TestFinding:
    def test_lists_are_walked_whole_newest_first(self, cafe: Merchant) -> None:
        joined = [cafe.join(name=f"Member {number}")["member_id"] for number in range(23)]
        for limit in (1, 7, 23, 100):
            cards = walk(cafe, "/v1/members", limit)
            assert [card["member_id"] for card in cards] == joined[::-1], f"limit {limit}"

    def test_a_filter_loses_nobody_over_the_pages(self, cafe: Merchant) -> None:
        joined = [cafe.join(name=f"{'Anna' if n % 3 else 'Ben'} {n}") for n in range(20)]
        wanted = {card["member_id"] for card in joined if "Anna" in card["name"]}
        cafe.service.list_members(cafe.id)
        cards = walk(cafe, "/v1/members", 4, q="anna")
        assert len(cards) == len(wanted)
        assert {card["member_id"] for card in cards} == wanted

    def test_a_page_has_25_unless_told(self, cafe: Merchant) -> None:
        for _ in range(26):
            cafe.join()
        page = cafe.call("GET", "/v1/members").json
        assert len(page["items"]) == 25
        rest = cafe.call("GET", "/v1/members", query={"cursor": page["next"]}).json
        assert (len(rest["items"]), rest["next"]) == (1, None)

    def test_by_contact_name_tier_and_segment(self, cafe: Merchant) -> None:
        anna = cafe.join(name="Anna Kovács", email="anna@example.com", phone="+36301234567")
        cafe.join(name="Ben")
        cafe.earn(anna["member_id"], spend_minor=15_000)
        cafe.service.list_members(cafe.id)
        for query in (
            {"q": "ANNA@example.com"}, {"q": "06 30 123 4567"}, {"q": "kovács"}, {"q": "KOV"},
            {"tier": "regular"}, {"tier": "regular", "segment": "new"},
        ):  # fmt: skip
            items = cafe.call("GET", "/v1/members", query=query).json["items"]
            assert [card["member_id"] for card in items] == [anna["member_id"]], query
        for query in ({"q": "nobody"}, {"q": "x@example.com"}, {"tier": "friend"},
                      {"segment": "lapsed"}):  # fmt: skip
            assert cafe.call("GET", "/v1/members", query=query).json["items"] == [], query

    def test_entries_are_walked_whole_newest_first(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        for _ in range(12):
            cafe.earn(member_id)
        for limit in (1, 5, 13, 100):
            entries = walk(cafe, f"/v1/members/{member_id}/entries", limit)
            assert [entry["seq"] for entry in entries] == list(range(13, 0, -1)), f"limit {limit}"
        for newer, older in pairwise(entries):
            assert newer["prev"] == older["hash"]
        assert cafe.call("GET", f"/v1/members/{member_id}/verify").json == {
            "ok": True, "entries": 13, "head": entries[0]["hash"], "problems": [],
            "differences": [], "unknown": [],
        }  # fmt: skip

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.5", "1e2", "٣", "0000019999"])
    def test_a_limit_that_is_none_is_refused(self, cafe: Merchant, limit: str) -> None:
        member_id = cafe.join()["member_id"]
        for path in ("/v1/members", f"/v1/members/{member_id}/entries"):
            reply = cafe.call("GET", path, query={"limit": limit})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "limit")

    @pytest.mark.parametrize(
        "cursor", ["x", "-1.a", "1.", "1.é", "1." + "a" * 3000, "9" * 3000, "1.a#b", "1.A/"]
    )
    def test_a_cursor_that_is_none_is_refused(self, cafe: Merchant, cursor: str) -> None:
        member_id = cafe.join()["member_id"]
        for path in ("/v1/members", f"/v1/members/{member_id}/entries"):
            reply = cafe.call("GET", path, query={"cursor": cursor})
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, "cursor")

    def test_another_merchants_cursor_shows_only_ones_own(
        self, service: Service, cafe: Merchant
    ) -> None:
        other = service.new_merchant()
        for _ in range(3):
            other.join()
        cursor = other.call("GET", "/v1/members", query={"limit": "1"}).json["next"]
        mine = cafe.join()["member_id"]
        items = cafe.call("GET", "/v1/members", query={"cursor": cursor}).json["items"]
        assert {card["member_id"] for card in items} <= {mine}


class TestRewards:
    def test_each_says_what_is_missing(self, cafe: Merchant) -> None:
        member_id = cafe.join()["member_id"]
        (coffee,) = cafe.call("GET", f"/v1/members/{member_id}/rewards").json["items"]
        assert coffee == {
            "reward_id": "free-coffee", "name": "Free coffee", "kind": "item", "auto": True,
            "percent": None, "amount_minor": None, "value_minor": None, "conditions": [],
            "cost": {"unit": "stamp", "amount": 10}, "affordable": False,
            "missing": {"unit": "stamp", "amount": 9}, "locked_because": "insufficient_balance",
            "credit": None,
        }  # fmt: skip

    def test_in_the_members_language(self, cafe: Merchant) -> None:
        member_id = cafe.join(language="hu")["member_id"]
        (coffee,) = cafe.call("GET", f"/v1/members/{member_id}/rewards").json["items"]
        assert coffee["name"] == "Ingyenkávé"


class TestProfile:
    def read(self, cafe: Merchant, card: dict[str, Any]) -> Any:
        return cafe.call("GET", f"/v1/members/{card['member_id']}/profile").json

    def test_what_a_key_gives_is_confirmed_by_the_merchant(
        self, service: Service, frozen: Any
    ) -> None:
        cafe = service.new_merchant()
        card = cafe.join(
            email="Anna@example.com", phone="06 30 123 4567", birthday="1990-05-17",
            language="hu", source="poster", consents={"email": True, "sms": False},
        )  # fmt: skip
        at = {"confirmed_at": "2026-11-22T09:00:00Z", "confirmed_by": "merchant"}
        given = {"at": "2026-11-22T09:00:00Z", "by": "merchant", "wording": None}
        assert self.read(cafe, card) == {
            "contacts": [
                {"kind": "email", "value": "anna@example.com", **at},
                {"kind": "phone", "value": "+36301234567", **at},
            ],
            "birthday": "1990-05-17", "language": "hu", "timezone": None, "source": "poster",
            "note": None, "attributes": {}, "usual_days": None, "devices": [],
            "consents": [
                {"channel": "email", "given": True, **given},
                {"channel": "sms", "given": False, **given},
            ],
        }  # fmt: skip

    def test_what_is_typed_on_a_page_is_claimed_until_the_merchant_gives_it(
        self, service: Service, frozen: Any
    ) -> None:
        cafe = service.new_merchant()
        service.request(
            "POST", f"/j/{cafe.created['slug']}", acting_as=cafe.id,
            form={"email": "anna@example.com", "consent_email": "1"},
        )  # fmt: skip
        (card,) = cafe.call("GET", "/v1/members").json["items"]
        claimed = self.read(cafe, card)
        (contact,) = claimed["contacts"]
        assert (contact["confirmed_at"], contact["confirmed_by"]) == (None, None)
        assert [(it["channel"], it["given"], it["by"]) for it in claimed["consents"]] == [
            ("email", True, "page"), ("sms", False, "page"),
        ]  # fmt: skip
        frozen.now += timedelta(days=1)
        path = f"/v1/members/{card['member_id']}"
        cafe.call("PATCH", path, {"email": "anna@example.com"})
        (contact,) = self.read(cafe, card)["contacts"]
        assert contact["confirmed_at"] == "2026-11-23T09:00:00Z"
        frozen.now += timedelta(days=1)
        cafe.call("PATCH", path, {"email": "anna@example.com", "name": "Anna"})
        (contact,) = self.read(cafe, card)["contacts"]
        assert contact["confirmed_at"] == "2026-11-23T09:00:00Z", "as it was given first"
        cafe.call("PATCH", path, {"email": "new@example.com"})
        (contact,) = self.read(cafe, card)["contacts"]
        assert (contact["value"], contact["confirmed_at"]) == (
            "new@example.com", "2026-11-24T09:00:00Z",
        )  # fmt: skip
        cafe.call("PATCH", path, {"email": None})
        assert self.read(cafe, card)["contacts"] == []

    def test_a_member_who_says_no_later_is_named(self, service: Service, frozen: Any) -> None:
        cafe = service.new_merchant()
        card = cafe.join(email="anna@example.com", consents={"email": True})
        frozen.now += timedelta(hours=1)
        token = tokens.unsubscribe_token(cafe.id, card["member_id"])
        assert service.request("POST", f"/u/{token}", acting_as=cafe.id).status == 200
        (consent,) = self.read(cafe, card)["consents"]
        assert (consent["given"], consent["at"], consent["by"]) == (
            False, "2026-11-22T10:00:00Z", "member",
        )  # fmt: skip

    def test_a_profile_from_before_times_were_kept_is_readable(
        self, service: Service, cafe: Merchant
    ) -> None:
        card = cafe.join(email="anna@example.com", consents={"email": True})
        (item,) = service.table.get(keys.profile(cafe.id, card["member_id"]))
        assert item is not None
        del item["proofs"]  # it counts as confirmed: nothing was claimed then
        service.table.put(item)
        read = self.read(cafe, card)
        assert read["contacts"] == [
            {"kind": "email", "value": "anna@example.com",
             "confirmed_at": card["enrolled_at"], "confirmed_by": None},
        ]  # fmt: skip
        assert read["consents"][0]["at"] is None
