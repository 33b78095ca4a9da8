"""Pages for people who use no mouse, no script, or a robot."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


@pytest.mark.browser
def test_by_keyboard_alone(product: Product, people: People) -> None:
    customer, counter = people.new(), people.new()
    customer.goto(product.demo["join_url"])
    tab_to(customer, ".hero button")
    customer.keyboard.press("Enter")
    expect(customer).to_have_url(re.compile(r"/card/corner-cafe$"))

    product.counter(counter)
    tab_to(counter, "#q")
    counter.keyboard.type(customer.locator("#typed").inner_text())
    counter.keyboard.press("Enter")
    expect(counter.locator("#progress")).to_have_text("1 / 10")
    tab_to(counter, "#plus")
    counter.keyboard.press("Enter")
    expect(counter.locator("#doneCount")).to_have_text("2 / 10")
    tab_to(counter, "#undoDone")
    counter.keyboard.press("Space")
    expect(counter.locator("#doneCount")).to_have_text("Taken back: +1 stamp")


@pytest.mark.browser
def test_without_javascript(product: Product, people: People) -> None:
    club = product.merchant("mug-club", "no-script")
    customer = people.new(java_script_enabled=False)
    customer.goto(club["join_url"])
    customer.locator("summary").click()
    customer.fill("#name", "Plain Page")
    customer.locator(".hero button").click()
    expect(customer).to_have_url(re.compile(r"/card/no-script$"))
    found = product.api("GET", "/v1/members?q=Plain", key=club["api_key"]).json["items"]
    product.earn(found[0]["member_id"], club["api_key"], spend_minor=5000)
    customer.get_by_role("link", name="Get a new code").click()
    customer.get_by_role("button", name="Get it: Free coffee").click()
    expect(customer.locator("h1")).to_have_text("Waiting for you: Free coffee")
    customer.locator(".voucher summary").click()
    expect(customer.locator(".voucher .qr")).to_be_visible()


@pytest.mark.browser
def test_a_form_that_needs_another_look_keeps_what_was_typed(
    product: Product, people: People
) -> None:
    customer = people.new("hu")
    customer.goto(product.demo["join_url"])
    customer.locator("summary").click()
    customer.fill("#name", "Ilona")
    customer.fill("#phone", "12")
    customer.locator(".fields button").click()
    expect(customer.locator("#phone-error")).to_be_visible()
    expect(customer.locator("#name")).to_have_value("Ilona")


def test_a_robot_gets_no_card(product: Product) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    form = urlencode({"name": "Robota", "left_blank": "https://example.com"}).encode()
    answer = product.request("POST", "/j/corner-cafe", form, headers)
    assert answer.status == 422
    assert product.api("GET", "/v1/members?q=Robota").json["items"] == []


@pytest.mark.browser
def test_whoever_fell_into_the_trap_for_robots_can_go_on(product: Product, people: People) -> None:
    """A browser filled in what its owner does not see."""
    customer = people.new("en")
    customer.goto(product.demo["join_url"])
    trap = customer.locator("[name=left_blank]")
    expect(trap).to_be_hidden()
    trap.evaluate("field => { field.value = 'https://example.com'; }")
    customer.locator("summary").click()
    customer.fill("#name", "Ilka Person")
    customer.press("#name", "Enter")
    expect(customer.locator("[role=alert]")).to_contain_text("robots")
    expect(customer.locator("#name")).to_have_value("Ilka Person")
    customer.press("#name", "Enter")
    expect(customer).to_have_url(re.compile(r"/card/corner-cafe$"))
    assert len(product.api("GET", "/v1/members?q=Ilka").json["items"]) == 1


@pytest.mark.parametrize(
    "path", ["/J/CORNER-CAFE", "/j/corner-cafe/", "/j/corner-cafe%29.", "/J/CORNER-CAFE/,"]
)
def test_a_link_that_was_spelled_otherwise_leads_to_the_page(product: Product, path: str) -> None:
    answer = product.request("GET", f"{path}?source=table")
    assert (answer.status, answer.headers["location"]) == (303, "/j/corner-cafe?source=table")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_the_product_fits(product: Product, people: People, width: int) -> None:
    long = "Nagyné Kovács-Szentgyörgyi Boglárka Mária Magdolna"
    member = product.member(name=long, language="hu")
    product.earn(member["member_id"], visits=9)
    reader = people.new("hu", viewport={"width": width, "height": 760})
    product.counter(reader)
    paths = ["/j/corner-cafe", member["card_url"], "/staff/counter", "/c/" + "a" * 22, "/s/ABC123"]
    for path in paths:
        reader.goto(path if path.startswith("http") else product.base_url + path)
        wider = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (path, max(0, wider)) == (path, 0)
        expect(reader.locator("html")).to_have_attribute("lang", "hu")
