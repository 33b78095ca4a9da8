"""What SES reports and refuses: bounces and complaints stop mails, quotas make them wait."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from regulars.core import config
from regulars.messages.channels import email
from tests.conftest import Clock
from tests.functional.test_jobs import catch_up
from tests.functional.test_messages import MAIL, Mails, announce
from tests.service import Merchant, Service, context, handler


class Ses:
    """SES, as far as mails go to it: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.refusal = ""

    def send_email(self, **request: Any) -> None:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "too many"}}, "SendEmail")
        self.asked.append(request)


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Ses:
    made = Ses()
    monkeypatch.setattr(email, "_ses", lambda: made)
    return made


def report(kind: str, merchant_id: str, member_id: str, address: str, **about: Any) -> str:
    """What SES publishes of a mail, as its guide shows it, with the tags that we give it."""
    who = "bouncedRecipients" if kind == "Bounce" else "complainedRecipients"
    return json.dumps(
        {
            "eventType": kind,
            kind.lower(): {
                **about,
                who: [{"emailAddress": address}],
                "timestamp": "2026-11-22T09:00:00.000Z",
                "feedbackId": "01000157c44f053b",
            },
            "mail": {
                "timestamp": "2026-11-22T09:00:00.000Z",
                "source": "Corner <cards@regulars.example>",
                "sourceArn": "arn:aws:ses:eu-central-1:123456789012:identity/regulars.example",
                "messageId": "EXAMPLE7c191be45",
                "destination": [address],
                "tags": {
                    "ses:configuration-set": ["regulars-MailConfiguration"],
                    "merchant": [merchant_id],
                    **({"member": [member_id]} if member_id else {}),
                },
            },
        }
    )


def bring(*bodies: str, received: int = 1) -> int:
    """Let the queue bring messages; returns how many failed."""
    records = [
        {
            "messageId": f"m-{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(received)},
            "eventSource": "aws:sqs",
        }
        for number, body in enumerate((*bodies, NOTHING))
    ]
    return len(handler("notify")({"Records": records}, context())["batchItemFailures"])


# One that always goes well, so that no batch fails as a whole.
NOTHING = report("Delivery", "m0123456789a", "", "x@example.com").replace("delivery", "bounce")


def another_mail(cafe: Merchant, member_id: str) -> None:
    """Something happens of which a member who agreed to mails is told."""
    cafe.earn(member_id, visits=9)
    announce(cafe, member_id)


