"""An owner's first minutes and first day at the console, in a browser that has never been here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, People
from tests.e2e.counters import find
from tests.e2e.product import Product, wait_for

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
CLICKS_MAX, SECONDS_MAX = 12, 60
"""What the first run may take in clicks, and for a script in seconds: people need five minutes."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Product]:
    """An installation without a merchant."""
    running = Product(tmp_path / "empty", demo=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Shop]:
    """A shop that was set up, and its owner's cookies."""
    running = Product(tmp_path_factory.mktemp("shop"), demo=False)
    context = browser.new_context()
    set_up(running, context.new_page())
    yield Shop(running, context.storage_state())
    context.close()
    running.stop()


class Shop(NamedTuple):
    """A running shop and who owns it."""

    product: Product
    owner: Any

    @property
    def base_url(self) -> str:
        return self.product.base_url


def signed_in(shop: Shop, people: People) -> Page:
    """The owner, in a browser of their own."""
    return people.new("en", viewport=DESKTOP, storage_state=shop.owner)


def set_up(product: Product, page: Page, template: str = "corner-cafe") -> int:
    """From the set-up code to the end of the first run; returns the clicks it took."""
    clicks = 0

    def click(button: str) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role("button", name=button, exact=True).click()

    page.goto(f"{product.base_url}/console/")
    expect(page.locator("h1")).to_have_text("Your first shop")
    page.get_by_label("Set-up code").fill(product.access["set_up_code"])
    page.get_by_label("Name of the shop").fill("Éva kávézója")
    page.get_by_label("What do you sell?").select_option(template)
    page.get_by_label("Your e-mail").fill("eva@example.com")
    click("Create the shop")
    page.get_by_role("radio", name="Café, with stamps alone").check()
    clicks += 1
    click("Go on")
    expect(page.locator(".preview")).to_contain_text("the coffee is on the house")
    page.get_by_label("Colour", exact=True).fill("#0a7d5c")
    click("Go on")
    click("Show the code")
    expect(page.locator("#f-url")).to_be_visible()
    return clicks


@pytest.mark.parametrize(
    "viewport",
    [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.long)],
)
def test_an_owner_s_first_day(empty: Product, people: People, viewport: dict[str, int]) -> None:
    began = time.monotonic()
    owner = people.new("en", viewport=viewport)
    clicks = set_up(empty, owner)
    assert clicks <= CLICKS_MAX
    assert time.monotonic() - began < SECONDS_MAX
    counter = people.new("en")
    counter.goto(owner.locator("#f-url").input_value())
    counter.locator("button.button").click()
    counter.wait_for_url("**/staff/counter")
    owner.get_by_role("button", name="Done, to my shop").click()
    owner.wait_for_url("**/console/")
    assert Axe().run(owner).response["violations"] == []

    guest = people.new("en")
    guest.goto(f"{empty.base_url}/j/eva-kavezoja")
    guest.locator("form button[type=submit]").first.click()
    guest.wait_for_url("**/card/eva-kavezoja*")
    expect(owner.locator("#happened")).to_contain_text("A card without a name", timeout=15_000)
    code = guest.locator("#typed").inner_text()
    find(counter, code, "Guest")
    counter.click("#plus")
    # It is seen without a reload.
    expect(owner.locator("#happened")).to_contain_text("for a visit", timeout=15_000)

    owner.goto(f"{empty.base_url}/console/staff/new")
    owner.get_by_label("Name", exact=True).fill("Kata")
    owner.get_by_label("PIN").fill("4711")
    owner.get_by_role("button", name="Add").click()
    owner.get_by_role("button", name="Show the code").click()
    kata = people.new("en")
    kata.goto(owner.locator("#f-url").input_value())
    kata.locator("button.button").click()
    kata.wait_for_url("**/staff/counter")
    owner.goto(f"{empty.base_url}/console/staff")
    owner.get_by_role("link", name="Kata").click()
    owner.get_by_role("button", name="Take Kata off").click()
    expect(owner.locator(".undo")).to_contain_text("They cannot sign in any more.")
    asked = "fetch('/staff/api/state').then((answer) => answer.status)"
    wait_for(lambda: kata.evaluate(asked) == 401, "who was taken off is signed out")


@pytest.mark.long
def test_the_sandbox_cannot_be_overlooked(shop: Shop, people: People) -> None:
    owner = signed_in(shop, people)
    owner.goto(f"{shop.base_url}/console/data/sandbox")
    owner.get_by_role("button", name="To the sandbox").click()
    expect(owner.locator(".sandbox")).to_contain_text("Nothing here reaches a guest.")
    for path in ("staff", "messages", "shop"):
        owner.goto(f"{shop.base_url}/console/{path}")
        expect(owner.locator(".sandbox")).to_be_visible()
    owner.locator(".sandbox").get_by_role("link", name="Move the clock").click()
    owner.get_by_role("button", name="One month").click()
    expect(owner.locator(".undo")).to_contain_text("The clock was moved")
    owner.get_by_role("button", name="Back to the shop").click()
    expect(owner.locator(".sandbox")).to_have_count(0)


@pytest.mark.long
def test_the_back_button_and_reload_do_nothing_twice(shop: Shop, people: People) -> None:
    owner = signed_in(shop, people)
    for name in ("Main Street", "Market"):
        owner.goto(f"{shop.base_url}/console/locations/new")
        owner.get_by_label("Name", exact=True).fill(name)
        owner.get_by_role("button", name="Save").click()
        owner.wait_for_url("**/console/locations*")
        owner.reload()
    owner.go_back()
    owner.go_back()
    owner.goto(f"{shop.base_url}/console/locations")
    for name in ("Main Street", "Market"):
        expect(owner.get_by_role("link", name=name)).to_have_count(1)
    owner.goto(f"{shop.base_url}/console/locations/new")
    owner.get_by_label("Name", exact=True).fill("x" * 61)
    assert owner.get_by_label("Name", exact=True).input_value() == "x" * 60


@pytest.mark.long
def test_two_tabs_of_one_form_lose_nothing(shop: Shop, people: People) -> None:
    one = signed_in(shop, people)
    other = one.context.new_page()
    for page in (one, other):
        page.goto(f"{shop.base_url}/console/locations/new")
        page.get_by_label("Name", exact=True).fill(f"Shop {id(page)}")
    one.get_by_role("button", name="Save").click()
    expect(one.get_by_role("link", name=f"Shop {id(one)}")).to_have_count(1)
    other.get_by_role("button", name="Save").click()
    expect(other.locator("#mistakes")).to_contain_text("What you typed is still here")
    assert other.get_by_label("Name", exact=True).input_value() == f"Shop {id(other)}"
    other.get_by_role("button", name="Save").click()
    for page in (one, other):
        expect(other.get_by_role("link", name=f"Shop {id(page)}")).to_have_count(1)


@pytest.mark.long
def test_by_keyboard_alone(shop: Shop, people: People) -> None:
    owner = signed_in(shop, people)
    owner.goto(f"{shop.base_url}/console/")
    owner.keyboard.press("Tab")
    expect(owner.locator(":focus")).to_have_text("To the page")
    owner.keyboard.press("Enter")
    expect(owner.locator("#main")).to_be_focused()
    owner.goto(f"{shop.base_url}/console/keys")
    owner.get_by_label("Name", exact=True).focus()
    owner.keyboard.type("Till")
    owner.keyboard.press("Enter")
    expect(owner.locator("#f-secret")).to_be_visible()
