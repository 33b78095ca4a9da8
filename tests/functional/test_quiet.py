"""What must not happen: reading that writes, and logs that name people or hold secrets."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from regulars.core import clock, tokens
from regulars.domain import calendar
from regulars.http import card_holders, limits
from regulars.jobs import roots
from regulars.program.shop import load_shop
from regulars.store import keys
from regulars.store.members import Members
from tests import wallets
from tests.console_routes import EVERYTHING
from tests.functional import tills
from tests.functional.console import Browser as Console
from tests.service import Browser, Merchant, Reply, Service

READS = {"GetItem", "BatchGetItem", "Query"}
GETS = [
    route
    for route in EVERYTHING
    if route.method == "GET" and route.key != "GET /console/programme/preview"
]
"""All but the preview of a programme: it keeps how far it has come, as over the API."""


def sent(cafe: Merchant, path: str, file: bytes, kind: str) -> dict[str, Any]:
    """The answer to a file."""
    headers = {
        "authorization": f"Bearer {cafe.created['api_key']}", "content-type": kind,
        "idempotency-key": "file",
    }  # fmt: skip
    answer: dict[str, Any] = cafe.service.request("POST", path, raw=file, headers=headers).json
    return answer


def known(cafe: Merchant, service: Service) -> dict[str, str]:
    """A good value for each place in a path, by route."""
    card = cafe.join(name="Anna", email="anna@example.com", consents={"email": True})
    with_games(cafe)
    link = card["card_url"].rpartition("/")[2]
    unsubscribe = tokens.unsubscribe_token(cafe.id, card["member_id"])
    form = {"email": "ben@example.com"}
    service.request("POST", f"/j/{cafe.created['slug']}", form=form)
    claimed = cafe.call("GET", "/v1/members").json["items"][0]["member_id"]
    profile = Members(service.table, cafe.id).profile(claimed)
    assert profile is not None
    mailed = tokens.mailed_token(cafe.id, claimed, profile.claims["email"].at_ms)
    later = load_shop(service.table, cafe.id, clock.now() + timedelta(days=2))
    roots.digest_heads(later, keys.MERCHANT_LEVEL)  # a day with a root
    staff = cafe.created["staff_url"].rpartition("/")[2]
    until = calendar.to_ms(clock.now()) // 1000 + 600
    export = tokens.sign("export-link", f"{cafe.id} {card['member_id']} {until}")
    code = cafe.call("POST", "/v1/codes", {"kind": "once"}).json
    source = cafe.call("POST", "/v1/sources", {"name": "Wall", "kind": "poster"}).json
    brought = sent(cafe, "/v1/imports", b"name,email\nBela,bela@example.com\n", "text/csv")
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "#0a7d5c").save(picture, "PNG")
    logo = sent(cafe, "/v1/assets", picture.getvalue(), "image/png")["url"]
    people = cafe.call("GET", "/v1/staff").json["items"]
    hand_over = tokens.shop_token("hand-over-from", cafe.id, calendar.to_ms(clock.now()))
    return {
        "/console/first-run/{step}": "trade", "/console/tills/{provider}": "square",
        "/console/programme/versions/{n}": "1", "/console/programme/{part}": "campaigns",
        "/console/staff/{id}": people[0]["staff_id"], "/console/locations/{id}": "new",
        "/console/members/import/{id}": brought["import_id"],
        "/v1/imports/{id}": brought["import_id"],
        "/figures/{token}": source["figures_url"].rpartition("/")[2],
        "/logos/{name}": logo.rpartition("/")[2], "/q/{file}": f"{cafe.created['slug']}.svg",
        "/console/hand-over/{token}": hand_over,
        "/t/{token}": code["url"].rpartition("/")[2], "/staff/api/codes/{id}": code["code_id"],
        "/v1/templates/{id}": "corner-cafe", "/v1/raffles/{id}": "winter",
        "/v1/leaderboards/{id}": "visits", "/card/{slug}/pictures/{name}": "join.png",
        "{id}": card["member_id"], "/c/{token}": link,
        "/m/{token}": mailed, "/u/{token}": unsubscribe, "/e/{token}": export,
        "/staff/{token}": staff,
        "/console/sign-in/{token}": "code",
        "{slug}": cafe.created["slug"],
        "{code}": "ABCDEFGHJK", "{name}": "x.js",
    }  # fmt: skip


def with_games(cafe: Merchant) -> None:
    """Publish the programme with a raffle and a leaderboard in it."""
    document = cafe.call("GET", "/v1/program").json["program"]
    raffle = {
        "id": "winter", "name": "Winter raffle", "from": "2026-12-01", "until": "2026-12-24",
        "reward": "free-coffee",
    }  # fmt: skip
    board = {"id": "visits", "name": "Most visits", "metric": "visits", "window": "month"}
    body = {**document, "raffles": [raffle], "leaderboards": [board]}
    assert cafe.call("PUT", "/v1/program", body, headers={"if-match": "1"}).status == 200


def path_of(route: Any, values: dict[str, str]) -> str:
    """The path of a route with a good value in each place."""
    path: str = route.path
    for place, value in values.items():
        if place.startswith("/") and path.startswith(place):
            path = path.replace(place, place.rpartition("{")[0] + value)
        path = path.replace(place, value)
    return path


OF_PASSES = [route for route in GETS if route.function == "wallet"]


@pytest.mark.parametrize("route", OF_PASSES, ids=lambda route: route.key)
def test_a_pass_that_is_looked_at_writes_nothing(
    service: Service, route: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But the first way to Google's wallet, which never tells us: the card's own device alone, no
    scanner, leaves there once that Google may hold the pass. The card stays as it is."""
    wallets.turn_on(service, monkeypatch)
    cafe = service.new_merchant()
    browser = wallets.member(cafe)
    one, phone = wallets.download(browser, cafe), wallets.Phone(service)
    assert phone.add(one).status == 201
    values = {
        "{slug}": cafe.created["slug"], "{name}": "stamps-1-of-10.png", "{device}": phone.name,
        "{pass_type}": wallets.PASS_TYPE, "{serial}": one.serial,
    }  # fmt: skip
    path = path_of(route, values)
    headers = {"authorization": f"ApplePass {one.token}"}
    written = []
    for _ in range(2):
        service.spy.calls.clear()
        reply = service.request("GET", path, headers=headers, cookies=browser.cookies)
        assert reply.status in {200, 303}, reply.text
        written.append({operation for operation, _, _ in service.spy.calls} - READS)
    notes = {"PutItem"} if path.endswith("/google") else set()
    assert written == [notes, set()]
    assert service.aws_services.receive(service.queues["messages"]) == []


