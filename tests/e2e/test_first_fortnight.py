"""A guest's card on each of the three named programmes, from joining to a redeemed reward."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product

MAINS: dict[str, Any] = {"spend_minor": 6000, "items": [
    {"category": "main", "quantity": 3, "amount_minor": 6000}]}  # fmt: skip
JOURNEYS: dict[str, tuple[str, list[tuple[str, dict[str, Any], str]]]] = {
    "mug-club": ("en", [
        ("way", {"spend_minor": 3800}, "12 more points"),
        ("enough", {"spend_minor": 1500}, "You have enough for this: Free coffee"),
    ]),
    "vip-collective": ("hu", [
        ("way", {"visits": 3, "spend_minor": 9000}, "Még 2"),
        ("reached", {"visits": 2}, "Rád vár: Mélyápoló kezelés"),
        ("reached", {"visits": 1}, "Rád vár: Mélyápoló kezelés"),
    ]),
    "supper-club": ("hu", [
        ("way", MAINS, "Még 6 főétel"),
        ("way", MAINS, "Még 3 főétel"),
        ("reached", MAINS, "Rád vár: A tizedik főétel ajándék"),
        ("reached", {"spend_minor": 40000}, "Rád vár"),
    ]),
}  # fmt: skip


def shoot(page: Page, shots: Path | None, name: str) -> None:
    """A picture, when somebody wants to look (SHOTS=docs/screenshots)."""
    if shots:
        page.wait_for_timeout(300)
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.sampled(3)
@pytest.mark.parametrize("template", sorted(JOURNEYS))
@pytest.mark.long
def test_from_joining_to_a_redeemed_reward(
    product: Product, people: People, shots: Path | None, template: str
) -> None:
    language, steps = JOURNEYS[template]
    shop = product.merchant(template, f"fortnight-{template}", name=template.title())
    key = shop["api_key"]
    guest = people.new(language, viewport={"width": 390, "height": 844})
    guest.goto(shop["join_url"])
    shoot(guest, shots, f"{template}-join")
    guest.locator("summary").first.click()
    guest.fill("#name", "Anna")
    guest.locator(".fields button").click()
    expect(guest).to_have_url(re.compile("/card/"))
    shoot(guest, shots, f"{template}-new")
    (member,) = product.api("GET", "/v1/members?q=Anna", key=key).json["items"]
    for number, (kind, fields, promise) in enumerate(steps, 1):
        product.earn(member["member_id"], key, **fields)
        guest.reload()
        expect(guest.locator("#hero")).to_have_attribute("data-kind", kind)
        expect(guest.locator("h1")).to_contain_text(promise)
        shoot(guest, shots, f"{template}-{number}-{kind}")
    if steps[-1][0] == "enough":
        guest.locator(".hero button.go").click()
        expect(guest.locator("#hero")).to_have_attribute("data-kind", "reached")
    guest.locator(".in-hero summary").click()
    expect(guest.locator(".in-hero .qr")).to_be_visible()
    if shots:
        guest.screenshot(path=f"{shots}/{template}-code.png")
    guest.keyboard.press("Escape")
    voucher = product.card(member["member_id"], key)["vouchers"][0]
    done = product.api("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}, key=key)
    assert done.status == 200
    guest.reload()
    expect(guest.locator("#hero")).to_have_attribute("data-kind", "redeemed")
    shoot(guest, shots, f"{template}-redeemed")
    guest.locator(".done a").click()
    expect(guest.locator("#hero")).not_to_have_attribute("data-kind", "redeemed")
    expect(guest.locator("#ladder li")).to_have_count(3)
