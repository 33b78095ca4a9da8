"""The page of a member's own data: seen, changed, handed over, erased."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.functional.test_card_devices import EMAIL, joined, opened, own
from tests.functional.test_messages import Mails
from tests.service import Browser, Merchant, Reply, Service

LINK = re.compile(r"https://cards.example(/[mc]/[0-9a-z]+)")


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def profile_path(cafe: Merchant) -> str:
    return f"{own(cafe)}/profile"


def do(cafe: Merchant, browser: Browser, what: str, **form: str) -> Reply:
    return browser.post(profile_path(cafe), do=what, **form)


def save(cafe: Merchant, browser: Browser, fact: str, value: str) -> Reply:
    return do(cafe, browser, "save", fact=fact, **{fact: value})


def known(cafe: Merchant, card: dict[str, Any]) -> dict[str, Any]:
    profile: dict[str, Any] = cafe.call("GET", f"/v1/members/{card['member_id']}/profile").json
    return profile


def contacts(cafe: Merchant, card: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """By kind the contact and whether it is confirmed."""
    return {
        one["kind"]: (one["value"], one["confirmed_at"] is not None)
        for one in known(cafe, card)["contacts"]
    }


def mailed(cafe: Merchant) -> list[tuple[str, str]]:
    """To whom the new mails went, and the path of the link in each."""
    mails = Mails(cafe.service)
    cafe.service.deliver("messages", "notify")
    return [
        (
            one["to"][0],
            (re.findall(r"https://cards.example(/[mc]/[0-9a-z]+)", one["text"]) or [""])[0],
        )
        for one in mails.new()
    ]


class TestWhoSeesIt:
    def test_the_device_that_the_card_lives_on(self, cafe: Merchant) -> None:
        browser, _ = joined(cafe, name="Anna", email=EMAIL, birthday="02-29")
        page = browser.get(profile_path(cafe))
        assert page.status == 200
        assert EMAIL in page.text
        assert "29 Feb" in page.text
        assert f'href="{profile_path(cafe)}"' in browser.get(own(cafe)).text

    def test_the_link_alone_shows_nothing_and_changes_nothing(self, cafe: Merchant) -> None:
        _, card = joined(cafe, name="Anna", email=EMAIL)
        other = opened(cafe, card)
        shown = other.get(profile_path(cafe))
        assert (shown.status, EMAIL in shown.text) == (403, False)
        assert profile_path(cafe) not in other.get(own(cafe)).text
        for what in ("save", "agree", "mail", "copy", "leave"):
            form = {"fact": "name", "name": "Eve", "channel": "email", "agree": "yes"}
            assert do(cafe, other, what, **form).status == 403
        assert cafe.card(card["member_id"])["name"] == "Anna"

    def test_who_has_no_card_is_led_to_join(self, cafe: Merchant) -> None:
        stranger = Browser(cafe.service)
        assert stranger.get(profile_path(cafe)).status == 200
        assert stranger.path == f"/j/{cafe.created['slug']}"
        assert do(cafe, stranger, "leave").status == 404

    def test_a_form_of_another_site_does_nothing(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, name="Anna")
        browser.headers |= {"sec-fetch-site": "cross-site"}
        assert do(cafe, browser, "leave").status == 403
        assert cafe.card(card["member_id"])["name"] == "Anna"


class TestFacts:
    def test_each_is_changed_alone(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, name="Anna", email=EMAIL)
        page = save(cafe, browser, "name", "  Anna Kovács ")
        assert "Anna Kovács" in page.text
        save(cafe, browser, "birthday", "05-21")
        assert (known(cafe, card)["birthday"], cafe.card(card["member_id"])["name"]) == (
            "05-21", "Anna Kovács",
        )  # fmt: skip
        assert 'lang="hu"' in save(cafe, browser, "language", "hu").text
        assert contacts(cafe, card) == {"email": (EMAIL, False)}

    @pytest.mark.parametrize(
        ("fact", "typed", "shown"),
        [
            ("name", "x" * 81, "too long"),
            ("name", "\u200b", "look at this again"),
            ("email", "anna@", "does not look like an e-mail"),
            ("phone", "12", "whole phone number"),
            ("birthday", "13-40", "day and the month"),
            ("birthday", "2031-05-05", "day and the month"),
            ("language", "xx", "look at this again"),
        ],
    )
    def test_what_is_wrong_stands_beside_it(
        self, cafe: Merchant, fact: str, typed: str, shown: str
    ) -> None:
        browser, card = joined(cafe, name="Anna")
        before = known(cafe, card)
        page = save(cafe, browser, fact, typed)
        assert (page.status, shown in page.text) == (422, True)
        assert (known(cafe, card), cafe.card(card["member_id"])["name"]) == (before, "Anna")

    @pytest.mark.parametrize(
        "form",
        [{}, {"do": "x"}, {"do": "save"}, {"do": "save", "fact": "note"},
         {"do": "save", "fact": "member_id", "member_id": "c1"}, {"do": "mail"},
         {"do": "agree"}, {"do": "agree", "channel": "leaderboard", "agree": "yes"},
         {"do": "agree", "channel": "email", "agree": "perhaps"}],
    )  # fmt: skip
    def test_a_form_that_is_not_ours_changes_nothing(
        self, cafe: Merchant, form: dict[str, str]
    ) -> None:
        browser, card = joined(cafe, name="Anna")
        before = known(cafe, card)
        assert browser.post(profile_path(cafe), **form).status == 422
        assert known(cafe, card) == before


class TestContacts:
    def test_a_new_address_is_claimed_and_the_old_one_stays_until_it_is_confirmed(
        self, cafe: Merchant
    ) -> None:
        browser, card = joined(cafe, email=EMAIL)
        ((_, link),) = mailed(cafe)
        assert cafe.service.request("POST", link).status == 200
        page = save(cafe, browser, "email", "new@example.com")
        assert "Not confirmed yet: new@example.com" in page.text.replace("<wbr>", "")
        assert contacts(cafe, card) == {"email": (EMAIL, True)}
        sent = [mail for mail in mailed(cafe) if mail[0] == "new@example.com"]
        assert [to for to, _ in sent] == ["new@example.com"]
        assert cafe.service.request("POST", sent[0][1]).status == 200
        assert contacts(cafe, card) == {"email": ("new@example.com", True)}

    def test_taken_out_it_finds_nobody(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, email=EMAIL)
        ((_, link),) = mailed(cafe)
        cafe.service.request("POST", link)
        save(cafe, browser, "email", "")
        assert contacts(cafe, card) == {}
        assert cafe.call("GET", "/v1/members", query={"q": EMAIL}).json["items"] == []

    def test_the_mail_comes_again_once_an_hour(self, cafe: Merchant, frozen: Clock) -> None:
        browser, _ = joined(cafe, email=EMAIL)
        assert len(mailed(cafe)) == 1
        for _ in range(2):
            do(cafe, browser, "mail")
        assert [to for to, _ in mailed(cafe)] == [EMAIL]
        frozen.now += timedelta(hours=1)
        do(cafe, browser, "mail")
        assert [to for to, _ in mailed(cafe)] == [EMAIL]

    def test_an_address_of_another_member_is_answered_like_any_other(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        joined(cafe, email=EMAIL)
        ((_, link),) = mailed(cafe)
        cafe.service.request("POST", link)
        mailed(cafe)
        frozen.now += timedelta(seconds=1)
        eve, card = joined(cafe, name="Eve")
        there = save(cafe, eve, "email", EMAIL)
        assert there.status == 200
        assert contacts(cafe, card) == {"email": (EMAIL, False)}
        ((to, way),) = mailed(cafe)
        assert (to, way[:3]) == (EMAIL, "/m/")
        assert Browser(cafe.service).post(way).status == 200
        assert contacts(cafe, card) == {"email": (EMAIL, False)}

    def test_five_addresses_in_an_hour(self, cafe: Merchant, frozen: Clock) -> None:
        browser, card = joined(cafe)
        for number in range(5):
            assert save(cafe, browser, "email", f"a{number}@example.com").status == 200
        refused = save(cafe, browser, "email", "a5@example.com")
        assert (refused.status, "retry-after" in refused.headers) == (429, True)
        assert contacts(cafe, card) == {"email": ("a4@example.com", False)}
        frozen.now += timedelta(hours=1, seconds=1)
        assert save(cafe, browser, "email", "a5@example.com").status == 200


class TestConsents:
    def test_given_and_taken_back_in_the_words_of_the_page(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, consent_sms="1")
        by_channel = {one["channel"]: one for one in known(cafe, card)["consents"]}
        assert by_channel["sms"]["given"]
        assert by_channel["sms"]["wording"] == "Write to me by SMS about my card and offers"
        save(cafe, browser, "language", "hu")
        page = do(cafe, browser, "agree", channel="email", agree="yes")
        assert page.text.count('aria-checked="true"') == 2
        do(cafe, browser, "agree", channel="sms", agree="no")
        by_channel = {one["channel"]: one for one in known(cafe, card)["consents"]}
        given = {name: (one["given"], one["by"]) for name, one in by_channel.items()}
        assert given == {"email": (True, "member"), "sms": (False, "member")}
        assert by_channel["email"]["wording"] in page.text
        assert by_channel["email"]["wording"] != "Write to me by e-mail about my card and offers"


class TestLeaving:
    def test_everything_is_handed_over_as_a_file(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, name="Anna", email=EMAIL)
        file = do(cafe, browser, "copy")
        assert file.status == 200
        assert "attachment" in file.headers["content-disposition"]
        data = json.loads(file.text)
        assert data["card"]["member_id"] == card["member_id"]
        assert data["profile"]["contacts"][0]["value"] == EMAIL

    def test_the_card_ends_and_the_browser_holds_it_no_more(self, cafe: Merchant) -> None:
        browser, card = joined(cafe, name="Anna", email=EMAIL)
        page = do(cafe, browser, "leave")
        assert (page.status, "Your card is gone" in page.text) == (200, True)
        assert browser.cookies == {}
        assert cafe.call("GET", f"/v1/members/{card['member_id']}").status == 404
        (line,) = [
            one for one in cafe.call("GET", "/v1/audit").json["items"]
            if one["what"] == "member.erased"
        ]  # fmt: skip
        assert (line["who"]["kind"], line["target"]) == ("member", card["member_id"])
        again, new = joined(cafe)
        assert new["member_id"] != card["member_id"]
        assert again.get(profile_path(cafe)).status == 200