def test_reading_writes_nothing(service: Service) -> None:
    """Scanners and previews open every link; whatever is looked at stays as it was."""
    cafe = service.new_merchant()
    values = known(cafe, service)
    browser = Browser(service)
    browser.post(f"/j/{cafe.created['slug']}")
    cookies = {
        "staff": cafe.staff_cookies(),
        "console": Console(service).sign_in("owner@example.com").cookies,
        "card": {card_holders.card_cookie_name(cafe.id): values["/c/{token}"]},
        "profile": browser.cookies,  # it is shown on a device that the card lives on
    }

    def look(route: Any) -> None:
        path = path_of(route, values)
        test_only = route.path.startswith("/v1/test/")
        key = cafe.created["test_api_key" if test_only else "api_key"]
        if route.auth == "platform":
            key = service.platform_key
        is_page = route.function in {"staff", "card", "join", "console"}
        headers = {} if is_page else {"authorization": f"Bearer {key}"}
        of_whom = "card" if route.auth == "card" else route.function
        held = cookies["profile"] if path.endswith("/profile") else cookies.get(of_whom, {})
        reply = service.request("GET", path, headers=headers, cookies=held)
        asked = {200, 303} if route.function != "assets" else {404}
        assert reply.status in ({410} if "hand-over" in path else asked), (route.key, reply.text)

    service.aws_services.receive(service.queues["messages"])
    written: dict[str, set[str]] = {}
    for route in (it for it in GETS if it not in OF_PASSES):
        limits.clear()  # what was asked before is counted for a page that comes later
        service.spy.calls.clear()
        for _ in range(2):
            look(route)
        counts = {"PutItem", "UpdateItem"} if route.path.startswith("/q/") else set()  # limited
        if wrong := {operation for operation, _, _ in service.spy.calls} - READS - counts:
            written[route.key] = wrong
    assert written == {}
    assert service.aws_services.receive(service.queues["messages"]) == []


