"""Counters that all members share, moved by a till's sale as by the counter's own."""

from __future__ import annotations

import pytest

from tests.functional import tills
from tests.functional.tills import refund, sale
from tests.service import Merchant, Service

FIRST = {
    "id": "first",
    "name": {"en": "The first two"},
    "on": ["spend"],
    "total": 2,
    "bonus": {"unit": "point", "amount": 30},
}


@pytest.fixture
def club(service: Service) -> Merchant:
    """A Mug Club (a point for each 1.00) in which the first two sales get thirty points more."""
    club = service.new_merchant("mug-club")
    document = club.call("GET", "/v1/program").json["program"]
    document["campaigns"] = [FIRST]
    reply = club.call("PUT", "/v1/program", document, headers={"if-match": "*"})
    assert reply.status == 200, reply.text
    return club


def points(club: Merchant, member_id: str) -> int:
    available: int = club.card(member_id)["balances"]["point"]["available"]
    return available


def test_a_till_counts_too(club: Merchant) -> None:
    member_id = club.join(name="Anna", email="anna@example.com")["member_id"]
    got = []
    for number in range(3):
        before = points(club, member_id)
        tills.book_all(club, [sale(f"bill-{number}")])
        got.append(points(club, member_id) - before)
    assert got == [50, 50, 20]
    # What is taken back is there for the next one.
    tills.book_all(club, [refund("all", order_id="bill-0")])
    before = points(club, member_id)
    tills.book_all(club, [sale("bill-9")])
    assert points(club, member_id) - before == 50
