"""The whole story of a card, between a customer's phone and the counter's."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product

pytestmark = pytest.mark.browser


def join(page: Page, product: Product) -> None:
    """One tap, and the card is there."""
    page.goto(product.demo["join_url"])
    page.locator(".hero button").click()
    expect(page).to_have_url(re.compile(r"/card/corner-cafe$"))


def sign_in(page: Page, product: Product) -> None:
    product.counter(page)
    expect(page).to_have_url(re.compile("/staff/counter$"))


def find(counter: Page, text: str) -> None:
    counter.fill("#q", text)
    counter.press("#q", "Enter")


def stamps(card: Page, count: int, within_ms: int = 4000) -> None:
    """The card shows so many stamps, by itself."""
    expect(card.locator(".stamps")).to_have_attribute("data-have", str(count), timeout=within_ms)


def in_the_picture(element: Locator) -> str:
    """The text of the QR code on the screen, as a camera would see it."""
    try:
        picture = element.screenshot()
    except Error:  # the card has been drawn again meanwhile, as with news
        picture = element.screenshot()
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(read.text)


@pytest.mark.parametrize(
    ("language", "waiting", "promise"),
    [
        ("en", "Your first stamp is waiting", "9 more visits and the coffee is on the house"),
        ("hu", "Vár az első bélyeg", "Még 9 látogatás, és a kávé a ház ajándéka"),
    ],
)
def test_one_tap_and_the_card_is_there(
    product: Product, people: People, language: str, waiting: str, promise: str
) -> None:
    customer = people.new(language)
    customer.goto(product.demo["join_url"])
    expect(customer.locator("html")).to_have_attribute("lang", language)
    expect(customer.locator("h1")).to_have_text(waiting)
    expect(customer.locator(".lead")).to_have_text(promise)
    customer.locator(".hero button").click()
    expect(customer).to_have_url(re.compile(r"/card/corner-cafe$"))
    expect(customer.locator("h1")).to_have_text(promise)
    stamps(customer, 1)
    expect(customer.locator("#history li")).to_have_count(1)


def test_from_the_first_stamp_to_the_coffee(product: Product, people: People) -> None:
    customer, counter = people.new("hu"), people.new("en")
    join(customer, product)
    sign_in(counter, product)
    code = customer.locator("#typed").inner_text()
    find(counter, code)
    expect(counter.locator("#progress")).to_have_text("1 / 10")
    counter.click("#plus")
    expect(counter.locator("#doneCount")).to_have_text("2 / 10")
    expect(counter.locator("#doneWhat")).to_have_text("+1 stamp")
    stamps(customer, 2)

    # On the green panel, or in the strip when that has gone meanwhile.
    counter.locator("#undoDone:visible, #undo:visible").first.click()
    expect(counter.locator("#doneCount")).to_have_text("Taken back: +1 stamp")
    stamps(customer, 1)
    expect(customer.locator("#history li").first).to_contain_text("A pultnál visszavonva")

    for have in range(2, 10):
        find(counter, customer.locator("#typed").inner_text())
        counter.click("#plus")
        expect(counter.locator("#doneCount")).to_have_text(f"{have} / 10")
    find(counter, customer.locator("#typed").inner_text())
    counter.click("#plus")
    expect(counter.locator("#doneCount")).to_have_text("10 / 10")
    expect(counter.locator("#doneNews")).to_have_text("Unlocked: Free coffee")
    expect(counter.locator("#unlocked")).to_have_text("Free coffee: redeem now")
    counter.click("#nextGuest")
    expect(customer.locator("h1")).to_have_text("Rád vár: Ingyenkávé", timeout=3000)
    latest = customer.locator("#history li").first
    expect(latest).to_contain_text("+1 bélyeg")
    expect(latest).to_contain_text("Megnyílt: Ingyenkávé (10 bélyeg)")

    customer.wait_for_timeout(1500)  # the page has drawn all the news
    customer.locator(".voucher summary").click()
    link = in_the_picture(customer.locator(".voucher .qr"))
    assert link.startswith(f"{product.base_url}/v/")
    find(counter, link)
    expect(counter.locator("#what")).to_have_text("Free coffee")
    counter.click("#redeem")
    expect(counter.locator("#doneCount")).to_have_text("Free coffee: redeemed")
    expect(customer.locator(".voucher")).to_have_count(0, timeout=3000)
    find(counter, link)
    expect(counter.locator("#say")).to_have_text("This reward has been redeemed already.")
    expect(counter.locator("#confirm")).to_be_hidden()


def test_two_counters_redeem_a_reward_once(product: Product, people: People) -> None:
    member = product.member(name="Twice")
    product.earn(member["member_id"], visits=9)
    customer, first, second = people.new(), people.new(), people.new()
    customer.goto(member["card_url"])
    for counter in (first, second):
        sign_in(counter, product)
        customer.reload()
        customer.locator(".voucher summary").click()
        find(counter, in_the_picture(customer.locator(".voucher .qr")))
        expect(counter.locator("#what")).to_have_text("Free coffee")
    first.click("#redeem")
    expect(first.locator("#doneCount")).to_have_text("Free coffee: redeemed")
    second.click("#redeem")
    expect(second.locator("#refusedWhy")).to_have_text("This reward has been redeemed already.")


def test_an_amount_moves_the_tier(product: Product, people: People) -> None:
    member = product.member(name="Amalia", phone="+36301112233")
    counter, customer = people.new("hu"), people.new("en")
    sign_in(counter, product)
    find(counter, "+36 30 111 2233")
    expect(counter.locator("#who")).to_have_text("Amalia")
    expect(counter.locator("#meta")).to_contain_text("Vendég")
    counter.click("#amount")
    for key in "15000":
        counter.click(f"[data-key='{key}']")
    expect(counter.locator("#sum")).to_contain_text("150,00")
    counter.click("#enter")
    expect(counter.locator("#doneNews, #doneCount")).to_contain_text(["", "Törzsvendég"])
    customer.goto(member["card_url"])
    expect(customer.locator("#tier .title")).to_have_text("Regular")
    expect(customer.locator("#history")).to_contain_text("You are now Regular")


def test_a_guest_is_found_by_name_among_others(product: Product, people: People) -> None:
    for name in ("Klotild Nagy", "Klotild Kiss"):
        product.member(name=name)
    counter = people.new()
    sign_in(counter, product)
    find(counter, "Klotild")
    expect(counter.locator("#matches li")).to_have_count(2)
    counter.get_by_role("button", name="Klotild Kiss").click()
    expect(counter.locator("#who")).to_have_text("Klotild Kiss")
    find(counter, "Nobody Like This")
    expect(counter.locator("#say")).to_contain_text("No card with this.")


def test_signing_out_is_said_in_the_reader_s_language(product: Product, people: People) -> None:
    counter = people.new("hu")
    sign_in(counter, product)
    counter.locator(".choices summary").click()
    counter.get_by_role("button", name="Kilépés").click()
    expect(counter.locator("h1")).to_have_text("Kiléptél")
    counter.get_by_role("link", name="Belépés").click()
    expect(counter.locator("h1")).to_have_text("Ki van a pultnál?")


def test_people_sign_in_by_name_and_pin(product: Product, people: People) -> None:
    counter = people.new("en")
    sign_in(counter, product)
    product.api("POST", "/v1/staff", {"name": "Béla", "pin": "0042"})
    counter.locator(".choices summary").click()
    counter.get_by_role("button", name="Sign out").click()
    counter.goto(f"{product.base_url}/staff/counter")
    counter.get_by_text("Béla").click()
    for pin, heading in (("0043", "Who is at the counter?"), ("0042", "Counter")):
        counter.get_by_label("PIN").fill(pin)
        counter.keyboard.press("Enter")
        if pin == "0043":
            expect(counter.get_by_role("alert")).to_have_text("This is not the PIN. Try again.")
        expect(counter.locator("h1")).to_have_text(heading)
    expect(counter.locator("header")).to_contain_text("Béla")
