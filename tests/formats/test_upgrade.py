"""A shop that a released version has run for three weeks goes on with this version.

`take_shop.py` says what the shop is and how it was written, by the code of the release itself.
Nothing is done between the release and this version but what a deployment does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.store import keys
from tests import answers
from tests.conftest import Clock
from tests.formats.tables import HERE, RELEASED, Taken, put_back
from tests.functional import tills
from tests.functional.closings import archive, ask, closed
from tests.functional.closings import run as run_close
from tests.functional.console import Browser as ConsoleBrowser
from tests.functional.test_jobs import catch_up
from tests.service import Browser, Merchant, Reply, Service

pytestmark = pytest.mark.sampled(3)  # there are three releases

ROOT = HERE.parents[1]
ORIGIN = "https://cards.example"
STAFF = {"x-regulars": "staff"}
SAME = ("balances", "spend_minor", "visits", "name", "language", "seq")
WITHOUT_DEVICES = ("0.1.0", "0.2.0")
"""In these a link signed a browser in for a day, as often as it was opened."""

ALL_JOBS = ("expiry", "tiers", "reminders", "digest", "close")


class Upgraded(Merchant):
    """The shop that a release has left, with what was given out then."""

    given: dict[str, Any]
    release: str

    def id_of(self, who: str) -> str:
        return str(self.given["members"][who]["card"]["member_id"])

    def then(self, who: str) -> dict[str, Any]:
        """What the release said of a member."""
        found: dict[str, Any] = self.given["members"][who]["card"]
        return found

    def is_whole(self) -> bool:
        """Whether every card is what its entries say."""
        command = [sys.executable, str(ROOT / "scripts" / "audit"), "--table"]
        done = subprocess.run(
            [*command, self.service.table.name], capture_output=True, text=True, check=False,
            env=os.environ,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
        return True

    def open_of(self, who: str) -> str:
        """The code of a voucher that the release has left open."""
        return str(self.then(who)["vouchers"][0]["code"])

    def post(self, path: str, **body: Any) -> Reply:
        return self.call("POST", path, body)

    def at_the_counter(self, path: str, key: str, cookies: dict[str, str], **body: Any) -> Any:
        return self.service.request(
            "POST", path, body=body, cookies=cookies, acting_as=self.id,
            headers={**STAFF, "idempotency-key": key},
        )  # fmt: skip


@pytest.fixture(params=RELEASED)
def shop(request: pytest.FixtureRequest, service: Service, frozen: Clock) -> Upgraded:
    """The shop of a release, a minute after its last booking."""
    found: Taken = put_back(service, "shops", request.param)
    frozen.now = datetime.fromisoformat(found["now"]) + timedelta(minutes=1)
    made = Upgraded(service, found["given"]["created"])
    object.__setattr__(made, "given", found["given"])
    object.__setattr__(made, "release", request.param)
    return made


def test_every_card_is_whole_and_says_what_it_said(shop: Upgraded) -> None:
    assert shop.is_whole()
    for who in shop.given["members"]:
        now, then = shop.card(shop.id_of(who)), shop.then(who)
        assert {name: now[name] for name in SAME} == {name: then[name] for name in SAME}
        assert (now["tier"] or {}).get("id") == (then["tier"] or {}).get("id")
        codes = [voucher["code"] for voucher in now["vouchers"]]
        assert codes == [voucher["code"] for voucher in then["vouchers"]]
        assert shop.call("GET", f"/v1/members/{shop.id_of(who)}/verify").json["ok"] is True
    assert shop.call("GET", "/v1/raffles/autumn").json == shop.given["raffle"]
    board = shop.call("GET", "/v1/leaderboards/visits").json["ended"]["places"]
    then = shop.given["board"]["ended"]["places"]
    assert {(one["member_id"], one["rank"], one["value"]) for one in board} == {
        (one["member_id"], one["rank"], one["value"]) for one in then
    }


def test_a_link_of_then_shows_the_card_and_its_first_browser_has_it(shop: Upgraded) -> None:
    own = f"/card/{shop.created['slug']}"
    joined = shop.given["joined_by_page"]
    for link in (shop.then("anna")["card_url"], joined):
        browser = Browser(shop.service)
        page = browser.get(link)
        assert (page.status, browser.path) == (200, own)
        on_a_device = link == joined and shop.release not in WITHOUT_DEVICES
        assert browser.post(f"{own}/device").status == (403 if on_a_device else 200)
        for path in ("history", "profile"):
            seen = browser.get(f"{own}/{path}").status
            assert seen == (403 if on_a_device and path == "profile" else 200), path


def test_a_link_to_unsubscribe_of_then_stops_mails(shop: Upgraded) -> None:
    assert len(shop.given["mailed"]) > 0
    for link in shop.given["mailed"]:
        form = {"List-Unsubscribe": "One-Click"}
        assert shop.service.request("POST", link, form=form).status == 200
    profile = shop.call("GET", f"/v1/members/{shop.id_of('anna')}/profile").json
    (mail,) = [one for one in profile["consents"] if one["channel"] == "email"]
    assert mail["given"] is False


def test_the_counter_goes_on_or_enrolls_its_device_once_with_its_old_link(shop: Upgraded) -> None:
    emil, cookies = shop.id_of("emil"), shop.given["cookies"]
    if shop.release in WITHOUT_DEVICES:
        over = shop.at_the_counter("/v1/earn", "old", cookies, member_id=emil)
        assert over.status == 401
        cookies = shop.staff_cookies()
    booked = shop.at_the_counter("/v1/earn", "new", cookies, member_id=emil)
    assert booked.status == 200, booked.text
    undone = shop.at_the_counter(
        "/staff/api/undo", "undo", cookies, member_id=emil, seq=booked.json["card"]["seq"]
    )
    assert undone.status == 200, undone.text
    again = shop.service.request("POST", shop.created["staff_url"].removeprefix(ORIGIN))
    assert again.status == 410
    assert shop.is_whole()


def test_a_request_of_then_gets_the_answer_of_then(
    shop: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "hold_to_contract", lambda *_: None)
    anna = shop.id_of("anna")
    before = shop.card(anna)["seq"]
    body = {"member_id": anna, "spend_minor": 1100, "visits": 1, "order_id": "anna-3"}
    reply = shop.call("POST", "/v1/earn", body)
    assert (reply.status, reply.replayed) == (200, True)
    assert reply.json["card"]["seq"] < before
    assert shop.card(anna)["seq"] == before


def test_vouchers_of_then_are_redeemed_and_no_closed_one_is(shop: Upgraded) -> None:
    for who in shop.given["members"]:
        for voucher in shop.then(who)["vouchers"]:
            used = shop.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
            assert used.status == 200, used.text
    for name in ("redeemed", "cancelled"):
        again = shop.call("POST", f"/v1/vouchers/{shop.given[name]}/redeem", {})
        assert again.status == 409, again.text
    back = shop.call("POST", f"/v1/vouchers/{shop.given['redeemed']}/reverse", {})
    assert back.status == 200, back.text
    assert shop.is_whole()


def test_sales_of_then_are_refunded_moved_and_sent_again(shop: Upgraded) -> None:
    anna, cleo = shop.id_of("anna"), shop.id_of("cleo")
    for number, part in enumerate(({"amount_minor": 300}, {})):
        body = {"refund_id": f"late-{number}", "order_id": "anna-3", **part}
        assert shop.call("POST", "/v1/refunds", body).status == 200
    more = shop.call("POST", "/v1/refunds", {"refund_id": "late-2", "order_id": "ben-1"})
    assert more.status in {200, 409}, more.text
    (sale,) = [
        entry for entry in entries(shop, "anna") if entry.get("order_id") == "anna-7"
        and entry["kind"] == "earn"
    ]  # fmt: skip
    moved = shop.call(
        "POST", f"/v1/entries/{sale['entry_id']}/move", {"to": cleo, "reason": "her sister's"}
    )
    assert moved.status == 200, moved.text
    assert shop.is_whole()
    assert shop.card(anna)["spend_minor"] < shop.then("anna")["spend_minor"]


def entries(shop: Upgraded, who: str) -> list[dict[str, Any]]:
    path = f"/v1/members/{shop.id_of(who)}/entries"
    found: list[dict[str, Any]] = shop.call("GET", path, query={"limit": "100"}).json["items"]
    return found


def test_tills_go_on_at_their_addresses_with_their_secrets(shop: Upgraded) -> None:
    anna = shop.id_of("anna")
    before = shop.card(anna)["spend_minor"]
    assert tills.post_generic(shop, tills.sale("till-3", 900)).status == 200
    shop.created["webhook_secrets"]["square"] = shop.given["square_key"]
    paid = tills.payment(1000, buyer_email_address="anna@example.com")
    assert tills.post_square(shop, paid).status == 200
    assert tills.book(shop.service) == []
    assert shop.card(anna)["spend_minor"] == before + 1900
    assert shop.is_whole()


def test_what_waited_for_its_member_or_sale_finds_it(shop: Upgraded) -> None:
    late = shop.join(email=shop.given["waits_for"])["member_id"]
    again = tills.sale("till-2", 1700, contact={"email": shop.given["waits_for"]})
    assert tills.post_generic(shop, again).status == 200
    assert tills.book(shop.service) == []
    assert shop.card(late)["spend_minor"] == 1700
    sold = shop.earn(shop.id_of("dora"), spend_minor=2000, order_id="not-yet")
    shop.service.deliver_entries(shop.id, shop.id_of("dora"))
    tills.book(shop.service)
    assert sold["card"]["spend_minor"] == 2000
    assert shop.card(shop.id_of("dora"))["spend_minor"] == 0
    assert shop.is_whole()


def test_jobs_run_through_a_birthday_and_the_end_of_points(shop: Upgraded, frozen: Clock) -> None:
    until = frozen.now + timedelta(days=55)
    while (due := next_due(shop)) < until:
        frozen.now = max(frozen.now, due + timedelta(minutes=1))
        for job in ALL_JOBS:
            catch_up(shop.service, job, frozen.now)
            shop.service.run_job(job)
        shop.service.deliver("messages", "notify")
    assert "birthday" in json.dumps(entries(shop, "anna"))
    assert shop.card(shop.id_of("cleo"))["balances"]["point"]["available"] == 0
    assert shop.call("GET", "/v1/attention").json["items"] == []
    assert shop.is_whole()


def next_due(shop: Upgraded) -> datetime:
    """The hour in which something of a member or the digest is due next."""
    due = []
    for who in shop.given["members"]:
        page = shop.service.table.query(keys.card(shop.id, shop.id_of(who)), prefix="DUE#")
        due += [item["hour"] for item in page.items if "hour" in item]
    (digest,) = shop.service.table.get(keys.due_mark(shop.id, keys.MERCHANT_LEVEL, "digest"))
    assert digest is not None
    return datetime.fromisoformat(min([*due, digest["hour"]])).replace(tzinfo=UTC)


def test_the_first_hourly_run_takes_up_a_shop_of_before(shop: Upgraded, frozen: Clock) -> None:
    frozen.now += timedelta(hours=1)
    for job in ALL_JOBS:
        shop.service.run_job(job)
    found = shop.call("GET", "/v1/members", query={"q": "nagy"}).json["items"]
    assert [one["member_id"] for one in found] == [shop.id_of("anna")]
    counts = shop.call("GET", "/v1/members/counts").json
    assert sum(counts["tiers"].values()) == counts["members"] == 7
    rows = shop.call("GET", "/v1/export/members.json").text
    assert all(shop.id_of(who) in rows for who in shop.given["members"])
    assert shop.id in ask(shop.service, "GET", "/v1/merchants").text
    browser = ConsoleBrowser(shop.service).sign_in("owner@example.com")
    for path in ("/console/", "/console/programme", "/console/members", "/console/staff",
                 "/console/tills", "/console/campaigns"):  # fmt: skip
        assert browser.go("GET", path).status == 200, path
    shop.service.run_job("tiers")
    owners = [one for one in shop.call("GET", "/v1/staff").json["items"] if one["role"] == "owner"]
    assert len(owners) == 1


def test_everything_of_a_member_and_of_the_shop_is_handed_over(
    shop: Upgraded, frozen: Clock, tmp_path: Any
) -> None:
    file = tmp_path / "entries.json"
    for who in shop.given["members"]:
        found = shop.call("GET", f"/v1/members/{shop.id_of(who)}/export").json
        assert len(found["entries"]) == shop.given["members"][who]["entries"]
        file.write_text(json.dumps(found["entries"]), "utf-8")
        command = [sys.executable, "-I", str(ROOT / "scripts" / "verify_export.py"), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    closed(shop)
    run_close(shop, frozen)
    assert shop.id_of("anna") in json.dumps(archive(shop))


FIRST: dict[str, Callable[[Upgraded, str], Any]] = {
    "a redemption": lambda shop, who: shop.post(f"/v1/vouchers/{shop.open_of(who)}/redeem"),
    "a reward given back": lambda shop, who: shop.post(f"/v1/vouchers/{shop.open_of(who)}/cancel"),
    "a refund": lambda shop, who: shop.post(
        "/v1/refunds", refund_id=f"late-{who}", order_id=f"{who}-4", amount_minor=700),
    "a whole refund": lambda shop, who: shop.post(
        "/v1/refunds", refund_id=f"late-{who}", order_id=f"{who}-4"),
    "a sale": lambda shop, who: shop.post(
        "/v1/earn", member_id=shop.id_of(who), spend_minor=900, order_id=f"new-{who}"),
    "a correction": lambda shop, who: shop.post(
        "/v1/adjust", member_id=shop.id_of(who), unit="point", amount=-3, reason="a mistake"),
    "a reward": lambda shop, who: shop.post(
        "/v1/vouchers", member_id=shop.id_of(who), reward_id="tasting"),
    "a tier": lambda shop, who: shop.post(
        f"/v1/members/{shop.id_of(who)}/tier", tier="club", by="hand"),
    "a merge": lambda shop, who: shop.post(
        f"/v1/members/{shop.id_of('dora')}/merge", **{"from": shop.id_of(who)}),
    "a merge into it": lambda shop, who: shop.post(
        f"/v1/members/{shop.id_of(who)}/merge", **{"from": shop.id_of("fred")}),
    "an erasure": lambda shop, who: shop.call("DELETE", f"/v1/members/{shop.id_of(who)}"),
    "a repair": lambda shop, who: shop.post(f"/v1/members/{shop.id_of(who)}/repair"),
}  # fmt: skip
"""What may be the first thing that this version does to a card."""


@pytest.mark.parametrize("what", FIRST)
def test_whatever_is_done_first_leaves_the_card_whole(shop: Upgraded, what: str) -> None:
    for who in ("cleo", "ben") if "merge" not in what else ("cleo",):
        reply = FIRST[what](shop, who)
        assert reply.status in {200, 201, 202, 204}, reply.text
    assert shop.is_whole()


def test_a_program_of_then_is_published_again(shop: Upgraded) -> None:
    now = shop.call("GET", "/v1/program").json
    changed = {**now["program"], "name": "Corner Café & Co"}
    reply = shop.call("PUT", "/v1/program", changed, headers={"if-match": str(now["version"])})
    assert reply.status == 200, reply.text
    shop.service.publish_follows(shop.id, now["version"] + 1)
    assert shop.is_whole()


def test_the_sandbox_goes_on(shop: Upgraded) -> None:
    moved = shop.call("POST", "/v1/test/clock", {"advance": "P40D"}, test=True)
    assert moved.status == 200, moved.text
    sample = shop.join(test=True, name="New")["member_id"]
    assert shop.earn(sample, test=True, visits=5)["unlocked"]
    assert shop.is_whole()
