"""Contacts as people type them, over every way in: whose they are, and what is wrong with one."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from regulars.store import keys
from tests.service import Merchant, Reply

UNSEEN = ("\u200b", "\ufeff", "\u200e", "\u2060", "\u00ad", "\u2029", "\u0085", " \n")
POSSIBLE = ("123 4567", "+36 1 234 567", "+36301234567 ext. 2", "+36301234567\n+36301234568", "12")
"""What is no whole number of one line; the first two only have a length that a number may have."""


def stored(cafe: Merchant, member_id: str) -> dict[str, Any]:
    (item,) = cafe.service.table.get(keys.profile(cafe.id, member_id))
    assert item is not None
    return item


def posted(cafe: Merchant, **form: str) -> Reply:
    path = f"/j/{cafe.created['slug']}"
    return cafe.service.request("POST", path, form=form, acting_as=cafe.id)


def members(cafe: Merchant) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = cafe.call("GET", "/v1/members").json["items"]
    return items


@pytest.mark.parametrize("number", POSSIBLE)
def test_a_number_that_is_only_possible_is_no_contact_anywhere(cafe: Merchant, number: str) -> None:
    """Two strangers who type it do not get one card; who typed it hears what to do."""
    anna = cafe.join(name="Anna")
    path = f"/v1/members/{anna['member_id']}"
    body = {"phone": number}
    replies = [("phone", cafe.call("POST", "/v1/members", body)),
               ("phone", cafe.call("PATCH", path, body)),
               ("contact", cafe.call("POST", "/v1/earn", {"contact": number}))]  # fmt: skip
    for field, reply in replies:
        assert (reply.status, reply.code) == (422, "invalid")
        (error,) = reply.json["errors"]
        assert error["path"] == field
        if "\n" not in number:
            assert "without an extension" in error["message"]
    page = posted(cafe, name="Ben", phone=number)
    assert page.status == 422
    assert 'id="phone-error"' in page.text
    assert [card["name"] for card in members(cafe)] == ["Anna"]


def test_a_number_is_shown_back_in_full(cafe: Merchant) -> None:
    page = posted(cafe, phone="06 30 123 4567", email="wrong")
    assert 'value="+36 30 123 4567"' in page.text
    card = cafe.join(phone="06 30 123 4567")
    profile = cafe.call("GET", f"/v1/members/{card['member_id']}/profile").json
    assert [contact["value"] for contact in profile["contacts"]] == ["+36301234567"]


@pytest.mark.parametrize("sign", UNSEEN)
def test_unseen_signs_at_the_ends_are_not_part_of_what_was_typed(cafe: Merchant, sign: str) -> None:
    fields = {"name": "Anna", "email": "anna@example.com", "phone": "06 30 123 4567",
              "birthday": "05-21", "referred_by": "ben"}  # fmt: skip
    pasted = {name: f"{sign}{value}{sign}" for name, value in fields.items()}
    clean = {**fields, "phone": "+36301234567"}
    card = cafe.call("POST", "/v1/members", pasted).json
    assert stored(cafe, card["member_id"]).items() >= clean.items()
    code = cafe.service.request(
        "GET", f"{card['card_url'].removeprefix('https://cards.example')}/code"
    ).json["code"]
    for who in ({"contact": pasted["email"]}, {"contact": pasted["phone"]},
                {"code": f"{sign}{code}{sign}"}):  # fmt: skip
        reply = cafe.call("POST", "/v1/earn", who)
        assert (reply.status, reply.json["card"]["member_id"]) == (200, card["member_id"]), who
    for q in (pasted["name"], pasted["email"], pasted["phone"]):
        (found,) = cafe.call("GET", "/v1/members", query={"q": q}).json["items"]
        assert found["member_id"] == card["member_id"]
        (shown,) = cafe.service.request(
            "GET", "/staff/api/member", query={"q": q}, cookies=cafe.staff_cookies()
        ).json["members"]
        assert shown["member_id"] == card["member_id"]
    cafe.call("PATCH", f"/v1/members/{card['member_id']}", {"email": None, "phone": None})
    del pasted["referred_by"]
    reply = posted(cafe, **pasted)
    assert reply.status == 303
    ben, _ = members(cafe)
    typed = stored(cafe, ben["member_id"])
    assert {kind: claim["value"] for kind, claim in typed["claims"].items()} == {
        kind: clean[kind] for kind in ("email", "phone")
    }
    assert [typed[name] for name in ("name", "birthday")] == ["Anna", "05-21"]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085", "\n", "\t", "\r\n", "\x1b"])
def test_a_name_is_one_line(cafe: Merchant, end: str) -> None:
    for reply in (cafe.call("POST", "/v1/members", {"name": f"Anna{end}Bell"}),
                  posted(cafe, name=f"Anna{end}Bell")):  # fmt: skip
        assert reply.status == 422
    assert members(cafe) == []


@pytest.mark.parametrize(
    "name", ["\u200b", "\ufeff\u2060", "\u3164", "\u200b\u2800\u200b", "\ufe0f"]
)
def test_a_name_that_shows_nothing_is_refused(cafe: Merchant, name: str) -> None:
    assert cafe.call("POST", "/v1/members", {"name": name}).json["errors"][0]["path"] == "name"
    assert posted(cafe, name=name).status == 422


@pytest.mark.parametrize("name", ["می\u200cخواهم", "ക്\u200dഷ", "\U0001f469\u200d\U0001f373 Anna"])
def test_a_name_keeps_the_joiners_it_needs(cafe: Merchant, name: str) -> None:
    assert cafe.join(name=name)["name"] == name
    posted(cafe, name=f"{name}\u200b")
    assert members(cafe)[0]["name"] == name


EMAILS = {"": None, "new@example.com": None, "anna@example.com": "anna", "ben@example.com": "ben"}
PHONES = {"": None, "+36307654321": None, "+36301234567": "anna", "+36201234567": "ben"}


class TestTwoPeople:
    """An address and a number that belong to two people, to one, or to nobody."""

    @pytest.fixture
    def known(self, cafe: Merchant) -> dict[str, str]:
        """Members by the name under which their contacts stand above."""
        return {
            name: cafe.join(
                name=name,
                email=next(it for it, owner in EMAILS.items() if owner == name),
                phone=next(it for it, owner in PHONES.items() if owner == name),
            )["member_id"]
            for name in ("anna", "ben")
        }

    def reported(self, cafe: Merchant) -> list[tuple[str, str]]:
        records = cafe.service.aws_services.receive(cafe.service.queues["messages"])
        bodies = [json.loads(record["body"]) for record in records]
        return [(body["kind"], body["member_id"]) for body in bodies]

    def test_only_who_has_the_address_hears_of_a_join(
        self, cafe: Merchant, known: dict[str, str]
    ) -> None:
        for (email, of_email), phone in product(EMAILS.items(), PHONES):
            reply = posted(cafe, name="Cili", email=email, phone=phone)
            assert (reply.status, reply.text) == (303, "")
            new = members(cafe)[0]
            assert reply.headers["location"] == new["card_url"].removeprefix(
                "https://cards.example"
            )
            profile = stored(cafe, new["member_id"])
            assert (profile["email"], profile["phone"]) == ("", "")
            expected = ("card_link", known[of_email]) if of_email else ("confirm", new["member_id"])
            assert self.reported(cafe) == ([expected] if email else []), (email, phone)

    def test_a_change_names_each_field_that_another_has(
        self, cafe: Merchant, known: dict[str, str]
    ) -> None:
        anna = known["anna"]
        before = stored(cafe, anna)
        for (email, of_email), (phone, of_phone) in product(EMAILS.items(), PHONES.items()):
            for more in ({}, {"birthday": "05-21"}):
                body = {"email": email or None, "phone": phone or None, **more}
                reply = cafe.call("PATCH", f"/v1/members/{anna}", body)
                wrong = [kind for kind, of in (("email", of_email), ("phone", of_phone))
                         if of == "ben"]  # fmt: skip
                if not wrong:
                    assert reply.status == 200, (body, reply.text)
                    own = {name: before[name] or None for name in ("email", "phone", "birthday")}
                    assert cafe.call("PATCH", f"/v1/members/{anna}", own).status == 200
                    continue
                assert (reply.status, reply.code) == (409, "contact_taken"), body
                assert [error["path"] for error in reply.json["errors"]] == wrong
                assert "Ben" not in reply.text, "whose it is stays untold"
                now = stored(cafe, anna)
                assert [now[name] for name in ("email", "phone", "birthday")] == [
                    before[name] for name in ("email", "phone", "birthday")
                ]
        assert self.reported(cafe) == []

    def test_enrolling_by_key_names_each_contact_that_stays_with_another(
        self, cafe: Merchant, known: dict[str, str]
    ) -> None:
        for (email, of_email), (phone, of_phone) in product(EMAILS.items(), PHONES.items()):
            given = {"email": email, "phone": phone}
            body = {name: value for name, value in given.items() if value}
            owners = {of for of, value in ((of_email, email), (of_phone, phone)) if value}
            reply = cafe.call("POST", "/v1/members", body)
            if len(owners) == 1 and (one := owners.pop()):
                assert (reply.status, reply.json["member_id"]) == (200, known[one])
                continue
            taken = [kind for kind, of in (("email", of_email), ("phone", of_phone)) if of]
            assert (reply.status, reply.json.get("not_taken", [])) == (201, taken)
            free = {"email": None, "phone": None}
            cafe.call("PATCH", f"/v1/members/{reply.json['member_id']}", free)
        assert self.reported(cafe) == []
