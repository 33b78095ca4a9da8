"""What a merchant sets about itself, and where it is seen: mails, the join page, the digest."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.messages.channels import email
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_messages import MAIL, Recorder, announce
from tests.service import Merchant, Service

PATH = "/v1/merchant"


def change(cafe: Merchant, **fields: Any) -> dict[str, Any]:
    reply = cafe.call("PATCH", PATH, fields)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    assert cafe.call("GET", PATH).json == found
    return found


class TestSettings:
    def test_at_first_they_are_those_of_a_shop_that_has_set_nothing(self, cafe: Merchant) -> None:
        assert cafe.call("GET", PATH).json == {
            "slug": cafe.created["slug"], "name": "Corner Café",
            "owner_email": "owner@example.com", "postal_address": None,
            "privacy_contact": None, "privacy_url": None, "sender_name": "Corner Café",
            "reply_to": None, "quiet_hours": {"from": "21:00", "until": "08:00"},
            "retention_months": None, "retention_from": None, "set_up_done": False,
        }  # fmt: skip

    def test_what_is_sent_is_changed_and_null_takes_it_back(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        first = cafe.call("GET", PATH).json
        everything = {
            "slug": "corner-kft", "name": "Corner Kft.", "owner_email": "anna@example.com",
            "postal_address": "1052 Budapest, Fő utca 1.", "privacy_contact": "data@example.com",
            "privacy_url": "https://corner.example/privacy", "sender_name": "Anna of the Corner",
            "reply_to": "hello@example.com", "quiet_hours": {"from": "20:30", "until": "09:00"},
            "retention_months": 36, "set_up_done": True,
        }  # fmt: skip
        begins = {"retention_from": "2026-11-29T09:00:00Z"}
        assert change(cafe, **everything) == {**everything, **begins}
        shorter = {**everything, **begins, "retention_months": 24}
        assert change(cafe, retention_months=24) == shorter
        gone = ("postal_address", "privacy_contact", "privacy_url", "sender_name", "reply_to",
                "quiet_hours", "retention_months")  # fmt: skip
        back = change(cafe, **dict.fromkeys(gone))
        assert {name: back[name] for name in gone} == {name: first[name] for name in gone}
        assert (back["name"], back["set_up_done"]) == ("Corner Kft.", True)

    def test_an_address_is_kept_in_its_normal_form(self, cafe: Merchant) -> None:
        assert change(cafe, reply_to=" Hello@Example.COM ")["reply_to"] == "hello@example.com"

    @pytest.mark.parametrize(
        ("fields", "path"),
        [({"quiet_hours": {"from": "25:00", "until": "08:00"}}, "quiet_hours.from"),
         ({"quiet_hours": {"from": "21:00", "until": "8"}}, "quiet_hours.until"),
         ({"quiet_hours": {"from": "21:00"}}, "quiet_hours.until"),
         ({"quiet_hours": {"from": "21:00", "until": "08:00", "on": "mon"}}, "quiet_hours.on"),
         ({"owner_email": "nobody"}, "owner_email"), ({"owner_email": None}, "owner_email"),
         ({"privacy_contact": "nobody"}, "privacy_contact"), ({"reply_to": "a@b@c"}, "reply_to"),
         ({"privacy_url": "http://corner.example"}, "privacy_url"),
         ({"privacy_url": "javascript:alert(1)"}, "privacy_url"),
         ({"name": None}, "name"), ({"name": ""}, "name"), ({"sender_name": "a\nb"}, "sender_name"),
         ({"postal_address": "x" * 301}, "postal_address"), ({"set_up_done": "yes"}, "set_up_done"),
         ({"retention_months": 0}, "retention_months"), ({"rate_per_second": 9}, "rate_per_second"),
         ({"plan": "gold"}, "plan")],
        ids=repr,
    )  # fmt: skip
    def test_what_is_wrong_is_named_and_nothing_changes(
        self, cafe: Merchant, fields: dict[str, Any], path: str
    ) -> None:
        before = cafe.call("GET", PATH).json
        reply = cafe.call("PATCH", PATH, {"retention_months": 12, **fields})
        assert (reply.status, reply.code) == (422, "invalid")
        assert path in [error["path"] for error in reply.json["errors"]]
        assert cafe.call("GET", PATH).json == before

    def test_the_sandbox_and_other_merchants_have_their_own(
        self, service: Service, cafe: Merchant
    ) -> None:
        change(cafe, sender_name="Anna")
        assert cafe.call("GET", PATH, test=True).json["sender_name"] == "Corner Café"
        assert service.new_merchant().call("GET", PATH).json["sender_name"] == "Corner Café"
        assert cafe.call("PATCH", PATH, {"retention_months": 3}, test=True).status == 200
        assert cafe.call("GET", PATH).json["retention_months"] is None

    def test_a_merchant_of_before_there_were_settings_has_them(self, cafe: Merchant) -> None:
        table = cafe.service.table
        (item,) = table.get(keys.merchant(cafe.id))
        assert item is not None
        old = ("PK", "SK", "name", "slug", "languages", "owner_email", "region", "created")
        table.put({name: item[name] for name in old})
        assert cafe.call("GET", PATH).json["quiet_hours"]["from"] == "21:00"
        assert change(cafe, set_up_done=True)["set_up_done"] is True

    def test_it_needs_the_merchants_key(self, service: Service, cafe: Merchant) -> None:
        for headers in ({}, {"authorization": f"Bearer {service.platform_key}"}):
            assert service.request("GET", PATH, headers=headers).status == 401
            assert service.request("PATCH", PATH, body={}, headers=headers).status == 401
        cookies = cafe.staff_cookies()
        assert service.request("GET", PATH, cookies=cookies).status == 403


class TestWhereTheyAreSeen:
    def test_the_join_page_says_who_keeps_what_is_typed(self, cafe: Merchant) -> None:
        path = f"/j/{cafe.created['slug']}"
        change(
            cafe, name="Corner <Kft.>", postal_address="1052 Budapest, Fő utca 1.",
            privacy_contact="data@example.com", privacy_url="https://corner.example/p?a=1&b=2",
        )  # fmt: skip
        wrong = {"email": "nobody"}
        for page in (
            cafe.service.request("GET", path).text,
            cafe.service.request("POST", path, form=wrong).text,
        ):
            assert "Corner &lt;Kft.&gt;, 1052 Budapest, Fő utca 1. keeps what you give" in page
            assert "data@example.com" in page
            assert 'href="https://corner.example/p?a=1&amp;b=2"' in page

    def test_a_shop_that_has_set_nothing_is_named_and_its_owner_is_not(
        self, cafe: Merchant
    ) -> None:
        page = cafe.service.request("GET", f"/j/{cafe.created['slug']}").text
        assert "Corner Café keeps what you give" in page
        assert "owner@example.com" not in page
        assert "Privacy notice" not in page

    def test_mails_come_from_its_name_with_its_address(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[bytes] = []
        monkeypatch.setattr(email, "_ses", lambda: Recorder(sent))
        change(
            cafe, sender_name="Anna of the Corner", reply_to="hello@example.com",
            postal_address="1052 Budapest",
        )  # fmt: skip
        announce(cafe, cafe.join(**MAIL)["member_id"])
        (mail,) = sent
        assert b'From: "Anna of the Corner"' in mail
        assert b"Reply-To: hello@example.com\r\n" in mail
        assert b"1052 Budapest" in mail

    def test_without_settings_mails_come_from_the_program(
        self, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[bytes] = []
        monkeypatch.setattr(email, "_ses", lambda: Recorder(sent))
        announce(cafe, cafe.join(**MAIL)["member_id"])
        assert b"Reply-To" not in sent[0]

    def test_the_digest_goes_to_the_new_address(self, cafe: Merchant) -> None:
        reply = cafe.call("PATCH", PATH, {"owner_email": "new@example.com"}, test=True)
        assert reply.status == 200
        cafe.call("POST", "/v1/test/clock", {"advance": "P8D"}, test=True)
        messages = cafe.call("GET", "/v1/test/messages", test=True).json["items"]
        assert {one["to"] for one in messages if one["kind"] == "digest"} == {"new@example.com"}