CANARIES: dict[str, Any] = {
    "name": "Canarina Birdsong", "email": "canary.bird@example.com", "phone": "+36301112233",
    "birthday": "1987-06-05",
}  # fmt: skip


def test_logs_name_nobody_and_hold_no_secret(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A life of a card with good and bad requests; then everything that was written is read."""
    caplog.set_level("INFO")
    cafe = service.new_merchant("mug-club")
    card = cafe.join(**CANARIES, consents={"email": True})
    member_id, link = card["member_id"], card["card_url"].rpartition("/")[2]
    staff = cafe.staff_cookies()
    headers = {"x-regulars": "staff", "idempotency-key": "k"}
    replies: list[Reply] = [
        cafe.call("POST", "/v1/members", dict(CANARIES)),
        cafe.call("POST", "/v1/members", {**CANARIES, "email": "canary.bird@"}),
        cafe.call("PATCH", f"/v1/members/{member_id}", {"name": CANARIES["name"], "x": 1}),
        cafe.call("GET", "/v1/members", query={"q": CANARIES["email"]}),
        cafe.call("GET", "/v1/members", query={"q": CANARIES["name"], "limit": "0"}),
        cafe.call("POST", "/v1/earn", {"contact": CANARIES["phone"], "spend_minor": 5000}),
        cafe.call("POST", "/v1/earn", {"contact": "canary.other@example.com"}),
        service.request("POST", f"/j/{cafe.created['slug']}", form={"once": "o" * 20, **CANARIES}),
        service.request("GET", f"/c/{link}"),
        service.request("GET", f"/c/{link}x"),
        service.request("GET", "/staff/api/member", cookies=staff, query={"q": CANARIES["name"]}),
        service.request("POST", "/v1/earn", body={"contact": CANARIES["email"], "visits": "1"},
                        cookies=staff, headers=headers),
        service.request("GET", "/v1/program", headers={"authorization": "Bearer rk_live_canary"}),
    ]  # fmt: skip
    contact = {"email": CANARIES["email"], "phone": CANARIES["phone"]}
    events = (
        tills.sale(contact=contact),
        tills.sale("usd", currency="USD", contact=contact),
        tills.sale("bad", contact=CANARIES["name"]),
    )
    replies += [tills.post_generic(cafe, event) for event in events]
    tills.book(service)
    service.deliver_entries(cafe.id, member_id)
    service.deliver("messages", "notify")
    assert len({reply.status for reply in replies}) >= 5, "good and bad are among them"

    written = caplog.text + "".join(capfd.readouterr())
    written += json.dumps([vars(record) for record in caplog.records], default=repr)
    assert "refused" in written, "logs were captured"
    secrets = [
        *CANARIES.values(), "canary.other", "Birdsong", link, cafe.created["api_key"],
        cafe.created["test_api_key"], service.platform_key, "rk_live_canary",
        cafe.created["staff_url"].rpartition("/")[2], next(iter(staff.values())),
        *cafe.created["webhook_secrets"].values(),
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in written] == []
