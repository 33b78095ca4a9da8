"""The join page: one tap, one card, and nothing given away."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import pytest

from regulars.pages.customer.join.view import TRAP
from regulars.store import keys
from tests.service import Browser, Merchant, Reply, Service


def path_of(cafe: Merchant) -> str:
    return f"/j/{cafe.created['slug']}"


def posted(cafe: Merchant, once: str = "once0000", **form: str) -> Reply:
    return cafe.service.request(
        "POST", path_of(cafe), form={"once": once, **form}, acting_as=cafe.id
    )


def members(cafe: Merchant) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", "/v1/members").json["items"]
    return items


def reported(cafe: Merchant) -> list[dict[str, Any]]:
    """What join has put on the queue of messages."""
    records = cafe.service.aws_services.receive(cafe.service.queues["messages"])
    return [json.loads(record["body"]) for record in records]


def test_an_empty_form_is_a_card_with_a_stamp(cafe: Merchant) -> None:
    reply = posted(cafe)
    (card,) = members(cafe)
    link = card["card_url"].removeprefix("https://cards.example")
    assert (reply.status, reply.headers["location"], reply.text) == (303, link, "")
    assert card["balances"]["stamp"]["available"] == 1
    (cookie,) = reply.cookies
    name, _, rest = cookie.partition("=")
    assert name == f"__Host-regulars_card_{cafe.id}"
    assert rest.split("; ")[0].startswith(f"{card['member_id']}."), "a secret of the device"
    assert link.removeprefix("/c/") not in rest
    assert set(rest.split("; ")[2:]) == {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}


def test_what_was_typed_is_on_the_card(cafe: Merchant) -> None:
    posted(
        cafe, name=" Anna ", email="ANNA@example.com", phone="06 30 123 4567", birthday="05-17",
        consent_email="1", language="hu", source="counter", ref="friend",
    )  # fmt: skip
    (card,) = members(cafe)
    assert (card["name"], card["language"]) == ("Anna", "hu")
    (item,) = cafe.service.table.get(keys.profile(cafe.id, card["member_id"]))
    assert item is not None
    claimed = {kind: claim["value"] for kind, claim in item["claims"].items()}
    assert claimed == {"email": "anna@example.com", "phone": "+36301234567"}
    assert (item["email"], item["phone"], item["birthday"]) == ("", "", "05-17")
    assert item["consents"] == {"email": True, "sms": False}
    assert (item["source"], item["referred_by"]) == ("counter", "friend")


def test_the_same_form_posted_twice_is_one_card(cafe: Merchant) -> None:
    first, again = (posted(cafe, email="anna@example.com") for _ in range(2))
    assert (again.status, again.headers["location"]) == (303, first.headers["location"])
    assert len(members(cafe)) == 1


def test_the_next_person_at_the_same_screen_gets_a_card_of_their_own(cafe: Merchant) -> None:
    anna = posted(cafe, name="Anna")
    ben = posted(cafe, name="Ben")
    assert anna.headers["location"] != ben.headers["location"]


def test_a_page_shows_a_new_once_each_time(cafe: Merchant) -> None:
    pages = [cafe.service.request("GET", path_of(cafe)).text for _ in range(2)]
    found = [re.findall(r'name="once" value="([0-9a-z]{20})"', page) for page in pages]
    assert [len(it) for it in found] == [1, 1]
    assert found[0] != found[1]


KNOWN = ("anna@example.com", "+36301234567")
NEW = ("ben@example.com", "+36307654321")


@pytest.mark.parametrize("email", [*KNOWN[:1], *NEW[:1], ""])
@pytest.mark.parametrize("phone", [*KNOWN[1:], *NEW[1:], ""])
def test_whoever_joins_is_answered_alike_whatever_is_known(
    cafe: Merchant, email: str, phone: str
) -> None:
    """A card of one's own each time; only who has the address learns that it was typed."""
    anna = cafe.join(name="Anna Secret", email=KNOWN[0], phone=KNOWN[1])
    reply = posted(cafe, name="Ben", email=email, phone=phone)
    ben, still_anna = members(cafe)
    assert {name: still_anna[name] for name in anna} == anna
    link = ben["card_url"].removeprefix("https://cards.example")
    assert (reply.status, reply.headers["location"], reply.text) == (303, link, "")
    assert len(reply.cookies) == 1
    assert ben["name"] == "Ben"
    (item,) = cafe.service.table.get(keys.profile(cafe.id, ben["member_id"]))
    assert item is not None
    assert (item["email"], item["phone"]) == ("", "")
    notified = [(message["kind"], message["member_id"]) for message in reported(cafe)]
    expected = ("card_link", anna) if email in KNOWN else ("confirm", ben)
    assert notified == ([(expected[0], expected[1]["member_id"])] if email else [])


def test_what_one_typed_is_not_sent_to_the_owner_of_the_other(cafe: Merchant) -> None:
    """An address and a number of two people: the number's owner hears nothing."""
    anna = cafe.join(email=KNOWN[0])
    cafe.join(email="cili@example.com", phone=KNOWN[1])
    assert posted(cafe, email=KNOWN[0], phone=KNOWN[1]).status == 303
    (message,) = reported(cafe)
    assert (message["kind"], message["member_id"]) == ("card_link", anna["member_id"])


