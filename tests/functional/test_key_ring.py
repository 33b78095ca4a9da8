"""One key follows another while requests come in at several processes: none of them fails.

Each thread here is a process as far as the ring goes: it knows what it has read, and reads again
when it must. The ring is a parameter, changed by the operator's own script.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import boto3
import pytest

from regulars.core import clock, ring, tokens
from regulars.store import connect, retry, wire
from regulars.store.members import Members
from tests.functional.tills import generic_headers, path_of, sale
from tests.ops.test_ring import SCRIPT
from tests.service import Merchant, Reply, Service, cookies_of

STAFF = {"x-regulars": "staff"}
PROCESSES = 2
PATIENCE_S = 20


class Processes(threading.local, ring.Holder):
    """What each thread knows of the ring, as a process of its own."""


class Traffic:
    """Requests of every kind at several processes, each with what another one has made."""

    def __init__(self, cafe: Merchant) -> None:
        self.cafe, self.service = cafe, cafe.service
        self.newest: dict[str, dict[int, Any]] = defaultdict(dict)
        """What each process has made last, by what it is."""
        self.kept = [self.card_of_before(process) for process in range(PROCESSES)]
        """Cards of every time; first one of before for each process."""
        self.mails: list[list[dict[str, Any]]] = [[] for _ in range(PROCESSES)]
        self.rounds = [0] * PROCESSES
        self.must_read = [threading.Event() for _ in range(PROCESSES)]
        self.failed: list[str] = []
        self.over = threading.Event()
        self.devices = [cafe.counter() for _ in range(PROCESSES)]
        self.secret = str(cafe.created["webhook_secrets"]["generic"])
        self.numbers = count()

    def card_of_before(self, process: int) -> dict[str, Any]:
        """A card that was there before, with a contact that is confirmed."""
        email = f"anna{process}@example.com"
        card = self.cafe.join(email=email)
        link = card["card_url"].removeprefix("https://cards.example")
        stop = tokens.unsubscribe_token(self.cafe.id, card["member_id"])
        return {"member_id": card["member_id"], "email": email, "link": link, "stop": stop}

    def run(self, process: int) -> None:
        """Make requests until it is over."""
        try:
            while not self.over.is_set():
                if self.must_read[process].is_set():
                    self.must_read[process].clear()
                    ring.holder.forget()
                self.round(process)
                self.rounds[process] += 1
        except Exception as error:
            self.failed.append(f"process {process}: {error!r}")

    def round(self, process: int) -> None:
        """One request of every kind."""
        for ask in (self.join, self.read_mail, self.stamp, self.sign_in, self.report, self.reopen):
            ask(process)

    def hand(self, process: int, what: str, made: Any) -> None:
        self.newest[what][process] = made

    def take(self, process: int, what: str) -> Any:
        """What the next process has made last."""
        made = self.newest[what]
        return made.get((process + 1) % PROCESSES, made[process])

    def ask(self, good: int, method: str, path: str, **sent: Any) -> Reply:
        """A request, and whether it was answered as it must be."""
        reply = self.service.request(method, path, **sent)
        if reply.status != good:
            self.failed.append(f"{method} {path}: {reply.status} {reply.text[:200]}")
        return reply

    def by_key(self, good: int, method: str, path: str, body: Any = None) -> Any:
        headers = {
            "authorization": f"Bearer {self.cafe.created['api_key']}",
            "idempotency-key": uuid4().hex,
        }
        return self.ask(good, method, path, body=body, headers=headers).json

    def join(self, process: int) -> None:
        """Somebody joins on the page; mails are made for them."""
        email = f"guest{next(self.numbers)}@example.com"
        form = {"name": "Anna", "email": email, "once": uuid4().hex[:20]}
        path = f"/j/{self.cafe.created['slug']}"
        sent = {"form": form, "cookies": {}}
        link = self.ask(303, "POST", path, **sent).headers["location"]
        again = self.ask(303, "POST", path, **sent).headers["location"]
        code = self.ask(200, "GET", f"{link}/code").json["code"]
        table, m = connect.lean_table(), self.cafe.id
        found = Members(table, m).by_code(code, int(clock.now().timestamp()))
        profile = Members(table, m).profile(found or "")
        if again != link or profile is None:
            self.failed.append(f"{link} {again} {code}")
            return
        card = {
            "member_id": profile.member_id, "email": email, "link": link, "code": code,
            "stop": tokens.unsubscribe_token(m, profile.member_id),
            "mailed": tokens.mailed_token(m, profile.member_id, profile.claims["email"].at_ms),
        }  # fmt: skip
        self.kept.append(card)
        self.hand(process, "card", card)
        self.mails[process].append(card)

    def read_mail(self, process: int) -> None:
        """What another process has mailed: the link that confirms, once, and the one that ends
        mails."""
        mails = self.mails[(process + 1) % PROCESSES]
        if not mails:
            return
        card = mails.pop()
        page = self.ask(200, "GET", f"/m/{card['mailed']}")
        cookies = cookies_of(page.cookies)
        done = self.ask(200, "POST", f"/m/{card['mailed']}", form={}, cookies=cookies)
        self.hand(process, "opened", (card, cookies_of(done.cookies)))
        card, cookies = self.take(process, "opened")
        again = self.ask(200, "GET", f"/m/{card['mailed']}", cookies=cookies)
        if f'href="{card["link"]}"' not in again.text:
            self.failed.append(f"no way from the mail to {card['link']}")
        self.ask(200, "GET", f"/u/{card['stop']}")

    def stamp(self, process: int) -> None:
        """By the code on a card, by contact, by id: the answer shows the card's own link."""
        for card, body in (
            (self.take(process, "card"), "code"),
            (self.kept[process], "email"),
            (self.newest["card"][process], "member_id"),
        ):
            named = {"contact": card["email"]} if body == "email" else {body: card[body]}
            answer = self.by_key(200, "POST", "/v1/earn", named)
            if not answer["card"]["card_url"].endswith(card["link"]):
                self.failed.append(f"{answer['card']['card_url']} is not {card['link']}")

    def sign_in(self, process: int) -> None:
        """Somebody new gets a PIN, and signs in at another process."""
        body = {"name": "Kata", "pin": "4711"}
        made = self.by_key(201, "POST", "/v1/staff", body)["staff_id"]
        self.hand(process, "person", made)
        first = self.newest["first person"].setdefault(0, made)
        for staff_id in (first, self.take(process, "person")):
            self.ask(
                200, "POST", "/staff/api/who", body={"staff_id": staff_id, "pin": "4711"},
                headers=STAFF, cookies=self.devices[process],
            )  # fmt: skip

    def report(self, process: int) -> None:
        """A till posts to the address and signs with the secret that it got on the first day."""
        body = json.dumps(sale(f"bill-{next(self.numbers)}")).encode()
        headers = generic_headers(self.secret, body)
        self.ask(200, "POST", path_of(self.cafe, "generic"), raw=body, headers=headers)
        shown = {it["provider"]: it for it in self.by_key(200, "GET", "/v1/hooks")["items"]}
        if shown["generic"]["secret"] != self.secret:
            self.failed.append("a till's secret has changed")

    def reopen(self, process: int) -> None:
        """The links of every time go on."""
        self.ask(303, "GET", self.kept[process]["link"])
        self.ask(200, "GET", f"/u/{self.kept[process]['stop']}")
        self.ask(200, "GET", f"{self.kept[len(self.kept) // 2]['link']}/state")

    def everybody_went_on(self, rounds: int = 2) -> None:
        """Wait for some rounds of every process; the second one is begun and ended in here."""
        wanted, until = [done + rounds for done in self.rounds], time.monotonic() + PATIENCE_S
        while any(done < at for done, at in zip(self.rounds, wanted, strict=True)):
            assert not self.failed, self.failed
            assert time.monotonic() < until, self.rounds
            time.sleep(0.005)

    def learn(self, process: int) -> None:
        """This process reads the ring again; then everybody goes on."""
        self.must_read[process].set()
        self.everybody_went_on()


