"""Refunds of items: each rule gives back what it granted for them; any mix sums to the whole."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from regulars.domain.decision import Decision
from regulars.domain.operations import WHOLE, Item, Refunded, Reverse
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit, visit_rule

UNITS = [unit("point"), unit("stamp", "stamps")]
MAINS = {"id": "mains", "on": "item", "unit": "stamp", "amount": 1, "categories": ["main"]}


def shop(*rules: dict[str, Any], **more: Any) -> Shop:
    opened = Shop(make_program(units=UNITS, earn=list(rules), **more))
    opened.join()
    return opened


class Till:
    """Refunds one sale again and again, as the table would remember it."""

    def __init__(self, cafe: Shop, sale: Decision) -> None:
        assert sale.entry is not None
        self.cafe, self.original = cafe, sale.entry
        self.refunded = Refunded()

    def refund(self, amount: int | None, given_back: tuple[Item, ...] = ()) -> Decision:
        decision = self.cafe.do(
            Reverse(self.cafe.origin(), self.original, self.refunded, amount, items=given_back)
        )
        assert decision.refunded is not None
        self.refunded = decision.refunded
        return decision

    def items(self, *lines: tuple[int, int, str]) -> Decision:
        return self.refund(sum(amount for _, amount, _ in lines), items(*lines))


def held(cafe: Shop) -> dict[str, int]:
    return {name: cafe.card.balance(name) for name in ("point", "stamp")}


def test_a_main_that_goes_back_takes_its_stamp_and_no_other() -> None:
    cafe = shop(MAINS)
    till = Till(cafe, cafe.sale(items=items((2, 3000, "main"), (1, 500, "dessert"))))

    till.items((1, 500, "dessert"))
    assert held(cafe)["stamp"] == 2
    till.items((1, 1500, "main"))
    assert held(cafe)["stamp"] == 1
    assert till.items((1, 1500, "main")).refunded == Refunded(WHOLE, visit_gone=True)
    assert held(cafe)["stamp"] == 0


@pytest.mark.parametrize(
    ("paid", "amounts"),
    [(2000, [300, 500, 1200]), (1500, [225, 375, 900]), (1001, [150, 250, 601])],
)
def test_items_are_worth_what_was_paid_of_their_list_price(paid: int, amounts: list[int]) -> None:
    """Of 20.00 at list price; what is lost by rounding comes with the last one."""
    cafe = shop(visit_rule())
    sale = cafe.sale(paid, items=items((1, 300, "tea"), (1, 500, "cake"), (1, 1200, "main")))
    refunds = [cafe.refund(sale, items=items((1, listed, ""))) for listed in (300, 500, 1200)]
    assert [refund.entry and refund.entry.facts["amount"] for refund in refunds] == amounts


def test_a_gift_card_that_earned_nothing_takes_nothing() -> None:
    cafe = shop(spend_rule(1, 100, exclude=["gift"]), visit_rule())
    till = Till(cafe, cafe.sale(items=items((1, 1000, "drink"), (1, 5000, "gift"))))
    assert held(cafe) == {"point": 10, "stamp": 1}

    till.items((1, 5000, "gift"))
    assert held(cafe) == {"point": 10, "stamp": 0}  # most of the money is back
    assert cafe.card.lifetime == (1000, 0, 10)
    till.refund(None)
    assert held(cafe) == {"point": 0, "stamp": 0}
    assert cafe.card.lifetime == (0, 0, 0)


def test_a_rule_on_some_gives_back_for_those() -> None:
    cafe = shop(spend_rule(1, 100, categories=["drink"]))
    till = Till(cafe, cafe.sale(items=items((2, 950, "drink"), (1, 5000, "cake"))))
    assert (held(cafe)["point"], dict(cafe.card.carry)) == (9, {"spend": 50})

    till.items((1, 475, "drink"))
    assert (held(cafe)["point"], dict(cafe.card.carry)) == (5, {"spend": 25})
    till.items((1, 475, "drink"), (1, 5000, "cake"))
    assert (held(cafe)["point"], dict(cafe.card.carry)) == (0, {})


def test_more_than_was_bought_takes_no_more_than_was_granted() -> None:
    cafe = shop(MAINS, spend_rule(1, 100))
    till = Till(cafe, cafe.sale(items=items((1, 1500, "main"), (1, 500, "dessert"))))

    till.items((9, 100, "main"))
    assert held(cafe)["stamp"] == 0
    till.items((9, 100, "main"))
    assert held(cafe) == {"point": 18, "stamp": 0}
    till.refund(None)
    assert (held(cafe), dict(cafe.card.debt)) == ({"point": 0, "stamp": 0}, {})


def test_the_rules_are_those_of_the_version_it_was_sold_under() -> None:
    cafe = shop(MAINS)
    under = cafe.program
    till = Till(cafe, cafe.sale(items=items((2, 3000, "main"), (1, 500, "dessert"))))
    cafe.program = make_program(2, units=UNITS, earn=[{**MAINS, "categories": ["dessert"]}])

    cafe.do(Reverse(cafe.origin(), till.original, Refunded(), 500, items=items((1, 500, "dessert")),
                    under=under))  # fmt: skip
    assert held(cafe)["stamp"] == 2


LINES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3000), st.sampled_from(["main", "drink", "gift"])),
    min_size=1,
    max_size=5,
)


@given(
    lines=LINES,
    back=st.lists(
        st.one_of(
            st.integers(1, 4000),
            st.tuples(st.integers(1, 3), st.integers(1, 900),
                      st.sampled_from(["main", "drink", "gift"])),
        ),
        max_size=8,
    ),
    carried=st.integers(0, 249),
    tip=st.sampled_from([0, 77]),
)  # fmt: skip
def test_any_mix_of_amounts_and_items_sums_to_the_whole(
    lines: list[tuple[int, int, str]], back: list[Any], carried: int, tip: int
) -> None:
    cafe = shop(MAINS, spend_rule(3, 250, exclude=["gift"]), visit_rule(),
                {**spend_rule(2, 70, categories=["drink"]), "id": "drinks"})  # fmt: skip
    if carried:
        cafe.sale(carried, visits=0)
    before = cafe.card
    total = sum(amount for _, amount, _ in lines)
    till = Till(cafe, cafe.sale(items=items(*lines), paid_minor=total + tip))
    most = held(cafe)
    for one in back:
        amount, given_back = (one, ()) if isinstance(one, int) else (one[1], items(one))
        if amount >= total + tip - till.refunded.minor:
            break
        till.refund(amount, given_back)
        now = held(cafe)
        assert all(before.balance(name) <= now[name] <= most[name] for name in now)
        most = now
    till.refund(None)

    after = cafe.card
    assert till.refunded.minor == WHOLE
    assert (after.lots, after.debt, after.carry) == (before.lots, {}, before.carry)
    assert (after.lifetime, after.last_visit_ms) == (before.lifetime, before.last_visit_ms)
    assert cafe.verify() == []


@pytest.mark.parametrize(
    ("spend", "listed", "returned", "taken"),
    [
        (3000, 3000, 1000, 1000),
        (2000, 3000, 1500, 1000),  # at what was paid of the list price
        (2000, 3000, 3000, 2000),
        (2000, 3000, 3500, 2000),  # more than there was: all of it, and no more
    ],
)
def test_items_without_an_amount_are_worth_their_share(
    spend: int, listed: int, returned: int, taken: int
) -> None:
    cafe = shop(spend_rule())
    sale = cafe.sale(spend, items=items((1, listed, "main")))
    till = Till(cafe, sale)
    refund = till.refund(None, items((1, returned, "main")))
    assert refund.entry is not None
    assert refund.entry.facts["amount"] == taken
    assert cafe.available() == (spend - taken) // 100


def test_items_that_are_worth_nothing_cannot_go_back() -> None:
    cafe = shop(spend_rule())
    till = Till(cafe, cafe.sale(1000, items=items((1, 1000, "main"))))
    for worthless in (0, -100):
        with pytest.raises(Refused) as refused:
            till.refund(None, items((1, worthless, "main")))
        assert refused.value.code is RefusalCode.INVALID
        assert refused.value.errors == (("items", "must add up to more than 0"),)


def test_of_a_sale_that_went_back_whole_nothing_goes_back_again() -> None:
    cafe = shop(spend_rule())
    till = Till(cafe, cafe.sale(1000))
    till.refund(1000)
    with pytest.raises(Refused) as refused:
        till.refund(1)
    assert refused.value.code is RefusalCode.ALREADY_REVERSED


def test_of_a_sale_without_money_items_take_the_whole() -> None:
    cafe = shop(visit_rule())
    till = Till(cafe, cafe.visit())
    refund = till.refund(None, items((1, 500, "main")))
    assert (till.refunded, held(cafe)["stamp"]) == (Refunded(WHOLE, visit_gone=True), 0)
    assert refund.entry is not None
