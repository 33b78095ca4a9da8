"""One merchant in a world where nothing is left to chance: time stands still until it is moved,
every id is drawn in the same way, the table lies in memory. What people and machines are
answered is noted, so that two worlds can be compared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from local.memory import Change, Memory
from local.seeded import governed
from regulars.core import clock
from regulars.http import credentials
from regulars.jobs import work_queue
from regulars.program import load
from regulars.store import connect, keys
from regulars.store.table import Table
from tests.conftest import PLATFORM_KEY, START
from tests.service import context, cookies_of, handler, http_event, match

Document = dict[str, Any]

LIVE_ID = "mvnmy4fe2rhk"
"""The live merchant of each world: its pictures are good in the sandbox, too."""

NOT_FOR_PEOPLE = frozenset({
    "version", "program_version", "published_at", "op", "hash", "prev", "head", "canonical",
    "facts", "voucher_id", "code", "qr_url", "preview_id",
})  # fmt: skip
"""Fields of answers that say nothing: versions, what is drawn by chance, an entry as it is stored
and its hashes."""

_DRAWN_BY_CHANCE = re.compile(
    r'data-(?:etag|code)="[^"]*"|<svg[^>]*class="qr".*?</svg>|<b class="typed".*?</b>'
    r'|name="once" value="[^"]*"',
    re.DOTALL,
)


_PUBLISHING = 1000
"""Publishing counts its steps from multiples of this; nobody else comes so far."""


class World:
    """The functions over a table in memory, with a merchant that has published a document."""

    def __init__(
        self,
        memory: Memory,
        entries: list[dict[str, Any]],
        work: list[dict[str, Any]],
        chance: Random,
    ) -> None:
        self.memory = memory
        self.work = work
        """What is on the queue of work."""
        self.entries = entries
        self.chance = chance
        self.seen: list[str] = []
        """What was answered so far."""
        self._steps = 0
        self.created = self._json("POST", "/v1/merchants", _MERCHANT, key=PLATFORM_KEY)
        assert self.created["merchant_id"] == LIVE_ID, "each world is as every other"
        sandbox = str(self.created["sandbox_id"])
        pk, sk = keys.due_mark(sandbox, keys.MERCHANT_LEVEL, "digest")
        connect.table().put({"PK": pk, "SK": sk})  # the digest has tests of its own
        self._versions = {True: 1, False: 1}

    def publish(self, document: Document, *, live: bool = False) -> None:
        """Publish a document in the sandbox, or for the live merchant; the tiers follow."""
        over, steps = self._versions[live], self._steps
        self._steps = _PUBLISHING * (over + 10 * live)
        headers = {"if-match": str(over)}
        self._json("PUT", "/v1/program", document, key=self._key(live=live), headers=headers)
        self._versions[live] = over + 1
        if not live:
            merchant = keys.program_version(str(self.created["sandbox_id"]), over + 1)
            image = self.memory.read(merchant)
            assert image is not None
            self._deliver("tiers", [image])
            while self.work:
                record = {"messageId": "1", "body": json.dumps(self.work.pop(0)), "attributes": {}}
                handler("work")({"Records": [record]}, context())
        self._steps = steps  # what comes after is the same, however often was published

    def ask(
        self, method: str, path: str, body: Any = None, *, live: bool = False,
        without: frozenset[str] = frozenset(), **more: Any,
    ) -> Any:  # fmt: skip
        """Call the API with the key of the sandbox (or of the live merchant).

        Notes the answer, `without` the fields that only repeat the document.
        """
        status, text = self._call(method, path, body, key=self._key(live=live), **more)
        answer = json.loads(text) if text else None
        self.note(status, json.dumps(_shown(answer, NOT_FOR_PEOPLE | without), sort_keys=True))
        return answer

    def book(self, path: str, body: Any, cookies: Mapping[str, str]) -> None:
        """Call the API as somebody at the counter; notes the answer."""
        headers = {"x-regulars": "staff"}
        status, text = self._call("POST", path, body, cookies=cookies, headers=headers)
        self.note(status, json.dumps(_shown(json.loads(text), NOT_FOR_PEOPLE), sort_keys=True))

    def page(self, method: str, path: str, **more: Any) -> str:
        """Open a page, or post its form; notes what is shown."""
        status, text = self._call(method, path, **more)
        self.note(status, _DRAWN_BY_CHANCE.sub("", text))
        return text

    def note(self, status: int, text: str) -> None:
        """Note an answer."""
        self.seen.append(f"{status} {text}")

    def walk(self, duration: str) -> None:
        """Move the sandbox's clock; which jobs ran is seen only by what came of them."""
        body = {"advance": duration}
        self._json("POST", "/v1/test/clock", body, key=self._key(live=False))

    def make(self, method: str, path: str, body: Any) -> Any:
        """Call the API as `ask` does for something drawn by chance, which is not noted."""
        return self._json(method, path, body, key=self._key(live=False))

    def sign_in(self, link: str = "") -> dict[str, str]:
        """Return the cookies of a device: that of a link, or the first of the live merchant."""
        path = (link or str(self.created["staff_url"])).removeprefix("https://cards.example")
        answer = self._answer("POST", path)
        return cookies_of(answer["cookies"])

    def scan(self, link: str, cookies: Mapping[str, str]) -> dict[str, str]:
        """Scan a code and press its button; notes what came of it, returns the guest's cookies."""
        path = link.removeprefix("https://cards.example")
        answer = self._answer("POST", path, cookies=cookies, form="once=0123456789")
        self.note(int(answer["statusCode"]), "scanned")
        return {**cookies, **cookies_of(answer.get("cookies", []))}

    def shown(self, path: str, cookies: Mapping[str, str]) -> Any:
        """What the counter is answered, not noted: it is drawn by chance."""
        credentials.kept.clear()  # the clock may have been moved
        return json.loads(self._answer("GET", path, cookies=cookies)["body"])

    def _key(self, *, live: bool) -> str:
        return str(self.created["api_key" if live else "test_api_key"])

    def _json(self, *args: Any, **more: Any) -> Any:
        """The answer to a call that must succeed, not noted."""
        status, text = self._call(*args, **more)
        assert status < 300, text
        return json.loads(text)

    def _call(self, *args: Any, **more: Any) -> tuple[int, str]:
        answer = self._answer(*args, **more)
        return int(answer["statusCode"]), str(answer["body"])

    def _answer(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        form: str = "",
    ) -> dict[str, Any]:
        """One request, and what follows from the entries it booked."""
        self._next_step()
        route, params = match(method, path)
        sent = {"idempotency-key": f"step-{self._steps}", **(headers or {})}
        if key:
            sent["authorization"] = f"Bearer {key}"
        raw = form.encode() or (json.dumps(body).encode() if body is not None else None)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        sent["content-type"] = kind
        event = http_event(route, path, params, sent, cookies or {}, query or {}, raw)
        answer: dict[str, Any] = handler(route.function)(event, context())
        assert answer["statusCode"] < 500, answer["body"]
        while self.entries:
            image = self.entries.pop(0)
            self._next_step()
            self._deliver("outbox", [image])
        return answer

    def _next_step(self) -> None:
        """Each step draws by its own number, so that one draw more shifts no other."""
        self._steps += 1
        self.chance.seed(self._steps)

    def _deliver(self, function: str, images: list[dict[str, Any]]) -> None:
        """Hand over new items as the stream does."""
        records = [
            {"eventID": str(n), "eventName": "INSERT",
             "dynamodb": {"NewImage": image, "SequenceNumber": str(n)}}
            for n, image in enumerate(images)
        ]  # fmt: skip
        assert handler(function)({"Records": records}, context()) == {"batchItemFailures": []}


