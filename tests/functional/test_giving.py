"""Units that one member gives to another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.functional.test_earning import balance, published
from tests.service import Merchant, Service

POINT = {
    "id": "point",
    "name": {"en": {"one": "point", "other": "points"}},
    "kind": "points",
    "expiry": {"type": "months", "months": 3},
}


@pytest.fixture
def shop(service: Service) -> Merchant:
    merchant = service.new_merchant()
    spend = {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100}
    published(merchant, units=[POINT], earn=[spend], rewards=[], tiers=[], milestones=[])
    return merchant


def give(shop: Merchant, giver: str, taker: str, amount: int, **more: Any) -> Any:
    body = {"to": taker, "unit": "point", "amount": amount}
    return shop.call("POST", f"/v1/members/{giver}/give", {**body, **more.pop("body", {})}, **more)


def test_units_keep_their_dates_and_count_for_nothing(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    shop.earn(anna, spend_minor=3000)
    ends = shop.card(anna)["expiring"]

    reply = give(shop, anna, ben, 10, body={"note": "for cake"})

    assert reply.status == 200, reply.text
    assert balance(reply.json["from"]["card"], "point") == 20
    assert balance(reply.json["to"]["card"], "point") == 10
    assert (
        reply.json["to"]["entry"]["lines"][0]["lot"]
        == reply.json["from"]["entry"]["lines"][0]["lot"]
    )
    assert [line["why"] for line in reply.json["to"]["entry"]["lines"]] == [
        "a gift of another member"
    ]
    assert shop.card(ben)["spend_minor"] == 0
    assert [one["on"] for one in shop.card(ben)["expiring"]] == [one["on"] for one in ends]
    for member_id in (anna, ben):
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]


def test_what_is_not_there_cannot_be_given(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    shop.earn(anna, spend_minor=500)
    assert give(shop, anna, ben, 6).code == "insufficient_balance"
    assert give(shop, anna, anna, 1).code == "invalid"
    assert give(shop, anna, "nobody", 1).code == "not_found"
    assert give(shop, anna, ben, 1, body={"unit": "pont"}).code == "invalid"
    assert balance(shop.card(anna), "point") == 5


def test_the_same_key_gives_once(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    shop.earn(anna, spend_minor=500)
    first = give(shop, anna, ben, 2, key="k")
    again = give(shop, anna, ben, 2, key="k")
    assert (again.replayed, again.json) == (True, first.json)
    assert give(shop, anna, ben, 3, key="k").code == "idempotency_mismatch"
    assert (balance(shop.card(anna), "point"), balance(shop.card(ben), "point")) == (3, 2)


def test_a_key_that_was_refused_stays_so(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    assert give(shop, anna, ben, 2, key="k").code == "insufficient_balance"
    shop.earn(anna, spend_minor=500)
    again = give(shop, anna, ben, 2, key="k")
    assert (again.code, again.replayed) == ("insufficient_balance", True)
    assert balance(shop.card(anna), "point") == 5


def test_two_ids_of_one_card_give_each_other_nothing(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    shop.earn(anna, spend_minor=500)
    shop.call("POST", f"/v1/members/{anna}/merge", {"from": ben})
    assert give(shop, anna, ben, 1).code == give(shop, ben, anna, 1).code == "invalid"
    assert balance(shop.card(anna), "point") == 5


def test_in_both_directions_at_once_nothing_is_lost(shop: Merchant) -> None:
    anna, ben = (shop.join()["member_id"] for _ in range(2))
    for member_id in (anna, ben):
        shop.earn(member_id, spend_minor=5000)
    with ThreadPoolExecutor(4) as pool:
        done = [
            pool.submit(give, shop, *pair, 3, key=f"k{number}")
            for number in range(6)
            for pair in [(anna, ben) if number % 2 else (ben, anna)]
        ]
        codes = {one.result().status for one in done}
    assert codes <= {200, 409}
    assert balance(shop.card(anna), "point") + balance(shop.card(ben), "point") == 100
    for member_id in (anna, ben):
        assert shop.call("GET", f"/v1/members/{member_id}/verify").json["ok"]
