"""The card page for who reads it in other colors, by the keyboard, or with a camera."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from regulars.render import assets
from tests.unit.pages.card_samples import CARD, FRIENDS_URL
from tests.unit.pages.samples import PAGES

pytestmark = pytest.mark.browser

CARDS = [name for name in PAGES if name.startswith("card")]

READ = """async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
    return jsQR(data, image.width, image.height, {inversionAttempts: "dontInvert"})?.data;
}"""
"""What a camera reads in a picture of the page: one that needs dark on light, as many do."""

LOOK = """() => {
    const look = (each) => each && getComputedStyle(each);
    const full = look(document.querySelector(".hero .stamps .on:not(.goal)"));
    const open = look(document.querySelector(".hero .stamps i:not(.on):not(.goal)"));
    const seen = (each) => each.checkVisibility() && !each.closest(".said, .hp");
    const bare = [...document.querySelectorAll("a.button, button")].filter(seen)
        .filter((each) => parseFloat(look(each).borderTopWidth) === 0
            && look(each).textDecorationLine !== "underline" && !each.querySelector("svg"))
        .map((each) => each.textContent.trim());
    return {alike: !!full && !!open && full.backgroundColor === open.backgroundColor,
        open: open ? parseFloat(open.borderTopWidth) : 1, bare};
}"""
"""How stamps and buttons are told apart where the page's own colors are not shown."""

WALK = """() => {
    const here = document.activeElement, box = here.getBoundingClientRect();
    const look = getComputedStyle(here);
    if (here === document.body) return null;
    here.dataset.walked = (here.dataset.walked || "") + "x";
    return {what: (here.textContent.trim() || here.outerHTML).slice(0, 40),
        ring: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
        inside: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
        again: here.dataset.walked.length > 1};
}"""

NO_CONTRAST = {"rules": {"color-contrast": {"enabled": False}}}
"""Axe compares the page's own text colors, which are not shown, with the system's ground."""

LEFT = """() => [...document.querySelectorAll("a[href], button, input, select, summary, textarea")]
    .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
    .filter((each) => each.type !== "hidden" && !each.dataset.walked)
    .filter((each) => each.type !== "radio")
    .map((each) => each.outerHTML.slice(0, 80))"""
"""What can be pressed, and was not reached."""


@pytest.fixture
def forced(page: Page) -> Page:
    """A phone whose owner has chosen light writing on black for everything."""
    page.emulate_media(forced_colors="active", color_scheme="dark")
    return page


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_told_in_forced_colors(forced: Page, address: str, name: str) -> None:
    forced.goto(f"{address}/en/{name}")
    found = forced.evaluate(LOOK)
    assert not found["alike"], "full and open places look the same"
    assert found["open"] >= 1, "an open place has an edge"
    assert found["bare"] == [], "buttons have an edge"
    if name in {"card", "card-reached", "card-several", "card-points"}:
        violations = Axe().run(forced, options=NO_CONTRAST).response["violations"]
        assert [(it["id"], it["nodes"][0]["target"]) for it in violations] == []


def test_the_code_is_read_in_forced_colors(forced: Page, address: str) -> None:
    forced.goto(f"{address}/en/card")
    forced.add_script_tag(url=f"{address}{assets.url('jsqr.js')}")
    box = forced.locator("#see svg").bounding_box()
    assert box
    modules = forced.evaluate("document.querySelector('#see svg').viewBox.baseVal.width")
    quiet = box["width"] * 4 / modules
    shown = forced.screenshot(
        full_page=True,
        clip={
            "x": box["x"] - quiet,
            "y": box["y"] - quiet,
            "width": box["width"] + 2 * quiet,
            "height": box["height"] + 2 * quiet,
        },
    )
    assert Image.open(BytesIO(shown)).convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    picture = base64.b64encode(shown).decode()
    read = forced.evaluate(READ, f"data:image/png;base64,{picture}")
    assert CARD.code is not None
    assert read == CARD.code.url


def test_a_friend_s_camera_reads_the_link_of_the_card(page: Page, address: str) -> None:
    page.goto(f"{address}/en/card-friends")
    page.add_script_tag(url=f"{address}{assets.url('jsqr.js')}")
    expect(page.locator(".scan")).to_be_hidden()
    page.locator("#friends summary").click()
    picture = base64.b64encode(page.locator(".scan").screenshot()).decode()
    read = page.evaluate(READ, f"data:image/png;base64,{picture}")
    assert read == FRIENDS_URL


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["card", "card-several", "card-asked", "card-ranked"])
def test_all_of_a_card_is_reached_by_the_keyboard(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/en/{name}")
    walked: list[dict[str, Any]] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        step = page.evaluate(WALK)
        if step is None or step["again"]:
            break
        walked.append(step)
    assert len(walked) > 3
    assert [step["what"] for step in walked if not step["ring"]] == []
    assert [step["what"] for step in walked if not step["inside"]] == []
    assert page.evaluate(LEFT) == []


def test_the_code_is_made_bigger_and_a_panel_opened_with_keys(page: Page, address: str) -> None:
    page.goto(f"{address}/en/card")
    see = page.locator("#see")
    see.focus()
    page.keyboard.press("Enter")
    expect(see).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(see).to_have_attribute("aria-pressed", "false")
    summary = page.locator("summary:visible").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(summary.locator("xpath=..")).to_have_attribute("open", "")


def test_a_code_held_to_the_camera_is_read_by_the_fallback(page: Page, address: str) -> None:
    page.goto(f"{address}/en/card")
    page.add_script_tag(url=f"{address}{assets.url('jsqr.js')}")
    read = page.evaluate(
        """async () => {
            const svg = document.querySelector("#see svg").cloneNode(true);
            svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
            svg.setAttribute("width", 300);
            svg.setAttribute("height", 300);
            const image = new Image();
            image.src = "data:image/svg+xml," + encodeURIComponent(svg.outerHTML);
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 380;
            const context = canvas.getContext("2d");
            context.fillStyle = "#fff";
            context.fillRect(0, 0, 380, 380);
            context.drawImage(image, 40, 40, 300, 300);
            return jsQR(context.getImageData(0, 0, 380, 380).data, 380, 380)?.data;
        }"""
    )
    assert CARD.code is not None
    assert read == CARD.code.url