@contextmanager
def world() -> Iterator[World]:
    """A world as every other, for the length of a block."""
    entries: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []

    def committed(changes: list[Change]) -> None:
        entries.extend(
            after
            for (pk, sk), _, after in changes
            if sk.startswith(keys.ENTRY_PREFIX) and pk.split("#")[1].startswith("t")
        )

    memory, chance = Memory(committed), Random(0)  # noqa: S311 - nobody is to be kept out
    table = Table(os.environ["TABLE_NAME"], memory.call)
    with ExitStack() as stack:
        stack.enter_context(governed(chance))
        for module, name, value in (
            (clock, "now", lambda: START),
            (connect, "table", lambda: table),
            (connect, "lean_table", lambda: table),
            (work_queue, "put", work.append),
        ):
            stack.enter_context(patch.object(module, name, value))
        load._programs.clear()  # a process of its own has read no programme
        credentials.kept.clear()
        yield World(memory, entries, work, chance)
        load._programs.clear()


def _shown(answer: Any, without: frozenset[str]) -> Any:
    """An answer without some fields, at any depth."""
    if isinstance(answer, dict):
        return {name: _shown(it, without) for name, it in answer.items() if name not in without}
    return [_shown(it, without) for it in answer] if isinstance(answer, list) else answer


_MERCHANT = {
    "name": "Corner Café",
    "slug": "corner",
    "template": "corner-cafe",
    "currency": "EUR",
    "timezone": "Europe/Budapest",
    "languages": ["en", "hu"],
    "owner_email": "owner@example.com",
}
