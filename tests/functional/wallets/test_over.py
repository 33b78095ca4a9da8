"""A pass that is over: who is erased or merged, whose link was renewed, whose shop was closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.core import config, passes
from regulars.store import card_keys
from regulars.store import wallets as kept
from tests import wallets
from tests.apns import Apns
from tests.conftest import Clock
from tests.functional import closings
from tests.service import Browser, Merchant, Service, context, handler
from tests.wallets import PUSH_TOKEN, Pass, Phone


@pytest.fixture
def added(anna: Browser, cafe: Merchant, phone: Phone) -> Pass:
    one = wallets.download(anna, cafe)
    assert phone.add(one).status == 201
    return one


def is_voided(one: Pass, reply: Any) -> bool:
    """Whether an answer is the same pass, signed, that says it is over and nothing of anybody."""
    after = wallets.opened(reply)
    document = after.document
    assert document["serialNumber"] == one.serial
    assert "webServiceURL" not in document, "the phone asks no more"
    assert "authenticationToken" not in document
    assert "barcodes" not in document
    text = after.files["pass.json"].decode()
    assert "Anna" not in text
    assert one.field("count")["value"] not in text
    return bool(document.get("voided"))


def phones_of(cafe: Merchant, member_id: str) -> tuple[kept.Phone, ...]:
    return kept.read(cafe.service.table, cafe.id, member_id).phones


def in_the_table(service: Service, text: str) -> list[str]:
    """The items that hold a text; a test may look at the whole table."""
    answer = service.table._transport("Scan", {"TableName": service.table.name})
    return [it["SK"]["S"] for it in answer["Items"] if text in str(it)]


class TestErased:
    def test_the_phone_is_told_again_and_then_nothing_is_kept_of_it(
        self, added: Pass, phone: Phone, anna: Browser, cafe: Merchant, apns: Apns, service: Service
    ) -> None:
        member_id = wallets.member_id(anna)
        assert in_the_table(service, PUSH_TOKEN) == ["PASS"]
        assert cafe.call("DELETE", f"/v1/members/{member_id}").status == 202
        assert service.deliver("messages", "notify") == {"batchItemFailures": []}
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN]
        assert in_the_table(service, PUSH_TOKEN) == []
        assert is_voided(added, phone.fetch(added))
        assert phone.changed().status == 204
        service.list_members(cafe.id)
        service.deliver("messages", "notify")
        assert len(apns.pushes) == 1

    def test_nothing_is_kept_even_where_nobody_could_be_told(
        self, added: Pass, anna: Browser, cafe: Merchant, apns: Apns, service: Service
    ) -> None:
        apns.answers = [(503, "Shutdown")]
        cafe.call("DELETE", f"/v1/members/{wallets.member_id(anna)}")
        records = service.aws_services.receive(service.queues["messages"])
        for record in records:
            record["attributes"] = {"ApproximateReceiveCount": "5"}
        with pytest.raises(Exception, match="All records failed"):
            handler("notify")({"Records": records}, context())
        assert in_the_table(service, PUSH_TOKEN) == []

    def test_nothing_is_kept_where_the_certificates_are_gone(
        self, added: Pass, anna: Browser, cafe: Merchant, service: Service,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setenv("WALLETS", "none")
        config.settings.cache_clear()
        cafe.call("DELETE", f"/v1/members/{wallets.member_id(anna)}")
        assert in_the_table(service, PUSH_TOKEN) == []

    def test_an_export_names_the_phones_and_not_what_reaches_them(
        self, added: Pass, anna: Browser, cafe: Merchant
    ) -> None:
        reply = cafe.call("GET", f"/v1/members/{wallets.member_id(anna)}/export")
        (one,) = (it for it in reply.json["devices"] if it["by"] == "wallet")
        assert one["system"] == "Apple Wallet"
        assert PUSH_TOKEN not in reply.text
        assert added.token not in reply.text


class TestMerged:
    def test_the_pass_of_the_card_that_is_gone_is_over_and_the_other_goes_on(
        self, added: Pass, phone: Phone, anna: Browser, cafe: Merchant, apns: Apns, service: Service
    ) -> None:
        member_id, other = wallets.member_id(anna), wallets.member(cafe, name="Anna")
        kept_pass = wallets.download(other, cafe)
        into = wallets.member_id(other)
        reply = cafe.call("POST", f"/v1/members/{into}/merge", {"from": member_id})
        assert reply.status == 200, reply.text
        service.list_members(cafe.id)
        service.deliver("messages", "notify")
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN]
        assert phones_of(cafe, member_id) == ()
        assert is_voided(added, phone.fetch(added))
        assert "voided" not in wallets.opened(phone.fetch(kept_pass)).document


class TestNewLink:
    def test_what_was_given_out_before_is_over_and_the_card_has_another_pass(
        self, added: Pass, phone: Phone, anna: Browser, cafe: Merchant, apns: Apns, service: Service
    ) -> None:
        member_id = wallets.member_id(anna)
        assert cafe.call("POST", f"/v1/members/{member_id}/link").status == 200
        service.list_members(cafe.id)
        service.deliver("messages", "notify")
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN]
        assert phones_of(cafe, member_id) == ()
        assert is_voided(added, phone.fetch(added))
        assert phone.add(added).status == 404, "it is not put back"
        again = wallets.download(anna, cafe)
        assert not {again.serial, again.token, again.code} & {added.serial, added.token, added.code}
        assert phone.add(again).status == 201
        counter = cafe.staff_cookies()
        for code, status in ((added.code, 404), (again.code, 200)):
            asked = {"code": code}
            reply = service.request("GET", "/staff/api/member", query=asked, cookies=counter)
            assert reply.status == status


class TestClosed:
    def test_who_looks_sees_that_it_is_over_and_with_the_end_phones_are_told(
        self, frozen: Clock, added: Pass, phone: Phone, anna: Browser, cafe: Merchant, apns: Apns,
        service: Service,
    ) -> None:  # fmt: skip
        since = phone.fetch(added).headers["last-modified"]
        frozen.now += timedelta(hours=1)
        closings.closed(cafe)
        assert is_voided(added, phone.fetch(added, since))
        assert anna.get(f"/card/{cafe.created['slug']}/wallet/apple").status == 404
        for after in (timedelta(hours=1), timedelta(days=31), timedelta(hours=2)):
            closings.run(cafe, frozen, after)
        service.deliver("messages", "notify")
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN]
        assert in_the_table(service, PUSH_TOKEN) == []


def test_a_shell_of_a_phone_has_nothing_in_it(added: Pass, phone: Phone, service: Service) -> None:
    phone.remove(added)
    partition = card_keys.wallet_device(passes.phone(phone.name))
    (item,) = service.table.items(partition, consistent=True)
    assert set(item) == {"PK", "SK", "ttl"}
