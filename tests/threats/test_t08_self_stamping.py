"""T8: staff stamp their own card, or a friend's, for visits that never were."""

from __future__ import annotations

from typing import Any

from regulars.actions import book
from regulars.domain import fraud, visits
from regulars.domain.card import Card
from tests.conftest import Clock
from tests.functional.test_fraud import MUG, VISIT, signals, stamped, walk
from tests.functional.test_giving import POINT
from tests.functional.test_staff_limits import Counter
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


def with_limits(service: Service, **limits: Any) -> Merchant:
    cafe = service.new_merchant()
    for test in (False, True):
        document = cafe.call("GET", "/v1/program", test=test).json["program"]
        document |= {"units": [POINT], "earn": [VISIT], "rewards": [MUG], "tiers": [],
                     "milestones": [], "limits": limits}  # fmt: skip
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}, test=test)
        assert reply.status == 200, reply.text
    return cafe


@against(removal.of(book, "allowance", lambda *_: None))
def test_one_person_books_so_many_visits_a_day_on_any_number_of_cards(
    removed: None, service: Service, frozen: Clock
) -> None:
    cafe = with_limits(service, staff={"visits_per_day": 5})
    kata = Counter(cafe)
    answers = [kata.earn(cafe.join()["member_id"]).status for _ in range(8)]
    assert answers == [200] * 5 + [409] * 3


def all_of_them(draft: Any, operation: Any, basket: Any) -> tuple[int, list[Any]]:
    """Every visit counts."""
    return operation.visits, []


@against(removal.of(visits, "granted", all_of_them))
def test_one_card_counts_so_many_visits_a_day(
    removed: None, service: Service, frozen: Clock
) -> None:
    cafe = with_limits(service, visits_per_day=2)
    member = cafe.join()["member_id"]
    for _ in range(5):
        cafe.earn(member)
    assert cafe.card(member)["visits"] == 2


@against(removal.of(fraud, "of_days", lambda facts: []))
def test_a_card_that_is_stamped_again_and_again_is_shown_to_the_owner(
    removed: None, service: Service, frozen: Clock
) -> None:
    cafe = with_limits(service)
    busy = stamped(cafe, 8)
    walk(cafe)
    assert [signal["members"] for signal in signals(cafe)] == [[busy]]


@against(removal.of(Card, "holds", ()))
def test_what_is_held_redeems_nothing(removed: None, service: Service, frozen: Clock) -> None:
    cafe = with_limits(service)
    busy = stamped(cafe, 8)
    walk(cafe)
    (signal,) = signals(cafe)
    body = {"do": "hold"}
    path = f"/v1/fraud/{signal['signal_id']}"
    assert cafe.call("POST", path, body, test=True).status == 200
    taken = cafe.call("POST", "/v1/vouchers", {"member_id": busy, "reward_id": "mug"}, test=True)
    assert (taken.status, taken.json["code"]) == (409, "held")
