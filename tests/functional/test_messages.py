"""What members and owners are told: to whom, with what in it, and never twice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from regulars.messages.channels import email
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_jobs import catch_up
from tests.service import Merchant, Service, context, handler, stream_record

MAIL: dict[str, Any] = {"email": "anna@example.com", "consents": {"email": True}}


class Mails:
    """The mails that have left since this was made."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.before = len(service.aws_services.mails())

    def new(self) -> list[dict[str, Any]]:
        return self.service.aws_services.mails()[self.before :]


@pytest.fixture
def mails(service: Service) -> Mails:
    return Mails(service)


def announce(cafe: Merchant, member_id: str) -> None:
    """The stream brings the card's entries, and the queue what comes of them."""
    assert cafe.service.deliver_entries(cafe.id, member_id) == {"batchItemFailures": []}
    assert cafe.service.deliver("messages", "notify") == {"batchItemFailures": []}


class TestMails:
    def test_who_joins_and_agreed_is_welcomed_with_the_card(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        card = cafe.join(**MAIL, language="hu", name="Anna")
        announce(cafe, card["member_id"])
        (mail,) = mails.new()
        assert mail["to"] == ["anna@example.com"]
        assert card["card_url"] in mail["text"]
        assert card["card_url"] in mail["html"]
        assert "cards@regulars.example" in mail["from"]
        assert cafe.created["slug"] not in mail["subject"]

    def test_one_click_takes_a_reader_off_the_list(
        self, cafe: Merchant, mails: Mails, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[bytes] = []
        monkeypatch.setattr(email, "_ses", lambda: Recorder(sent))
        card = cafe.join(**MAIL)
        announce(cafe, card["member_id"])
        raw = sent[0].decode("ascii")
        unfolded = re.sub(r"\n[ \t]", " ", raw)
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in unfolded
        found = re.search(r"List-Unsubscribe: ?<https://cards\.example(/u/[^>]+)>", unfolded)
        assert found
        form = {"List-Unsubscribe": "One-Click"}
        assert cafe.service.request("POST", found[1], form=form).status == 200
        cafe.earn(card["member_id"], visits=9)
        announce(cafe, card["member_id"])
        assert len(sent) == 1

    @pytest.mark.parametrize(
        "fields",
        [{}, {"email": "anna@example.com"}, {"consents": {"email": True}},
         {"email": "anna@example.com", "consents": {"email": False, "sms": True}},
         {"phone": "+36301234567", "consents": {"email": True, "sms": True}}],
    )  # fmt: skip
    def test_who_did_not_agree_or_has_no_address_is_left_alone(
        self, cafe: Merchant, mails: Mails, fields: dict[str, Any]
    ) -> None:
        card = cafe.join(**fields)
        cafe.earn(card["member_id"], visits=9)
        announce(cafe, card["member_id"])
        assert mails.new() == []

    def test_a_card_that_somebody_asked_for_needs_no_consent(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        card = cafe.join(email="anna@example.com")
        for once in ("once0001", "once0002"):
            form = {"once": once, "email": "anna@example.com"}
            cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
        cafe.service.deliver("messages", "notify")
        (mail,) = mails.new()
        assert card["card_url"] in mail["text"]

    def test_a_reward_is_told_once_and_not_when_it_is_gone(
        self, cafe: Merchant, mails: Mails
    ) -> None:
        first, second = (cafe.join(**{**MAIL, "email": f"{n}@example.com"}) for n in "ab")
        codes = [cafe.earn(one["member_id"], visits=9)["unlocked"][0]["code"]
                 for one in (first, second)]  # fmt: skip
        cafe.call("POST", f"/v1/vouchers/{codes[1]}/redeem")
        for one in (first, second):
            announce(cafe, one["member_id"])
            announce(cafe, one["member_id"])
        reported = [(mail["to"][0], "coffee" in mail["subject"].lower()) for mail in mails.new()]
        assert reported == [
            ("a@example.com", False),
            ("a@example.com", True),
            ("b@example.com", False),
        ]

    def test_a_shop_of_any_name_can_write(self, service: Service, mails: Mails) -> None:
        cafe = service.new_merchant(name='Kávé "és" Tea, <Zrt.>; \N{HOT BEVERAGE}')
        announce(cafe, cafe.join(**MAIL)["member_id"])
        assert len(mails.new()) == 1
        headers = {"authorization": f"Bearer {service.platform_key}"}
        body = {"name": "Evil\nBcc: all@example.com", "slug": "evil", "template": "corner-cafe",
                "currency": "EUR", "timezone": "UTC", "languages": ["en"],
                "owner_email": "o@example.com"}  # fmt: skip
        reply = service.request("POST", "/v1/merchants", body=body, headers=headers)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, "name")

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("anna@BÜCHER.example", "anna@xn--bcher-kva.example"), ("ännä@example.com", None)],
    )
    def test_only_addresses_that_can_be_written_to_are_taken(
        self, cafe: Merchant, mails: Mails, typed: str, kept: str | None
    ) -> None:
        reply = cafe.call("POST", "/v1/members", {**MAIL, "email": typed})
        assert reply.status == (201 if kept else 422)
        if kept:
            announce(cafe, reply.json["member_id"])
            assert mails.new()[0]["to"] == [kept]


