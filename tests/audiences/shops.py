"""Two shops in one table in memory, with people, members, keys and links, and who could call."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from local.memory import Memory, Partition
from local.seeded import governed
from regulars.core import tokens
from regulars.http import credentials, limits
from regulars.program import load
from regulars.store import connect, wire
from regulars.store.staff import ROLES
from regulars.store.table import Table
from tests.conftest import PLATFORM_KEY
from tests.service import context, cookies_of, handler, http_event, match

SCOPES = ("full", "read", "till", "export")
PIN = "4711"


class Answer(NamedTuple):
    """What was answered."""

    status: int
    text: str
    cookies: list[str]


@dataclass(frozen=True)
class Audience:
    """Somebody who can call: what they send with every call, and what they may."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    """Of an API key."""
    role: str = ""
    """Of a person who is signed in."""
    sandbox: bool = False
    platform: bool = False


@dataclass(frozen=True)
class Shop:
    """A merchant, what can be named of it, and who could call."""

    names: Mapping[str, tuple[str, ...]]
    """By sort: `member`, `voucher`, `staff`, `device`, `key`, `order`, `slug`, `link` ..."""
    secrets: tuple[str, ...]
    """What only this shop's own may be answered."""
    card_links: tuple[str, ...]
    """What opens cards."""
    audiences: tuple[Audience, ...]


