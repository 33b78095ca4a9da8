"""Apple's protocol for passes that change, end to end: phones ask the real handlers, and pushes go
over real HTTP/2 to a server that listens in the place of Apple's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from regulars.core import passes
from regulars.store import card_keys, keys
from regulars.store import wallets as kept
from regulars.wallet import apple_push, calls
from tests import fleet, wallets
from tests.apns import Apns
from tests.conftest import Clock
from tests.service import Browser, Merchant, Service, context, handler, stream_record
from tests.wallets import PASS_TYPE, PUSH_TOKEN, Pass, Phone


@pytest.fixture
def one(anna: Browser, cafe: Merchant) -> Pass:
    return wallets.download(anna, cafe)


@pytest.fixture
def added(one: Pass, phone: Phone) -> Pass:
    """A pass that is in the wallet of a phone."""
    assert phone.add(one).status == 201
    return one


def stamp(cafe: Merchant, anna: Browser) -> None:
    """One visit, and what the stream brings after it."""
    cafe.earn(wallets.member_id(anna))
    repeat(cafe, anna)


def repeat(cafe: Merchant, anna: Browser) -> None:
    """Hand the newest entry of a card to the outbox, as the stream does, at least once."""
    partition = keys.card(cafe.id, wallets.member_id(anna))
    page = cafe.service.table.query(
        partition, prefix=keys.ENTRY_PREFIX, newest_first=True, limit=1, consistent=True
    )
    records = [stream_record(item, 1) for item in page.items]
    assert handler("outbox")({"Records": records}, context()) == {"batchItemFailures": []}


def notified(cafe: Merchant) -> dict[str, Any]:
    """What the queue's function answers to what waits there."""
    return cafe.service.deliver("messages", "notify")


def phones_of(cafe: Merchant, anna: Browser) -> tuple[kept.Phone, ...]:
    return kept.read(cafe.service.table, cafe.id, wallets.member_id(anna)).phones


class TestRegistering:
    def test_the_first_time_is_201_and_again_200(self, one: Pass, phone: Phone) -> None:
        assert [phone.add(one).status for _ in range(3)] == [201, 200, 200]

    def test_a_new_push_token_replaces_the_one_before(
        self, added: Pass, phone: Phone, cafe: Merchant, anna: Browser
    ) -> None:
        phone.push_token = "f" * 64
        assert phone.add(added).status == 200
        assert [it.push_token for it in phones_of(cafe, anna)] == ["f" * 64]

    def test_a_phone_that_comes_again_under_other_names_is_kept_ten_times(
        self, one: Pass, service: Service, cafe: Merchant, anna: Browser
    ) -> None:
        names = [f"{number:032}" for number in range(12)]
        for name in names:
            assert Phone(service, name).add(one).status == 201
        found = [it.phone for it in phones_of(cafe, anna)]
        assert found == [passes.phone(name) for name in names[-kept.PHONES_MAX :]]
        assert Phone(service, names[0]).changed().status == 204
        assert Phone(service, names[-1]).changed().status == 200

    @pytest.mark.parametrize("token", [None, 1, "", "x y", "a" * 300, "<script>"])
    def test_what_is_no_push_token_is_refused(self, one: Pass, phone: Phone, token: Any) -> None:
        body = {"pushToken": token}
        reply = phone.ask("POST", phone.registration(one.serial), one.token, body=body)
        assert reply.status == 422

    def test_a_body_of_more_than_256_kb_is_too_large(self, one: Pass, phone: Phone) -> None:
        body = {"pushToken": "x" * 256 * 1024}
        for path in (phone.registration(one.serial), "/log"):
            assert phone.ask("POST", path, one.token, body=body).status == 413

    def test_a_pass_that_was_taken_out_is_forgotten(
        self, added: Pass, phone: Phone, cafe: Merchant, anna: Browser, apns: Apns
    ) -> None:
        assert phone.remove(added).status == 200
        assert phone.remove(added).status == 200, "again is the same"
        assert phones_of(cafe, anna) == ()
        assert phone.changed().status == 204
        stamp(cafe, anna)
        notified(cafe)
        assert apns.pushes == []

    def test_nothing_is_kept_of_the_phones_own_name(
        self, added: Pass, phone: Phone, service: Service
    ) -> None:
        written = [params for name, params, _ in service.spy.calls if "Write" in name]
        assert written
        assert phone.name not in str(written)


