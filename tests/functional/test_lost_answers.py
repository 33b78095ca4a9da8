"""A repair puts back what was done, not what was answered: that is rendered again, or lost."""

from __future__ import annotations

from regulars.store import keys
from tests.service import Merchant


def lose_answer(cafe: Merchant, key: str) -> None:
    """Leave of an operation what a repair can put back."""
    (item,) = cafe.service.table.get(keys.operation(cafe.id, f"key:{key}"))
    assert item is not None
    cafe.service.table.put({name: it for name, it in item.items() if name != "answer"})


def test_that_of_a_refund_taken_back_is_rendered_again(cafe: Merchant) -> None:
    anna = cafe.join()["member_id"]
    cafe.earn(anna, visits=4, spend_minor=700, order_id="o1")
    cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r1"})
    first = cafe.call("POST", "/v1/refunds/r1/void", {}, key="v")
    assert first.status == 200, first.text
    lose_answer(cafe, "v")
    again = cafe.call("POST", "/v1/refunds/r1/void", {}, key="v")
    assert (again.status, again.json["entry"]) == (200, first.json["entry"])


def test_that_about_two_cards_is_said_to_be_lost(cafe: Merchant) -> None:
    anna, ben = (cafe.join()["member_id"] for _ in range(2))
    cafe.earn(anna, visits=4)
    gift = {"to": ben, "unit": "stamp", "amount": 1}
    assert cafe.call("POST", f"/v1/members/{anna}/give", gift, key="g").status == 200
    seq = cafe.card(anna)["seq"]
    lose_answer(cafe, "g")
    again = cafe.call("POST", f"/v1/members/{anna}/give", gift, key="g")
    assert (again.status, again.json["code"]) == (409, "conflict")
    assert cafe.card(anna)["seq"] == seq, "nothing is given twice"
