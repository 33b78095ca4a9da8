"""Unexpected gifts: by staff and by rules, with a budget, a name and a reason."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import surprises
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_earning import published
from tests.service import Merchant, Reply, Service

PASTRY = {"id": "pastry", "name": {"en": "Pastry", "hu": "Sütemény"}, "cost_minor": 70}
WARM = {
    "id": "warm", "name": "For a hard day", "reward": "pastry", "by": "staff",
    "budget": {"amount_minor": 140, "window": "month"},
}  # fmt: skip
LUCK = {**WARM, "id": "luck", "name": "Lucky visit", "by": "rule", "one_in": 2}


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    """A café that gives pastries; it is 22 November 2026."""
    return with_surprises(service.new_merchant(), WARM)


def with_surprises(cafe: Merchant, *terms: dict[str, Any]) -> Merchant:
    rewards = cafe.call("GET", "/v1/program").json["program"]["rewards"]
    kept = [reward for reward in rewards if reward["id"] != "pastry"]
    published(cafe, rewards=[*kept, PASTRY], surprises=list(terms))
    return cafe


def give(cafe: Merchant, member_id: str, key: str | None = None, **more: Any) -> Reply:
    body = {"member_id": member_id, "surprise": "warm", **more}
    return cafe.call("POST", "/v1/gifts", body, key=key)


def at_the_counter(cafe: Merchant, member_id: str, key: str = "k", **headers: str) -> Reply:
    body = {"member_id": member_id, "surprise": "warm"}
    sent = {"x-regulars": "staff", "idempotency-key": key, **headers}
    return cafe.service.request(
        "POST", "/v1/gifts", body=body, cookies=cafe.staff_cookies(), headers=sent,
        acting_as=cafe.id,
    )  # fmt: skip


def newest(cafe: Merchant, member_id: str) -> dict[str, Any]:
    path = f"/v1/members/{member_id}/entries"
    entry: dict[str, Any] = cafe.call("GET", path, query={"limit": "1"}).json["items"][0]
    return entry


def spent(cafe: Merchant, counter: str = "surprise:warm:2026-11") -> int:
    (item,) = cafe.service.table.get(keys.count(cafe.id, counter))
    return int(item["n"]) if item else 0


def page(cafe: Merchant, card: dict[str, Any], lang: str) -> str:
    return cafe.service.card_page(card["card_url"], lang).text


def test_staff_give_and_the_ledger_names_them(cafe: Merchant) -> None:
    card = cafe.join(name="Anna")

    reply = at_the_counter(cafe, card["member_id"])

    assert reply.status == 200, reply.text
    assert [it["name"] for it in reply.json["unlocked"]] == ["Pastry"]
    assert reply.json["explain"] == ["a surprise for you: Pastry"]
    entry = newest(cafe, card["member_id"])
    assert (entry["kind"], entry["source"]) == ("bonus", "staff")
    assert entry["staff"] is not None
    (gift,) = entry["surprises"]
    assert gift == {
        "surprise": "warm", "voucher_id": reply.json["unlocked"][0]["voucher_id"],
        "reward_id": "pastry", "cost_minor": 70, "why": "a surprise for you: Pastry",
    }  # fmt: skip
    assert spent(cafe) == 70
    assert cafe.call("GET", f"/v1/members/{card['member_id']}/verify").json["ok"]


def test_the_member_reads_it_in_their_own_language(cafe: Merchant) -> None:
    card = cafe.join(name="Anna")
    give(cafe, card["member_id"], note="her dog was ill")
    assert "A surprise for you: Pastry" in page(cafe, card, "en")
    shown = page(cafe, card, "hu")
    assert "Meglepetés neked: Sütemény" in shown
    assert "her dog was ill" not in shown
    assert newest(cafe, card["member_id"])["note"] == "her dog was ill"


def test_the_same_key_gives_once(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    first, again = (give(cafe, member_id, key="once") for _ in range(2))
    other = give(cafe, member_id, key="once", note="other")
    assert (first.status, again.text, again.replayed) == (200, first.text, True)
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    assert spent(cafe) == 70
    assert len(cafe.card(member_id)["vouchers"]) == 1


def test_beyond_the_budget_there_is_none_until_the_next_month(
    cafe: Merchant, frozen: Clock
) -> None:
    """1.40 a month is two pastries of 0.70."""
    ids = [cafe.join()["member_id"] for _ in range(3)]
    replies = [give(cafe, member_id) for member_id in ids]
    assert [it.status for it in replies] == [200, 200, 409]
    assert (replies[2].code, replies[2].json["detail"]) == (
        "limit_reached", "Its budget is used up for now.",
    )  # fmt: skip
    frozen.now = frozen.now.replace(month=12)
    assert give(cafe, ids[2]).status == 200
    assert (spent(cafe), spent(cafe, "surprise:warm:2026-12")) == (140, 70)


def test_who_may_give_what(cafe: Merchant) -> None:
    member_id = cafe.join()["member_id"]
    unknown = give(cafe, member_id, surprise="luck")
    assert (unknown.status, unknown.json["errors"][0]["path"]) == (422, "surprise")
    assert give(cafe, "nobody").status == 404
    assert give(cafe, member_id, amount=1).status == 422
    assert at_the_counter(cafe, member_id, **{"x-regulars": "other"}).code == "forbidden"
    body = {"member_id": member_id, "surprise": "warm"}
    assert cafe.service.request("POST", "/v1/gifts", body=body).status in {400, 401}
    assert cafe.card(member_id)["seq"] == 1


def test_a_rule_surprises_tells_why_and_gives_back_what_is_refunded(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_surprises(cafe, LUCK)
    monkeypatch.setattr(surprises, "is_drawn", lambda entropy, terms: True)
    card = cafe.join(name="Anna")
    answer = cafe.earn(card["member_id"], order_id="o", spend_minor=500)
    assert "a surprise for you: Pastry" in answer["explain"]
    assert [it["reward_id"] for it in answer["unlocked"]] == ["pastry"]
    assert answer["entry"]["surprises"][0]["surprise"] == "luck"
    assert "A surprise for you: Pastry" in page(cafe, card, "en")
    assert spent(cafe, "surprise:luck:2026-11") == 70

    refund = {"order_id": "o", "refund_id": "r"}
    assert cafe.call("POST", "/v1/refunds", refund).status == 200

    assert spent(cafe, "surprise:luck:2026-11") == 0
    assert cafe.card(card["member_id"])["vouchers"] == []


def test_the_counter_offers_what_staff_may_give_and_only_then(
    service: Service, cafe: Merchant
) -> None:
    with_surprises(cafe, WARM, LUCK)
    plain = service.new_merchant()
    shown, without = (
        service.request("GET", "/staff/counter", cookies=one.staff_cookies()).text
        for one in (cafe, plain)
    )
    assert 'id="give"' in shown
    assert "For a hard day" in shown
    assert "Lucky visit" not in shown
    assert 'id="give"' not in without


def test_a_stamp_costs_the_same_unless_it_surprises(
    cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_surprises(cafe, LUCK)
    monkeypatch.setattr(surprises, "is_drawn", lambda entropy, terms: False)
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id)
    cafe.service.spy.calls.clear()
    cafe.earn(member_id)
    assert cafe.service.spy.consumed()[0] == 7.0
