"""The counter by scanners that type, and for who sees it otherwise."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.counters import find, online, waiting, went_through
from tests.e2e.product import Product, wait_for

pytestmark = pytest.mark.browser


class TestScannersThatType:
    """Keys as the browser gets them from a scanner that thinks of an American keyboard."""

    LAYOUTS: ClassVar[dict[str, dict[str, str]]] = {
        "us": {},
        "qwertz": {"y": "z", "z": "y", "-": "ß", "/": "-", ":": "Ö"},
        "azerty": {"a": "q", "q": "a", "z": "w", "w": "z", "m": ",", "/": "!", ":": "M", "1": "&",
                   "2": "é", "3": '"', "4": "'", "5": "(", "6": "-", "7": "è", "8": "_", "9": "ç",
                   "0": "à"},
    }  # fmt: skip
    PLACES: ClassVar[dict[str, str]] = {"/": "Slash", ":": "Semicolon", "-": "Minus", ".": "Period"}

    def scan(self, counter: Page, text: str, layout: str) -> None:
        session = counter.context.new_cdp_session(counter)
        moved, began = self.LAYOUTS[layout], time.time()
        for nth, sign in enumerate([*text, "\r"]):
            low = sign.lower()
            place = self.PLACES.get(sign) or (
                f"Digit{sign}" if sign.isdigit() else f"Key{low.upper()}"
            )
            shown = moved.get(low, low)
            shown = shown.upper() if sign.isupper() and len(shown) == 1 else shown
            shift = 8 if sign.isupper() or sign == ":" else 0
            if sign == "\r":
                place = shown = "Enter"
            # A scanner types one each 5 ms, also while a tablet is too busy to hand them over.
            if nth in {3, len(text) - 3}:
                time.sleep(0.15)
            typed_at = began + nth * 0.005
            keys = {"key": shown, "code": place, "modifiers": shift, "timestamp": typed_at}
            if sign == "\r":
                keys |= {"text": "\r", "windowsVirtualKeyCode": 13}
            else:
                keys["text"] = shown
            session.send("Input.dispatchKeyEvent", {"type": "keyDown", **keys})
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", **keys})
        session.detach()

    @pytest.mark.sampled(3)
    @pytest.mark.parametrize("layout", ["us", "qwertz", "azerty"])
    def test_a_scan_is_read_wherever_the_focus_is_and_presses_nothing(
        self, product: Product, people: People, layout: str
    ) -> None:
        before, after = (product.member(name=f"{name} {layout}") for name in ("Before", "After"))
        counter = people.new("en")
        product.counter(counter)
        find(counter, f"before {layout}", f"Before {layout}")
        counter.focus("#plus")
        code = product.request("GET", f"{after['card_url']}/code").json["code"]
        self.scan(counter, f"{product.base_url}/s/{code}", layout)
        expect(counter.locator("#who")).to_have_text(f"After {layout}")
        assert product.card(before["member_id"])["visits"] == 0
        expect(counter.locator("#done")).to_be_hidden()


class TestHastyFingers:
    """A second tap in the same place, sooner than the eye has seen what came there."""

    @pytest.fixture
    def counter(self, product: Product, people: People) -> Page:
        """The counter a moment after the stamp of the guest before."""
        counter = people.new("en", viewport={"width": 360, "height": 740})
        product.counter(counter)
        return counter

    def stamp_before(self, product: Product, counter: Page, name: str) -> str:
        before = product.member(name=f"Before {name}")["member_id"]
        find(counter, f"before {name}", f"Before {name}")
        counter.click("#plus")
        went_through(counter)
        expect(counter.locator("#strip")).to_be_visible()
        return str(before)

    def test_adding_an_amount_twice_takes_nothing_back(
        self, product: Product, people: People
    ) -> None:
        """Where amounts alone are booked, the key to take back comes where the key to add was."""
        key = product.merchant("mug-club", "hasty")["api_key"]
        counter = people.new("en", viewport={"width": 360, "height": 740})
        online(product, counter, key)
        members = [product.member(key, name=name)["member_id"] for name in ("Adam", "Bella")]
        for name, is_online in (("Adam", True), ("Bella", False)):
            find(counter, name.lower(), name)
            counter.context.set_offline(not is_online)
            counter.click("#keys button")
            for digit in "840":
                counter.click(f"[data-key='{digit}']")
            counter.locator("#enter").dblclick(position={"x": 130, "y": 28})
            went_through(counter)
            if is_online:
                expect(counter.locator("#undo")).to_be_visible()
        counter.context.set_offline(False)
        wait_for(lambda: product.card(members[1], key)["visits"], "the sale without a connection")
        assert [product.card(one, key)["visits"] for one in members] == [1, 1]
        assert not waiting(counter)

    def test_taking_back_twice_takes_back_one(self, product: Product, counter: Page) -> None:
        before = self.stamp_before(product, counter, "Undoes")
        after = product.member(name="After Undoes")["member_id"]
        find(counter, "after undoes", "After Undoes")
        counter.click("#plus")
        expect(counter.locator("#done")).to_be_visible()
        counter.locator("#undoDone").dblclick()
        expect(counter.locator("#doneCount")).to_contain_text("Taken back")
        counter.wait_for_timeout(500)
        assert product.card(after)["visits"] == 0
        assert product.card(before)["visits"] == 1
        expect(counter.locator("#kept")).to_be_hidden()

    @pytest.mark.long
    def test_the_strip_rests_before_it_offers_the_booking_before(
        self, product: Product, counter: Page
    ) -> None:
        first = self.stamp_before(product, counter, "Rests")
        second = self.stamp_before(product, counter, "Rests too")
        counter.locator("#undo").dblclick()
        expect(counter.locator("#last")).to_contain_text("Taken back")
        expect(counter.locator("#undo")).to_be_hidden()
        expect(counter.locator("#undo")).to_be_visible()
        assert product.card(first)["visits"] == 1
        assert product.card(second)["visits"] == 0


LOOKS = [
    {"viewport": {"width": 360, "height": 760}},
    {"viewport": {"width": 760, "height": 360}},
    {"viewport": {"width": 1024, "height": 768}, "forced_colors": "active"},
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("look", LOOKS, ids=["phone", "landscape", "forced-colours"])
def test_axe_finds_nothing_in_any_state(
    product: Product, people: People, look: dict[str, Any]
) -> None:
    tag = f"Axel {look['viewport']['width']}"
    member = product.member(name=tag)
    product.earn(member["member_id"], visits=9)
    counter = people.new("en", **look)
    online(product, counter)
    found: list[tuple[str, str, Any]] = []
    # Where the system chooses the colours, axe reads those of the sheet.
    forced = look.get("forced_colors") == "active"
    rules = {"rules": {"color-contrast": {"enabled": not forced}}}

    def look_at(state: str) -> None:
        counter.wait_for_timeout(350)
        violations = Axe().run(counter, options=rules).response["violations"]
        found.extend((state, one["id"], one["nodes"][0]["target"]) for one in violations)
        wider = counter.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            found.append((state, "overflow", wider))

    look_at("idle")
    find(counter, tag, tag)
    look_at("guest")
    counter.click("#note")
    look_at("note")
    counter.keyboard.press("Escape")
    counter.click("#amount")
    look_at("amount")
    counter.click("#cancel")
    counter.locator("#due button").first.click()
    look_at("voucher")
    counter.click("#leave")
    counter.click("#plus")
    expect(counter.locator("#done")).to_be_visible()
    counter.locator("#done").dispatch_event("pointerdown")
    look_at("done")
    counter.click("#nextGuest")
    counter.click("#joinHere")
    look_at("join")
    counter.keyboard.press("Escape")
    counter.click("#person")
    look_at("who")
    counter.keyboard.press("Escape")
    counter.context.set_offline(True)
    counter.fill("#q", "7F3KQ9AB")
    counter.press("#q", "Enter")
    counter.click("#plus")
    expect(counter.locator("#done")).to_be_visible()
    counter.locator("#done").dispatch_event("pointerdown")
    look_at("kept")
    counter.click("#nextGuest")
    counter.click("#kept")
    look_at("waiting")
    counter.keyboard.press("Escape")
    counter.context.set_offline(False)
    assert found == []
