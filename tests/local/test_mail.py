"""What is sent can be read on the local page, safely."""

import json
from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from local.aws_services import Journal
from tests.local.conftest import RunningStack


@pytest.fixture(scope="module")
def sender(stack: RunningStack) -> Any:
    """Makes AWS clients with the endpoint and keys the functions have."""
    variables = stack.environment()

    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    return make


@pytest.fixture(scope="module")
def letters(stack: RunningStack, sender: Any) -> None:
    """Three messages, oldest first: a simple mail, a raw one, a text message."""
    ses = sender("sesv2")
    mail_from = stack.environment()["MAIL_FROM"]
    ses.send_email(
        FromEmailAddress=mail_from,
        Destination={"ToAddresses": ["anna@example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Ten <stamps>"},
                "Body": {
                    "Text": {"Data": "Come in: http://127.0.0.1:1/c/x?a=1&b=2"},
                    "Html": {"Data": "<p>Come <script>alert(1)</script>in</p>"},
                },
                "Headers": [{"Name": "List-Unsubscribe", "Value": "<http://127.0.0.1:1/u/x>"}],
            }
        },
    )
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = mail_from, "béla@example.com", "Egy kávé"
    raw.set_content("szöveg")
    raw.add_alternative("<p>szöveg</p>", subtype="html")
    ses.send_email(
        FromEmailAddress=mail_from,
        Destination={"ToAddresses": ["bela@example.com"]},
        Content={"Raw": {"Data": raw.as_bytes()}},
    )
    sender("sns").publish(PhoneNumber="+36301234567", Message="A coffee is waiting")


def page(stack: RunningStack, path: str) -> tuple[int, Any, str]:
    status, headers, body = stack.request("GET", path, address=stack.access["mail_url"])
    return status, headers, body.decode()


def links(stack: RunningStack) -> list[str]:
    return [
        it.split('"')[0] for it in page(stack, "/")[2].split('href="')[1:] if it[:6] == "/mail/"
    ]


@pytest.mark.usefixtures("letters")
def test_the_list_is_newest_first_and_escaped(stack: RunningStack) -> None:
    status, headers, text = page(stack, "/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert text.index("A coffee is waiting") < text.index("Egy kávé") < text.index("Ten &lt;stamps")
    assert "3 messages" in text


@pytest.mark.usefixtures("letters")
def test_one_mail_shows_text_and_html_in_a_sandbox(stack: RunningStack) -> None:
    simple = links(stack)[-1]
    _, _, text = page(stack, simple)
    assert "anna@example.com" in text
    assert "List-Unsubscribe" in text
    assert '<a href="http://127.0.0.1:1/c/x?a=1&amp;b=2"' in text
    assert f'src="{simple}/html"' in text
    assert "<script>" not in text

    _, headers, mail = page(stack, f"{simple}/html")
    assert "<script>" in mail  # as it was sent; the policy is what keeps it still
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


@pytest.mark.usefixtures("letters")
def test_a_raw_mail_is_read_too_and_all_are_kept_as_files(stack: RunningStack) -> None:
    assert "szöveg" in page(stack, links(stack)[1])[2]
    files = sorted((stack.state / "memory" / "mail").glob("*.json"))
    kinds = [json.loads(file.read_text("utf-8"))["kind"] for file in files]
    assert kinds == ["email", "email", "sms"]


@pytest.mark.parametrize("path", ["/mail/../secrets.json", "/mail/0000000000000-00000000", "/x"])
def test_other_paths_are_not_there(stack: RunningStack, path: str) -> None:
    assert page(stack, path)[0] == 404


def test_other_names_for_this_machine_get_nothing(stack: RunningStack) -> None:
    headers = {"Host": "evil.example"}
    address = stack.access["mail_url"]
    assert stack.request("GET", "/", None, headers, address)[0] == 404


def test_the_journal_forgets_a_message_when_it_is_deleted() -> None:
    journal = Journal(":memory:")
    journal.keep("id-1", "orders", {"MessageBody": "one"})
    journal.keep("id-2", "orders", {"MessageBody": "two"})
    journal.received("receipt-1", "id-1")
    journal.drop("receipt-1")
    journal.drop("never given")
    assert journal.waiting("orders") == [{"MessageBody": "two"}]
    journal.forget("orders", journal.last_rowid())
    assert journal.waiting("orders") == []
    journal.close()
