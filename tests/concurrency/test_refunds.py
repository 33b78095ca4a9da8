"""Refunds that race: with their sale, with each other, with the reward that was bought."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from regulars.actions import refunds
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store.answers import Answer
from tests.concurrency.audit import audit
from tests.concurrency.counter import Counter, answers, codes, together


@pytest.mark.parametrize("sale_first", [True, False])
def test_a_refund_that_races_its_sale_is_applied_once_whoever_wins(
    counter: Counter, sale_first: bool
) -> None:
    """Parked or not, one of them sees the other."""
    member = counter.join()
    for number in range(20):
        order = f"o{number}"
        works: list[Any] = [
            partial(counter.earn, member, order=order),
            partial(
                counter.refund, order, f"r-{order}", 400, key=f"k{number}" if number % 2 else ""
            ),
        ]
        codes(together(works if sale_first else works[::-1]))

        sale = counter.ledger.find_order(f"order:{order}")
        assert sale is not None
        refund = counter.ledger.find_order(f"refund:r-{order}")
        assert refund is not None, "the refund was lost between sale and parking"
        assert counter.card(member).balance("point") == 6 * (number + 1)
    audit(counter)


@pytest.mark.parametrize("late", [1, 2, 3])
def test_a_sale_slipping_in_anywhere_in_the_parking_is_seen(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    """Not by chance but by hand: the sale is booked before each of the refund's calls."""
    member = counter.join()
    calls = 0
    transport = counter.table._transport

    def call(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        if calls == late:
            counter.earn(member, "sale", order="o")
        return transport(operation, params)

    table = type(counter.table)(counter.table.name, call)
    counter.on(table).refund("o", "r", 400)

    assert calls >= late
    assert counter.card(member).balance("point") == 6
    audit(counter)


def test_two_refunds_at_once_never_exceed_the_sale(counter: Counter) -> None:
    member = counter.join()
    for number in range(10):
        order = f"o{number}"
        counter.earn(member, order=order)

        outcomes = together(
            [
                partial(counter.refund, order, f"{order}-{n}", 400, key=f"k{number}-{n}")
                for n in range(5)
            ]
        )

        assert len(answers(outcomes)) == 3
        assert codes(outcomes) == [RefusalCode.ALREADY_REVERSED] * 2
        assert counter.card(member).lifetime.spend_minor == 0
    audit(counter)


def test_one_refund_under_many_keys_is_one(counter: Counter) -> None:
    """Whole or in part; the later ones get the first one's answer, not `already_reversed`."""
    member = counter.join()
    for number, amount in enumerate([None, 400, None, 1000]):
        order = f"o{number}"
        counter.earn(member, order=order)
        works = [
            partial(counter.refund, order, f"r-{order}", amount, key=f"{order}-{n}")
            for n in range(5)
        ]

        outcomes = together(works)
        outcomes += [counter.refund(order, f"r-{order}", amount, key=f"{order}-late")]

        assert codes(outcomes) == []
        assert len({str(answer.body) for answer in answers(outcomes)}) == 1
        assert sum(not answer.replayed for answer in answers(outcomes)) == 1
    audit(counter)


@pytest.mark.parametrize("amount", [None, 400, 1000])
def test_a_tills_refund_delivered_again_is_answered_as_the_first_time(
    counter: Counter, amount: int | None
) -> None:
    """Queues deliver more than once; a refusal would send the event to the dead letters."""
    member = counter.join()
    counter.earn(member, order="o")
    first = counter.refund("o", "r", amount)

    again = counter.refund("o", "r", amount)

    assert first is not None
    assert again is not None
    assert (first.replayed, again.replayed) == (False, True)
    assert again.seq == first.seq
    if amount == 400:
        counter.refund("o", "the rest", 1000)
    with pytest.raises(Refused) as refused:
        counter.refund("o", "another", 1000)
    assert refused.value.code is RefusalCode.ALREADY_REVERSED
    audit(counter)


def test_a_parked_refund_that_comes_again_by_its_key_gets_its_first_answer(
    counter: Counter,
) -> None:
    member = counter.join()
    first = counter.refund("o", "r", None, key="k")
    counter.earn(member, order="o")
    assert counter.card(member).balance("point") == 0

    again = counter.refund("o", "r", None, key="k")
    by_its_id = counter.refund("o", "r", None, key="another key")

    assert (first.status, again.status, again.replayed) == (202, 202, True)
    assert again.body == first.body
    assert (by_its_id.status, by_its_id.replayed) == (200, True)
    assert by_its_id.body["balances"]["point"] == 0
    audit(counter)


def test_parked_refunds_obey_their_keys_and_ids(counter: Counter) -> None:
    """The same key with another body, the same id with another amount: nothing is parked twice."""
    assert counter.refund("o", "r", 300, key="k").status == 202
    with pytest.raises(Refused) as refused:
        counter.refund("o", "r", 400, key="k")
    assert refused.value.code is RefusalCode.IDEMPOTENCY_MISMATCH
    with pytest.raises(Refused, match=r"300 of order o.*400 of order o") as refused:
        counter.refund("o", "r", 400, key="another key")
    assert refused.value.code is RefusalCode.REFUND_MISMATCH
    with pytest.raises(Refused) as refused:
        counter.refund("another order", "r", 300)
    assert refused.value.code is RefusalCode.REFUND_MISMATCH
    assert counter.refund("o", "r", 300).replayed
    assert counter.refund("o", "s", 300, key="a third").status == 202
    member = counter.join()

    counter.earn(member, order="o")

    assert counter.card(member).lifetime.spend_minor == 400
    audit(counter)


def test_one_id_for_two_amounts_at_once_is_one_refund(counter: Counter) -> None:
    member = counter.join()
    for number in range(8):
        order = f"o{number}"
        if number % 2:
            counter.earn(member, order=order)
        outcomes = together(
            [partial(counter.refund, order, order, 100 * n, key=f"{order}-{n}") for n in (1, 2, 3)]
        )
        assert codes(outcomes) == [RefusalCode.REFUND_MISMATCH] * 2
        if not number % 2:
            counter.earn(member, order=order)
        (done,) = (outcomes.index(one) + 1 for one in answers(outcomes))
        assert counter.card(member).lifetime.spend_minor == 1000 - 100 * done
        counter.refund(order, f"{order} rest")
    audit(counter)


def test_parked_refunds_in_any_order_come_to_the_same(counter: Counter) -> None:
    """300, 300 and 300 of 1,000 parked together with one that asks too much."""
    member = counter.join()
    for refund_id, amount in (("a", 300), ("b", 300), ("c", 5000), ("d", 300)):
        assert counter.refund("o", refund_id, amount).status == 202

    counter.earn(member, order="o")

    assert counter.card(member).lifetime.spend_minor == 0
    assert refunds.apply_parked(counter.ledger, counter.program, "order:o", counter.now) == 4
    assert counter.card(member).lifetime.spend_minor == 0
    audit(counter)


def test_a_refund_and_a_redemption_at_once_gain_nothing(counter: Counter) -> None:
    """Either the reward is refused for debt, or what was spent is owed."""
    for number in range(8):
        member = counter.join()
        counter.earn(member, order=f"o{number}")
        ((voucher, _),) = counter.issue(member).body["vouchers"]

        works: list[Callable[[], Answer | None]] = [
            partial(counter.refund, f"o{number}", f"r{number}"),
            partial(counter.close, member, voucher),
        ]
        outcomes = together(works)

        assert set(codes(outcomes)) <= {RefusalCode.DEBT}
        assert counter.card(member).debt == {"point": 10}
    audit(counter)


def test_a_refund_that_takes_a_voucher_back_races_its_redemption(counter: Counter) -> None:
    """The fifth stamp unlocked a coffee; its refund cancels the voucher, or it was drunk."""
    for number in range(8):
        member = counter.join()
        for _ in range(3):
            counter.earn(member)
        sale = counter.earn(member, order=f"o{number}")
        ((voucher, _),) = sale.body["vouchers"]

        works: list[Callable[[], Answer | None]] = [
            partial(counter.refund, f"o{number}", f"r{number}", key=f"k{number}"),
            partial(counter.close, member, voucher),
        ]
        outcomes = together(works)

        refused = codes(outcomes)
        assert set(refused) <= {RefusalCode.VOUCHER_CANCELLED}
        card = counter.card(member)
        assert card.open == {}
        assert card.balance("stamp") == (4 if refused else -1)
    audit(counter)
