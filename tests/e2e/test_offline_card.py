"""The card without network: the last one that is known, marked as such, and a code that works."""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product, wait_for

KEPT = """async () => {
    const kept = await caches.open("card-1");
    return (await kept.keys()).some((one) => one.url.includes("/card/"));
}"""


def joined(product: Product, page: Page) -> None:
    page.goto(product.demo["join_url"])
    page.locator(".hero button").click()
    expect(page).to_have_url(re.compile(r"/card/corner-cafe$"))
    wait_for(lambda: page.evaluate("() => navigator.serviceWorker.controller !== null"), "a worker")
    wait_for(lambda: page.evaluate(KEPT), "a card that is kept")


def in_the_picture(page: Page) -> str:
    """What a camera reads off the screen."""
    picture = Image.open(io.BytesIO(page.locator("#see").screenshot()))
    framed = Image.new("RGB", (picture.width + 80, picture.height + 80), "white")
    framed.paste(picture, (40, 40))
    (found,) = zxingcpp.read_barcodes(framed)
    return found.text


@pytest.mark.browser
def test_the_code_works_without_network(product: Product, people: People) -> None:
    guest, counter = people.new(), people.new()
    joined(product, guest)
    product.counter(counter)
    guest.context.set_offline(True)
    guest.reload()
    expect(guest.locator("#offline")).to_be_visible()
    expect(guest.locator("#offline")).to_contain_text(
        re.compile(r"Card as of .*\d{4}, \d{1,2}:\d\d")
    )
    expect(guest.locator("#until")).to_contain_text("new code in")
    typed = guest.locator("#typed").inner_text()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5} [0-9A-HJKMNP-TV-Z]{6}", typed)
    link = in_the_picture(guest)
    assert urlsplit(link).path == f"/s/{typed.replace(' ', '')}"
    ground = guest.locator("#hero").evaluate("it => getComputedStyle(it).backgroundColor")
    assert ground == "rgb(241, 235, 223)", "nothing is promised in colour"

    counter.fill("#q", link)
    counter.press("#q", "Enter")
    expect(counter.locator("#progress")).to_have_text("1 / 10")
    counter.click("#plus")
    expect(counter.locator("#progress")).to_have_text("2 / 10")
    expect(guest.locator(".stamps").first).to_have_attribute("data-have", "1")

    guest.context.set_offline(False)
    expect(guest.locator("#hero .stamps")).to_have_attribute("data-have", "2", timeout=8000)
    expect(guest.locator("#offline")).to_be_hidden()


@pytest.mark.browser
def test_a_network_that_goes_away_leaves_a_code(product: Product, people: People) -> None:
    guest = people.new()
    joined(product, guest)
    guest.route("**/code*", lambda route: route.abort())
    guest.locator("#code").evaluate("it => it.classList.add('old')")
    guest.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(guest.locator("#offline")).to_be_visible()
    expect(guest.locator("#typed")).to_have_text(re.compile(r"^\w{5} \w{6}$"))


@pytest.mark.browser
def test_nothing_is_kept_of_a_card_that_left_the_phone(product: Product, people: People) -> None:
    guest = people.new()
    joined(product, guest)
    guest.get_by_role("button", name="Not me").click()
    expect(guest).to_have_url(re.compile(r"/j/corner-cafe$"))
    wait_for(lambda: not guest.evaluate(KEPT), "nothing is kept")


def test_the_card_is_an_app_of_its_shop(product: Product) -> None:
    answer = product.request("GET", "/card/corner-cafe/manifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    found = answer.json
    assert (found["name"], found["start_url"]) == ("Corner Café", "/card/corner-cafe")
    assert (found["display"], found["theme_color"]) == ("standalone", "#7a3b1d")
