"""The programme editor in a real browser: changed, looked at, published, brought back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product
from tests.e2e.signing import sign_in_by_mail

pytestmark = pytest.mark.browser

PAGES = (
    "programme", "programme/rewards", "programme/tiers", "programme/units", "programme/names",
    "programme/versions", "programme/json", "programme/templates", "programme/calculator",
    "campaigns",
)  # fmt: skip


@pytest.fixture
def shop(product: Product, request: pytest.FixtureRequest) -> dict[str, str]:
    slug = f"editor-{len(request.node.name)}"
    made = product.merchant("supper-club", slug, owner_email=f"{slug}@example.com")
    return {"key": made["api_key"], "email": f"{slug}@example.com"}


def program(product: Product, shop: dict[str, str]) -> Any:
    return product.api("GET", "/v1/program", key=shop["key"]).json["program"]


def look(page: Page, where: str) -> None:
    """Nothing is wider than the screen, and axe finds nothing, on a phone and on a desk."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, (where, width)
        found = Axe().run(page).response["violations"]
        assert [(it["id"], it["nodes"][0]["target"]) for it in found] == [], (where, width)


def test_a_rule_is_changed_published_and_brought_back(
    product: Product, shop: dict[str, str], people: People
) -> None:
    page = people.new()
    sign_in_by_mail(product, page, shop["email"])
    before = program(product, shop)
    page.goto(f"{product.base_url}/console/programme")
    amount = page.locator("[id='r-earn.main'] [name=amount]")
    amount.fill("2")
    amount.press("Tab")  # it is saved when the field is left
    expect(page.locator("#unpublished")).to_contain_text("One change is not published")
    expect(page.locator("[id='r-earn.main']")).to_contain_text("Until now")
    assert program(product, shop) == before
    amount.fill("0")
    amount.press("Tab")
    expect(page.locator("#mistakes")).to_be_focused()
    expect(page.locator("[id='r-earn.main'] .mistake")).to_have_text("At least 1.")
    look(page, "a mistake")
    page.goto(f"{product.base_url}/console/programme/preview")
    look(page, "preview")
    page.get_by_role("button", name="Publish version 2").click()
    page.wait_for_url(re.compile("/console/programme"))
    assert program(product, shop)["earn"][0]["amount"] == 2
    page.goto(f"{product.base_url}/console/programme/versions/1")
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_role("button", name="Publish version 3").click()
    page.wait_for_url(re.compile(r"/console/programme(\?.*)?$"))
    assert program(product, shop) == before


@pytest.mark.long
def test_every_page_fits_phone_and_desk(
    product: Product, shop: dict[str, str], people: People
) -> None:
    page = people.new()
    sign_in_by_mail(product, page, shop["email"])
    for name in PAGES:
        answer = page.goto(f"{product.base_url}/console/{name}")
        assert answer
        assert answer.status == 200
        assert len(answer.body()) < 400_000, name
        look(page, name)


@pytest.mark.long
def test_it_works_without_a_script(product: Product, shop: dict[str, str], people: People) -> None:
    signed_in = people.new()
    sign_in_by_mail(product, signed_in, shop["email"])
    page = people.new(java_script_enabled=False)
    page.context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    page.goto(f"{product.base_url}/console/programme")
    page.fill("[id='r-earn.main'] [name=amount]", "3")
    page.locator("[id='r-earn.main']").get_by_role("button", name="Save").click()
    expect(page.locator("#unpublished")).to_contain_text("One change is not published")


def order(page: Page) -> list[str]:
    rows = page.locator("[id^='r-rewards.']")
    return [str(one.get_attribute("id")).removeprefix("r-rewards.") for one in rows.all()]


@pytest.mark.long
def test_rows_are_put_into_order_by_their_handle(
    product: Product, shop: dict[str, str], people: People
) -> None:
    page = people.new(viewport={"width": 1280, "height": 1800})
    sign_in_by_mail(product, page, shop["email"])
    page.goto(f"{product.base_url}/console/programme/rewards")
    first, second, *rest = order(page)
    handle = page.locator(f"[id='r-rewards.{first}'] .handle")
    below = page.locator(f"[id='r-rewards.{second}']").bounding_box()
    at = handle.bounding_box()
    assert at
    assert below

    def lift() -> None:
        page.mouse.move(at["x"] + 20, at["y"] + 20)
        page.mouse.down()
        page.mouse.move(at["x"] + 20, at["y"] + below["height"] / 2 + 50, steps=12)

    lift()
    expect(page.locator(".lifted")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert order(page) == [first, second, *rest]
    expect(page.locator("#unpublished")).to_be_empty()
    lift()
    page.mouse.up()
    expect(page.locator("#unpublished")).to_contain_text("not published")
    assert order(page) == [second, first, *rest]
    page.reload()
    assert order(page) == [second, first, *rest]


def test_a_finger_puts_rows_into_order(
    product: Product, shop: dict[str, str], people: People
) -> None:
    page = people.new(has_touch=True, is_mobile=True)
    sign_in_by_mail(product, page, shop["email"])
    page.goto(f"{product.base_url}/console/programme/rewards")
    first, second, *rest = order(page)
    handle = page.locator(f"[id='r-rewards.{second}'] .handle")
    handle.scroll_into_view_if_needed()
    at, above = handle.bounding_box(), page.locator(f"[id='r-rewards.{first}']").bounding_box()
    assert at
    assert above
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": at["x"] + 20, "y": y}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", at["y"] + 20)
    for step in range(1, 11):
        touch("touchMove", at["y"] + 20 + (above["y"] - 40 - at["y"]) * step / 10)
    touch("touchEnd", 0)
    expect(page.locator("#unpublished")).to_contain_text("not published")
    assert order(page) == [second, first, *rest]
