"""The pages in Chromium: nothing overflows, axe finds nothing, the scripts do what they promise."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from regulars.i18n import words
from regulars.views.hero import Hero
from tests.unit.pages.card_samples import CARD, GOAL
from tests.unit.pages.samples import PAGES, headers, render

pytestmark = pytest.mark.browser

MEMBER = {
    "member_id": "m_1",
    "name": "Anna",
    "visits": 14,
    "last_visit_at": "2026-11-17T08:00:00Z",
    "tier": {"id": "silver", "name": {"en": "Silver", "hu": "Ezüst"}},
    "vouchers": [{"code": "PXQ7K2MD", "name": {"en": "Pastry"}, "status": "issued"}],
    "next": {"unit": "stamp", "have": 7, "need": 10, "reward": "x"},
}
EARNED: dict[str, Any] = {
    "entry": {"seq": 9, "lines": [{"unit": "stamp", "amount": 1}]},
    "card": {**MEMBER, "next": {"unit": "stamp", "have": 8, "need": 10, "reward": "x"}},
    "unlocked": [],
    "tier_change": None,
}


CUT = """() => [...document.querySelectorAll("a, b, button, h1, h2, label, p, span, summary")]
    .filter((each) => each.offsetParent && !each.closest(".said, .hp"))
    .filter((each) => getComputedStyle(each).display !== "inline")
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent.trim())"""
"""Texts that are wider than the box they stand in."""

BROKEN = """() => {
    const broken = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const holder = text.parentElement;
        if (!holder.offsetParent || holder.closest(".said, .hp, .typed, script, style")) continue;
        for (const word of text.data.matchAll(/\\p{L}[\\p{L}\\p{M}]+/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
            if (lines.size < 2) continue;
            const width = [...range.getClientRects()].reduce((sum, each) => sum + each.width, 0);
            const room = document.querySelector("main").clientWidth - 72;
            if (word[0].length <= 20 && width < room) broken.push(word[0]);
        }
    }
    return broken;
}"""
"""Words of at most 20 letters that go over two lines although they would fit into one."""


TABBAR = """() => {
    const bar = document.querySelector(".tabbar");
    if (!bar) return [];
    const { top, bottom } = bar.getBoundingClientRect();
    const shown = getComputedStyle(bar).display !== "none";
    const wide = innerWidth >= 1024;
    const small = [...bar.querySelectorAll("a")].filter((each) => each.offsetHeight < 48);
    const seen = !wide && shown && bottom === innerHeight && bottom - top >= 60 && !small.length;
    return wide ? shown && ["shown beside the rail"] : seen ? [] : [[top, bottom]];
}"""
"""What is wrong with the sections at the foot of the console on phones."""

UNEVEN = """() => [...document.querySelectorAll(".stamps")]
    .filter((each) => new Set([...each.children].map((one) => one.offsetWidth)).size > 1)
    .map((each) => each.className)"""
"""Punch cards whose stamps are of several sizes."""

WIDTHS = (320, 1280)
LANGUAGES = ("en", "hu", "pl", "kk")


def turn(name: str) -> int:
    """The place of a page, by which languages and widths are dealt out among pages."""
    return list(PAGES).index(name)


def is_looked_at(name: str, lang: str) -> bool:
    """Whether a page is looked at in this language here: every second page in one language, or
    all in all where CI is set."""
    by_turn, own = divmod(turn(name), len(LANGUAGES))
    return "CI" in os.environ or (LANGUAGES[own] == lang and by_turn % 2 == 0)


def has_axe(name: str, lang: str, width: int) -> bool:
    """Whether a page is looked at for who cannot see it. That takes longer than everything else,
    and what it finds depends little on language and width: one page of four in one language and
    at one width, or every page so where CI is set."""
    by_turn, own = divmod(turn(name), len(LANGUAGES))
    if LANGUAGES[own] != lang or WIDTHS[by_turn // 4 % len(WIDTHS)] != width:
        return False
    return "CI" in os.environ or by_turn % 4 == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_fits_and_is_accessible(page: Page, address: str, lang: str) -> None:
    found: list[tuple[str, int, str, object]] = []
    for name in PAGES:
        if not is_looked_at(name, lang):
            continue
        page.goto(f"{address}/{lang}/{name}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 760})
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wider > 0:
                found.append((name, width, "overflow", wider))
            found += [(name, width, "cut", text) for text in page.evaluate(CUT)]
            found += [(name, width, "broken", word) for word in page.evaluate(BROKEN)]
            found += [(name, width, "uneven", card) for card in page.evaluate(UNEVEN)]
            found += [(name, width, "tab bar", wrong) for wrong in page.evaluate(TABBAR) or ()]
            if has_axe(name, lang, width):
                violations = Axe().run(page).response["violations"]
                found += [(name, width, it["id"], it["nodes"][0]["target"]) for it in violations]
    assert found == []


def test_a_stamp_that_lands_shows_by_itself_and_moves_once(page: Page, address: str) -> None:
    more = CARD._replace(hero=Hero("way", GOAL._replace(have=8)), etag='"18"')
    news = iter([304, 200])

    def state(route: Route) -> None:
        status = next(news, 304)
        route.fulfill(status=status, headers={"etag": '"18"'}, body="")

    page.goto(f"{address}/en/card")
    page.route("**/state?*", state)
    fresh = render(more, words("en"))
    page.route("**/en/card", lambda route: route.fulfill(body=fresh.html, headers=headers(fresh)))
    expect(page.locator(".stamps .landed")).to_have_count(1, timeout=8000)
    expect(page.locator(".stamps")).to_have_attribute("data-have", "8")
    expect(page.locator("h1")).to_have_text("2 more visits and the coffee is on the house")


def test_nothing_moves_for_who_asked_for_that(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/en/card")
    fresh = render(CARD._replace(hero=Hero("way", GOAL._replace(have=8))), words("en"))
    page.route("**/state?*", lambda route: route.fulfill(status=200, headers={"etag": '"18"'}))
    page.route("**/en/card", lambda route: route.fulfill(body=fresh.html, headers=headers(fresh)))
    expect(page.locator(".stamps")).to_have_attribute("data-have", "8", timeout=8000)
    expect(page.locator(".landed")).to_have_count(0)


def test_the_code_renews_itself_when_it_is_seen(page: Page, address: str) -> None:
    fresh = {"code": "NEW123", "svg": "<svg class='qr' viewBox='0 0 1 1'></svg>"}

    def code(route: Route) -> None:
        body = {**fresh, "expires_at": datetime.now(UTC).isoformat()}
        route.fulfill(body=json.dumps(body), content_type="application/json")

    page.route("**/code", code)
    page.clock.install()
    page.goto(f"{address}/en/card")
    expect(page.locator("#until")).to_contain_text("new code in")
    page.clock.run_for(19_000)
    expect(page.locator("#typed")).to_have_text("NEW 123")


def test_news_are_asked_for_less_and_less_and_after_two_minutes_on_a_tap(
    page: Page, address: str
) -> None:
    asked: list[str] = []

    def state(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=304)

    def pass_until_asked(milliseconds: int) -> None:
        with page.expect_response("**/state?since=note-17"):
            page.clock.run_for(milliseconds)
        page.wait_for_function("new Promise(done => queueMicrotask(() => done(true)))")

    page.route("**/state?*", state)
    page.clock.install()
    page.goto(f"{address}/en/card")
    expect(page.locator("#until")).to_contain_text("new code in")
    for milliseconds in (1600, 2100, 3100, 5100, 8100, 12100):
        pass_until_asked(milliseconds)
    assert len(asked) == 6, "in a little more than half a minute"
    page.clock.fast_forward(120_000)
    before = len(asked)
    page.clock.run_for(30_000)
    assert len(asked) == before
    with page.expect_response("**/en/card"):
        page.locator("h1").click()
    pass_until_asked(1600)


def test_a_stamp_is_sent_again_with_the_same_key(page: Page, address: str) -> None:
    keys: list[str | None] = []

    def earn(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(json=EARNED)

    _counter(page, address)
    page.route("**/v1/earn", earn)
    _find(page, "7F3 KQ9")
    page.click("#plus")
    expect(page.locator("#doneCount")).to_have_text("Kept on this device")
    expect(page.locator("#today")).to_have_text("65 stamps today", timeout=8000)
    assert len(keys) == 2
    assert keys[0]
    assert keys[0] == keys[1]


def test_what_was_not_answered_is_sent_after_a_reload(page: Page, address: str) -> None:
    keys: list[str | None] = []
    answering = False

    def earn(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if answering:
            route.fulfill(json=EARNED)
        else:
            route.abort()

    _counter(page, address)
    page.route("**/v1/earn", earn)
    _find(page, "7F3 KQ9")
    page.click("#plus")
    expect(page.locator("#doneNews")).to_contain_text("counts once")
    answering = True
    page.reload()
    expect(page.locator("#last")).to_contain_text("+1 stamp", timeout=8000)
    assert len(set(keys)) == 1


def test_undo_takes_back_the_last_booking(page: Page, address: str) -> None:
    sent: list[Any] = []

    def undo(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(json={"entry": {"seq": 10, "lines": []}})

    _counter(page, address)
    page.route("**/v1/earn", lambda route: route.fulfill(json=EARNED))
    page.route("**/staff/api/undo", undo)
    _find(page, "7F3 KQ9")
    page.click("#plus")
    page.click("#undoDone")
    expect(page.locator("#doneCount")).to_have_text("Taken back: +1 stamp")
    expect(page.locator("#strip")).to_be_hidden()
    assert sent == [{"member_id": "m_1", "seq": 9}]
    expect(page.locator("#today")).to_have_text("64 stamps today")


def test_a_voucher_is_confirmed_before_it_is_redeemed(page: Page, address: str) -> None:
    redeemed: list[tuple[str, str]] = []

    def redeem(route: Route) -> None:
        redeemed.append((route.request.url, route.request.post_data or ""))
        route.fulfill(status=409, json={"code": "voucher_redeemed"})

    _counter(page, address)
    page.route("**/redeem", redeem)
    voucher = {"code": "PXQ7K2MD", "reward_id": "x", "name": "Pastry", "status": "issued"}
    answer = {"member": MEMBER, "voucher": voucher, "seen": "proof"}
    page.route("**/staff/api/member?code=*", lambda route: route.fulfill(json=answer))
    _find(page, "https://example.test/v/PXQ7K2MD")
    expect(page.locator("#what")).to_have_text("Pastry")
    assert redeemed == []
    page.click("#redeem")
    expect(page.locator("#refusedWhy")).to_have_text("This reward has been redeemed already.")
    sent = [(url.rpartition("/v1/")[2], json.loads(body)) for url, body in redeemed]
    assert sent == [("vouchers/PXQ7K2MD/redeem", {"seen": "proof"})]


def test_a_gift_is_chosen_for_the_guest_on_the_screen(page: Page, address: str) -> None:
    sent: list[Any] = []

    def gift(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        if len(sent) == 1:
            route.fulfill(status=409, json={"code": "limit_reached"})
        else:
            route.fulfill(json={**EARNED, "unlocked": [{"reward_id": "pastry", "name": "x"}]})

    _counter(page, address, "staff-gifts")
    page.route("**/v1/gifts", gift)
    expect(page.locator("#give")).to_be_hidden()
    for place, sentence in (
        ("#refusedWhy", "No more of it just now"),
        ("#doneCount", "Given: Home"),
    ):
        _find(page, "7F3 KQ9")
        page.click("#give")
        page.click("#gifts button >> nth=0")
        expect(page.locator(place)).to_contain_text(sentence)
        page.click("#nextRefused, #nextGuest >> visible=true")
    assert sent == [{"member_id": "m_1", "surprise": "warm"}] * 2


def test_a_name_that_looks_like_a_code_is_found_all_the_same(page: Page, address: str) -> None:
    asked: list[str] = []

    def member(route: Route) -> None:
        asked.append(route.request.url.rpartition("?")[2])
        if "code=" in asked[-1]:
            route.fulfill(status=404, json={"code": "not_found"})
        else:
            route.fulfill(json={"members": [MEMBER, {**MEMBER, "name": "Boglarka"}]})

    page.goto(f"{address}/en/staff")
    page.route("**/staff/api/member?*", member)
    _find(page, "Boglarka")
    expect(page.locator("#matches li")).to_have_count(2)
    assert asked == ["q=Boglarka"], "wrong codes are counted, and lock the counter"


def test_a_counter_that_is_locked_says_for_how_long(page: Page, address: str) -> None:
    page.goto(f"{address}/en/staff")
    locked: dict[str, Any] = {"status": 429, "headers": {"retry-after": "840"}}
    locked["json"] = {"code": "rate_limited"}
    page.route("**/staff/api/member?*", lambda route: route.fulfill(**locked))
    _find(page, "PXQ7 K2MD")
    expect(page.locator("#say")).to_have_text("Too many codes that nobody has. Go on in 14 min.")
    locked["headers"]["retry-after"] = "2"
    _find(page, "PXQ7 K2MD")
    expect(page.locator("#say")).to_have_text("A little slower, please. Try again in a moment.")


def test_a_voucher_that_is_used_up_says_so_at_once(page: Page, address: str) -> None:
    used = {"code": "PXQ7K2MD", "name": "Pastry", "status": "redeemed"}
    page.goto(f"{address}/en/staff")
    answer = {"member": MEMBER, "voucher": used}
    page.route("**/staff/api/member?*", lambda route: route.fulfill(json=answer))
    _find(page, "PXQ7 K2MD")
    expect(page.locator("#say")).to_have_text("This reward has been redeemed already.")
    expect(page.locator("#confirm")).to_be_hidden()


def test_the_amount_is_typed_like_on_a_till(page: Page, address: str) -> None:
    sent: list[Any] = []

    def earn(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(json=EARNED)

    for name, shown, minor in (("staff", "840", 84000), ("staff-amounts", "8.40", 840)):
        _counter(page, address, name)
        page.route("**/v1/earn", earn)
        _find(page, "7F3 KQ9")
        page.click("#amount")
        for key in "840":
            page.click(f"[data-key='{key}']")
        expect(page.locator("#sum")).to_contain_text(shown)
        page.click("#enter")
        expect(page.locator("#done")).to_be_visible()
        wanted = {"member_id": "m_1", "spend_minor": minor, "visits": 1, "staff": "k"}
        assert sent.pop() == wanted


@pytest.mark.parametrize("lang", ["en", "hu", "pl", "kk"])
def test_an_amount_is_written_as_everywhere_else(page: Page, address: str, lang: str) -> None:
    """Browsers have no formats of their own for every language that the counter speaks."""
    _counter(page, address)
    page.goto(f"{address}/{lang}/staff")
    _find(page, "7F3 KQ9")
    page.click("#amount")
    for key in "20260":
        page.click(f"[data-key='{key}']")
    assert page.locator("#sum").text_content() == words(lang).money(2_026_000, "HUF")


def test_a_code_that_was_pasted_with_unseen_signs_is_a_code(page: Page, address: str) -> None:
    asked: list[str] = []
    _counter(page, address)
    page.on("request", lambda request: asked.append(request.url.partition("?")[2]))
    for sign in ("\u200b", "\ufeff", "\u2060", "\u200e", "\u00ad"):
        _find(page, f"{sign}7F3K Q9AB{sign}")
        expect(page.locator("#plus")).to_be_visible()
        assert [query for query in asked if query.startswith(("code=", "q="))] == ["code=7F3K+Q9AB"]
        asked.clear()
        page.goto(f"{address}/en/staff")


def test_a_browser_that_does_not_know_the_zone_serves_guests_all_the_same(
    page: Page, address: str
) -> None:
    """An old browser, and a zone that was renamed since."""
    page.add_init_script(
        "const known = Intl.DateTimeFormat; Intl.DateTimeFormat = function (lang, choices) {"
        " if (choices?.timeZone) throw new RangeError('Invalid time zone specified');"
        " return new known(lang, choices); };"
    )
    _counter(page, address)
    _find(page, "7F3 KQ9")
    expect(page.locator("#plus")).to_be_visible()


def _counter(page: Page, address: str, name: str = "staff") -> None:
    page.route("**/staff/api/member?*", lambda route: route.fulfill(json={"member": MEMBER}))
    after = {"member": EARNED["card"]}
    page.route("**/staff/api/member?id=*", lambda route: route.fulfill(json=after))
    page.goto(f"{address}/en/{name}")


def _find(page: Page, text: str) -> None:
    page.fill("#q", text)
    page.press("#q", "Enter")
