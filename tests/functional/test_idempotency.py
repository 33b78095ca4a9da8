"""The same key asks for the same thing once; nothing is booked without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.api.routes import API
from tests.service import Merchant, Reply, Service

LEDGER = [route for route in API if route.ledger and route.path != "/v1/imports"]
"""What books on a ledger by a JSON body; files have a test of their own (`test_imports.py`)."""


def voucher_of(cafe: Merchant, member_id: str) -> str:
    """The code of a voucher that ten visits unlock."""
    (voucher,) = cafe.earn(member_id, visits=10)["unlocked"]
    return str(voucher["code"])


def calls(cafe: Merchant, member_id: str) -> dict[str, Callable[[str, int], Reply]]:
    """Every call that changes a ledger, by its route; the number varies the body."""
    cafe.earn(member_id, order_id="sold", spend_minor=1000, visits=0)
    code, other = voucher_of(cafe, member_id), voucher_of(cafe, member_id)

    def post(path: str, body: Callable[[int], dict[str, Any]]) -> Callable[[str, int], Reply]:
        return lambda key, number: cafe.call("POST", path, body(number), key=key)

    def act(key: str, number: int) -> Reply:
        reward_reviews(cafe)
        body = {"member_id": member_id, "action": "review", "ref": f"r{number}"}
        return cafe.call("POST", "/v1/actions", body, key=key)

    def give(key: str, number: int) -> Reply:
        surprise_members(cafe)
        body = {"member_id": member_id, "surprise": "warm", "note": f"n{number}"}
        return cafe.call("POST", "/v1/gifts", body, key=key)

    def void(key: str, number: int) -> Reply:
        body = {"order_id": "sold", "refund_id": f"v{number}", "amount_minor": 100}
        if key == "key":
            cafe.call("POST", "/v1/refunds", body, key=f"v{number}")
        return cafe.call("POST", f"/v1/refunds/v{number}/void", key=key)

    def reverse(key: str, number: int) -> Reply:
        if key == "key":
            cafe.call("POST", f"/v1/vouchers/{code}/redeem", key="redeemed")
        body = {"location": None, "order_id": f"at-{number}"}
        return cafe.call("POST", f"/v1/vouchers/{code}/reverse", body, key=key)

    def another(key: str) -> str:
        """Another member, for calls that can be booked."""
        if key != "key":
            return "nobody"
        return str(cafe.call("POST", "/v1/members", {"name": "Ben"}, key="ben").json["member_id"])

    def hand(key: str, number: int) -> Reply:
        body = {"to": another(key), "unit": "stamp", "amount": 1, "note": f"n{number}"}
        return cafe.call("POST", f"/v1/members/{member_id}/give", body, key=key)

    def merge(key: str, number: int) -> Reply:
        body = {"from": another(key), "dry_run": number == 2}
        return cafe.call("POST", f"/v1/members/{member_id}/merge", body, key=key)

    def confirm(key: str, number: int) -> Reply:
        """Another number is another body, of which nothing is read."""
        entry_id = held_entry(cafe, member_id) if key == "key" else f"{member_id}.2"
        return cafe.call("POST", f"/v1/entries/{entry_id}/confirm", {"n": number}, key=key)

    def move(key: str, number: int) -> Reply:
        body = {"to": another(key), "reason": f"r{number}"}
        return cafe.call("POST", f"/v1/entries/{member_id}.2/move", body, key=key)

    return {
        "POST /v1/refunds/{id}/void": void,
        "POST /v1/vouchers/{code}/reverse": reverse,
        "POST /v1/members/{id}/give": hand,
        "POST /v1/members/{id}/merge": merge,
        "POST /v1/entries/{id}/confirm": confirm,
        "POST /v1/entries/{id}/move": move,
        "POST /v1/actions": act,
        "POST /v1/gifts": give,
        "POST /v1/members/{id}/tier": post(
            f"/v1/members/{member_id}/tier", lambda n: {"tier": ["guest", "friend", "regular"][n]}
        ),
        "POST /v1/members": post("/v1/members", lambda n: {"name": f"Ben {n}"}),
        "POST /v1/earn": post("/v1/earn", lambda n: {"member_id": member_id, "visits": n}),
        "POST /v1/adjust": post(
            "/v1/adjust",
            lambda n: {"member_id": member_id, "unit": "stamp", "amount": n, "reason": "r"},
        ),
        "POST /v1/refunds": post(
            "/v1/refunds", lambda n: {"order_id": "sold", "refund_id": "r", "amount_minor": n}
        ),
        "POST /v1/vouchers": post(
            "/v1/vouchers", lambda n: {"member_id": member_id, "reward_id": f"free-coffee{n}"[:11]}
        ),
        "POST /v1/vouchers/{code}/redeem": post(
            f"/v1/vouchers/{code}/redeem", lambda n: {"order_id": f"at-{n}"}
        ),
        "POST /v1/vouchers/{code}/cancel": post(
            f"/v1/vouchers/{other}/cancel", lambda n: {"reason": f"for {n}"}
        ),
    }


def reward_reviews(cafe: Merchant) -> None:
    """Have the programme reward reviews, unless it does."""
    now = cafe.call("GET", "/v1/program").json
    earn = now["program"]["earn"]
    if any(rule["on"] == "action" for rule in earn):
        return
    rule = {"id": "review", "on": "action", "action": "review", "unit": "stamp", "amount": 1}
    document = {**now["program"], "earn": [*earn, rule]}
    cafe.call("PUT", "/v1/program", document, headers={"if-match": str(now["version"])})


def surprise_members(cafe: Merchant) -> None:
    """Have the programme let staff surprise members, unless it does."""
    now = cafe.call("GET", "/v1/program").json
    if now["program"].get("surprises"):
        return
    pastry = {"id": "pastry", "name": "Pastry", "cost_minor": 70}
    budget = {"amount_minor": 700, "window": "day"}
    warm = {"id": "warm", "name": "Warm", "reward": "pastry", "by": "staff", "budget": budget}
    rewards = [*now["program"]["rewards"], pastry]
    document = {**now["program"], "rewards": rewards, "surprises": [warm]}
    cafe.call("PUT", "/v1/program", document, headers={"if-match": str(now["version"])})


def held_entry(cafe: Merchant, member_id: str) -> str:
    """The id of an entry with units on hold: the same whenever it is asked for."""
    now = cafe.call("GET", "/v1/program").json
    if not any(unit["id"] == "held" for unit in now["program"]["units"]):
        name = {"en": {"one": "mark", "other": "marks"}}
        unit = {"id": "held", "name": name, "kind": "points", "hold_days": 14}
        rule = {"id": "held", "on": "visit", "unit": "held", "amount": 1}
        document = {**now["program"], "units": [*now["program"]["units"], unit],
                    "earn": [*now["program"]["earn"], rule]}  # fmt: skip
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"})
        assert reply.status == 200, reply.text
    booked = cafe.call("POST", "/v1/earn", {"member_id": member_id}, key="held")
    return f"{member_id}.{booked.json['entry']['seq']}"


def test_every_ledger_route_is_tried_here(service: Service) -> None:
    cafe = service.new_merchant()
    tried = calls(cafe, cafe.join()["member_id"])
    assert set(tried) == {route.key for route in LEDGER}


@pytest.mark.parametrize("name", [route.key for route in LEDGER])
def test_without_a_good_key_nothing_is_booked(service: Service, name: str) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    call = calls(cafe, member_id)[name]
    before = cafe.card(member_id)
    reply = call("", 1)
    assert (reply.status, reply.code) == (400, "idempotency_key_required")
    for key in ("a b", "ä", "x" * 129, 'a"b', "a/b"):
        reply = call(key, 1)
        assert (reply.status, reply.code) == (422, "invalid")
        assert reply.json["errors"][0]["path"] == "Idempotency-Key"
    assert cafe.card(member_id) == before
    assert len(cafe.call("GET", "/v1/members").json["items"]) == 1


@pytest.mark.parametrize("name", [route.key for route in LEDGER])
def test_the_same_key_and_body_get_the_first_answer_again(service: Service, name: str) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    call = calls(cafe, member_id)[name]
    if name == "POST /v1/vouchers":
        cafe.call("PUT", "/v1/program", by_choice(cafe), headers={"if-match": "1"})
        cafe.earn(member_id, visits=10)

    first = call("key", 1)
    before = cafe.card(member_id)
    again = call("key", 1)

    assert first.status in {200, 201}, first.text
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.text) == (first.status, first.text)
    assert cafe.card(member_id) == before


@pytest.mark.parametrize("name", [key.key for key in LEDGER if key.key != "POST /v1/vouchers"])
def test_the_same_key_with_another_body_is_refused(service: Service, name: str) -> None:
    cafe = service.new_merchant()
    call = calls(cafe, cafe.join()["member_id"])[name]
    assert call("key", 1).status in {200, 201}
    other = call("key", 2)
    assert (other.status, other.code) == (422, "idempotency_mismatch")


def test_a_key_used_on_one_route_is_used_on_all(service: Service) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    body = {"member_id": member_id, "reward_id": "free-coffee"}
    assert cafe.call("POST", "/v1/earn", {"member_id": member_id}, key="one").status == 200
    reply = cafe.call("POST", "/v1/vouchers", body, key="one")
    assert (reply.status, reply.code) == (422, "idempotency_mismatch")


def test_the_layout_of_the_json_does_not_matter(service: Service) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    headers = {
        "authorization": f"Bearer {cafe.created['api_key']}",
        "idempotency-key": "k", "content-type": "application/json",
    }  # fmt: skip
    texts = (f'{{"member_id":"{member_id}","visits":2}}',
             f' {{ "visits" : 2,\n "member_id": "{member_id}" }} ')  # fmt: skip
    first, again = (
        service.request("POST", "/v1/earn", raw=text.encode(), headers=headers) for text in texts
    )
    assert (first.replayed, again.replayed, again.text) == (False, True, first.text)


def test_keys_of_two_merchants_do_not_meet(service: Service) -> None:
    cafes = service.new_merchant(), service.new_merchant()
    for cafe in cafes:
        reply = cafe.call("POST", "/v1/members", {"name": "Anna"}, key="same")
        assert (reply.status, reply.replayed) == (201, False)


def test_a_refusal_stays_for_its_key_and_not_for_others(service: Service) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    cafe.call("PUT", "/v1/program", by_choice(cafe), headers={"if-match": "1"})
    body = {"member_id": member_id, "reward_id": "free-coffee"}

    refused = cafe.call("POST", "/v1/vouchers", body, key="early")
    cafe.earn(member_id, visits=9)
    again = cafe.call("POST", "/v1/vouchers", body, key="early")
    fresh = cafe.call("POST", "/v1/vouchers", body, key="late")

    assert (refused.status, refused.code) == (409, "insufficient_balance")
    assert (again.text, again.replayed, refused.replayed) == (refused.text, True, False)
    assert (fresh.status, fresh.json["status"]) == (201, "issued")


def test_an_invalid_body_does_not_use_up_the_key(service: Service) -> None:
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    wrong = cafe.call("POST", "/v1/earn", {"member_id": member_id, "visits": "2"}, key="k")
    right = cafe.call("POST", "/v1/earn", {"member_id": member_id, "visits": 2}, key="k")
    assert (wrong.status, right.status, right.replayed) == (422, 200, False)


def test_a_code_that_has_passed_still_gets_its_first_answer(service: Service, frozen: Any) -> None:
    """The phone shows another code by the time the till tries again."""
    from datetime import timedelta

    cafe = service.new_merchant()
    card = cafe.join()
    path = card["card_url"].removeprefix("https://cards.example")
    code = service.request("GET", f"{path}/code").json["code"]
    first = cafe.call("POST", "/v1/earn", {"code": code}, key="k")
    frozen.now += timedelta(minutes=5)
    again = cafe.call("POST", "/v1/earn", {"code": code}, key="k")
    other = cafe.call("POST", "/v1/earn", {"code": code}, key="other")
    assert first.status == 200, first.text
    assert (again.text, again.replayed) == (first.text, True)
    assert (other.status, other.code) == (404, "not_found")


def by_choice(cafe: Merchant) -> dict[str, Any]:
    """The café's programme, with a coffee that members take when they like."""
    document: dict[str, Any] = cafe.call("GET", "/v1/program").json["program"]
    document["rewards"][0]["auto"] = False
    return document
