"""Leaderboards: nobody is on one unasked, they are counted every night, and one can leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.jobs.leaderboards import count
from regulars.program.shop import load_shop
from regulars.store import keys
from regulars.store.ledger import due_item
from regulars.store.marshal import to_item
from tests.conftest import Clock
from tests.service import Browser, Merchant, Reply, Service

ORIGIN = "https://cards.example"
YES = {"consents": {"leaderboard": True}}
NO = {"consents": {"leaderboard": False}}
BOARD = {"id": "visits", "name": "Most visits", "metric": "visits", "window": "month", "places": 3}
INVITED, TAKING_PART = "Nobody sees you here unless", "Stop taking part"


def cafe_with(service: Service, *boards: dict[str, Any], test: bool = True) -> Merchant:
    """A café with these leaderboards; its clock (or its sandbox's) stands at 22 November."""
    cafe = service.new_merchant()
    publish(cafe, *boards, test=test)
    return cafe


def publish(cafe: Merchant, *boards: dict[str, Any], test: bool = True) -> None:
    known = cafe.call("GET", "/v1/program", test=test).json
    document = {**known["program"], "leaderboards": list(boards)}
    headers = {"if-match": str(known["version"])}
    reply = cafe.call("PUT", "/v1/program", document, test=test, headers=headers)
    assert reply.status == 200, reply.text


def member(cafe: Merchant, visits: int, *, test: bool = True, **fields: Any) -> dict[str, Any]:
    """A member who takes part and came so often."""
    card = cafe.join(test=test, **{**YES, **fields})
    if visits:
        cafe.earn(card["member_id"], test=test, visits=visits, spend_minor=visits * 100)
    return card


def clock(cafe: Merchant, now: str) -> list[str]:
    reply = cafe.call("POST", "/v1/test/clock", {"now": now}, test=True)
    assert reply.status == 200, reply.text
    return [f"{job['at']} {job['name']}" for job in reply.json["jobs"]]


def look(cafe: Merchant, board: str = "visits", *, test: bool = True) -> dict[str, Any]:
    reply = cafe.call("GET", f"/v1/leaderboards/{board}", test=test)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def places(period: dict[str, Any] | None) -> list[tuple[int, str, int]]:
    assert period is not None
    return [(place["rank"], place["name"], place["value"]) for place in period["places"]]


def page(cafe: Merchant, card: dict[str, Any]) -> str:
    reply = Browser(cafe.service).get(path(card))
    assert reply.status == 200
    return reply.text


def path(card: dict[str, Any]) -> str:
    return str(card["card_url"]).removeprefix(ORIGIN)


def answer(cafe: Merchant, card: dict[str, Any], take_part: str) -> Reply:
    form = {"take_part": take_part}
    return cafe.service.request("POST", f"{path(card)}/leaderboard", form=form)


@pytest.fixture(autouse=True)
def _at_a_known_time(frozen: Clock) -> None:
    """22 November 2026, 10 o'clock in Budapest."""


class TestCounting:
    def test_those_who_agreed_by_visits_and_nobody_else(self, service: Service) -> None:
        """Five with visits, four of them agreed, three places; one agreed and never came."""
        cafe = cafe_with(service, BOARD)
        member(cafe, 4, name="Anna Kovács")
        member(cafe, 2, name="Ben")
        member(cafe, 9, name="Never Asked", consents={})
        member(cafe, 3)
        member(cafe, 1, name="Last One")
        member(cafe, 0, name="Not Yet")

        assert "2026-11-23T02:00:00Z leaderboards" in clock(cafe, "2026-11-23T08:00:00Z")

        found = look(cafe)
        assert found["counted_at"] == "2026-11-23T02:00:00Z"
        assert places(found["running"]) == [(1, "Anna K.", 4), (2, "", 3), (3, "Ben", 2)]
        assert (found["running"]["members"], found["ended"]) == (4, None)
        assert (found["running"]["from"], found["running"]["until"]) == ("2026-11-01", "2026-11-30")

    def test_every_night_once_at_three(self, service: Service) -> None:
        cafe = cafe_with(service, BOARD)
        ran = clock(cafe, "2026-11-25T08:00:00Z")
        assert [it[:16] for it in ran if it.endswith("leaderboards")] == [
            f"2026-11-{day}T02:00" for day in (23, 24, 25)
        ]

    def test_the_first_night_of_a_month_closes_the_one_before(self, service: Service) -> None:
        """What a visit before three on the first of December counts for is December."""
        cafe = cafe_with(service, BOARD)
        anna, ben = member(cafe, 2, name="Anna"), member(cafe, 2, name="Ben")
        clock(cafe, "2026-11-30T23:30:00Z")
        cafe.earn(ben["member_id"], test=True)

        clock(cafe, "2026-12-01T08:00:00Z")

        found = look(cafe)
        assert {rank for rank, _, _ in places(found["ended"])} == {1}
        assert sorted(places(found["ended"])) == [(1, "Anna", 2), (1, "Ben", 2)]
        assert found["ended"]["until"] == "2026-11-30"
        assert places(found["running"]) == [(1, "Ben", 1)]
        cafe.earn(anna["member_id"], test=True, visits=3)
        clock(cafe, "2026-12-02T08:00:00Z")
        again = look(cafe)
        assert again["ended"] == found["ended"]
        assert places(again["running"]) == [(1, "Anna", 3), (2, "Ben", 1)]

    def test_counting_twice_gives_the_same_and_an_older_count_changes_nothing(
        self, service: Service
    ) -> None:
        cafe = cafe_with(service, BOARD)
        anna = member(cafe, 2, name="Anna")
        clock(cafe, "2026-12-01T08:00:00Z")
        before = look(cafe)
        at = datetime(2026, 12, 1, 2, tzinfo=UTC)
        count(load_shop(service.table, cafe.sandbox_id, at), "-")
        assert look(cafe) == before
        cafe.earn(anna["member_id"], test=True)
        count(load_shop(service.table, cafe.sandbox_id, at), "-")
        assert look(cafe) == before

    def test_a_night_missed_is_made_up_for(self, service: Service) -> None:
        """The job comes on the third of December only: November is closed then."""
        cafe = cafe_with(service, BOARD)
        member(cafe, 2, name="Anna")
        clock(cafe, "2026-11-29T08:00:00Z")
        count(load_shop(service.table, cafe.sandbox_id, datetime(2026, 12, 3, 5, tzinfo=UTC)), "-")
        found = look(cafe)
        assert (places(found["ended"]), places(found["running"])) == ([(1, "Anna", 2)], [])

    def test_a_live_shop_is_counted_by_the_hourly_schedule(
        self, service: Service, frozen: Clock
    ) -> None:
        cafe = cafe_with(service, BOARD, test=False)
        member(cafe, 2, test=False, name="Anna")
        frozen.now = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
        service.run_job("tiers")
        assert look(cafe, test=False)["counted_at"] is None
        frozen.now = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
        service.run_job("tiers")
        assert places(look(cafe, test=False)["running"]) == [(1, "Anna", 2)]
        mark = keys.due_mark(cafe.id, keys.MERCHANT_LEVEL, "leaderboards")
        (due,) = service.table.get(mark)
        assert due == due_item(cafe.id, keys.MERCHANT_LEVEL, "leaderboards", "2026-11-24T02")

    def test_each_metric_and_a_refund(self, service: Service) -> None:
        """Spend and points of a quarter; what was refunded does not count."""
        boards = [{**BOARD, "id": metric, "metric": metric, "window": "quarter"}
                  for metric in ("visits", "spend", "points")]  # fmt: skip
        cafe = cafe_with(service, *boards)
        anna = member(cafe, 3, name="Anna")
        cafe.earn(anna["member_id"], test=True, visits=1, spend_minor=999, order_id="o")
        refund = {"order_id": "o", "refund_id": "r"}
        assert cafe.call("POST", "/v1/refunds", refund, test=True).status == 200
        clock(cafe, "2026-11-23T08:00:00Z")
        assert places(look(cafe, "visits")["running"]) == [(1, "Anna", 3)]
        assert places(look(cafe, "spend")["running"]) == [(1, "Anna", 300)]
        assert places(look(cafe, "points")["running"]) == []

    def test_a_board_that_counts_something_else_now_starts_again(self, service: Service) -> None:
        cafe = cafe_with(service, BOARD)
        member(cafe, 3, name="Anna")
        clock(cafe, "2026-11-23T08:00:00Z")
        publish(cafe, {**BOARD, "metric": "spend"})
        assert look(cafe)["running"] is None
        clock(cafe, "2026-11-24T08:00:00Z")
        assert places(look(cafe)["running"]) == [(1, "Anna", 300)]

    def test_without_boards_nothing_is_due(self, service: Service) -> None:
        cafe = cafe_with(service, BOARD)
        clock(cafe, "2026-11-23T08:00:00Z")
        publish(cafe)
        assert not [it for it in clock(cafe, "2026-11-26T08:00:00Z") if "leaderboards" in it]
        assert cafe.call("GET", "/v1/leaderboards/visits", test=True).status == 404


class TestTakingPart:
    def test_only_an_invitation_until_one_says_yes_and_again_after_no(
        self, service: Service
    ) -> None:
        """What others will see is said before; looking changes nothing."""
        cafe = cafe_with(service, BOARD)
        anna = member(cafe, 2, name="Anna Kovács", consents={})
        member(cafe, 4, name="Ben Nagy")
        clock(cafe, "2026-11-23T08:00:00Z")

        before = page(cafe, anna)
        assert INVITED in before
        assert "<b>Anna K.</b>" in before
        assert "Ben N." not in before
        assert page(cafe, anna).count(TAKING_PART) == 0

        replies = [answer(cafe, anna, "yes") for _ in range(2)]
        assert {(it.status, it.headers["location"]) for it in replies} == {(303, path(anna))}
        during = page(cafe, anna)
        assert TAKING_PART in during
        assert "Ben N." in during
        assert "You are on your way up" in during
        clock(cafe, "2026-11-24T08:00:00Z")
        assert "Your place: 2 of 2" in page(cafe, anna)

        assert answer(cafe, anna, "no").status == 303
        assert INVITED in page(cafe, anna)

    def test_who_leaves_is_gone_at_once_and_from_the_item_in_the_next_night(
        self, service: Service
    ) -> None:
        cafe = cafe_with(service, BOARD)
        anna, ben = member(cafe, 4, name="Anna K"), member(cafe, 2, name="Ben N")
        clock(cafe, "2026-11-23T08:00:00Z")
        assert "Your place: 2 of 2" in page(cafe, ben)
        change = cafe.call("PATCH", f"/v1/members/{anna['member_id']}", NO, test=True)
        assert change.status == 200

        assert "Your place: 1 of 1" in page(cafe, ben)
        assert "Anna" not in page(cafe, ben)
        assert places(look(cafe)["running"]) == [(1, "Ben N.", 2)]
        clock(cafe, "2026-11-24T08:00:00Z")
        (item,) = service.table.get(keys.leaderboard(cafe.sandbox_id, "visits"))
        assert item is not None
        assert [place["c"] for place in item["now"]["places"]] == [ben["member_id"]]

    def test_the_item_holds_nothing_personal(self, service: Service) -> None:
        cafe = cafe_with(service, BOARD)
        member(cafe, 4, name="Canarina Birdsong")
        clock(cafe, "2026-11-23T08:00:00Z")
        (item,) = service.table.get(keys.leaderboard(cafe.sandbox_id, "visits"))
        assert item is not None
        assert "Canarina" not in json.dumps(to_item(item))

    def test_how_to_get_a_place(self, service: Service) -> None:
        """Three places with 2, 3 and 4 visits: with one visit it takes two more."""
        cafe = cafe_with(service, BOARD)
        anna = member(cafe, 1, name="Anna")
        assert "You are on your way up" in page(cafe, anna)
        for visits in (2, 3, 4):
            member(cafe, visits)
        clock(cafe, "2026-11-23T08:00:00Z")
        assert "2 visits more and you are on it" in page(cafe, anna)
        cafe.earn(anna["member_id"], test=True, visits=2)
        assert "You are on your way up" in page(cafe, anna)

    def test_money_is_told_to_nobody_else(self, service: Service) -> None:
        cafe = cafe_with(service, {**BOARD, "metric": "spend"})
        anna, ben = member(cafe, 41, name="Anna"), member(cafe, 23, name="Ben")
        clock(cafe, "2026-11-23T08:00:00Z")
        for mine, other, card in (("€41.00", "€23.00", anna), ("€23.00", "€41.00", ben)):
            shown = page(cafe, card).partition('id="leaderboards"')[2].partition("</section>")[0]
            assert mine in shown
            assert other not in shown

    def test_a_new_month_shows_the_last_until_there_is_somebody(self, service: Service) -> None:
        cafe = cafe_with(service, BOARD)
        anna = member(cafe, 2, name="Anna")
        for now in ("2026-12-01T01:00:00Z", "2026-12-01T08:00:00Z"):
            clock(cafe, now)
            shown = page(cafe, anna)
            assert "last month" in shown, now
            assert "Your place: 1 of 1" in shown, now
        cafe.earn(anna["member_id"], test=True)
        clock(cafe, "2026-12-02T08:00:00Z")
        assert "this month" in page(cafe, anna)

    def test_a_card_without_boards_says_nothing_and_takes_no_answer(self, service: Service) -> None:
        cafe = cafe_with(service)
        anna = member(cafe, 2, name="Anna")
        assert "eaderboard" not in page(cafe, anna)
        assert answer(cafe, anna, "yes").status == 404

    @pytest.mark.parametrize("wrong", ["", "true", "1", "YES"])
    def test_an_answer_that_is_none_changes_nothing(self, service: Service, wrong: str) -> None:
        cafe = cafe_with(service, BOARD)
        anna = member(cafe, 2, consents={})
        assert answer(cafe, anna, wrong).status == 422
        assert INVITED in page(cafe, anna)


def test_boards_cost_a_stamp_nothing_and_a_card_nothing_without_consent(service: Service) -> None:
    """The calls of both are the same with and without boards."""
    cafe = cafe_with(service, BOARD)
    anna = member(cafe, 2, consents={})
    seen = []
    for boards in ([BOARD], []):
        publish(cafe, *boards)
        service.spy.calls.clear()
        cafe.earn(anna["member_id"], test=True)
        page(cafe, anna)
        seen.append([operation for operation, _, _ in service.spy.calls])
    assert seen[0] == seen[1]