class TestNotifying:
    def test_a_stamp_reaches_the_phone_as_an_empty_push_and_the_phone_gets_the_new_pass(
        self, added: Pass, phone: Phone, cafe: Merchant, anna: Browser, apns: Apns
    ) -> None:
        first = phone.changed()
        assert first.json["serialNumbers"] == [added.serial]
        stamp(cafe, anna)
        assert apns.pushes == [], "nobody waits for it at the counter"
        assert notified(cafe) == {"batchItemFailures": []}
        (push,) = apns.pushes
        assert push.body == b"{}"
        assert push.token == PUSH_TOKEN
        assert push.headers[":method"] == "POST"
        assert push.headers["apns-topic"] == PASS_TYPE
        assert push.headers["apns-push-type"] == "background"
        assert push.shown["userId"] == PASS_TYPE, "Apple knows us by the certificate of the passes"
        news = phone.changed(first.json["lastUpdated"])
        assert news.json["serialNumbers"] == [added.serial]
        after = wallets.opened(phone.fetch(added))
        assert (added.field("count")["value"], after.field("count")["value"]) == (
            "1 / 10",
            "2 / 10",
        )
        assert (after.serial, after.token) == (added.serial, added.token)
        assert phone.changed(news.json["lastUpdated"]).status == 204

    def test_what_the_stream_and_the_queue_repeat_is_told_once(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns, service: Service
    ) -> None:
        stamp(cafe, anna)
        records = service.aws_services.receive(service.queues["messages"])
        about = [it for it in records if "wallet" in it["body"]]
        assert len(about) == 1
        for _ in range(3):
            assert handler("notify")({"Records": about}, context()) == {"batchItemFailures": []}
        repeat(cafe, anna)
        notified(cafe)
        assert len(apns.pushes) == 1

    def test_changes_that_come_together_are_told_once(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns
    ) -> None:
        for _ in range(3):
            stamp(cafe, anna)
        notified(cafe)
        assert len(apns.pushes) == 1
        assert apns.connections == 1

    def test_a_name_that_changes_reaches_the_phone(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns
    ) -> None:
        member_id = wallets.member_id(anna)
        assert cafe.call("PATCH", f"/v1/members/{member_id}", {"language": "en"}).status == 200
        cafe.service.list_members(cafe.id)
        notified(cafe)
        assert len(apns.pushes) == 1
        assert Phone(cafe.service).fetch(added).status == 200

    def test_nobody_is_asked_who_has_no_pass(
        self, one: Pass, cafe: Merchant, anna: Browser, service: Service
    ) -> None:
        stamp(cafe, anna)
        bodies = [it["body"] for it in service.aws_services.receive(service.queues["messages"])]
        assert [it for it in bodies if "wallet" in it] == []

    @pytest.mark.parametrize("answer", [(410, "Unregistered"), (400, "BadDeviceToken")])
    def test_a_phone_that_is_gone_is_forgotten(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns, answer: tuple[int, str]
    ) -> None:
        apns.answers.append(answer)
        stamp(cafe, anna)
        assert notified(cafe) == {"batchItemFailures": []}
        assert phones_of(cafe, anna) == ()
        stamp(cafe, anna)
        notified(cafe)
        assert len(apns.pushes) == 1


