"""A guest scans a code of the counter, of the display, and both see it."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product

pytestmark = pytest.mark.browser


def in_the_picture(element: Locator) -> str:
    """The address in the code on the screen, as a camera would see it."""
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(element.screenshot())))
    return str(read.text)


def claims(guest: Page, address: str) -> None:
    """Open what was scanned and press the one button."""
    guest.goto(address)
    guest.locator("main form button").first.click()
    expect(guest.locator("h1")).to_be_visible()


def test_a_code_of_the_counter_is_a_first_visit_and_the_counter_sees_it(
    product: Product, people: People
) -> None:
    cafe = product.merchant("corner-cafe", "codes-once")
    counter, guest = people.new("en"), people.new("hu")
    product.counter(counter, cafe["api_key"])
    counter.click("#showCode")
    expect(counter.locator("#codeImage")).to_be_visible()
    address = in_the_picture(counter.locator("#coding .qrbox"))
    assert re.search(r"/t/[0-9a-z]+$", address, re.IGNORECASE)
    claims(guest, address)
    expect(counter.locator("#codeText")).to_have_text("Used. The visit is on the guest’s card.")
    expect(counter.locator("#codeImage")).to_be_hidden()
    (member,) = product.api("GET", "/v1/members", key=cafe["api_key"]).json["items"]
    assert product.card(member["member_id"], cafe["api_key"])["visits"] == 1
    second = people.new("en")
    second.goto(address)
    expect(second.locator("h1")).to_contain_text("used")


@pytest.mark.long
def test_a_code_of_the_display_is_on_the_card_of_who_scans_it(
    product: Product, people: People
) -> None:
    cafe = product.merchant("corner-cafe", "codes-display")
    tablet = people.new("en", viewport={"width": 1280, "height": 800})
    product.counter(tablet, cafe["api_key"])
    tablet.click("#display")
    expect(tablet.locator("#qr svg")).to_be_visible()
    guest = people.new("en")
    claims(guest, in_the_picture(tablet.locator("#qr")))
    expect(tablet.locator(".claimed")).to_be_visible(timeout=15_000)
    (member,) = product.api("GET", "/v1/members", key=cafe["api_key"]).json["items"]
    assert product.card(member["member_id"], cafe["api_key"])["visits"] == 1