def call(
    method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """One call, through the handler of its route."""
    route, params = match(method, path)
    event = http_event(
        route, path, params, dict(headers or {}), dict(cookies or {}), dict(query or {}), body
    )
    event["requestContext"]["http"]["method"] = method
    event["requestContext"]["http"].pop("sourceIp")  # addresses have limits and tests of their own
    answer = handler(route.function)(event, context())
    return Answer(answer["statusCode"], answer["body"], answer.get("cookies", []))


class Owner:
    """Makes a shop by the API."""

    def __init__(self, number: int, chance: Random) -> None:
        self.chance = chance
        self.word = f"Canary{number}{chance.randrange(10**6):06}"
        self.key = PLATFORM_KEY
        self.made = self.ask("POST", "/v1/merchants", {
            "name": f"{self.word} Café", "slug": f"shop-{self.word.lower()}",
            "template": "corner-cafe", "currency": "EUR", "timezone": "Europe/Budapest",
            "languages": ["en"], "owner_email": f"owner@{self.word.lower()}.example",
        })  # fmt: skip
        self.key = self.made["api_key"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {
            "authorization": f"Bearer {self.key}", "content-type": "application/json",
            "idempotency-key": f"k{self.chance.randrange(10**12)}",
        }  # fmt: skip
        sent = None if body is None else json.dumps(body).encode()
        answer = call(method, path, body=sent, headers=headers)
        assert answer.status < 300, (path, answer.text)
        return json.loads(answer.text) if answer.text else None

    def person(self, role: str) -> tuple[str, dict[str, str]]:
        """Somebody with a role, and the cookies of their device."""
        body = {"name": f"{self.word} {role}", "role": role, "pin": PIN}
        staff_id = self.ask("POST", "/v1/staff", body)["staff_id"]
        link = self.ask("POST", f"/v1/staff/{staff_id}/devices", {"name": f"{self.word} tablet"})
        path = link["enrol_url"].removeprefix("https://cards.example")
        return staff_id, cookies_of(call("POST", path).cookies)


def shop(number: int, chance: Random) -> Shop:
    """Make a shop with everything that can be named."""
    owner = Owner(number, chance)
    word, made = owner.word, owner.made
    cards = [
        owner.ask("POST", "/v1/members", {
            "name": f"{word} {name}", "email": f"{name}@{word.lower()}.example",
        })
        for name in ("ann", "bob")
    ]  # fmt: skip
    members = tuple(card["member_id"] for card in cards)
    sale = {"member_id": members[0], "visits": 10, "spend_minor": 900, "order_id": f"{word}-1"}
    sold = owner.ask("POST", "/v1/earn", sale)
    people = {role: owner.person(role) for role in ROLES}
    keys = {
        scope: owner.ask("POST", "/v1/keys", {"name": f"{word} {scope}", "scopes": [scope]})
        for scope in SCOPES
    }
    devices = owner.ask("GET", "/v1/devices")["items"]
    links = tuple(card["card_url"].rpartition("/")[2] for card in cards)
    seq = sold["entry"]["seq"]
    names = {
        "member": members,
        "voucher": tuple(voucher["code"] for voucher in sold["unlocked"]),
        "entry": (f"{members[0]}.{seq}",),
        "seq": (str(seq),),
        "staff": tuple(staff_id for staff_id, _ in people.values()),
        "device": tuple(device["device_id"] for device in devices),
        "key": tuple(key["key_id"] for key in keys.values()),
        "order": (f"{word}-1",),
        "slug": (made["slug"],),
        "merchant": (made["merchant_id"],),
        "hook": tuple(url.rpartition("/")[2] for url in made["webhook_urls"].values()),
        "link": (*links, tokens.unsubscribe_token(made["merchant_id"], members[0])),
    }
    secrets = (
        word, word.lower(), *members, *names["voucher"], *names["staff"], *names["device"],
        *links, *(key["key"] for key in keys.values()), *made["webhook_secrets"].values(),
    )  # fmt: skip
    bearer = {scope: {"authorization": f"Bearer {key['key']}"} for scope, key in keys.items()}
    audiences = (
        *(Audience(f"key {scope}", bearer[scope], scope=scope) for scope in SCOPES),
        *(Audience(role, {"x-regulars": "staff"}, cookies, role=role)
          for role, (_, cookies) in people.items()),
        Audience("script of another site", {"sec-fetch-site": "cross-site"},
                 people["owner"][1], role="owner"),
        Audience("test key", {"authorization": f"Bearer {made['test_api_key']}"}, scope="full",
                 sandbox=True),
        Audience("guest", {}, {f"__Host-regulars_card_{made['merchant_id']}": links[0]}),
    )  # fmt: skip
    return Shop(names, secrets, links, audiences)


ANYBODY = (
    Audience("nobody"),
    Audience("wrong key", {"authorization": f"Bearer rk_live_aaaaaaaaaaaaaaa_{'0' * 32}"}),
    Audience("wrong session", {"x-regulars": "staff"}, {"__Host-regulars_staff": "m.d.s.x"}),
    Audience("platform", {"authorization": f"Bearer {PLATFORM_KEY}"}, platform=True),
)


class Snapshot:
    """A table in memory as it is, to come back to after each call."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._items = _copied(memory.items)
        self._index = _copied(memory.index)

    def restore(self) -> None:
        """Bring the table back, and forget what processes remember of it."""
        for there, kept in ((self.memory.items, self._items), (self.memory.index, self._index)):
            there.clear()
            there.update(_copied(kept))
        credentials.kept.clear()
        limits.clear()
        load._programs.clear()


def _copied(parts: Mapping[str, Partition]) -> dict[str, Partition]:
    copies = {}
    for name, part in parts.items():
        copy = Partition()
        copy.update(part)
        copy.order = list(part.order)
        copies[name] = copy
    return copies


@contextmanager
def two_shops(chance: Random) -> Iterator[tuple[Shop, Shop, Snapshot]]:
    """Two shops over a table in memory, for the length of a block; what goes on queues is lost."""
    memory = Memory()
    table = Table(os.environ["TABLE_NAME"], memory.call)
    with ExitStack() as stack:
        stack.enter_context(governed(chance))
        for module, name, value in (
            (connect, "table", lambda: table),
            (connect, "lean_table", lambda: table),
            (wire, "send_message", lambda *_: None),
        ):
            stack.enter_context(patch.object(module, name, value))
        credentials.kept.clear()
        limits.clear()
        one, two = shop(1, chance), shop(2, chance)
        yield one, two, Snapshot(memory)
        credentials.kept.clear()
        limits.clear()