class TestTrouble:
    def queued(self, service: Service, received: int) -> list[dict[str, Any]]:
        """What waits on the queue, as it is brought for the so-manieth time."""
        records = service.aws_services.receive(service.queues["messages"])
        found = [it for it in records if "wallet" in it["body"]]
        for record in found:
            record["attributes"] = {"ApproximateReceiveCount": str(received)}
        return found

    def test_one_phone_that_cannot_be_told_keeps_no_other_from_it(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns, service: Service
    ) -> None:
        assert Phone(service, "b" * 32, "b" * 64).add(added).status == 201
        apns.answers = [(503, "ServiceUnavailable")]
        stamp(cafe, anna)
        records = self.queued(service, 1)
        with pytest.raises(BatchProcessingError):
            handler("notify")({"Records": records}, context())
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN, "b" * 64]
        handler("notify")({"Records": records}, context())
        assert [it.token for it in apns.pushes] == [PUSH_TOKEN, "b" * 64, PUSH_TOKEN]

    def test_what_was_tried_five_times_lies_among_the_dead_and_the_phone_stays(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns, service: Service,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        apns.answers = [(403, "BadCertificate")]
        stamp(cafe, anna)
        with pytest.raises(BatchProcessingError):
            handler("notify")({"Records": self.queued(service, 5)}, context())
        assert len(phones_of(cafe, anna)) == 1
        assert "WalletsFailed" in capsys.readouterr().out

    def test_a_server_that_is_not_there_costs_one_wait_and_mails_go_on(
        self, added: Pass, cafe: Merchant, anna: Browser, service: Service,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        asked = 0

        def nobody(*_: Any, **__: Any) -> httpx.Response:
            nonlocal asked
            asked += 1
            raise httpx.ConnectTimeout("nobody answers")

        monkeypatch.setattr(httpx.Client, "request", nobody)
        wallets.forget()
        for _ in range(2):
            stamp(cafe, anna)
        records = self.queued(service, 1)
        assert len(records) == 2
        with pytest.raises(BatchProcessingError):
            handler("notify")({"Records": records}, context())
        assert asked == 1
        wallets.forget()

    def test_a_connection_that_died_in_between_is_made_anew(
        self, added: Pass, cafe: Merchant, anna: Browser, apns: Apns
    ) -> None:
        stamp(cafe, anna)
        notified(cafe)
        for line in apple_push._lines.values():
            assert line._client is not None
            pool: Any = line._client._transport
            for connection in pool._pool.connections:
                connection._connection._network_stream._sock.shutdown(2)
        stamp(cafe, anna)
        assert notified(cafe) == {"batchItemFailures": []}
        assert len(apns.pushes) == 2
        assert apns.connections == 2

    def test_every_call_has_a_time_out(self) -> None:
        limit = calls.timeout()
        assert limit.connect is not None
        assert all(it is not None and it <= 5 for it in (limit.connect, limit.read, limit.write))


class TestAskingForThePass:
    def test_304_until_it_changes_and_the_time_is_a_time_of_http(
        self, frozen: Clock, added: Pass, phone: Phone, cafe: Merchant, anna: Browser
    ) -> None:
        first = phone.fetch(added)
        since = first.headers["last-modified"]
        assert since.endswith(" GMT")
        assert parsedate_to_datetime(since) is not None
        frozen.now += timedelta(hours=1)
        assert phone.fetch(added, since).status == 304
        stamp(cafe, anna)
        assert phone.fetch(added, since).status == 200

    def test_two_changes_in_one_second_are_two(
        self, frozen: Clock, added: Pass, phone: Phone, cafe: Merchant, anna: Browser
    ) -> None:
        seen = set()
        for _ in range(3):
            stamp(cafe, anna)
            reply = phone.fetch(added)
            assert phone.fetch(added, reply.headers["last-modified"]).status == 304
            seen.add(reply.headers["last-modified"])
        assert len(seen) == 3

    def test_a_new_program_is_seen_by_who_looks(
        self, frozen: Clock, added: Pass, phone: Phone, cafe: Merchant
    ) -> None:
        since = phone.fetch(added).headers["last-modified"]
        frozen.now += timedelta(minutes=5)
        document = cafe.call("GET", "/v1/program").json["program"]
        document["name"] = "The Other Café"
        assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "1"}).status == 200
        after = wallets.opened(phone.fetch(added, since))
        assert after.document["organizationName"] == "The Other Café"

    @pytest.mark.parametrize("since", ["yesterday", "", "Thu, 01 Jan 2099 00:00:00 GMT", "9" * 400])
    def test_a_time_that_makes_no_sense_gets_the_pass(
        self, added: Pass, phone: Phone, since: str
    ) -> None:
        assert phone.fetch(added, since).status == 200

    @pytest.mark.parametrize("tag", ["x", "-1", "9" * 30, "１"])
    def test_a_tag_that_makes_no_sense_gets_all(self, added: Pass, phone: Phone, tag: str) -> None:
        assert phone.changed(tag).json["serialNumbers"] == [added.serial]


class TestLog:
    def test_a_few_lines_are_kept_without_secrets(
        self, cafe: Merchant, one: Pass, phone: Phone, caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        lines = [f"Web service error {n}: token {one.token}" for n in range(20)]
        assert phone.ask("POST", "/log", body={"logs": lines}).status == 200
        written = caplog.text + capsys.readouterr().out + str([vars(it) for it in caplog.records])
        assert "Web service error 4" in written
        assert "Web service error 5" not in written
        assert one.token not in written

    @pytest.mark.parametrize("body", [{}, {"logs": None}, {"logs": "text"}, {"logs": [1, {}]}])
    def test_anything_is_taken(self, cafe: Merchant, phone: Phone, body: Any) -> None:
        assert phone.ask("POST", "/log", body=body).status == 200


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Connections of one test are not those of the next."""
    yield
    wallets.forget()


def test_the_item_says_nothing_that_no_one_reads(
    added: Pass, cafe: Merchant, anna: Browser
) -> None:
    (item,) = cafe.service.table.get(card_keys.wallet(cafe.id, wallets.member_id(anna)))
    assert item is not None
    known = set(item) - {fleet.UNKNOWN}  # where a newer version writes, too
    assert known == {"PK", "SK", "at", "seq", "profile", "phones", "ver"}


def test_phones_behind_one_address_that_ask_wrongly_wait_and_come_again(
    frozen: Clock, one: Pass, phone: Phone
) -> None:
    def status() -> int:
        return phone.fetch(one, token="x" * 26).status

    seen = [status() for _ in range(700)]
    assert {401, 429} == set(seen)
    assert seen.index(429) >= 300, "one phone with an old pass disturbs nobody"
    frozen.now += timedelta(minutes=5)
    assert status() == 401
