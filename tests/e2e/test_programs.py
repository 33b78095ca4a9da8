"""Other programmes than the demo's, made through the API: how they look to their members."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import People
from tests.e2e.product import Product

pytestmark = pytest.mark.browser


def test_points_and_a_reward_of_one_s_choice(product: Product, people: People) -> None:
    club = product.merchant("mug-club", "mugs", name="Mug Club")
    key = club["api_key"]
    customer = people.new("en")
    customer.goto(club["join_url"])
    expect(customer.locator("h1")).to_have_text("Collect points, and the coffee is on the house")
    expect(customer.locator(".lead")).to_contain_text("50\u00a0points")
    member = product.member(key, name="Max")
    customer.goto(member["card_url"])
    expect(customer.locator("h1")).to_have_text("50 more points and the coffee is on the house")
    expect(customer.locator(".under")).to_contain_text("Show your code at the counter")
    product.earn(member["member_id"], key, spend_minor=6480)
    expect(customer.locator("h1")).to_have_text(re.compile("You have enough"), timeout=4000)
    expect(customer.locator(".count")).to_have_text(re.compile(r"64\s*/ 50.points"))
    expect(customer.locator("#ladder .own .strong")).to_have_text("Daily Drip")
    expect(customer.locator("#history li").first).to_contain_text(
        "64\u00a0points for €64.80; €0.80 carried to the next"
    )
    customer.get_by_role("button", name="Get it: Free coffee").click()
    expect(customer.locator(".voucher")).to_have_count(1)
    expect(customer.locator("h1")).to_have_text("Waiting for you: Free coffee")
    expect(customer.locator("#rewards")).to_contain_text("14\u00a0points")


def test_mains_are_counted_and_spending_lifts_the_tier(product: Product, people: People) -> None:
    club = product.merchant("supper-club", "suppers", name="Supper Club", languages=["hu", "en"])
    key = club["api_key"]
    member = product.member(key, name="Sára", language="hu")
    customer = people.new("hu")
    customer.goto(member["card_url"])
    expect(customer.locator("h1")).to_have_text("Még 9 főétel, és a tizedik a ház ajándéka")
    expect(customer.locator("#tier .panel >> nth=0 >> .sum")).to_have_text("0,00 / 500,00\u00a0€")
    mains = [{"category": "main", "quantity": 9, "amount_minor": 50000}]
    product.earn(member["member_id"], key, spend_minor=50000, items=mains)
    expect(customer.locator("#ladder .own .strong")).to_have_text("Ínyenc", timeout=4000)
    latest = customer.locator("#history li").first
    expect(latest).to_contain_text("+9 bélyeg")
    expect(latest).to_contain_text("Megnyílt: A tizedik főétel ajándék (9\u00a0bélyeg)")
    expect(latest).to_contain_text("Új szinten vagy: Ínyenc")


def test_a_debt_after_a_refund_is_said_plainly(product: Product, people: People) -> None:
    member = product.member(name="Rita")
    for sale in range(9):
        product.earn(member["member_id"], order_id=f"debt-{sale}", spend_minor=500)
    voucher = product.card(member["member_id"])["vouchers"][0]
    redeemed = product.api("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
    assert redeemed.status == 200
    for sale in range(2):
        refund = {"order_id": f"debt-{sale}", "refund_id": f"debt-{sale}:all"}
        assert product.api("POST", "/v1/refunds", refund).json["debt"]
    customer = people.new("en")
    customer.goto(member["card_url"])
    expect(customer.locator("h1")).to_have_text("2 more stamps and the refund is settled")
    expect(customer.locator("#rewards")).to_contain_text("2\u00a0stamps to make up for")
    expect(customer.locator("#history li").first).to_contain_text("A purchase was refunded")