KNOWN_TO_AUTOFILL = re.compile(
    r"name|mail|phone|tel|mobile|url|web|site|home|link|address|street|city|town|zip|post|country"
    r"|state|region|company|org|firm|job|title|birth|bday|date|age$|sex|user|login|pass|pin|card|cc-"
    r"|code|search|comment|message|fax|lang|photo|note|otp|once",
)
"""What browsers and password managers look for in names, ids and labels of fields."""


class TestTheTrapForRobots:
    TYPED: ClassVar = {"name": "Anna", "email": "anna@example.com", "birthday": "05-17",
                       "consent_email": "1", "source": "poster", "ref": "ben"}  # fmt: skip

    def test_no_autofill_knows_it_and_nobody_sees_it(self, cafe: Merchant) -> None:
        page = cafe.service.request("GET", path_of(cafe)).text
        (field,) = re.findall(r"<div hidden>(.*?)</div>", page, re.DOTALL)
        assert f'name="{TRAP}"' in field
        assert 'autocomplete="off"' in field
        assert 'tabindex="-1"' in field
        assert not KNOWN_TO_AUTOFILL.search(TRAP)
        assert not KNOWN_TO_AUTOFILL.search(re.sub(r"<.*?>", "", field).lower())

    @pytest.mark.parametrize("filled", ["https://spam.example", "1", "Anna Bell"])
    def test_whoever_falls_in_is_told_and_can_go_on(self, cafe: Merchant, filled: str) -> None:
        form = {**self.TYPED, TRAP: filled}
        reply = posted(cafe, **form)
        assert (reply.status, reply.cookies, members(cafe)) == (422, [], [])
        assert reported(cafe) == []
        assert 'role="alert"' in reply.text
        for name, value in self.TYPED.items():
            assert re.search(rf'name="{name}"[^>]* value="{re.escape(value)}"', reply.text), name
        buttons = re.findall(r"<button [^>]*>", reply.text)
        assert all('name="person" value="yes"' in button for button in buttons)
        assert f'<input type="hidden" name="{TRAP}" value="1">' in reply.text
        again = posted(cafe, **self.TYPED, **{TRAP: "1", "person": "yes"})
        assert (again.status, len(again.cookies)) == (303, 1)
        assert [card["name"] for card in members(cafe)] == ["Anna"]

    def test_a_robot_that_goes_on_the_same_way_gets_nothing(self, cafe: Merchant) -> None:
        for _ in range(3):
            assert posted(cafe, **{"name": "Robot", TRAP: "x"}).status == 422
        assert members(cafe) == []

    def test_a_mistake_is_told_after_that(self, cafe: Merchant) -> None:
        form = {"email": "wrong", TRAP: "1", "person": "yes"}
        assert 'id="email-error"' in posted(cafe, **form).text


@pytest.mark.parametrize(
    ("form", "field"),
    [({"email": "anna"}, "email"), ({"phone": "12"}, "phone"), ({"birthday": "31-12"}, "birthday"),
     ({"birthday": "02-30"}, "birthday"), ({"name": "\u200b\u2800"}, "name"),
     ({"name": "x" * 81}, "name"), ({"name": "a\x00b"}, "name"), ({"source": "x" * 201}, "source")],
)  # fmt: skip
def test_a_mistake_is_shown_with_what_was_typed(
    cafe: Merchant, form: dict[str, str], field: str
) -> None:
    reply = posted(cafe, **{"name": "Anna", **form})
    assert (reply.status, reply.cookies) == (422, [])
    assert members(cafe) == []
    if field != "name":
        assert 'value="Anna"' in reply.text
    assert posted(cafe, name="Anna").status == 303


def test_what_is_typed_is_never_markup(cafe: Merchant) -> None:
    hostile = "\"><script>alert('x')</script>"
    reply = posted(cafe, name=hostile, email="wrong")
    assert reply.status == 422
    assert "<script>alert" not in reply.text


def test_a_browser_that_has_a_card_is_led_to_it(cafe: Merchant) -> None:
    browser = Browser(cafe.service)
    browser.post(path_of(cafe), once="once0000", name="Anna")
    page = browser.get(path_of(cafe))
    assert (page.status, browser.path) == (200, f"/card/{cafe.created['slug']}")
    assert "Anna" in page.text
    browser.cookies = dict.fromkeys(browser.cookies, "nothing.good")
    assert browser.get(path_of(cafe)).status == 200
    assert (browser.path, browser.cookies) == (path_of(cafe), {}), "what is dead is taken away"


@pytest.mark.parametrize("language", ["en", "hu"])
def test_the_page_speaks_what_the_browser_asks_for(cafe: Merchant, language: str) -> None:
    reply = cafe.service.request("GET", path_of(cafe), headers={"accept-language": language})
    assert f'<html lang="{language}"' in reply.text


@pytest.mark.parametrize("slug", ["nobody", "x" * 300, "a.b", "☕", "%00", "-"])
def test_a_shop_nobody_knows_is_a_page(service: Service, slug: str) -> None:
    for method, form in (("GET", None), ("POST", {"name": "Anna"})):
        reply = service.request(method, f"/j/{slug}", form=form)
        assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_form_of_too_many_fields_or_bytes_is_a_page(cafe: Merchant) -> None:
    assert posted(cafe, **{f"f{n}": "x" for n in range(101)}).status == 400
    assert posted(cafe, name="x" * 300_000).status == 413
