"""Raffles: tickets for visits, a commitment before, a draw that can be repeated after."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from regulars.actions.due_marks import next_draw
from regulars.domain import raffles
from regulars.program import templates
from tests.conftest import Clock
from tests.service import Merchant, Service

RAFFLE = {
    "id": "winter", "name": "Winter raffle", "from": "2026-12-01", "until": "2026-12-24",
    "reward": "cake", "winners": 2,
}  # fmt: skip


def cafe_with(service: Service, raffle: dict[str, Any]) -> Merchant:
    """A café whose sandbox runs a raffle for a cake; its clock stands at 10 December."""
    cafe = service.new_merchant()
    now = cafe.call("GET", "/v1/program", test=True).json
    rewards = [*now["program"]["rewards"], {"id": "cake", "name": "A cake"}]
    document = {**now["program"], "rewards": rewards, "raffles": [raffle]}
    reply = cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "1"})
    assert reply.status == 200, reply.text
    clock(cafe, "2026-12-10T10:00:00Z")
    return cafe


def clock(cafe: Merchant, now: str) -> list[str]:
    reply = cafe.call("POST", "/v1/test/clock", {"now": now}, test=True)
    assert reply.status == 200, reply.text
    return [job["name"] for job in reply.json["jobs"]]


def look(cafe: Merchant) -> dict[str, Any]:
    reply = cafe.call("GET", "/v1/raffles/winter", test=True)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def cakes(cafe: Merchant, member_id: str) -> int:
    vouchers = cafe.card(member_id, test=True)["vouchers"]
    return sum(voucher["reward_id"] == "cake" for voucher in vouchers)


def test_a_draw_can_be_repeated_by_anyone_and_each_winner_has_one_gift(service: Service) -> None:
    """Four members with 3, 2, 1 and 0 tickets, two winners, at noon of Christmas Day."""
    cafe = cafe_with(service, RAFFLE)
    ids = [cafe.join(test=True)["member_id"] for _ in range(4)]
    for member_id, visits in zip(ids, (3, 2, 1), strict=False):
        cafe.earn(member_id, test=True, visits=visits)
    before = look(cafe)
    assert (before["drawn"], before["seed"], before["winners"]) == (False, None, None)

    assert "draw" in clock(cafe, "2026-12-25T12:00:00Z")

    after = look(cafe)
    assert after["commitment"] == before["commitment"]
    assert sha256(after["seed"].encode()).hexdigest() == before["commitment"]
    assert after["tickets"] == dict(zip(ids, (3, 2, 1), strict=False))
    assert raffles.draw(after["seed"], after["tickets"], 2) == after["winners"]
    assert len(set(after["winners"])) == 2
    assert [cakes(cafe, one) for one in ids] == [int(one in after["winners"]) for one in ids]


def test_a_raffle_that_a_template_brings_is_drawn(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creating a merchant puts everything on the due list that publishing would."""
    document = templates.template("corner-cafe")
    rewards = [*document["rewards"], {"id": "cake", "name": "A cake"}]
    with_raffle = {**document, "rewards": rewards, "raffles": [RAFFLE]}
    (tmp_path / "raffle-cafe.json").write_text(json.dumps(with_raffle), "utf-8")
    monkeypatch.setattr(templates, "_FOLDER", tmp_path)
    templates.names.cache_clear()
    try:
        cafe = service.new_merchant("raffle-cafe")
    finally:
        templates.names.cache_clear()
    clock(cafe, "2026-12-10T10:00:00Z")

    assert "draw" in clock(cafe, "2026-12-25T12:00:00Z")
    assert look(cafe)["drawn"]


def test_refunded_visits_and_visits_on_other_days_hold_no_ticket(service: Service) -> None:
    """One ticket of three is refunded; what comes after the last day does not count."""
    cafe = cafe_with(service, RAFFLE)
    member_id = cafe.join(test=True)["member_id"]
    for order in ("a", "b", "c"):
        cafe.earn(member_id, test=True, order_id=order, spend_minor=500)
    refund = {"order_id": "b", "refund_id": "1"}
    assert cafe.call("POST", "/v1/refunds", refund, test=True).status == 200
    clock(cafe, "2026-12-25T08:00:00Z")
    cafe.earn(member_id, test=True)

    clock(cafe, "2026-12-26T08:00:00Z")

    assert look(cafe)["tickets"] == {member_id: 2}
    assert cakes(cafe, member_id) == 1


