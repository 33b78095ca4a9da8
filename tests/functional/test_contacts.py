"""Contacts that are typed on the join page: only claimed, until who has them says so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from regulars.actions import claimed
from regulars.core import clock, tokens
from regulars.jobs import cards
from regulars.program.shop import Shop, load_shop
from regulars.store import keys
from regulars.store.members import Members
from regulars.store.profiles import Profile
from tests.conftest import Clock
from tests.functional import tills
from tests.functional.test_erasure import everything, found_in
from tests.functional.test_messages import Mails
from tests.service import Browser, Merchant, Reply, Service

EMAIL, PHONE = "anna@example.com", "+36301234567"
STAFF = {"x-regulars": "staff"}


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant()


@pytest.fixture
def mails(service: Service) -> Mails:
    return Mails(service)


def joined(cafe: Merchant, **form: str) -> str:
    """The member who joins on the page."""
    reply = cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
    assert reply.status == 303, reply.text
    card: dict[str, Any] = cafe.call("GET", "/v1/members").json["items"][0]
    assert card["card_url"].endswith(reply.headers["location"])
    return str(card["member_id"])


def contacts(cafe: Merchant, member_id: str) -> list[tuple[str, str | None]]:
    """The contacts of a member with how each was confirmed."""
    found = cafe.call("GET", f"/v1/members/{member_id}/profile").json["contacts"]
    assert all((one["confirmed_at"] is None) == (one["confirmed_by"] is None) for one in found)
    return [(one["value"], one["confirmed_by"]) for one in found]


def delivered(cafe: Merchant, mails: Mails) -> list[dict[str, Any]]:
    """The mails that leave when the queue is brought."""
    before = len(mails.new())
    assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}
    return mails.new()[before:]


def mailed_link(cafe: Merchant, mails: Mails) -> str:
    """The path of the link in the only mail on its way."""
    (mail,) = delivered(cafe, mails)
    (path,) = set(re.findall(r"https://cards\.example(/m/[0-9a-z]+)", mail["text"]))
    return str(path)


def sold(cafe: Merchant, order_id: str = "bill-1", **who: Any) -> None:
    """A till reports a sale, and it is dealt with."""
    contact = who or {"email": EMAIL}
    sale = tills.sale(order_id, contact=contact)
    assert tills.post_generic(cafe, sale).status == 200
    assert tills.book(cafe.service) == []


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


def ask(cafe: Merchant, member: str, contact: str, code: str | None = None, **more: Any) -> Reply:
    """Ask for a code at the counter, or enter one."""
    body = {"contact": contact, **({"code": code} if code else {})}
    more = more or {"cookies": cafe.staff_cookies(), "headers": STAFF}
    return cafe.service.request("POST", f"/v1/members/{member}/confirm", body=body, **more)


def card_code(cafe: Merchant, member: str) -> str:
    path = cafe.card(member)["card_url"].removeprefix("https://cards.example")
    return str(cafe.service.request("GET", f"{path}/code").json["code"])


def wrong(code: str, number: int = 1) -> str:
    return f"{(int(code) + number) % 10**6:06}"


class TestACode:
    @pytest.fixture
    def member(self, cafe: Merchant) -> str:
        return joined(cafe, name="Anna", email=EMAIL, phone=PHONE)

    @pytest.fixture
    def code(self, cafe: Merchant, mails: Mails, member: str) -> str:
        """The code that was mailed."""
        delivered(cafe, mails)
        reply = ask(cafe, member, EMAIL.upper())
        assert (reply.status, reply.json["code_in"]) == (202, "mail")
        (mail,) = delivered(cafe, mails)
        assert mail["to"] == [EMAIL]
        (found,) = set(re.findall(r"\b\d{6}\b", mail["text"]))
        assert found in mail["subject"]
        return str(found)

    def test_staff_enter_what_was_mailed(self, cafe: Merchant, member: str, code: str) -> None:
        reply = ask(cafe, member, EMAIL, wrong(code))
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "code")
        assert contacts(cafe, member)[0] == (EMAIL, None)
        assert found_in(cafe.service, code) == [], "it is kept nowhere"
        reply = ask(cafe, member, EMAIL, f"{code[:3]} {code[3:]}")
        assert (reply.status, reply.json["confirmed_by"]) == (200, "counter")
        assert contacts(cafe, member)[0] == (EMAIL, "counter")
        (noted, *_) = cafe.call("GET", "/v1/audit", query={"what": "contact"}).json["items"]
        assert (noted["who"]["kind"], noted["target"]) == ("staff", member)
        assert EMAIL not in str(noted)
        again = ask(cafe, member, EMAIL, code)
        assert (again.status, again.code) == (410, "code_used")
        assert ask(cafe, member, EMAIL).status == 200
        assert cafe.call("POST", "/v1/earn", {"contact": EMAIL}).status == 200

    def test_five_wrong_ones_end_it(self, cafe: Merchant, member: str, code: str) -> None:
        tries = [ask(cafe, member, EMAIL, wrong(code, number)) for number in range(1, 6)]
        assert [reply.status for reply in tries] == [422] * 5
        over = ask(cafe, member, EMAIL, code)
        assert (over.status, over.code) == (410, "code_expired")
        assert contacts(cafe, member)[0] == (EMAIL, None)

    def test_it_is_good_for_fifteen_minutes(
        self, frozen: Clock, cafe: Merchant, member: str, code: str
    ) -> None:
        assert ask(cafe, member, PHONE, card_code(cafe, member)).code == "code_expired"
        key = {"authorization": f"Bearer {cafe.created['api_key']}"}
        frozen.now += timedelta(minutes=14, seconds=59)
        assert ask(cafe, member, EMAIL, wrong(code), headers=key).status == 422
        frozen.now += timedelta(seconds=1)
        assert ask(cafe, member, EMAIL, code, headers=key).code == "code_expired"

    def test_a_new_one_ends_the_one_before(
        self, cafe: Merchant, member: str, code: str, mails: Mails
    ) -> None:
        ask(cafe, member, EMAIL)
        ask(cafe, member, EMAIL)
        (mail,) = delivered(cafe, mails)
        (newest,) = set(re.findall(r"\b\d{6}\b", mail["text"]))
        assert ask(cafe, member, EMAIL, code).status == 422
        assert ask(cafe, member, EMAIL, newest).status == 200

    def test_of_a_telephone_it_is_the_one_on_the_card_that_claims_it(
        self, cafe: Merchant, member: str, mails: Mails
    ) -> None:
        delivered(cafe, mails)
        other = joined(cafe, name="Ben")
        reply = ask(cafe, member, "06 30 123 4567")
        assert (reply.status, reply.json["code_in"]) == (202, "card")
        assert delivered(cafe, mails) == []
        assert ask(cafe, member, PHONE, card_code(cafe, other)).status == 422
        assert ask(cafe, member, PHONE, card_code(cafe, member)).status == 200
        assert contacts(cafe, member)[1] == (PHONE, "counter")
        sold(cafe, phone=PHONE)
        assert cafe.card(member)["visits"] == 1

    def test_what_another_has_or_the_card_does_not_claim_is_refused(
        self, cafe: Merchant, member: str, code: str
    ) -> None:
        not_claimed = ask(cafe, member, "ben@example.com")
        assert (not_claimed.status, not_claimed.json["errors"][0]["path"]) == (422, "contact")
        assert ask(cafe, member, "nonsense").json["errors"][0]["path"] == "contact"
        cafe.join(name="Ben", email=EMAIL)
        taken = ask(cafe, member, EMAIL, code)
        assert (taken.status, taken.code) == (409, "contact_taken")
        assert [one["path"] for one in taken.json["errors"]] == ["contact"]
        assert "Ben" not in taken.text

    def test_only_staff_and_keys_that_may_can_enter_one(
        self, cafe: Merchant, member: str, code: str
    ) -> None:
        body = {"name": "Till", "scopes": ["till"]}
        till = {"authorization": f"Bearer {cafe.call('POST', '/v1/keys', body).json['key']}"}
        assert ask(cafe, member, EMAIL, code, headers=till).status == 403
        assert ask(cafe, member, EMAIL, code, headers={}).status == 401
        foreign = cafe.service.new_merchant()
        assert ask(foreign, member, EMAIL, code).status == 404
        assert contacts(cafe, member)[0] == (EMAIL, None)


class TestABirthday:
    """Rewarded once the card has a contact that nobody else can have."""

    def celebrated(self, cafe: Merchant, member: str, year: int) -> int:
        """The points for a birthday, after the job ran on that day."""
        day = clock.now().replace(year=year, month=5, day=21)
        cards.birthday(load_shop(cafe.service.table, cafe.id, day), member)
        items = cafe.call("GET", f"/v1/members/{member}/entries").json["items"]
        return sum(line["amount"] for one in items for line in one["lines"]
                   if line["rule"] == "cheers")  # fmt: skip

    def test_of_a_card_without_a_confirmed_contact_it_is_not(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        document = cafe.call("GET", "/v1/program").json["program"]
        rule = {"id": "cheers", "on": "birthday", "unit": "stamp", "amount": 2}
        body = {**document, "earn": [*document["earn"], rule]}
        assert cafe.call("PUT", "/v1/program", body, headers={"if-match": "*"}).status == 200
        anna = joined(cafe, birthday="05-21", email=EMAIL)
        nobody = joined(cafe, birthday="05-21")
        by_key = cafe.join(birthday="05-21")["member_id"]
        assert [self.celebrated(cafe, one, 2027) for one in (anna, nobody, by_key)] == [0, 0, 2]
        mark = keys.due_mark(cafe.id, anna, "birthday")
        (item,) = cafe.service.table.get(mark)
        assert item is not None
        assert item["GSI1PK"].startswith("DUE#2028-05-21"), "it is looked at again in a year"
        assert cafe.service.request("POST", mailed_link(cafe, mails)).status == 200
        assert [self.celebrated(cafe, one, 2028) for one in (anna, nobody)] == [2, 0]


class TestAProfile:
    def test_note_attributes_and_zone_change_one_by_one(self, cafe: Merchant) -> None:
        member = cafe.join()["member_id"]
        path = f"/v1/members/{member}"

        def read() -> tuple[Any, ...]:
            found = cafe.call("GET", f"{path}/profile").json
            return found["note"], found["attributes"], found["timezone"]

        assert read() == (None, {}, None)
        body = {"note": "Window seat", "attributes": {"dog": "Rex"}, "timezone": "Asia/Calcutta"}
        assert cafe.call("PATCH", path, body).status == 200
        assert cafe.call("PATCH", path, {"attributes": {"milk": "oat"}}).status == 200
        assert read() == ("Window seat", {"dog": "Rex", "milk": "oat"}, "Asia/Calcutta")
        shown = cafe.service.request(
            "GET", "/staff/api/member", query={"id": member}, cookies=cafe.staff_cookies()
        )
        assert shown.json["member"]["note"] == "Window seat"
        cafe.call("PATCH", path, {"note": None, "attributes": {"dog": None}, "timezone": None})
        assert read() == (None, {"milk": "oat"}, None)
        many = {f"fact {number}": "x" for number in range(20)}
        for wrong_body, field in (
            ({"attributes": many}, "attributes"), ({"attributes": {"a": 1}}, "attributes.a"),
            ({"timezone": "Mars/Base"}, "timezone"), ({"note": "x" * 5000}, "note"),
        ):  # fmt: skip
            reply = cafe.call("PATCH", path, wrong_body)
            assert (reply.status, reply.json["errors"][0]["path"]) == (422, field)
        assert cafe.call("PATCH", path, {"attributes": {**many, "milk": None}}).status == 200
        assert len(read()[1]) == 20
