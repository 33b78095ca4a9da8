"""The running product as a whole: killed, doubled, poisoned, and its jobs."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from regulars.domain.calendar import hour_of
from regulars.store import keys
from regulars.store.ledger import due_item
from regulars.store.marshal import to_item
from tests.e2e import tills
from tests.e2e.product import Product, alive, wait_for

NewProduct = Callable[[str], Product]
STAMPS, CARDS, THREADS = 1000, 20, 8


def send_all(product: Product, members: list[str], enough: threading.Event | None) -> int:
    """Send every stamp under its own key, also while the product dies; how many were answered.

    `enough` is set after a third of them.
    """
    answered = 0
    lock = threading.Lock()

    def send(number: int) -> None:
        nonlocal answered
        body = {"member_id": members[number % CARDS]}
        try:
            answer = product.api("POST", "/v1/earn", body, idem=f"stamp-{number}")
        except OSError:
            return
        except Exception as error:  # half an answer is none
            if type(error).__module__ == "http.client":
                return
            raise
        with lock:
            answered += answer.status == 200
            if enough and answered >= STAMPS // 3:
                enough.set()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(send, range(STAMPS)))
    return answered


@pytest.mark.long
def test_a_kill_in_the_middle_of_many_stamps_loses_and_doubles_none(
    new_product: NewProduct,
) -> None:
    first = new_product("killed")
    # As for a load test: all stamps at once are more than one key may ask for.
    limits, platform = {"rate_per_second": 1000, "burst": STAMPS * 3}, first.access["platform_key"]
    path = f"/v1/merchants/{first.demo['merchant_id']}"
    assert first.api("PATCH", path, limits, key=platform).status == 200
    members = [first.member()["member_id"] for _ in range(CARDS)]
    children = first.children()
    enough = threading.Event()

    def kill_when_enough() -> None:
        if enough.wait(30):
            first.process.kill()

    killer = threading.Thread(target=kill_when_enough)
    killer.start()
    answered = send_all(first, members, enough)
    killer.join()
    children |= first.children()
    first.stop()
    assert STAMPS // 3 <= answered < STAMPS
    wait_for(lambda: not any(map(alive, children)), "everything it started has ended")

    second = new_product("killed")
    assert send_all(second, members, None) == STAMPS
    booked = 0
    for member_id in members:
        verified = second.api("GET", f"/v1/members/{member_id}/verify").json
        assert (verified["ok"], verified["problems"]) == (True, [])
        booked += verified["entries"] - 1  # the first one is for joining
        card = second.card(member_id)
        assert card["visits"] == STAMPS // CARDS
        rewards, left = divmod(STAMPS // CARDS + 1, 10)
        assert len(card["vouchers"]) == rewards
        assert card["balances"]["stamp"]["available"] == left
    assert booked == STAMPS
    children = second.children()
    second.stop(signal.SIGINT)
    assert second.process.returncode == 0
    wait_for(lambda: not any(map(alive, children)), "everything it started has ended")


@pytest.mark.long
def test_two_copies_side_by_side_know_nothing_of_each_other(
    product: Product, new_product: NewProduct
) -> None:
    other = new_product("other")
    member = other.member(name="Zuzanna Beside")
    assert other.base_url != product.base_url
    assert product.api("GET", "/v1/members?q=Zuzanna").json["items"] == []
    assert product.api("GET", "/v1/program", key=other.demo["api_key"]).status == 401
    here = member["card_url"].replace(other.base_url, product.base_url)
    assert (
        other.request("GET", member["card_url"]).status,
        product.request("GET", here).status,
    ) == (303, 404)


def test_garbage_ends_in_its_dead_letter_queue_and_holds_nobody_up(product: Product) -> None:
    member = product.member(name="Behind", phone="+36301234503")
    orders = product.queue("orders")
    sqs = product.client("sqs")
    # As if the three minutes between two tries had passed.
    hurried = {"QueueUrl": orders, "Attributes": {"VisibilityTimeout": "0"}}
    sqs.call("SetQueueAttributes", hurried)
    for garbage in ("{", '{"hook_id": "gone", "body": ""}'):
        sqs.call("SendMessage", {"QueueUrl": orders, "MessageBody": garbage})
    sale = {"order_id": "behind", "total_minor": 500, "currency": "EUR"}
    contact = {"phone": "+36301234503"}
    sent = tills.generic(product, product.demo, "sale.completed", contact=contact, **sale)
    assert sent.status == 200
    wait_for(lambda: product.card(member["member_id"])["visits"] == 1, "the sale behind it")
    dead: set[str] = set()

    def both() -> bool:
        dead.update(message["Body"] for message in product.waiting("orders-dead"))
        return len(dead) == 2

    wait_for(both, "both in the dead-letter queue")
    again = {"QueueUrl": orders, "Attributes": {"VisibilityTimeout": "180"}}
    sqs.call("SetQueueAttributes", again)


def test_a_poisoned_record_is_set_aside_and_what_follows_is_told(product: Product) -> None:
    poison = {"PK": {"S": "M#nobody#C#nothing"}, "SK": {"S": "ENTRY#00000001"}}
    table = {"TableName": "regulars-ledger"}
    product.client("dynamodb").call("PutItem", {**table, "Item": poison})
    consents = {"email": True}
    member = product.member(name="Follows", email="follows@example.com", consents=consents)
    product.earn(member["member_id"], visits=9)
    mail = wait_for(lambda: mail_to(product, "follows@example.com", "Free coffee"), "the mail")
    assert member["card_url"] in mail
    failures = wait_for(lambda: product.waiting("stream-failures"), "the record set aside")
    described = json.loads(failures[0]["Body"])
    assert described["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_an_address_that_was_typed_is_confirmed_by_the_mail(product: Product) -> None:
    form = urlencode({"email": "typed@example.com", "consent_email": "1"}).encode()
    sent = {"content-type": "application/x-www-form-urlencoded"}
    joined = product.request("POST", "/j/corner-cafe", form, sent)
    assert joined.status == 303
    find = "/v1/members?q=typed@example.com"
    assert product.api("GET", find).json["items"] == []
    mail = wait_for(lambda: mail_to(product, "typed@example.com", "/m/"), "the mail")
    (path,) = set(re.findall(r"/m/[0-9a-z]+", mail))
    assert product.request("GET", path).status == 200
    done = product.request("POST", path, b"", sent)
    assert (done.status, joined.headers["location"] in done.text) == (200, True)
    (card,) = product.api("GET", find).json["items"]
    assert card["card_url"].endswith(joined.headers["location"])
    assert wait_for(lambda: mail_to(product, "typed@example.com", card["card_url"]), "the welcome")


def mail_to(product: Product, address: str, containing: str) -> str:
    """The text of a mail in the mailbox, '' when there is none."""
    mailbox = product.access["mail_url"]
    for path in re.findall(r'href="(/mail/[^"]+)"', product.request("GET", mailbox).text):
        text = product.request("GET", urljoin(mailbox, path)).text
        if address in text and containing in text:
            return text
    return ""


@pytest.mark.long
def test_jobs_run_on_request_and_their_mails_can_be_read(product: Product) -> None:
    # As if it were Monday at eight.
    merchant_id = product.demo["merchant_id"]
    due = due_item(merchant_id, keys.MERCHANT_LEVEL, "digest", hour_of(datetime.now(UTC)))
    put: dict[str, Any] = {"TableName": "regulars-ledger", "Item": to_item(due)}
    product.client("dynamodb").call("PutItem", put)
    with ThreadPoolExecutor(4) as together:
        all_done = list(together.map(product.job, ("reminders", "expiry", "tiers", "digest")))
    for done in all_done:
        assert (done.returncode, done.stderr) == (0, "")
        assert "cards" in json.loads(done.stdout)
    assert wait_for(lambda: mail_to(product, "owner@example.com", "Corner"), "the digest")
    unknown = product.job("nothing")
    assert unknown.returncode == 1
    assert "reminders" in unknown.stderr  # it says which there are


def test_the_sandbox_s_clock_brings_the_reminder(product: Product) -> None:
    key = product.demo["test_api_key"]
    member = product.member(key, name="Time", email="time@example.com", consents={"email": True})
    product.earn(member["member_id"], key, visits=8)
    moved = product.api("POST", "/v1/test/clock", {"advance": "P8D"}, key=key)
    assert moved.status == 200, moved.text

    def kinds() -> set[str]:
        messages = product.api("GET", "/v1/test/messages", key=key).json["items"]
        return {it["kind"] for it in messages if it["to"] == "time@example.com"}

    assert "close_to_reward" in kinds()
    wait_for(lambda: "welcome" in kinds(), "the welcome, which comes by the stream")
    assert product.api("GET", "/v1/test/messages").status == 404
