"""Contacts that are typed on the join page: only claimed, until who has them says so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from regulars.actions import claimed
from regulars.core import tokens
from regulars.program.shop import Shop
from regulars.store.members import Members
from regulars.store.profiles import Profile
from tests.conftest import Clock
from tests.functional.claiming import (
    EMAIL,
    PHONE,
    ask,
    contacts,
    delivered,
    joined,
    mailed_link,
    sold,
)
from tests.functional.test_erasure import everything, found_in
from tests.functional.test_messages import Mails
from tests.service import Browser, Merchant, Service


@pytest.fixture
def mails(service: Service) -> Mails:
    return Mails(service)


class TestAClaim:
    def test_nobody_is_found_by_it_and_no_offer_goes_there(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        member = joined(cafe, name="Anna", email=EMAIL, phone=PHONE, consent_email="1")
        assert contacts(cafe, member) == [(EMAIL, None), (PHONE, None)]
        sold(cafe)
        sold(cafe, "bill-2", phone=PHONE)
        assert cafe.card(member)["visits"] == 0
        kept = [item["order"] for item in everything(cafe.service) if item["SK"] == "SALE"]
        assert sorted(kept) == ["bill-1", "bill-2"], "kept for claiming"
        for contact in (EMAIL, PHONE):
            assert cafe.call("POST", "/v1/earn", {"contact": contact}).status == 404
            assert cafe.call("GET", "/v1/members", query={"q": contact}).json["items"] == []
        cafe.earn(member, visits=9)
        cafe.service.deliver_entries(cafe.id, member)
        (mail,) = delivered(cafe, mails)
        assert (mail["to"], "/m/" in mail["text"]) == ([EMAIL], True)
        assert "/c/" not in mail["text"] + mail["html"], "whose card it is, is not known yet"

    def test_the_card_says_for_a_week_how_it_is_confirmed(
        self, frozen: Clock, cafe: Merchant, mails: Mails
    ) -> None:
        member = joined(cafe, email=EMAIL, phone=PHONE)
        path = cafe.card(member)["card_url"].removeprefix("https://cards.example")

        def notice() -> str:
            page = Browser(cafe.service).get(path).text
            return str(re.findall(r'id="notice"[^>]*>([^<]*)<', page)[0])

        assert "Open the link in that mail." in notice()
        cafe.service.request("POST", mailed_link(cafe, mails))
        assert "Show this card at the counter" in notice()
        frozen.now += timedelta(days=7)
        assert notice() == ""

    def test_the_merchant_confirms_for_whom_it_enrolls(self, cafe: Merchant) -> None:
        first = joined(cafe, email=EMAIL, phone=PHONE)
        reply = cafe.call("POST", "/v1/members", {"email": EMAIL})
        assert (reply.status, "not_taken" in reply.json) == (201, False)
        assert contacts(cafe, reply.json["member_id"]) == [(EMAIL, "merchant")]
        path = f"/v1/members/{first}"
        assert cafe.call("PATCH", path, {"phone": PHONE}).status == 200
        assert contacts(cafe, first) == [(EMAIL, None), (PHONE, "merchant")]
        assert cafe.call("PATCH", path, {"email": None}).status == 200
        assert contacts(cafe, first) == [(PHONE, "merchant")]

    def test_an_erased_member_leaves_none_behind(self, cafe: Merchant, mails: Mails) -> None:
        canary = {"email": "canary@example.com", "phone": "+36309998877"}
        member = joined(cafe, **canary)
        link = mailed_link(cafe, mails)
        ask(cafe, member, canary["email"])
        found = cafe.call("GET", f"/v1/members/{member}/export").json["profile"]["contacts"]
        assert [one["value"] for one in found] == [*canary.values()]
        assert cafe.call("DELETE", f"/v1/members/{member}").status == 202
        assert found_in(cafe.service, *canary.values()) == []
        for method in ("GET", "POST"):
            assert cafe.service.request(method, link).status == 404
        assert delivered(cafe, mails) == [], "the code that was on its way"


class TestTheMailedLink:
    def test_opening_it_changes_nothing_and_pressing_the_button_confirms(
        self, cafe: Merchant, mails: Mails, frozen: Clock
    ) -> None:
        member = joined(cafe, email=EMAIL, consent_email="1")
        link = mailed_link(cafe, mails)
        for _ in range(2):
            shown = cafe.service.request("GET", link)
            assert (shown.status, f'action="{link}"' in shown.text) == (200, True)
        assert contacts(cafe, member) == [(EMAIL, None)]
        done = cafe.service.request("POST", link)
        assert (done.status, len(done.cookies)) == (200, 1)
        assert cafe.card(member)["card_url"].removeprefix("https://cards.example") in done.text
        assert contacts(cafe, member) == [(EMAIL, "mail")]
        sold(cafe)
        assert cafe.card(member)["visits"] == 1
        (welcome,) = delivered(cafe, mails)
        assert welcome["to"] == [EMAIL]
        cafe.service.deliver_entries(cafe.id, member)
        assert delivered(cafe, mails) == [], "nobody is welcomed twice"

    def test_used_it_answers_the_browser_that_asked_for_fifteen_minutes(
        self, cafe: Merchant, mails: Mails, frozen: Clock
    ) -> None:
        joined(cafe, email=EMAIL)
        link = mailed_link(cafe, mails)
        (opened,) = cafe.service.request("GET", link).cookies
        (cookie,) = cafe.service.request("POST", link).cookies
        assert opened == cookie, "who presses twice sends both before an answer"
        name, _, rest = cookie.partition("=")
        own = {name: rest.partition(";")[0]}
        for method in ("GET", "POST"):
            again = cafe.service.request(method, link, cookies=own)
            assert (again.status, "/c/" in again.text) == (200, True)
            for others in ({}, {name: tokens.sign(name, "other")}, {name: "x"}):
                other = cafe.service.request(method, link, cookies=others)
                assert (other.status, "/c/" in other.text) == (410, False)
        frozen.now += timedelta(minutes=15)
        assert cafe.service.request("GET", link, cookies=own).status == 410

    def test_pressed_twice_at_once_it_answers_both_alike(
        self, cafe: Merchant, mails: Mails, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        joined(cafe, email=EMAIL)
        link = mailed_link(cafe, mails)
        name, _, rest = cafe.service.request("GET", link).cookies[0].partition("=")
        own = {name: rest.partition(";")[0]}
        first: list[int] = []
        follow = claimed.follow_link

        def late(shop: Shop, profile: Profile) -> Profile:
            if not first:
                first.append(1)
                assert cafe.service.request("POST", link, cookies=own).status == 200
            return follow(shop, profile)

        monkeypatch.setattr(claimed, "follow_link", late)
        reply = cafe.service.request("POST", link, cookies=own)
        assert (reply.status, "/c/" in reply.text) == (200, True)

    def test_it_is_good_for_a_week(self, cafe: Merchant, mails: Mails, frozen: Clock) -> None:
        member = joined(cafe, email=EMAIL)
        link = mailed_link(cafe, mails)
        frozen.now += timedelta(days=7) - timedelta(seconds=1)
        assert cafe.service.request("GET", link).status == 200
        frozen.now += timedelta(seconds=1)
        assert [cafe.service.request(it, link).status for it in ("GET", "POST")] == [410, 410]
        assert contacts(cafe, member) == [(EMAIL, None)]

    def test_one_that_is_not_ours_is_unknown(self, cafe: Merchant, mails: Mails) -> None:
        member = joined(cafe, email=EMAIL)
        link = mailed_link(cafe, mails)
        (profile,) = [Members(cafe.service.table, cafe.id).profile(member)]
        assert profile is not None
        claimed_ms = profile.claims["email"].at_ms
        other_time = tokens.mailed_token(cafe.id, member, claimed_ms + 1)
        forged = ("/m/" + "a" * 56, f"{link[:-1]}{'a' if link[-1] != 'a' else 'b'}",
                  f"/m/{other_time}", "/m/x", f"/m/{cafe.id}")  # fmt: skip
        for path in forged:
            assert cafe.service.request("POST", path).status == 404, path
        assert contacts(cafe, member) == [(EMAIL, None)]


class TestTwoCards:
    """A stranger types the address first; its owner joins later."""

    def test_whoever_confirms_has_it_and_nothing_that_was_booked_moves(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        stranger = joined(cafe, name="Stranger", email=EMAIL, consent_email="1")
        cafe.earn(stranger, visits=2)
        sold(cafe, "bill-0")
        of_stranger = mailed_link(cafe, mails)
        anna = joined(cafe, name="Anna", email=EMAIL)
        assert cafe.service.request("POST", mailed_link(cafe, mails)).status == 200
        assert contacts(cafe, anna) == [(EMAIL, "mail")]
        assert contacts(cafe, stranger) == [(EMAIL, None)]
        sold(cafe)
        assert [cafe.card(one)["visits"] for one in (anna, stranger)] == [1, 2]
        late = cafe.service.request("POST", of_stranger)
        assert (late.status, "/c/" in late.text) == (409, False)
        assert contacts(cafe, stranger) == [(EMAIL, None)]
        sold(cafe, "bill-2")
        assert [cafe.card(one)["visits"] for one in (anna, stranger)] == [2, 2]

    def test_joining_with_what_is_confirmed_is_answered_like_joining_with_what_is_new(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        """The page, the card and what the card claims; only the address hears of it."""
        anna = cafe.join(name="Anna", email=EMAIL, phone=PHONE)
        new = {"email": "new@example.com", "phone": "+36307654321"}
        pages = []
        for form in ({"email": EMAIL, "phone": PHONE}, new):
            member = joined(cafe, **form)
            path = cafe.card(member)["card_url"].removeprefix("https://cards.example")
            page = Browser(cafe.service).get(path).text
            pages.append(re.findall(r">([^<]*[a-z][^<]*)<", page))
            assert contacts(cafe, member) == [(value, None) for value in form.values()]
        assert pages[0] == pages[1] != []
        first, second = delivered(cafe, mails)
        assert (first["to"], anna["card_url"] in first["text"]) == ([EMAIL], True)
        assert (second["to"], "/m/" in second["text"]) == ([new["email"]], True)

    def test_the_form_of_who_has_it_posted_again_sends_nothing(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        form = {"once": "once0000", "email": EMAIL}
        member = joined(cafe, **form)
        cafe.service.request("POST", mailed_link(cafe, mails))
        delivered(cafe, mails)
        assert joined(cafe, **form) == member
        assert delivered(cafe, mails) == []


class TestWhoWantsNoMails:
    def test_gets_none_whoever_types_the_address(self, cafe: Merchant, mails: Mails) -> None:
        joined(cafe, email=EMAIL)
        (mail,) = delivered(cafe, mails)
        (stop,) = set(re.findall(r"https://cards\.example(/u/[0-9a-z]+)", mail["text"]))
        assert cafe.service.request("POST", stop).status == 200
        again = joined(cafe, name="Again", email=EMAIL)
        ask(cafe, again, EMAIL)
        assert delivered(cafe, mails) == []
        joined(cafe, email="other@example.com")
        assert len(delivered(cafe, mails)) == 1

    def test_not_even_the_link_of_a_card_until_they_agree(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        anna = cafe.join(email=EMAIL)["member_id"]
        stop = f"/u/{tokens.unsubscribe_token(cafe.id, anna)}"
        assert cafe.service.request("POST", stop).status == 200
        joined(cafe, email=EMAIL)
        assert delivered(cafe, mails) == []
        cafe.call("PATCH", f"/v1/members/{anna}", {"consents": {"email": True}})
        joined(cafe, name="Again", email=EMAIL)
        assert len(delivered(cafe, mails)) == 1