@pytest.fixture
def parameter(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    """A client of the parameters, and the name of the one with the ring, read as in AWS."""
    ssm = boto3.client("ssm", endpoint_url=service.aws_services.url)
    name = f"/s{uuid4().hex}/ring"
    others = (_client(service, it) for it in ("cloudformation", "secretsmanager"))
    SCRIPT.make(ssm, name, *others, name.split("/")[1])
    monkeypatch.setattr(ring, "source", lambda: wire.parameter(name))
    monkeypatch.setattr(ring, "holder", Processes())
    monkeypatch.setattr(retry, "sleep", lambda _: time.sleep(0.001))
    yield ssm, name
    wire._client("ssm", service.aws_services.url, "us-east-1").close()


class Forgotten(ring.Holder):
    """A ring that cannot be read."""

    def ring(self) -> ring.Ring:
        pytest.fail("the key ring was read")


def test_a_stamp_at_the_counter_by_the_member_reads_no_secret(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions are hashed items, and people at the counter are not shown a card's link."""
    cafe = service.new_merchant()
    member_id, cookies = cafe.join()["member_id"], cafe.counter()
    monkeypatch.setattr(ring, "holder", Forgotten())
    for number, body in enumerate(({"member_id": member_id}, {"member_id": "c00000000000001"})):
        headers = {**STAFF, "idempotency-key": f"stamp-{number}"}
        reply = service.request(
            "POST", "/v1/earn", body=body, headers=headers, cookies=cookies, acting_as=cafe.id
        )
        assert reply.status == (404 if number else 200), reply.text


def _client(service: Service, name: str) -> Any:
    return boto3.client(name, endpoint_url=service.aws_services.url)


def test_one_key_follows_another_under_traffic(
    service: Service, parameter: tuple[Any, str]
) -> None:
    ssm, name = parameter
    traffic = Traffic(service.new_merchant())
    threads = [
        threading.Thread(target=traffic.run, args=(process,), daemon=True)
        for process in range(PROCESSES)
    ]
    for thread in threads:
        thread.start()
    try:
        traffic.everybody_went_on(1)
        key = SCRIPT.add(ssm, name)
        traffic.learn(0)
        traffic.learn(1)
        SCRIPT.use(ssm, name, key)
        traffic.learn(1)
        traffic.learn(0)
    finally:
        traffic.over.set()
        for thread in threads:
            thread.join(PATIENCE_S)
    assert traffic.failed == []
    first, last = traffic.kept[0], traffic.kept[-1]
    assert (first["stop"][:1], last["stop"][:4], last["mailed"][:4]) == ("m", key, key)
    members = Members(service.table, traffic.cafe.id)
    profiles = [members.profile(card["member_id"]) for card in (first, last)]
    assert [profile.link_key for profile in profiles if profile] == ["", key]
