"""What is played for and what comes unexpectedly, in the running product."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product

pytestmark = pytest.mark.browser

SPRING = f"{datetime.now(UTC).year + 1}-05"
BOARD = {
    "id": "visits", "name": {"en": "Most visits", "hu": "Legtöbb látogatás"},
    "metric": "visits", "window": "year",
}  # fmt: skip
WARM = {
    "id": "warm", "name": {"en": "For a hard day", "hu": "Nehéz napra"}, "reward": "pastry",
    "by": "staff", "budget": {"amount_minor": 100, "window": "day"},
}  # fmt: skip
PASTRY = {"id": "pastry", "name": {"en": "Pastry", "hu": "Sütemény"}, "cost_minor": 70}


def cafe_with(product: Product, slug: str, key: str, **sections: Any) -> dict[str, Any]:
    """A café with these sections in its programme (live or sandbox, as the key's name says)."""
    cafe = product.merchant("corner-cafe", slug)
    document = product.api("GET", "/v1/program", key=cafe[key]).json["program"]
    headers = {"authorization": f"Bearer {cafe[key]}", "if-match": "1"}
    document |= {"rewards": [*document["rewards"], PASTRY], **sections}
    published = product.request("PUT", "/v1/program", json.dumps(document).encode(), headers)
    assert published.status == 200, published.text
    return cafe


def sleep_until(product: Product, key: str, day: str) -> None:
    """Move a sandbox to the morning of a day."""
    moved = product.api("POST", "/v1/test/clock", {"now": f"{day}T08:00:00Z"}, key=key)
    assert moved.status == 200, moved.text


def shoot(page: Page, shots: Path | None, name: str) -> None:
    """A picture in two widths, when somebody wants to look."""
    for width in (360, 1280) if shots else ():
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=f"{shots}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 360, "height": 760})


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("lang", "yes", "no", "place"),
    [
        ("en", "Take part", "Stop taking part", "Your place: 2 of 2"),
        ("hu", "Beszállok", "Kiszállok", "Helyezésed: 2 / 2"),
    ],
)
@pytest.mark.long
def test_one_is_on_the_leaderboard_by_saying_so_also_without_scripts(
    product: Product, people: People, shots: Path | None, lang: str, yes: str, no: str, place: str
) -> None:
    cafe = cafe_with(product, f"ranked-{lang}", "test_api_key", leaderboards=[BOARD])
    key = cafe["test_api_key"]
    sleep_until(product, key, f"{SPRING}-10")
    rival = product.member(key, name="Ben Nagy", consents={"leaderboard": True})
    name = {"en": "Anna Kovács", "hu": "Kovács Anna"}[lang]  # as each language orders it
    member = product.member(key, name=name, language=lang)
    for member_id, visits in ((rival["member_id"], 5), (member["member_id"], 3)):
        product.earn(member_id, key, visits=visits)
    anna = people.new(lang, java_script_enabled=False)
    anna.goto(member["card_url"])
    board = anna.locator("#leaderboards")
    expect(board).to_contain_text("Anna K.")
    expect(board).not_to_contain_text("Ben")
    shoot(anna, shots, f"board-asked-{lang}")
    board.get_by_role("button", name=yes, exact=True).click()
    sleep_until(product, key, f"{SPRING}-11")
    anna.reload()
    expect(board).to_contain_text(place)
    expect(board.locator("li")).to_have_text([re.compile("Ben N."), re.compile("Anna K.")])
    shoot(anna, shots, f"board-{lang}")
    board.get_by_role("button", name=no, exact=True).click()
    expect(board).not_to_contain_text("Ben")


@pytest.mark.long
def test_staff_give_a_gift_until_the_budget_is_used_up(
    product: Product, people: People, shots: Path | None
) -> None:
    cafe = cafe_with(product, "gifts", "api_key", surprises=[WARM])
    member = product.member(cafe["api_key"], name="Zsófi", language="hu", email="z@example.com")
    counter, customer = people.new("en"), people.new("hu")
    product.counter(counter, cafe["api_key"])
    for place, sentence in (("#doneCount", "Given: Pastry"), ("#refusedWhy", "No more of it just")):
        counter.fill("#q", "z@example.com")
        counter.press("#q", "Enter")
        counter.click("#give")
        shoot(counter, shots, "gift-open")
        counter.get_by_role("button", name="Pastry For a hard day").click()
        expect(counter.locator(place)).to_contain_text(sentence)
        counter.locator("#nextGuest:visible, #nextRefused:visible").click()
    shoot(counter, shots, "gift-none-left")
    customer.goto(member["card_url"])
    expect(customer.locator(".voucher")).to_contain_text("Sütemény")
    expect(customer.locator("#history li").first).to_contain_text("Meglepetés neked: Sütemény")
    shoot(customer, shots, "gift-on-card")


def test_points_are_taken_as_money_and_used_on_a_bill(
    product: Product, people: People, shots: Path | None
) -> None:
    point = {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"}
    money = {
        "id": "money", "name": "Points as money", "kind": "credit", "max_share": "0.5",
        "cost": {"unit": "point", "amount": 100}, "rate": {"units": 100, "amount_minor": 500},
    }  # fmt: skip
    cafe = cafe_with(product, "credit", "api_key", units=[point], earn=[], rewards=[money])
    member = product.member(cafe["api_key"], name="Lea", email="lea@example.com")
    given = {"member_id": member["member_id"], "unit": "point", "amount": 250, "reason": "r"}
    assert product.api("POST", "/v1/adjust", given, key=cafe["api_key"]).status == 200
    customer, counter = people.new("en"), people.new("en")
    customer.goto(member["card_url"])
    expect(customer.get_by_label("How many")).to_have_value("250")
    customer.get_by_label("How many").fill("200")
    shoot(customer, shots, "credit-to-take")
    customer.get_by_role("button", name="Get it: Points as money").click()
    expect(customer.locator(".voucher")).to_contain_text("€10.00 off")

    product.counter(counter, cafe["api_key"])
    counter.fill("#q", "lea@example.com")
    counter.press("#q", "Enter")
    counter.get_by_role("button", name="Redeem: Points as money").click()
    counter.click("#redeem")
    expect(counter.locator("#padHint")).to_have_text("Type what the bill comes to.")
    counter.click("#cancel")
    expect(counter.locator("#confirm")).to_be_visible()
    counter.click("#redeem")
    for key in "1275":
        counter.click(f"[data-key='{key}']")
    expect(counter.locator("#sum")).to_have_text("€12.75")
    expect(counter.locator("#enter")).to_have_text("Redeem")
    shoot(counter, shots, "credit-bill")
    counter.click("#enter")
    expect(counter.locator("#doneCount")).to_have_text("Take €6.37 off the bill.")
    counter.click("#again")
    expect(counter.locator("#due")).to_contain_text("€3.63 of €10.00 left")
    expect(customer.locator(".voucher")).to_contain_text("€3.63 of €10.00 left", timeout=4000)
    expect(customer.locator("#history li").first).to_contain_text("€6.37 used: Points as money")
    shoot(customer, shots, "credit-on-card")
