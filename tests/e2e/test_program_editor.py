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


def test_it_works_without_a_script(product: Product, shop: dict[str, str], people: People) -> None:
    signed_in = people.new()
    sign_in_by_mail(product, signed_in, shop["email"])
    page = people.new(java_script_enabled=False)
    page.context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    page.goto(f"{product.base_url}/console/programme")
    page.fill("[id='r-earn.main'] [name=amount]", "3")
    page.locator("[id='r-earn.main']").get_by_role("button", name="Save").click()
    expect(page.locator("#unpublished")).to_contain_text("One change is not published")
