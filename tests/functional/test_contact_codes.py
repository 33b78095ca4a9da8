"""A claimed contact is confirmed by a code at the counter or in a mail; what follows from it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from regulars.core import clock
from regulars.jobs import cards
from regulars.program.shop import load_shop
from regulars.store import keys
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
from tests.functional.test_erasure import found_in
from tests.functional.test_messages import Mails
from tests.service import Merchant, Service


@pytest.fixture
def mails(service: Service) -> Mails:
    return Mails(service)


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
