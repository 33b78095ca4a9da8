"""The examples of the OpenAPI document are what the service really answers.

A story is played over the whole service with a standing clock and ids drawn from the test's name,
so that it comes out the same each time. `EXAMPLES=write` writes what it came to.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from regulars.actions import attention
from regulars.api import openapi
from regulars.api.routes import API
from regulars.core import tokens
from regulars.domain.calendar import to_ms
from regulars.store import waiting_actions
from regulars.store.members import Members
from regulars.store.waiting_actions import WaitingAction
from tests.functional.test_assets import picture
from tests.service import Merchant, Reply, Service, match

FILE = Path(openapi.__file__).with_name("examples.json")
SHORT_PROGRAM = {
    "name": "Corner Café",
    "currency": "EUR",
    "timezone": "Europe/Budapest",
    "languages": ["en"],
    "units": [
        {"id": "stamp", "name": {"en": {"one": "stamp", "other": "stamps"}}, "kind": "stamps"},
        {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points",
         "hold_days": 14},
    ],
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1},
        {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100},
        {"id": "review", "on": "action", "action": "review", "unit": "stamp", "amount": 1},
    ],
    "rewards": [
        {"id": "coffee", "name": "Free coffee", "cost": {"unit": "stamp", "amount": 10}},
        {"id": "biscuit", "name": "A biscuit", "cost_minor": 80},
        {"id": "money", "name": "Stamps as money", "kind": "credit",
         "cost": {"unit": "stamp", "amount": 2}, "rate": {"units": 1, "amount_minor": 50},
         "max_share": "0.5"},
    ],
    "tiers": [
        {"id": "regular", "name": "Regular",
         "enter": [{"metric": "membership", "period": "year", "price_minor": 4900}]}
    ],
    "raffles": [
        {"id": "winter", "name": "Winter raffle", "reward": "coffee",
         "from": "2026-11-22", "until": "2026-11-24"}
    ],
    "leaderboards": [
        {"id": "visits", "name": "Most visits", "metric": "visits", "window": "month"}
    ],
    "surprises": [
        {"id": "new-here", "name": "First time here", "reward": "biscuit", "by": "staff",
         "budget": {"amount_minor": 2000, "window": "month"}}
    ],
}  # fmt: skip


class Story:
    """Calls that are remembered: the first of each operation and status."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant
        self.found: dict[str, dict[str, Any]] = {}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer to a call with the test key."""
        reply = self.merchant.call(method, path, body, test=True, **more)
        self.keep(method, path, body, reply)
        return reply.json

    def upload(self, data: bytes) -> None:
        """Send a picture with the test key."""
        secret = self.merchant.created["test_api_key"]
        headers = {"authorization": f"Bearer {secret}", "content-type": "image/png"}
        sent = self.merchant.service.request("POST", "/v1/assets", raw=data, headers=headers)
        self.keep("POST", "/v1/assets", None, sent)

    def keep(self, method: str, path: str, body: Any, reply: Reply) -> None:
        """Remember a call."""
        assert reply.status < 400, reply.text
        route, _ = match(method, path)
        kept = self.found.setdefault(route.key, {})
        if body is not None:
            kept.setdefault("request", body)
        kept.setdefault("answers", {}).setdefault(str(reply.status), reply.json)


def played(service: Service, frozen: Any, slug: str) -> dict[str, dict[str, Any]]:
    """A story with every operation in it."""
    headers = {"authorization": f"Bearer {service.platform_key}"}
    body = {
        "name": "Corner Café", "slug": slug, "template": "corner-cafe", "currency": "EUR",
        "timezone": "Europe/Budapest", "languages": ["en", "hu"],
        "owner_email": "owner@example.com",
    }  # fmt: skip
    created = service.request("POST", "/v1/merchants", body=body, headers=headers)
    story = Story(Merchant(service, created.json))
    story.keep("POST", "/v1/merchants", body, created)
    for method, path, sent in (
        ("GET", "/v1/merchants", None),
        ("PATCH", f"/v1/merchants/{story.merchant.id}", {"rate_per_second": 200, "burst": 2000}),
        ("POST", f"/v1/merchants/{story.merchant.id}/owner", {"email": "anna@example.com"}),
    ):
        asked = {"limit": "1"} if method == "GET" else {}
        reply = service.request(method, path, body=sent, headers=headers, query=asked)
        story.keep(method, path, sent, reply)
    other = service.request(
        "POST", "/v1/merchants", body={**body, "slug": f"{slug}-2"}, headers=headers
    ).json["merchant_id"]
    closed = service.request("DELETE", f"/v1/merchants/{other}", headers=headers)
    story.keep("DELETE", f"/v1/merchants/{other}", None, closed)
    for path in ("/v1/templates", "/v1/templates/bakery", "/v1/health", "/v1/test/clock"):
        story.ask("GET", path)
    own = {
        "postal_address": "1052 Budapest, Fő utca 1.", "privacy_contact": "data@example.com",
        "privacy_url": "https://corner.example/privacy", "reply_to": "hello@example.com",
        "quiet_hours": {"from": "20:30", "until": "09:00"}, "retention_months": 24,
    }  # fmt: skip
    story.ask("PATCH", "/v1/merchant", own)
    story.ask("GET", "/v1/merchant")
    story.ask("POST", "/v1/program/preview", SHORT_PROGRAM)
    story.ask("PUT", "/v1/program", SHORT_PROGRAM, headers={"if-match": "1"})
    story.ask("GET", "/v1/program")
    later = {"publish_at": "2027-01-01T00:00:00Z", "note": "for the new year"}
    story.ask("PUT", "/v1/program", SHORT_PROGRAM, headers={"if-match": "2"}, query=later)
    story.ask("GET", "/v1/program/versions")

    anna = {"name": "Anna", "email": "anna@example.com", "consents": {"email": True}}
    member = story.ask("POST", "/v1/members", anna)["member_id"]
    story.ask("POST", "/v1/members", anna)
    of = f"/v1/members/{member}"
    story.ask("PATCH", of, {"birthday": "05-21", "language": "en"})
    sale = {"member_id": member, "spend_minor": 840, "order_id": "bill-1017"}
    sold = story.ask("POST", "/v1/earn", sale)["entry"]["seq"]
    story.ask("POST", f"/v1/entries/{member}.{sold}/confirm")
    story.ask("POST", "/v1/actions", {"member_id": member, "action": "review", "ref": "r-31"})
    story.ask("POST", "/v1/gifts", {"member_id": member, "surprise": "new-here"})
    story.ask("POST", f"{of}/tier", {"tier": "regular", "by": "membership"})
    story.ask(
        "POST",
        "/v1/adjust",
        {"member_id": member, "unit": "stamp", "amount": 18, "reason": "from the old card"},
    )
    take = {"member_id": member, "reward_id": "money", "units": 8}
    voucher = f"/v1/vouchers/{story.ask('POST', '/v1/vouchers', take)['code']}"
    bill = {"order_id": "bill-1018", "order_minor": 650, "amount_minor": 300}
    story.ask("POST", f"{voucher}/redeem", bill)
    story.ask("POST", f"{voucher}/reverse", {"order_id": "bill-1018"})
    coffee = story.ask("POST", "/v1/vouchers", {"member_id": member, "reward_id": "coffee"})
    story.ask("POST", f"/v1/vouchers/{coffee['code']}/cancel", {"reason": "taken by mistake"})
    story.ask("POST", "/v1/refunds", {"order_id": "bill-1017", "refund_id": "back-7"})
    story.ask("POST", "/v1/refunds/back-7/void")
    story.ask("POST", "/v1/refunds", {"order_id": "bill-2000", "refund_id": "back-8"})
    service.list_members(story.merchant.sandbox_id)
    story.ask("GET", "/v1/members", query={"q": "anna", "limit": "2"})
    story.ask("GET", "/v1/members/counts")
    file = b"name,email,stamps\nDora,dora@example.com,4\n"
    more = {"authorization": f"Bearer {story.merchant.created['test_api_key']}",
            "content-type": "text/csv", "idempotency-key": "file"}  # fmt: skip
    taken = service.request("POST", "/v1/imports", raw=file, headers=more,
                            query={"dry_run": "true"})  # fmt: skip
    story.keep("POST", "/v1/imports", None, taken)
    service.work()
    import_id = taken.json["import_id"]
    story.ask("POST", f"/v1/imports/{import_id}/start", {})
    service.work()
    story.ask("GET", f"/v1/imports/{import_id}")
    story.ask("POST", f"/v1/imports/{import_id}/undo")
    service.work()
    story.ask("GET", "/v1/imports")
    story.ask("GET", "/v1/export/members.json")
    for path in ("", "/profile", "/rewards", "/verify"):
        story.ask("GET", f"{of}{path}")
    story.ask("GET", f"{of}/entries", query={"limit": "2"})
    story.ask("POST", f"{of}/repair", {"dry_run": True})
    story.ask("POST", f"{of}/link")
    cem = story.ask("POST", "/v1/members", {"name": "Cem", "phone": "+905321234567"})["member_id"]
    story.ask("GET", f"/v1/members/{cem}/export")
    story.ask("DELETE", f"/v1/members/{cem}")
    confirmed(story)
    ben = story.ask("POST", "/v1/members", {"name": "Ben"})["member_id"]
    story.ask("POST", f"{of}/give", {"to": ben, "unit": "stamp", "amount": 1, "note": "for you"})
    wrong = {"to": ben, "reason": "The wrong card was scanned."}
    story.ask("POST", f"/v1/entries/{member}.{sold}/move", wrong)
    story.ask("POST", "/v1/codes", {"kind": "receipt", "spend_minor": 840, "order_id": "bill-9"})
    waits = WaitingAction(member, "review", to_ms(frozen.now), ref="https://reviews.example/7")
    put = waiting_actions.put_new(story.merchant.sandbox_id, waits, None)
    service.table.put(put.item, put.condition)
    story.ask("GET", "/v1/actions", query={"status": "waiting"})
    story.ask("POST", f"/v1/actions/{member}.review", {"decide": "grant", "note": "Thank you!"})
    story.ask("GET", "/v1/hooks")
    story.ask("PUT", "/v1/hooks/square", {"secret": "the signature key that Square shows"})
    till = story.ask("POST", "/v1/keys", {"name": "Till 1", "scopes": ["till"]})["key_id"]
    story.ask("POST", f"/v1/keys/{till}/roll", {"overlap_hours": 24})
    story.ask("GET", "/v1/keys")
    person = {"name": "Kata", "role": "manager", "email": "kata@example.com", "pin": "4711"}
    kata = story.ask("POST", "/v1/staff", person)["staff_id"]
    story.ask("PATCH", f"/v1/staff/{kata}", {"limits": {"gifts_per_day": 5}})
    story.ask("GET", "/v1/staff")
    link = story.ask("POST", f"/v1/staff/{kata}/devices", {"name": "Tablet at the window"})
    story.merchant.enroll(link["enrol_url"])
    story.ask("GET", "/v1/devices")
    story.ask("GET", "/v1/audit", query={"limit": "2"})
    story.upload(picture())
    source = story.ask("POST", "/v1/sources", {"name": "Table 4", "kind": "table"})
    path = f"/v1/sources/{source['source_id']}"
    story.ask("PATCH", path, {"name": "Table 4, window"})
    story.ask("GET", "/v1/sources")
    attention.raise_(
        service.table,
        story.merchant.sandbox_id,
        "unbooked",
        "evt_1",
        why="The sale is in USD.",
        about={"order_id": "o1"},
        at_ms=to_ms(frozen.now),
    )
    (item,) = story.ask("GET", "/v1/attention")["items"]
    story.ask("POST", f"/v1/attention/{item['id']}", {"do": "dismiss"})
    attention.raise_(
        service.table,
        story.merchant.sandbox_id,
        "fraud",
        f"card_velocity-2026-11-22-{member}",
        why="One card was booked by hand 7 times in a day.",
        about={
            "signal": "card_velocity", "figures": {"n": 7}, "members": [member],
            "entries": [f"{member}.2"], "value_minor": 700, "staff": "kata",
        },
        at_ms=to_ms(frozen.now),
    )  # fmt: skip
    (signal,) = story.ask("GET", "/v1/fraud")["items"]
    hold = {"do": "hold", "note": "Who is it?", "dry_run": True}
    story.ask("POST", f"/v1/fraud/{signal['signal_id']}", hold)
    story.ask("POST", "/v1/test/clock", {"advance": "P3D"})
    story.ask("GET", f"{of}/proof")
    story.ask("GET", "/v1/ledger/roots")
    story.ask("GET", "/v1/raffles/winter")
    story.ask("GET", "/v1/leaderboards/visits")
    story.ask("GET", "/v1/test/messages", query={"limit": "1"})
    merge_id = story.ask("POST", f"{of}/merge", {"from": ben})["merge_id"]
    story.ask("DELETE", f"{of}/merges/{merge_id}")
    return story.found


def confirmed(story: Story) -> None:
    """Dora joins on the page and says her code at the counter."""
    cafe = story.merchant
    form = {"once": "once0000", "email": "dora@example.com"}
    assert cafe.service.request("POST", f"/j/{cafe.created['slug']}", form=form).status == 303
    (dora,) = (card["member_id"] for card in cafe.call("GET", "/v1/members").json["items"])
    path, body = f"/v1/members/{dora}/confirm", {"contact": "dora@example.com"}
    story.keep("POST", path, body, cafe.call("POST", path, body))
    profile = Members(cafe.service.table, cafe.id).profile(dora)
    assert profile is not None
    made_from = profile.claims["email"].code
    code = {**body, "code": tokens.contact_code(cafe.id, dora, body["contact"], made_from)}
    story.keep("POST", path, code, cafe.call("POST", path, code))


BY_HAND: dict[str, dict[str, Any]] = {
    "POST /v1/test/hooks/{provider}": {
        "request": {"order_id": "bill-3000", "total_minor": 840, "contact": "anna@example.com"},
        "answers": {"200": {"status": 200, "event_id": "evt_6vexl9wpbh"}},
    }
}
"""What cannot be played in one process: this one posts to the service itself."""


def test_the_examples_are_what_the_service_answers(
    service: Service, frozen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = frozen.now
    frozen.now -= timedelta(days=9)  # its merchant is not the newest in the list of all
    played(service, frozen, "rehearsal")  # what a process draws once is drawn now
    frozen.now = start
    monkeypatch.setattr(os, "urandom", Random(2026).randbytes)  # noqa: S311 - it is to be foreseen
    found = played(service, frozen, "corner") | BY_HAND
    if os.environ.get("EXAMPLES") == "write":
        text = json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False)
        FILE.write_text(f"{text}\n", "utf-8")
    assert found == json.loads(FILE.read_text("utf-8")), "EXAMPLES=write writes them again"


def test_every_operation_with_an_answer_has_examples_of_each_status() -> None:
    found = json.loads(FILE.read_text("utf-8"))
    for route in API:
        if route.answers:
            answers = found.get(route.key, {}).get("answers", {})
            assert {str(status) for status, _ in route.answers} == set(answers), route.key
            assert ("request" in found[route.key]) == (route.body is not None), route.key
