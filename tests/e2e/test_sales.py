"""Sales that tills and shops report arrive on cards, with their reasons; refunds take them back."""

from __future__ import annotations

from typing import Any

from tests.e2e import tills
from tests.e2e.product import Product, wait_for


def newest(product: Product, member_id: str, key: str, kind: str) -> dict[str, Any]:
    """The newest entry of a card, once it is of this kind."""

    def look() -> dict[str, Any] | None:
        answer = product.api("GET", f"/v1/members/{member_id}/entries", key=key)
        entry: dict[str, Any] = answer.json["items"][0]
        return entry if entry["kind"] == kind else None

    found: dict[str, Any] = wait_for(look, f"an entry of kind {kind}")
    return found


def test_a_signed_sale_gives_points_and_its_refund_takes_them(product: Product) -> None:
    club = product.merchant("mug-club", "sold-by-till")
    key = club["api_key"]
    member = product.member(key, name="Max", phone="+36301234501")
    sale = {"total_minor": 840, "currency": "EUR"}
    nobody = tills.generic(product, club, "sale.completed", order_id="till-1", **sale)
    contact = {"phone": "+36 30 123 4501"}
    known = tills.generic(
        product, club, "sale.completed", order_id="till-2", contact=contact, **sale
    )
    assert [(sent.status, sent.text) for sent in (nobody, known)] == [(200, ""), (200, "")]

    earned = newest(product, member["member_id"], key, "earn")
    assert (earned["source"], earned["order_id"]) == ("generic", "till-2")
    assert [(line["unit"], line["amount"]) for line in earned["lines"]] == [("point", 8)]
    assert earned["lines"][0]["why"] == "8\u00a0points for €8.40; €0.40 carried to the next"

    refund = {"order_id": "till-2", "refund_id": "r-1", "total_minor": 840}
    assert tills.generic(product, club, "sale.refunded", **refund).status == 200
    taken = newest(product, member["member_id"], key, "reverse")
    assert [line["amount"] for line in taken["lines"]] == [-8]
    after = product.card(member["member_id"], key)
    assert after["balances"]["point"] == {"available": 0, "pending": 0, "debt": 0}
    assert after["spend_minor"] == 0
    assert product.api("GET", f"/v1/members/{member['member_id']}/verify", key=key).json["ok"]


def test_a_square_payment_stamps_the_card_of_its_customer(product: Product) -> None:
    cafe = product.demo
    member = product.member(name="Square Sam", phone="+36301234502")
    customer = {"id": "CUST1", "phone_number": "+36301234502"}
    assert tills.square(product, cafe, "customer.updated", customer).status == 200
    payment = {
        "id": "PAY1",
        "status": "COMPLETED",
        "amount_money": {"amount": 1250, "currency": "EUR"},
        "tip_money": {"amount": 150, "currency": "EUR"},
        "total_money": {"amount": 1400, "currency": "EUR"},
        "customer_id": "CUST1",
        "location_id": "L1",
        "created_at": "2026-11-01T08:00:00Z",
    }
    linked = wait_for(lambda: _customer_is_known(product), "Square's customer")
    assert linked
    for _ in range(2):  # Square sends everything at least once
        assert tills.square(product, cafe, "payment.updated", payment).status == 200
    earned = newest(product, member["member_id"], "", "earn")
    assert [(line["amount"], line["why"]) for line in earned["lines"]] == [(1, "for your visit")]
    assert product.card(member["member_id"])["spend_minor"] == 1250

    refund = {
        "id": "REF1",
        "payment_id": "PAY1",
        "status": "COMPLETED",
        "amount_money": {"amount": 1400, "currency": "EUR"},
    }
    assert tills.square(product, cafe, "refund.updated", refund).status == 200
    taken = newest(product, member["member_id"], "", "reverse")
    assert [line["amount"] for line in taken["lines"]] == [-1]
    after = product.card(member["member_id"])
    assert (after["visits"], after["spend_minor"], after["seq"]) == (0, 0, 3)
    assert after["balances"]["stamp"]["available"] == 1


def _customer_is_known(product: Product) -> bool:
    """Whether the queue has been worked off, so that the next event comes after this one."""
    asked = {"QueueUrl": product.queue("orders"), "AttributeNames": ["All"]}
    counts = product.client("sqs").call("GetQueueAttributes", asked)["Attributes"]
    waiting = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return all(int(counts[name]) == 0 for name in waiting)


def test_a_forged_sale_is_refused(product: Product) -> None:
    club = product.merchant("mug-club", "forged")
    forged = {**club, "webhook_secrets": {"generic": "whsec_AAAA", "square": "AAAA"}}
    sale = {"order_id": "x", "total_minor": 100, "currency": "EUR"}
    assert tills.generic(product, forged, "sale.completed", **sale).status == 401
    assert tills.square(product, forged, "payment.updated", {"id": "x"}).status == 401
