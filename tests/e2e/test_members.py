"""Members at the console in a real browser: a list brought in, one found, corrected, erased."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product, wait_for
from tests.e2e.signing import sign_in_by_mail

pytestmark = pytest.mark.browser

MEMBERS = 500
SOME = MEMBERS // 4
"""The number of one of them."""


@pytest.fixture
def shop(product: Product, request: pytest.FixtureRequest) -> dict[str, str]:
    slug = f"members-{len(request.node.name)}"
    made = product.merchant("corner-cafe", slug, owner_email=f"{slug}@example.com")
    return {"key": made["api_key"], "email": f"{slug}@example.com"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list as a spreadsheet in Budapest saves it: code page 1250, semicolons, and one mistake."""
    rows = [
        f"Vendég Ödön {n};odon{n}@example.com;{n % 9};1990.05.{n % 28 + 1:02}."
        for n in range(MEMBERS)
    ]
    rows[7] = "Rossz Béla;nincs;1;"
    path = tmp_path / "vendegek.csv"
    path.write_bytes("\r\n".join(["Név;E-mail;Bélyeg;Születésnap", *rows]).encode("cp1250"))
    return path


def fits(page: Page, where: str) -> None:
    """Nothing is wider than the screen, and axe finds nothing."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, where
    assert Axe().run(page).response["violations"] == [], where


def look(page: Page, where: str) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, f"{where} at {width}")


def bring_in(page: Page, product: Product, file: Path) -> str:
    page.goto(f"{product.base_url}/console/members/import")
    page.set_input_files("#f-file", file)
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url(re.compile("/import/i[0-9a-f]{20}"))
    start = page.get_by_role("button", name="Bring them in")
    expect(start).to_be_visible(timeout=60_000)  # the page fetches itself
    return page.url.partition("?")[0]


@pytest.mark.long
def test_a_list_is_brought_in_twice_and_one_of_it_found_corrected_and_erased(
    product: Product, people: People, shop: dict[str, str], file: Path
) -> None:
    page = people.new("en")
    sign_in_by_mail(product, page, shop["email"])
    page.goto(f"{product.base_url}/console/members")
    expect(page.get_by_text("Your first member will stand here")).to_be_visible()
    look(page, "no members")
    where = bring_in(page, product, file)
    expect(page.locator("h1")).to_have_text(
        f"{MEMBERS - 1} new, 0 changed, 0 as they are, 1 left out"
    )
    expect(page.get_by_text("This is no e-mail address.")).to_be_visible()
    look(page, "before it starts")
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("button", name="Take it all back")).to_be_visible(timeout=120_000)
    look(page, "done")

    bring_in(page, product, file)
    expect(page.locator("h1")).to_have_text(
        f"0 new, 0 changed, {MEMBERS - 1} as they are, 1 left out"
    )

    def counted() -> bool:
        return bool(
            product.api("GET", "/v1/members/counts", key=shop["key"]).json["members"] == MEMBERS - 1
        )

    wait_for(counted, "the lists", 60)
    page.goto(f"{product.base_url}/console/members")
    expect(page.locator("h1")).to_have_text(f"{MEMBERS - 1} members")
    look(page, "the list")
    page.fill("#f-q", f"odon {SOME}")
    page.press("#f-q", "Enter")
    page.get_by_role("link", name=f"Vendég Ödön {SOME}").click()
    expect(page.locator("h1")).to_have_text("Has not paid a visit yet.")
    look(page, "a member")

    page.get_by_role("button", name="+1 visit").click()
    expect(page.get_by_text("Booked.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.").first).to_be_visible()
    page.reload()
    page.locator("summary", has_text="Adjust").click()
    page.get_by_label("How many more, or less?").fill("+2")
    page.get_by_label("Reason").fill("Waited long")
    page.locator("form[action$='/adjust'] button").click()
    expect(page.get_by_text("Waited long").first).to_be_visible()
    page.locator("summary", has_text="Erase").click()
    page.locator("#f-named").fill(f"Vendég Ödön {SOME}")
    page.locator("form[action$='/erase'] button").click()
    expect(page.get_by_text("Erased.")).to_be_visible()
    asked = f"/v1/members?q=odon{SOME}@example.com"
    assert product.api("GET", asked, key=shop["key"]).json["items"] == []

    page.goto(where)
    page.get_by_role("button", name="Take it all back").click()
    expect(page.locator("h1")).to_contain_text(f"{MEMBERS - 2} taken back", timeout=120_000)
    page.goto(f"{product.base_url}/console/members")
    look(page, "after all")


@pytest.mark.long
def test_by_keyboard_alone_and_back_and_reload_anywhere(
    product: Product, people: People, shop: dict[str, str]
) -> None:
    page = people.new("en")
    sign_in_by_mail(product, page, shop["email"])
    page.goto(f"{product.base_url}/console/members/new")
    page.focus("#f-name")
    page.keyboard.type("Anna Keys")
    page.keyboard.press("Tab")
    page.keyboard.type("nowhere")
    page.keyboard.press("Enter")
    expect(page.locator("#mistakes")).to_be_focused()
    expect(page.locator("#f-name")).to_have_value("Anna Keys")
    look(page, "a mistake")
    page.fill("#f-phone", "+36 30 123 4567")
    page.press("#f-phone", "Enter")
    page.wait_for_url(re.compile("/console/members/c"))
    expect(page.get_by_text("Added.")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Members").first.click()
    page.go_back()
    expect(page.get_by_text("Anna Keys").first).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("Anna Keys").first).to_be_visible()
    assert len(product.api("GET", "/v1/members", key=shop["key"]).json["items"]) == 1
