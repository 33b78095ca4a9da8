"""A refund that is taken back: what it issued, and what had paid debt."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.decision import Decision
from regulars.domain.operations import GrantTier
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit
from tests.unit.domain.versions import Versions


def terms(unit_id: str, cup: int, sip: int) -> dict[str, Any]:
    """A unit per 1.00, and two automatic rewards for it."""
    return {
        "units": [unit(unit_id)],
        "earn": [{**spend_rule(), "unit": unit_id}],
        "rewards": [reward("cup", cup, unit_id, auto=True), reward("sip", sip, unit_id, auto=True)],
    }


def gifts(of: Shop) -> list[str]:
    return sorted(held.reward_id for held in of.card.open.values())


@pytest.mark.parametrize("replaced", [False, True])
def test_what_it_issued_out_of_what_it_returned_goes_again(replaced: bool) -> None:
    """One of three cups gives 20 of its 30 units back, which are two sips."""
    versions = Versions(**terms("leaf", 30, 10))
    cafe = Shop(versions.program)
    cafe.join()
    sale = cafe.sale(9000)
    refund = cafe.refund(sale, 1000)
    assert gifts(cafe) == ["cup", "cup", "sip", "sip"]
    if replaced:
        instead = unit("bean", replaces={"unit": "leaf", "rate": "2"})
        cafe.program = versions.publish(**terms("bean", 60, 20) | {"units": [instead]})

    cafe.void(refund, sale)
    assert gifts(cafe) == ["cup", "cup", "cup"]
    assert (dict(cafe.card.lots), dict(cafe.card.debt)) == ({}, {})


@pytest.mark.parametrize(("paid_since", "lots", "owes"), [(0, {}, 23), (50, {"2026-12-31": 27}, 0)])
def test_one_of_two_of_a_sale_that_had_paid_debt_pays_it_again(
    paid_since: int, lots: dict[str, int], owes: int
) -> None:
    point = unit(expiry={"type": "months", "months": 1})
    cafe = Shop(make_program(units=[point], earn=[spend_rule()]))
    cafe.join()
    cafe.adjust("point", -30, allow_debt=True)
    sale = cafe.sale(1000)
    mistake, _ = cafe.refund(sale, 300), cafe.refund(sale, 300)
    assert dict(cafe.card.debt) == {"point": 26}
    cafe.sale(100 * paid_since)

    cafe.void(mistake, sale)
    assert (cafe.amounts(), cafe.card.debt.get("point", 0)) == (lots, owes)


def test_one_of_two_of_a_sale_that_had_paid_debt_and_is_not_held_any_more() -> None:
    """What comes back goes where the units are since the hold was ended."""
    cafe = Shop(make_program(units=[unit(hold_days=14)], earn=[spend_rule()]))
    cafe.join()
    cafe.adjust("point", -4, allow_debt=True)
    sale = cafe.sale(1000)
    cafe.confirm(sale)
    mistake, _ = cafe.refund(sale, 300), cafe.refund(sale, 300)
    assert cafe.available() == 0

    cafe.void(mistake, sale)
    assert (cafe.available(), cafe.amounts()) == (3, {"": 3})


@pytest.mark.parametrize(
    ("before", "since", "until"),
    [(0, 0, "2026-12-21"), (1, 0, "2027-01-21"), (0, 1, "2027-01-21"), (0, 2, "2027-02-21")],
)
def test_one_of_two_of_a_membership_gives_its_period_back(
    before: int, since: int, until: str
) -> None:
    """A part was paid back, then the rest: the period ended with the second."""
    way = {"metric": "membership", "period": "month"}
    gold = {"id": "gold", "name": "Gold", "enter": [way]}
    cafe = Shop(make_program(units=[unit()], tiers=[gold]))
    cafe.join()

    def pay() -> Decision:
        return cafe.do(GrantTier(cafe.origin(), "gold", "", "membership", paid_minor=900))

    paid, *_ = [pay() for _ in range(1 + before)]
    mistake, _ = cafe.refund(paid, 500), cafe.refund(paid, 400)
    for _ in range(since):
        pay()

    cafe.void(mistake, paid)
    assert cafe.card.tier is not None
    assert cafe.card.tier.until == until
    assert cafe.card.lifetime.visits == 0


def test_a_debt_from_before_it_stays_as_it_was() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    cafe.adjust("point", -30, allow_debt=True)
    sale = cafe.sale(1000)
    cafe.void(cafe.refund(sale, 300), sale)
    assert (cafe.amounts(), dict(cafe.card.debt)) == ({}, {"point": 20})


def test_a_voucher_that_was_redeemed_with_the_order_is_so_again_also_by_the_entries() -> None:
    of = make_program(
        units=[unit()], earn=[spend_rule()], rewards=[reward("ten", 10)],
        refunds={"voucher": "return"},
    )  # fmt: skip
    cafe = Shop(of)
    cafe.join()
    cafe.sale(1000)
    voucher = cafe.issue("ten")
    cafe.redeem(voucher, order_id="o")
    sale = cafe.sale(2000, order_id="o")
    refund = cafe.refund(sale)
    assert voucher.voucher_id in cafe.card.open

    cafe.void(refund, sale)
    assert not cafe.card.open
    assert cafe.vouchers[voucher.voucher_id].status == "redeemed"
    assert cafe.fold.vouchers[voucher.voucher_id].status == "redeemed"


def test_of_items_that_went_back_more_is_known_than_their_money() -> None:
    """A cake went back, then by mistake all the rest: without that the cake alone has gone back."""
    of = make_program(units=[unit()], earn=[{**spend_rule(), "categories": ["cup"]}])
    cafe = Shop(of)
    cafe.join()
    sale = cafe.sale(3000, items=items((1, 1000, "cup"), (1, 2000, "cake")))
    cafe.refund(sale, 2000, items=items((1, 2000, "cake")), refund_id="cake")
    part = cafe.refund(sale, 500, refund_id="mistake")
    cafe.refund(sale, refund_id="rest")
    assert cafe.available() == 0

    cafe.void(part, sale)
    assert cafe.available() == 9, "the rest was a sixth of the money"


def test_of_an_order_that_was_free_nothing_has_gone_back_then() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    sale = cafe.sale(0)
    refund = cafe.void(cafe.refund(sale), sale).refunded
    assert refund is not None
    assert (refund.minor, refund.visit_gone) == (0, False)


@pytest.mark.parametrize("since", ["redeem", "cancel"])
def test_a_voucher_that_was_given_back_and_used_again_is_owed(since: str) -> None:
    of = make_program(units=[unit()], earn=[spend_rule()], rewards=[reward("ten", 10)])
    cafe = Shop(of)
    cafe.join()
    cafe.sale(1000)
    voucher = cafe.issue("ten")
    cafe.redeem(voucher, order_id="o")
    sale = cafe.sale(2000, order_id="o")
    refund = cafe.refund(sale)
    again = cafe.vouchers[voucher.voucher_id]
    if since == "redeem":
        cafe.redeem(again)
    else:
        cafe.cancel(again)

    cafe.void(refund, sale)
    assert cafe.available() == (10 if since == "redeem" else 20)
    assert not cafe.card.debt


def test_two_of_an_order_that_was_changed_to_less_leave_nothing_of_it() -> None:
    """What is left of two refunds is still more than the order comes to."""
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    sale = cafe.sale(2000, order_id="o")
    mistake = cafe.refund(sale, 700, refund_id="a")
    cafe.refund(sale, 800, refund_id="b")
    cafe.revise(sale, 500)
    assert cafe.available() == 0

    refunded = cafe.void(mistake, sale).refunded
    assert refunded is not None
    assert (refunded.minor, cafe.available()) == (800, 0)


def test_a_streak_that_has_just_begun_was_not_rewarded_by_the_one_before() -> None:
    months = {"id": "months", "name": "Months", "metric": "months", "at": 2,
              "grant": {"unit": "point", "amount": 5}}  # fmt: skip
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], milestones=[months]))
    cafe.join()
    cafe.visit()
    cafe.later(days=20).visit()
    assert cafe.available() == 5
    sale = cafe.later(days=100).sale(100)
    cafe.void(cafe.refund(sale), sale)
    cafe.later(days=31).visit()
    assert cafe.available() == 5 + 1 + 5


def needs_its_place(
    cafe: Shop, refund: Decision, sale: Decision, count: tuple[str, int, int], left: int
) -> None:
    """A refund is taken back where one of what is counted is left, and refused where none is."""
    cafe.left = {count[0]: left}
    if left:
        assert cafe.void(refund, sale).counts == (count,)
        return
    with pytest.raises(Refused) as refused:
        cafe.void(refund, sale)
    assert refused.value.code is RefusalCode.LIMIT_REACHED


@pytest.mark.parametrize("left", [1, 0])
def test_what_others_have_by_now_cannot_be_taken_back(left: int) -> None:
    bonus = {"id": "first", "bonus": {"unit": "point", "amount": 9}, "on": ["spend"], "total": 5}
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], campaigns=[bonus]))
    cafe.join()
    sale = cafe.sale(100)
    refund = cafe.refund(sale)
    needs_its_place(cafe, refund, sale, ("campaign:first", 1, 5), left)


@pytest.mark.parametrize("left", [1, 0])
def test_nor_what_the_last_of_two_refunds_has_left_to_others(left: int) -> None:
    """The first of two is taken back: something of the sale is left again, and so is its use."""
    bonus = {"id": "first", "bonus": {"unit": "point", "amount": 9}, "on": ["spend"], "total": 5}
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], campaigns=[bonus]))
    cafe.join()
    sale = cafe.sale(1000)
    part, rest = cafe.refund(sale, 300), cafe.refund(sale)
    assert (part.counts, rest.counts) == ((), (("campaign:first", -1, 5),))
    needs_its_place(cafe, part, sale, ("campaign:first", 1, 5), left)


def test_its_entry_says_what_counts_again() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    sale = cafe.sale(1000, order_id="o")
    refund = cafe.refund(sale)
    assert refund.entry is not None
    entry = cafe.void(refund, sale).entry
    assert entry is not None
    assert entry.facts == {
        "voids": refund.entry.seq, "amount": -1000, "order": "o",
        "spend": 1000, "visits": 1, "points": 10,
    }  # fmt: skip


@pytest.mark.parametrize("points", [3, 1])
def test_what_had_expired_does_not_come_back_with_the_first_of_two(points: int) -> None:
    cafe = Shop(
        make_program(units=[unit(expiry={"type": "months", "months": 1})], earn=[spend_rule()])
    )
    cafe.join()
    sale = cafe.sale(1000)
    cafe.later(days=60).expire()
    first, _ = cafe.refund(sale, 100 * points), cafe.refund(sale, 300)
    assert first.entry is not None
    assert first.entry.facts["lapsed"] == {"point": points}
    cafe.void(first, sale)
    assert (cafe.card.lots, dict(cafe.card.debt)) == ({}, {})
    assert dict(cafe.card.taken) == {"x:point:2026-12-31": ("", 7)}


def test_two_with_ids_of_their_own_are_taken_back_one_after_the_other() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    sale = cafe.sale(1000)
    first, second = (cafe.refund(sale, 300, refund_id=one) for one in ("r1", "r2"))
    for refund, points in ((first, 7), (second, 10)):
        entry = cafe.void(refund, sale).entry
        assert entry is not None
        assert (cafe.available(), entry.facts["refund"][:1]) == (points, "r")
    assert cafe.refunded[2].minor == 0


def test_a_credit_that_is_used_again_ends_when_it_did() -> None:
    """The refund of its order had given it a week at least."""
    rate = {"units": 100, "amount_minor": 500}
    money = reward("money", 0, kind="credit", rate=rate, valid_days=3)
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[money]))
    cafe.join()
    cafe.adjust("point", 200)
    voucher = cafe.issue("money", 200)
    cafe.redeem(voucher, 400, "o", 2000)
    sale = cafe.sale(2000, order_id="o")
    refund = cafe.refund(sale)
    now = cafe.vouchers[voucher.voucher_id]
    assert (now.left_minor, now.expires_on) == (1000, "2026-11-29")
    cafe.void(refund, sale)
    now = cafe.vouchers[voucher.voucher_id]
    assert (now.left_minor, now.expires_on) == (600, "2026-11-25")


@pytest.mark.parametrize("left", [1, 0])
def test_of_a_stock_nobody_else_may_have_it_by_now(left: int) -> None:
    ten = reward("ten", 10, auto=True, stock=3)
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[ten]))
    cafe.join()
    sale = cafe.sale(1000)
    refund = cafe.refund(sale)
    assert refund.counts == (("stock:ten", -1, 3),)
    needs_its_place(cafe, refund, sale, ("stock:ten", 1, 3), left)


@pytest.mark.parametrize("spent", [0, 1])
def test_what_was_left_of_a_voucher_goes_back_into_it(spent: int) -> None:
    """It gave three units back, of which the refund took two; the one that is left is locked again,
    or owed."""
    three = reward("three", 3, auto=True)
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[three]))
    cafe.join()
    sale = cafe.sale(300)
    refund = cafe.refund(sale, 200)
    assert (cafe.available(), len(cafe.card.open)) == (1, 0)
    cafe.adjust("point", -spent)
    entry = cafe.void(refund, sale).entry
    assert entry is not None
    assert [line.amount for line in entry.lines] == [-1]
    assert (cafe.available(), len(cafe.card.open)) == (0, 1)
    assert cafe.card.debt == ({"point": 1} if spent else {})