class TestReports:
    def test_a_mail_says_whose_it_is_and_that_it_is_to_be_reported(
        self, cafe: Merchant, ses: Ses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MAIL_CONFIGURATION", "regulars-MailConfiguration")
        config.settings.cache_clear()
        card = cafe.join(**MAIL)
        announce(cafe, card["member_id"])
        (asked,) = ses.asked
        assert asked["ConfigurationSetName"] == "regulars-MailConfiguration"
        assert asked["EmailTags"] == [
            {"Name": "merchant", "Value": cafe.id},
            {"Name": "member", "Value": card["member_id"]},
        ]

    @pytest.mark.parametrize(
        ("kind", "about"),
        [("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}),
         ("Complaint", {"complaintFeedbackType": "abuse"})],
    )  # fmt: skip
    def test_a_bounce_for_good_and_a_complaint_stop_the_mails(
        self, cafe: Merchant, ses: Ses, kind: str, about: dict[str, Any]
    ) -> None:
        member_id = cafe.join(**MAIL)["member_id"]
        announce(cafe, member_id)
        body = report(kind, cafe.id, member_id, "Anna@Example.com", **about)
        assert bring(body, body) == 0, "it may come twice"
        before = len(ses.asked)
        another_mail(cafe, member_id)
        assert len(ses.asked) == before
        profile = cafe.call("GET", f"/v1/members/{member_id}/profile").json
        assert [it["given"] for it in profile["consents"] if it["channel"] == "email"] == [False]

    def test_a_full_mailbox_is_written_to_again(self, cafe: Merchant, ses: Ses) -> None:
        member_id = cafe.join(**MAIL)["member_id"]
        announce(cafe, member_id)
        about = {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
        assert bring(report("Bounce", cafe.id, member_id, "anna@example.com", **about)) == 0
        before = len(ses.asked)
        another_mail(cafe, member_id)
        assert len(ses.asked) == before + 1

    def test_an_address_that_was_only_typed_gets_nothing_that_somebody_asks_for(
        self, cafe: Merchant, ses: Ses
    ) -> None:
        about = {"bounceType": "Permanent"}
        assert bring(report("Bounce", cafe.id, "", "anna@example.com", **about)) == 0
        cafe.join(email="anna@example.com")
        form = {"once": "once0001", "email": "anna@example.com"}
        cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form)
        cafe.service.deliver("messages", "notify")
        assert ses.asked == []

    def test_the_shops_of_others_go_on(self, cafe: Merchant, service: Service, ses: Ses) -> None:
        other = service.new_merchant()
        bring(report("Complaint", cafe.id, "", "anna@example.com"))
        member_id = other.join(**MAIL)["member_id"]
        announce(other, member_id)
        assert len(ses.asked) == 1

    def test_a_report_that_cannot_be_read_fails_alone(self, cafe: Merchant) -> None:
        assert bring(json.dumps({"eventType": "Bounce", "mail": {}}), received=5) == 1


class TestQuotas:
    @pytest.mark.parametrize("code", ["LimitExceededException", "SendingPausedException"])
    def test_what_is_too_much_for_today_waits_and_uses_up_no_try(
        self, service: Service, frozen: Clock, ses: Ses, code: str
    ) -> None:
        cafe = service.new_merchant()
        catch_up(service, "reminders", frozen.now)
        ses.refusal = code
        announce(cafe, cafe.join(**MAIL)["member_id"])
        for _ in range(20):  # longer than any queue brings a message
            frozen.now = frozen.now.replace(minute=5) + timedelta(hours=1)
            service.run_job("reminders")
            assert service.deliver("messages", "notify") == {"batchItemFailures": []}
        assert ses.asked == []
        ses.refusal = ""
        for _ in range(8):  # it may be night
            frozen.now = frozen.now.replace(minute=5) + timedelta(hours=1)
            service.run_job("reminders")
            service.deliver("messages", "notify")
        assert len(ses.asked) == 1

    @pytest.mark.parametrize("code", ["TooManyRequestsException", "Throttling"])
    def test_what_comes_too_fast_is_tried_by_the_queue_and_then_waits(
        self, service: Service, frozen: Clock, ses: Ses, code: str
    ) -> None:
        cafe = service.new_merchant()
        catch_up(service, "reminders", frozen.now)
        member_id = cafe.join(**MAIL)["member_id"]
        service.deliver_entries(cafe.id, member_id)
        (record,) = service.aws_services.receive(service.queues["messages"])
        ses.refusal = code
        assert [bring(record["body"], received=it) for it in (1, 2, 3, 4)] == [1, 1, 1, 1]
        assert bring(record["body"], received=5) == 0, "it is not among the dead"
        assert cafe.call("GET", "/v1/attention").json["items"] == []
        ses.refusal = ""
        frozen.now += timedelta(hours=2)
        service.run_job("reminders")
        service.deliver("messages", "notify")
        assert len(ses.asked) == 1

    def test_a_refusal_for_another_reason_still_needs_a_person(
        self, cafe: Merchant, ses: Ses
    ) -> None:
        member_id = cafe.join(**MAIL)["member_id"]
        cafe.service.deliver_entries(cafe.id, member_id)
        (record,) = cafe.service.aws_services.receive(cafe.service.queues["messages"])
        ses.refusal = "MessageRejected"
        assert bring(record["body"], received=5) == 1
        (item,) = cafe.call("GET", "/v1/attention").json["items"]
        assert item["kind"] == "failed_message"


def test_the_first_mail_is_still_the_same(cafe: Merchant, service: Service) -> None:
    """Without a configuration set, as on one machine, a mail leaves as before."""
    mails = Mails(service)
    announce(cafe, cafe.join(**MAIL)["member_id"])
    (mail,) = mails.new()
    assert mail["to"] == ["anna@example.com"]
