"""One real event per function, from its file through the handler to the engine and back.

The files in `events/` have the shape AWS documents, whole; `{...}` in them is filled in here.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import compress

import pytest

from regulars.domain.calendar import hour_of
from regulars.store import keys
from tests import wallets
from tests.conftest import Clock
from tests.functional import tills
from tests.functional.test_earning import published
from tests.service import Merchant, Service, context, handler

EVENTS = Path(__file__).parents[2] / "events"
FUNCTIONS = sorted(path.parent.name for path in EVENTS.parent.glob("functions/*/app.py"))


def event(name: str, **values: str) -> dict[str, Any]:
    """The event of a file, with values for its places."""
    found: dict[str, Any] = filled(json.loads((EVENTS / f"{name}.json").read_text("utf-8")), values)
    return found


def filled(part: Any, values: dict[str, str]) -> Any:
    """A part of an event with its places filled in, route keys and texts of routes excepted."""
    if isinstance(part, dict):
        return {name: it if name == "routeKey" else filled(it, values) for name, it in part.items()}
    if isinstance(part, list):
        return [filled(it, values) for it in part]
    if isinstance(part, str):
        for place, value in values.items():
            part = part.replace(f"{{{place}}}", value)
    return part


def invoke(function: str, sent: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = handler(function)(sent, context())
    return answer


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def test_every_function_has_its_event() -> None:
    assert sorted(path.stem for path in EVENTS.glob("*.json")) == FUNCTIONS


def test_assets(cafe: Merchant) -> None:
    page = cafe.service.request("GET", "/staff/counter", cookies=cafe.staff_cookies()).text
    name = re.findall(r'"/assets/([^"]+)"', page)[0]
    answer = invoke("assets", event("assets", asset=name))
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert answer["headers"]["content-encoding"] == "gzip"


def test_join(cafe: Merchant) -> None:
    answer = invoke("join", event("join", slug=cafe.created["slug"]))
    assert answer["statusCode"] == 303
    (card,) = cafe.call("GET", "/v1/members").json["items"]
    assert (card["name"], card["card_url"]) == (
        "Ben", f"https://cards.example{answer['headers']['Location']}",
    )  # fmt: skip


def test_card(cafe: Merchant) -> None:
    card = cafe.join()
    answer = invoke("card", event("card", token=card["card_url"].rpartition("/")[2]))
    assert json.loads(answer["body"]) == {"version": 1, "seq": 1}


def test_stamp(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    sent = event("stamp", member_id=member_id, api_key=cafe.created["api_key"])
    first, again = invoke("stamp", sent), invoke("stamp", sent)
    assert (first["statusCode"], again["body"]) == (200, first["body"])
    assert again["headers"]["Idempotent-Replay"] == "true"
    items = cafe.service.table.query(keys.card(cafe.id, member_id)).items
    assert {item["SK"].partition("#")[0] for item in items} == {"STATE", "ENTRY", "PROFILE"}
    assert (cafe.card(member_id)["seq"], cafe.card(member_id)["spend_minor"]) == (2, 840)


def test_redeem(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    sent = event("redeem", code=voucher["code"], api_key=cafe.created["api_key"])
    assert json.loads(invoke("redeem", sent)["body"])["status"] == "redeemed"
    (item,) = cafe.service.table.get(keys.voucher(cafe.id, member_id, voucher["voucher_id"]))
    assert item is not None
    assert item["status"] == "redeemed"


def test_staff(cafe: Merchant) -> None:
    member_id = cafe.join(name="Anna")["member_id"]
    session = cafe.staff_cookies()["__Host-regulars_staff"]
    answer = invoke("staff", event("staff", member_id=member_id, staff_session=session))
    assert json.loads(answer["body"])["member"]["name"] == "Anna"


def test_console(cafe: Merchant) -> None:
    session = cafe.staff_cookies()["__Host-regulars_staff"]
    answer = invoke("console", event("console", staff_session=session))
    assert (answer["statusCode"], "Corner Café" in answer["body"]) == (200, True)


def test_posters(cafe: Merchant) -> None:
    answer = invoke("posters", event("posters", slug=cafe.created["slug"]))
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"].startswith("image/svg+xml")


def test_wallet(cafe: Merchant, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    wallets.turn_on(service, monkeypatch)
    one = wallets.download(wallets.member(cafe), cafe)
    values = {"pass_type": wallets.PASS_TYPE, "serial": one.serial, "token": one.token}
    answer = invoke("wallet", event("wallet", **values))
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert answer["headers"]["Content-Type"] == "application/vnd.apple.pkpass"


def test_api(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    sent = event("api", member_id=member_id, api_key=cafe.created["api_key"])
    assert json.loads(invoke("api", sent)["body"])["ok"] is True


def test_hooks_and_orders(cafe: Merchant, frozen: Clock) -> None:
    member_id = cafe.join(email="anna@example.com")["member_id"]
    hook_id = tills.path_of(cafe, "generic").rpartition("/")[2]
    unsigned = event("hooks", hook_id=hook_id)
    body = unsigned["body"].encode()
    signed = tills.generic_headers(cafe.created["webhook_secrets"]["generic"], body)
    sent = event(
        "hooks", hook_id=hook_id, timestamp=signed["webhook-timestamp"],
        signature=signed["webhook-signature"],
    )  # fmt: skip
    answer = invoke("hooks", sent)
    assert (answer["statusCode"], answer["body"]) == (200, "")
    (queued,) = cafe.service.aws_services.receive(cafe.service.queues["orders"])
    packed = b64encode(compress(body)).decode()
    message = event("orders", hook_id=hook_id, packed_event=packed)
    assert json.loads(message["Records"][0]["body"]) == json.loads(queued["body"])
    for _ in range(2):
        assert invoke("orders", message) == {"batchItemFailures": []}
    assert cafe.card(member_id)["spend_minor"] == 1500


def test_outbox_and_notify(cafe: Merchant) -> None:
    card = cafe.join(email="anna@example.com", consents={"email": True})
    member_id = card["member_id"]
    (item,) = cafe.service.table.get(keys.entry(cafe.id, member_id, 1))
    assert item is not None
    sent = event(
        "outbox", merchant_id=cafe.id, member_id=member_id, entry_text=item["e"],
        entry_hash=item["hash"],
    )  # fmt: skip
    assert invoke("outbox", sent) == {"batchItemFailures": []}
    (queued,) = cafe.service.aws_services.receive(cafe.service.queues["messages"])
    message = event("notify", merchant_id=cafe.id, member_id=member_id)
    assert json.loads(message["Records"][0]["body"]) == json.loads(queued["body"])
    before = len(cafe.service.aws_services.mails())
    for _ in range(2):
        assert invoke("notify", message) == {"batchItemFailures": []}
    (mail,) = cafe.service.aws_services.mails()[before:]
    assert card["card_url"] in mail["text"]


def test_tiers(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id, spend_minor=15_000)
    document = cafe.call("GET", "/v1/program").json["program"]
    published(cafe, tiers=document["tiers"][:1])
    assert invoke("tiers", event("tiers", merchant_id=cafe.id)) == {"batchItemFailures": []}
    assert cafe.service.work() == 0
    assert cafe.card(member_id)["tier"]["id"] == "guest"


def test_a_page_of_work(cafe: Merchant, frozen: Clock) -> None:
    """Planned in the hour in which a tier ends, and brought twice."""
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id, spend_minor=15_000)
    frozen.now = datetime(2027, 12, 31, 23, 5, tzinfo=UTC)
    hour = hour_of(frozen.now)
    message = event("work", merchant_id=cafe.id, member_id=member_id, hour=hour)
    for _ in range(2):
        assert invoke("work", message) == {"batchItemFailures": []}
    assert cafe.card(member_id)["tier"]["id"] == "guest"


@pytest.mark.parametrize("job", ["expiry", "reminders", "digest"])
def test_schedules(cafe: Merchant, frozen: Clock, job: str) -> None:
    pk, sk = keys.cursor(job)
    hour = hour_of(frozen.now - timedelta(hours=2))
    cafe.service.table.put({"PK": pk, "SK": sk, "hour": hour})
    assert invoke(job, event(job)) == {"cards": 0}
    (item,) = cafe.service.table.get(keys.cursor(job))
    assert item is not None
    assert item["hour"] == hour_of(frozen.now - timedelta(hours=1))
