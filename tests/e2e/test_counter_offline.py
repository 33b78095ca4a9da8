"""The counter without a connection, without a session, and in a browser that is killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect

from tests import chromium
from tests.e2e.conftest import People
from tests.e2e.counters import find, online, waiting, went_through
from tests.e2e.product import Product, wait_for

pytestmark = pytest.mark.browser


def who_has_a_digit(product: Product) -> tuple[Any, str]:
    """A member whose code of this moment can only be a code; one in ten has letters alone."""
    while True:
        member = product.member(name="Offline Anna")
        code = product.request("GET", f"{member['card_url']}/code").json["code"]
        if any(one.isdigit() for one in code):
            return member, code


class TestWithoutAConnection:
    def test_bookings_wait_and_are_sent_in_order(self, product: Product, people: People) -> None:
        anna, code = who_has_a_digit(product)
        bela = product.member(name="Offline Bela")
        counter = people.new("en")
        online(product, counter)
        find(counter, "offline bela", "Offline Bela")
        counter.context.set_offline(True)
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        counter.fill("#q", code)
        counter.press("#q", "Enter")
        expect(counter.locator("#who")).to_have_text(f"Code {code[:4]} {code[4:]}")
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        counter.reload()  # the page is kept by the worker
        expect(counter.locator("#keptText")).to_contain_text("2 bookings wait")
        counter.click("#kept")
        expect(counter.locator("#waiting li")).to_have_count(2)
        counter.keyboard.press("Escape")
        assert product.card(bela["member_id"])["visits"] == 0
        counter.context.set_offline(False)
        both = [anna["member_id"], bela["member_id"]]
        wait_for(lambda: [product.card(one)["visits"] for one in both] == [1, 1], "the stamps")
        expect(counter.locator("#kept")).to_be_hidden(timeout=15_000)

    def test_what_may_be_a_name_or_a_code_is_asked_for(
        self, product: Product, people: People
    ) -> None:
        counter = people.new("en")
        online(product, counter)
        counter.context.set_offline(True)
        for typed in ("Margaret", "ntek yvtc"):
            counter.fill("#q", typed)
            counter.press("#q", "Enter")
            expect(counter.locator("#matches button")).to_have_count(1)
            expect(counter.locator("#say")).to_contain_text("If this is the guest's code, tap it.")
            assert not counter.locator("#who").is_visible()
        counter.locator("#matches button").click()
        expect(counter.locator("#who")).to_have_text("Code NTEK YVTC")
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        assert [one["body"]["code"] for one in waiting(counter)] == ["NTEKYVTC"]

    def test_the_session_may_end_meanwhile(self, product: Product, people: People) -> None:
        person = product.api("POST", "/v1/staff", {"name": "Ola", "pin": "4711"}).json["staff_id"]
        link = product.api("POST", f"/v1/staff/{person}/devices", {"name": "Tablet"}).json
        counter = people.new("en")
        counter.goto(link["enrol_url"])
        counter.locator("button.button").click()
        counter.wait_for_url("**/staff/counter")
        member = product.member(name="Mid Rush")
        find(counter, "mid rush", "Mid Rush")
        keep = [one for one in counter.context.cookies() if "device" in one["name"]]
        counter.context.clear_cookies()
        counter.context.add_cookies(keep)  # type: ignore[arg-type]
        counter.click("#plus")
        expect(counter.locator("#signTitle")).to_contain_text("the booking for")
        expect(counter.locator("#signTitle")).to_contain_text("Mid Rush")
        counter.locator("#people").get_by_text("Ola").click()
        counter.locator("#pin").press_sequentially("4711")
        expect(counter.locator("#doneCount")).to_have_text("2 / 10")
        assert product.card(member["member_id"])["visits"] == 1

    def test_a_wi_fi_portal_s_page_is_no_answer(self, product: Product, people: People) -> None:
        member = product.member(name="Portal Pia")
        counter = people.new("en")
        product.counter(counter)
        find(counter, "portal pia", "Portal Pia")
        page = "<html><body>Log in to the Wi-Fi</body></html>"
        for path in ("**/v1/earn", "**/staff/api/bookings"):
            counter.route(path, lambda route: route.fulfill(body=page, content_type="text/html"))
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        for path in ("**/v1/earn", "**/staff/api/bookings"):
            counter.unroute(path)
        wait_for(lambda: product.card(member["member_id"])["visits"] == 1, "the stamp", 30)

    def test_a_killed_browser_loses_nothing(
        self, product: Product, browser: Browser, tmp_path: Path
    ) -> None:
        member = product.member(name="Killed Kim")
        kind, folder = browser.browser_type, str(tmp_path / "profile")
        options: dict[str, Any] = {
            "executable_path": chromium.system_path(), "args": ["--no-sandbox"], "locale": "en",
        }  # fmt: skip
        first = kind.launch_persistent_context(folder, **options)
        counter = first.new_page()
        product.counter(counter)
        find(counter, "killed kim", "Killed Kim")
        first.set_offline(True)
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        cookies = first.cookies()  # they are on the disk some seconds later
        session = first.new_cdp_session(counter)
        with pytest.raises(Error, match="closed"):  # the browser is gone before it answers
            session.send("Browser.crash")
        second = kind.launch_persistent_context(folder, **options)
        second.add_cookies(cookies)  # type: ignore[arg-type]
        again = second.new_page()
        again.goto(f"{product.base_url}/staff/counter")
        wait_for(lambda: product.card(member["member_id"])["visits"] == 1, "the stamp", 20)
        second.close()

    def test_a_tablet_that_goes_to_another_shop_shows_and_sends_nothing_of_the_first(
        self, product: Product, people: People
    ) -> None:
        other = product.merchant("corner-cafe", "second-shop")["api_key"]
        member = product.member(name="Only Ours")
        counter = people.new("en")
        online(product, counter)
        find(counter, "only ours", "Only Ours")
        counter.context.set_offline(True)
        counter.click("#plus")
        assert went_through(counter) == "Kept on this device"
        counter.close()  # a page that goes away may have sent it, to the shop it belongs to
        before = product.card(member["member_id"])["visits"]
        counter.context.set_offline(False)
        counter = counter.context.new_page()
        sent: list[str] = []
        counter.on("request", lambda it: sent.append(it.post_data or "") if it.post_data else None)
        online(product, counter, other)
        expect(counter.locator("#kept")).to_be_hidden()
        assert "Only Ours" not in counter.content()
        counter.reload()
        expect(counter.locator("#kept")).to_be_hidden()
        assert [one for one in sent if member["member_id"] in one] == []
        assert [one["body"]["member_id"] for one in waiting(counter)] == [member["member_id"]]
        assert product.card(member["member_id"])["visits"] == before

    def test_signing_out_takes_the_kept_page_away(self, product: Product, people: People) -> None:
        counter = people.new("en")
        online(product, counter)
        kept = "caches.match('/staff/counter').then((page) => Boolean(page))"
        wait_for(lambda: counter.evaluate(kept), "the page is kept")
        counter.locator(".choices summary").click()
        counter.get_by_role("button", name="Sign out").click()
        expect(counter.locator("h1")).to_have_text("You are signed out")
        assert counter.evaluate(kept) is False

    def test_what_was_refused_stays_until_it_was_seen(
        self, product: Product, people: People
    ) -> None:
        counter = people.new("en")
        online(product, counter)
        counter.context.set_offline(True)
        counter.fill("#q", "7F3KQ9AB")
        counter.press("#q", "Enter")
        counter.click("#plus")
        went_through(counter)
        counter.context.set_offline(False)
        expect(counter.locator("#keptTitle")).to_have_text("1 booking was refused", timeout=15_000)
        counter.click("#kept")
        expect(counter.locator("#waiting")).to_contain_text("Refused: Not found.")
        counter.get_by_role("button", name="All right").click()
        expect(counter.locator("#waiting li")).to_have_count(0)
        assert waiting(counter) == []