def test_one_ticket_per_full_amount(service: Service) -> None:
    """29.99 at one per 10.00 is two tickets."""
    cafe = cafe_with(service, {**RAFFLE, "per_minor": 1000})
    member_id = cafe.join(test=True)["member_id"]
    cafe.earn(member_id, test=True, spend_minor=2999)

    clock(cafe, "2026-12-26T08:00:00Z")

    assert look(cafe)["tickets"] == {member_id: 2}


def test_the_card_shows_the_tickets_until_the_draw(service: Service) -> None:
    """From the first day to that of the draw, in the member's language."""
    cafe = cafe_with(service, {**RAFFLE, "name": {"en": "Winter raffle", "hu": "Téli sorsolás"}})
    card = cafe.join(test=True, language="hu")
    cafe.earn(card["member_id"], test=True, visits=3)
    running = service.card_page(card["card_url"]).text
    clock(cafe, "2026-12-26T08:00:00Z")
    over = service.card_page(card["card_url"]).text

    assert '<p class="tickets">3 sorsjegy</p>' in running
    assert '<p class="soft">dec. 25.</p>' in running
    assert '<p class="title">A cake</p>' in running
    assert "Téli sorsolás" not in over


def test_an_unknown_raffle_is_not_found(service: Service) -> None:
    cafe = service.new_merchant()
    assert cafe.call("GET", "/v1/raffles/winter").status == 404


def test_tickets_weigh_and_nobody_wins_twice() -> None:
    """Over 3,000 seeds three tickets of four win about three times of four."""
    firsts = Counter(
        raffles.draw(f"seed {n}", {"anna": 3, "ben": 1, "none": 0}, 5)[0] for n in range(3000)
    )

    assert set(firsts) == {"anna", "ben"}
    assert 2150 < firsts["anna"] < 2350
    assert raffles.draw("seed", {"anna": 3, "ben": 1, "none": 0}, 5) in (
        ["anna", "ben"],
        ["ben", "anna"],
    )
    assert raffles.draw("seed", {}, 1) == []


def test_a_raffle_that_is_published_while_another_is_drawn_is_drawn_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job knows the programme of before: it must not take the mark of the new raffle away."""
    cafe = cafe_with(service, RAFFLE)
    member_id = cafe.join(test=True)["member_id"]
    cafe.earn(member_id, test=True)
    known = "regulars.jobs.raffles.next_draw"

    def and_then_published(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(known, next_draw)
        now = cafe.call("GET", "/v1/program", test=True).json
        second = {**RAFFLE, "id": "second", "until": "2026-12-30"}
        document = {**now["program"], "raffles": [RAFFLE, second]}
        reply = cafe.call("PUT", "/v1/program", document, test=True, headers={"if-match": "*"})
        assert reply.status == 200, reply.text
        return next_draw(*given, **more)

    monkeypatch.setattr(known, and_then_published)
    clock(cafe, "2026-12-25T12:00:00Z")
    cafe.earn(member_id, test=True)
    assert "draw" in clock(cafe, "2026-12-31T12:00:00Z")
    assert cafe.call("GET", "/v1/raffles/second", test=True).json["drawn"]


def test_publishing_on_the_morning_of_the_draw_does_not_put_it_off(service: Service) -> None:
    cafe = cafe_with(service, RAFFLE)
    member_id = cafe.join(test=True)["member_id"]
    cafe.earn(member_id, test=True)
    clock(cafe, "2026-12-25T08:00:00Z")
    now = cafe.call("GET", "/v1/program", test=True).json
    changed = {**now["program"], "name": "Another name"}
    match = {"if-match": f"{now['version']}"}
    assert cafe.call("PUT", "/v1/program", changed, test=True, headers=match).status == 200

    assert "draw" in clock(cafe, "2026-12-25T12:00:00Z")
    assert cakes(cafe, member_id) == 1


def test_a_live_shop_draws_by_the_hourly_schedule(service: Service, frozen: Clock) -> None:
    frozen.now = datetime(2026, 12, 10, 10, tzinfo=UTC)
    cafe = service.new_merchant()
    now = cafe.call("GET", "/v1/program").json["program"]
    rewards = [*now["rewards"], {"id": "cake", "name": "A cake"}]
    document = {**now, "rewards": rewards, "raffles": [RAFFLE]}
    assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "1"}).status == 200
    member_id = cafe.join()["member_id"]
    cafe.earn(member_id)
    frozen.now = datetime(2026, 12, 25, 11, 5, tzinfo=UTC)  # noon in Budapest
    service.run_job("tiers")
    assert cafe.call("GET", "/v1/raffles/winter").json["winners"] == [member_id]