class Recorder:
    """SES, as far as `notify` uses it: takes mails, or fails as told first."""

    def __init__(self, sent: list[bytes], *failures: Exception) -> None:
        self.sent = sent
        self.failures = list(failures)

    def send_email(self, **request: Any) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(request["Content"]["Raw"]["Data"])


REFUSED = ClientError(
    {"Error": {"Code": "MessageRejected", "Message": "anna@example.com is suppressed"}}, "SendEmail"
)
LOST = ReadTimeoutError(endpoint_url="https://email.example")


class TestDelivery:
    """One welcome message on the queue, brought as often as a test says."""

    @pytest.fixture
    def records(self, cafe: Merchant) -> list[dict[str, Any]]:
        """The welcome, and a message that needs nothing, so that no batch fails as a whole."""
        card, other = cafe.join(**MAIL), cafe.join()
        for one in (card, other):
            cafe.service.deliver_entries(cafe.id, one["member_id"])
        return cafe.service.aws_services.receive(cafe.service.queues["messages"])

    def bring(
        self, records: list[dict[str, Any]], ses: Recorder, monkeypatch: pytest.MonkeyPatch
    ) -> int:
        """Deliver; how many failed."""
        monkeypatch.setattr(email, "_ses", lambda: ses)
        return len(handler("notify")({"Records": records}, context())["batchItemFailures"])

    def test_brought_again_it_is_not_sent_again(
        self, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[bytes] = []
        for _ in range(3):
            assert self.bring(records, Recorder(sent), monkeypatch) == 0
        assert len(sent) == 1

    def test_refused_by_ses_it_is_tried_as_often_as_the_queue_brings_it(
        self, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        sent: list[bytes] = []
        ses = Recorder(sent, REFUSED, REFUSED, REFUSED)
        failed = [self.bring(records, ses, monkeypatch) for _ in range(5)]
        assert (failed, len(sent)) == ([1, 1, 1, 0, 0], 1)
        assert "anna@" not in caplog.text

    def test_lost_on_the_way_it_is_sent_again_after_some_minutes_and_never_twice(
        self, service: Service, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cafe = service.new_merchant()
        for fields in (MAIL, {}):
            card = cafe.join(**fields)
            service.deliver_entries(cafe.id, card["member_id"])
        records = service.aws_services.receive(service.queues["messages"])
        sent: list[bytes] = []
        ses = Recorder(sent, LOST, LOST)
        failed = []
        for _ in range(5):  # the queue brings it every three minutes
            failed.append(self.bring(records, ses, monkeypatch))
            frozen.now += timedelta(minutes=3)
        assert failed == [1, 1, 1, 0, 0]
        assert sent == [], "both tries may have arrived"

    def test_a_message_that_is_none_fails_alone(
        self, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[bytes] = []
        poison = {**records[0], "messageId": "poison", "body": "{}"}
        assert self.bring([poison, *records], Recorder(sent), monkeypatch) == 1
        assert len(sent) == 1


class TestOutbox:
    def test_a_record_that_cannot_be_read_is_named_and_those_after_it_come_again(
        self, cafe: Merchant
    ) -> None:
        member_id = cafe.join(**MAIL)["member_id"]
        (item,) = cafe.service.table.get(keys.entry(cafe.id, member_id, 1))
        assert item is not None
        poison = {name: value for name, value in item.items() if name != "e"}
        records = [stream_record(one, number) for number, one in enumerate((item, poison, item))]
        result = handler("outbox")({"Records": records}, context())
        failed = [failure["itemIdentifier"] for failure in result["batchItemFailures"]]
        assert failed == [records[1]["dynamodb"]["SequenceNumber"]]

    def test_what_is_told_names_ids_and_no_people(self, cafe: Merchant) -> None:
        member_id = cafe.join(**MAIL, name="Anna")["member_id"]
        cafe.service.deliver_entries(cafe.id, member_id)
        (record,) = cafe.service.aws_services.receive(cafe.service.queues["messages"])
        assert json.loads(record["body"]) == {
            "merchant_id": cafe.id, "member_id": member_id, "kind": "welcome", "occasion": "1",
            "facts": {},
        }  # fmt: skip


class TestDigest:
    @pytest.mark.parametrize(
        ("zone", "now", "eight"),
        [
            ("Europe/Budapest", datetime(2026, 11, 20, 9, tzinfo=UTC),
             datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
            ("Europe/Budapest", datetime(2027, 3, 26, 9, tzinfo=UTC),
             datetime(2027, 3, 29, 6, 0, tzinfo=UTC)),  # the day after the clocks went forward
            ("Europe/Budapest", datetime(2026, 10, 22, 9, tzinfo=UTC),
             datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),  # the day after they went back
            ("Asia/Kolkata", datetime(2026, 11, 20, 9, tzinfo=UTC),
             datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
            ("America/St_Johns", datetime(2026, 11, 20, 9, tzinfo=UTC),
             datetime(2026, 11, 23, 11, 30, tzinfo=UTC)),
        ],
    )  # fmt: skip
    def test_comes_on_monday_at_eight_once(
        self, service: Service, frozen: Clock, mails: Mails, zone: str, now: datetime,
        eight: datetime,
    ) -> None:  # fmt: skip
        frozen.now = now
        service.new_merchant(timezone=zone)
        catch_up(service, "digest", eight)
        counts = []
        for minutes in (-1, 0, 1, 60, 120):
            frozen.now = eight + timedelta(minutes=minutes)
            service.run_job("digest")
            service.deliver("messages", "notify")
            counts.append(len(mails.new()))
        assert counts == [0, 1, 1, 1, 1]
        assert mails.new()[0]["to"] == ["owner@example.com"]
        assert "A quiet week is over" in mails.new()[0]["text"]

    @pytest.mark.parametrize("zone", ["Europe/Budapest", "Asia/Kolkata", "America/St_Johns"])
    def test_counts_the_week_from_midnight_to_midnight(
        self, service: Service, frozen: Clock, mails: Mails, zone: str
    ) -> None:
        """A minute before it begins, as it begins, a minute before it ends, as it ends."""
        monday = datetime(2026, 11, 16, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        frozen.now = monday - timedelta(days=1)
        cafe = service.new_merchant(timezone=zone)
        member_id = cafe.join(name="Anna")["member_id"]
        week = timedelta(days=7)
        moment = timedelta(minutes=1)
        for now in (monday - moment, monday, monday + week - moment, monday + week):
            frozen.now = now
            cafe.earn(member_id)
        for first_and_second in (monday, monday + week):
            frozen.now = first_and_second + timedelta(hours=10)
            catch_up(service, "digest", frozen.now - timedelta(hours=4))
            service.run_job("digest")
            service.deliver("messages", "notify")
        texts = [mail["text"].replace("\N{NO-BREAK SPACE}", " ") for mail in mails.new()]
        assert [re.findall(r"(\d+) visits? by your members", text)[0] for text in texts] == [
            "1", "2",
        ]  # fmt: skip
        assert "Anna" in texts[1]
        assert "+1 to the week before" in texts[1]
