"""Counters that all cards share, under many at once: stock and the first n."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from regulars.domain.operations import GrantBonus, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.answers import Answer
from regulars.store.table import Table
from tests.concurrency.counter import DOCUMENT, Counter, answers, codes, together
from tests.unit.domain.shop import reward

BARE: dict[str, Any] = {**DOCUMENT, "rewards": [], "tiers": []}


def count_of(cafe: Counter, name: str) -> int:
    (item,) = cafe.table.get(keys.count(cafe.m, name))
    return int(item["n"]) if item else 0


def persistently(cafe: Counter, *arguments: Any) -> Answer:
    """A till that tries again with its key when it is told that others were quicker."""
    member, key = arguments
    return insisting(lambda: cafe.issue(member, key, "mug"))


def insisting(work: Callable[[], Answer]) -> Answer:
    for _ in range(20):
        try:
            return work()
        except Refused as refused:
            if refused.code != RefusalCode.CONFLICT:
                raise
    raise AssertionError("still in conflict after twenty tries")


def test_of_three_mugs_twenty_members_at_once_get_exactly_three(table: Table) -> None:
    cafe = Counter(table, {**BARE, "rewards": [reward("mug", 10, stock=3)]})
    members = [cafe.join() for _ in range(20)]
    for member in members:
        cafe.earn(member, spend=1000)

    outcomes = together([partial(persistently, cafe, it, f"k-{it}") for it in members])

    given = answers(outcomes)
    assert len(given) == 3
    assert codes(outcomes) == [RefusalCode.OUT_OF_STOCK] * 17
    assert count_of(cafe, "stock:mug") == 3
    holders = [it for it in members if cafe.card(it).open]
    assert len(holders) == 3
    assert sum(cafe.card(it).balance("point") for it in members) == 20 * 10 - 3 * 10

    (voucher,) = cafe.card(holders[0]).open
    cafe.close(holders[0], voucher, cancel=True)
    assert count_of(cafe, "stock:mug") == 2
    waiting = [it for it in members if it not in holders]
    outcomes = together([partial(persistently, cafe, it, f"again-{it}") for it in waiting])
    assert len(answers(outcomes)) == 1, "the one that was given back can be had again"
    assert codes(outcomes) == [RefusalCode.OUT_OF_STOCK] * 16
    assert count_of(cafe, "stock:mug") == 3


def test_the_first_ten_of_thirty_who_join_at_once_get_the_bonus(table: Table) -> None:
    first = {"id": "first", "on": ["join"], "bonus": {"unit": "point", "amount": 50}, "total": 10}
    cafe = Counter(table, {**BARE, "campaigns": [first]})

    outcomes = together([partial(cafe.join, f"join-{number}") for number in range(30)])

    assert codes(outcomes) == []
    cards = [cafe.card(str(member)) for member in outcomes]
    assert sorted(card.balance("point") for card in cards) == [0] * 20 + [50] * 10
    assert count_of(cafe, "campaign:first") == 10
    assert cafe.card(cafe.join()).balance("point") == 0


def test_a_sale_refunded_whole_gives_its_place_to_the_next(table: Table) -> None:
    first = {"id": "first", "on": ["spend"], "bonus": {"unit": "point", "amount": 5}, "total": 1}
    cafe = Counter(table, {**BARE, "campaigns": [first]})
    anna, bela = cafe.join(), cafe.join()
    cafe.earn(anna, order="one", spend=1000)
    cafe.earn(bela, order="two", spend=1000)
    assert [cafe.card(it).balance("point") for it in (anna, bela)] == [15, 10]
    cafe.refund("one", "r-1")
    cafe.earn(bela, order="three", spend=1000)
    assert [cafe.card(it).balance("point") for it in (anna, bela)] == [0, 25]
    assert count_of(cafe, "campaign:first") == 1


def test_the_last_two_of_five_go_to_whoever_could_have_three(table: Table) -> None:
    """30 points are three mugs; two are left, so two are issued and 10 points stay."""
    cafe = Counter(table, {**BARE, "rewards": [reward("mug", 10, auto=True, stock=5)]})
    anna, bela = cafe.join(), cafe.join()
    cafe.earn(anna, spend=3000)
    cafe.earn(bela, spend=3000)
    assert [len(cafe.card(it).open) for it in (anna, bela)] == [3, 2]
    assert [cafe.card(it).balance("point") for it in (anna, bela)] == [0, 10]


WARM = {
    "id": "warm", "name": "Warm welcome", "reward": "pastry", "by": "staff",
    "budget": {"amount_minor": 399, "window": "day"},
}  # fmt: skip
PASTRY = {"id": "pastry", "name": "Pastry", "cost_minor": 70}
BUDGET = "surprise:warm:2026-11-22"


def test_a_budget_for_five_gives_five_gifts_to_thirty_two_at_once(table: Table) -> None:
    """3.99 is five pastries of 0.70, and not enough for a sixth."""
    cafe = Counter(table, {**BARE, "rewards": [PASTRY], "surprises": [WARM]})
    members = [cafe.join() for _ in range(32)]

    works = [partial(cafe.give, member, f"gift-{member}", "warm") for member in members]
    outcomes = together([partial(insisting, work) for work in works])

    assert len(answers(outcomes)) == 5
    assert codes(outcomes) == [RefusalCode.LIMIT_REACHED] * 27
    assert count_of(cafe, BUDGET) == 5 * 70
    assert sum(len(cafe.card(member).open) for member in members) == 5
    again = [work() for work, outcome in zip(works, outcomes, strict=True)
             if isinstance(outcome, Answer)]  # fmt: skip
    assert [it.replayed for it in again] == [True] * 5
    assert count_of(cafe, BUDGET) == 5 * 70


def test_sales_that_are_drawn_at_once_stay_within_the_budget_and_refunds_refill_it(
    table: Table,
) -> None:
    """About half of 64 sales are drawn; five of them bring something, all of them count."""
    rule = {**WARM, "by": "rule", "one_in": 2}
    cafe = Counter(table, {**BARE, "rewards": [PASTRY], "surprises": [rule]})
    members = [cafe.join() for _ in range(32)]

    for turn in range(2):
        works = [partial(cafe.earn, it, f"{turn}-{it}", order=f"{turn}-{it}") for it in members]
        outcomes = together([partial(insisting, work) for work in works])
        assert len(answers(outcomes)) == 32

    assert count_of(cafe, BUDGET) == 5 * 70
    assert sum(len(cafe.card(member).open) for member in members) == 5
    refunds = [
        partial(cafe.refund, f"{turn}-{it}", f"r{turn}-{it}") for turn in range(2) for it in members
    ]
    for refund in refunds:
        refund()
    assert count_of(cafe, BUDGET) == 0
    assert sum(len(cafe.card(member).open) for member in members) == 0


def test_ten_friends_at_once_pass_no_limit_of_three(table: Table) -> None:
    """Each is another operation on the referrer's card; who is told of a conflict comes again."""
    terms = {"referrer": {"unit": "point", "amount": 7}, "max_per_member": 3}
    cafe = Counter(table, {**BARE, "referral": terms})
    anna = cafe.join()

    def bring(friend: int) -> Answer:
        origin = Origin(f"referral:{friend}:referrer", "job", entropy=bytes(16))
        operation = GrantBonus(origin, "referral", "point", 7, referral=True)
        return cafe.ledger.perform(cafe.program, cafe.card(anna), operation, cafe.now)

    for _ in range(10):
        outcomes = together([partial(bring, friend) for friend in range(10)])
        if RefusalCode.CONFLICT not in codes(outcomes):
            break
    assert codes(outcomes) == [RefusalCode.LIMIT_REACHED] * 7
    assert len(answers(outcomes)) == 3
    assert (cafe.card(anna).balance("point"), cafe.card(anna).seq) == (3 * 7, 1 + 3)
