"""Units that return or are no longer pending: they pay debt and unlock what is automatic."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

HELD = unit(hold_days=14)


def shop(*rewards: dict[str, Any], **sections: Any) -> Shop:
    given = {"units": [unit()], "earn": [spend_rule()], "rewards": list(rewards), **sections}
    opened = Shop(make_program(**given))
    opened.join()
    return opened


def due(cafe: Shop) -> None:
    """The hourly job comes when the card is due."""
    cafe.now = datetime.fromisoformat(cafe.card.due["expire"]).replace(tzinfo=UTC)
    cafe.expire()


def test_a_refund_of_what_lies_in_a_chosen_voucher_is_settled_when_that_is_given_back() -> None:
    cafe = shop(reward("ten", 10))
    sale = cafe.sale(1000)
    voucher = cafe.issue("ten")
    cafe.refund(sale)
    assert dict(cafe.card.debt) == {"point": 10}

    entry = cafe.cancel(voucher).entry

    assert entry is not None
    assert [(x.amount, x.lot, x.reason.kind) for x in entry.lines] == [
        (10, "", "returned"), (-10, "", "settled"), (10, "debt", "settled"),
    ]  # fmt: skip
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {})
    assert cafe.verify() == []


def test_an_expired_voucher_pays_debt_too() -> None:
    cafe = shop(reward("ten", 10, valid_days=7))
    sale = cafe.sale(1000)
    cafe.issue("ten")
    cafe.refund(sale)
    due(cafe)
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {})


def test_what_was_held_back_pays_debt_on_its_day() -> None:
    cafe = shop(reward("ten", 10), units=[HELD])
    cafe.sale(1000)
    cafe.adjust("point", -4, allow_debt=True)  # pending units pay nothing yet
    assert (cafe.card.pending("point", cafe.today), dict(cafe.card.debt)) == (10, {"point": 4})

    due(cafe)
    assert (cafe.today, cafe.available(), dict(cafe.card.debt)) == ("2026-12-06", 6, {})
    assert cafe.verify() == []


def test_the_member_does_not_wait_for_the_job() -> None:
    cafe = shop(reward("five", 5), units=[HELD])
    cafe.sale(1000)
    cafe.adjust("point", -4, allow_debt=True)
    with pytest.raises(Refused) as refused:
        cafe.issue("five")
    assert refused.value.code is RefusalCode.DEBT
    cafe.later(days=14).issue("five")
    assert (cafe.available(), dict(cafe.card.debt)) == (1, {})
    assert cafe.verify() == []


def test_what_was_held_back_unlocks_what_is_automatic() -> None:
    cafe = shop(reward("ten", 10, auto=True), units=[HELD])
    cafe.sale(1000)
    assert not cafe.card.open

    due(cafe)
    assert cafe.today == "2026-12-06"
    assert [held.reward_id for held in cafe.card.open.values()] == ["ten"]
    assert cafe.decided[-1].entry is not None
    assert cafe.decided[-1].entry.kind == "issue"


def test_nothing_waits_where_nothing_comes_of_it() -> None:
    """A card is not due for units that neither pay debt nor unlock anything."""
    cafe = shop(reward("ten", 10), units=[HELD])
    cafe.sale(1000)
    assert "expire" not in cafe.card.due


def test_an_automatic_voucher_that_expired_is_not_issued_again_by_the_job() -> None:
    cafe = shop(reward("ten", 10, auto=True, valid_days=7))
    cafe.sale(1000)
    due(cafe)
    assert (cafe.available(), dict(cafe.card.open)) == (10, {})


def test_what_is_not_held_cannot_be_confirmed() -> None:
    """Nor what was confirmed already."""
    cafe, another = shop(), shop(units=[HELD])
    free, held = cafe.sale(1000), another.sale(1000)
    another.confirm(held)
    for of, sale in ((cafe, free), (another, held)):
        with pytest.raises(Refused) as refused:
            of.confirm(sale)
        assert refused.value.errors[0][0] == "entry_id"


def test_an_order_that_changes_when_its_hold_was_ended_is_not_held() -> None:
    cafe = shop(units=[HELD])
    sale = cafe.sale(1000, order_id="o")
    cafe.confirm(sale)
    cafe.revise(sale, 1500)
    assert cafe.available() == 15
    cafe.revise(sale, 700)
    assert cafe.available() == 7
    cafe.refund(sale)
    assert (cafe.card.balance("point"), dict(cafe.card.debt)) == (0, {})


def test_a_sale_that_moves_when_its_hold_was_ended_is_not_held() -> None:
    cafe, another = shop(units=[HELD]), shop(units=[HELD])
    sale = cafe.sale(1000)
    cafe.confirm(sale)
    moved = cafe.move(sale, another)
    assert another.available() == 10
    another.refund(moved)
    assert (another.card.balance("point"), dict(another.card.debt)) == (0, {})


INACTIVE = unit(expiry={"type": "inactivity", "months": 1})


def test_a_policy_of_inactivity_that_was_given_up_leaves_nothing_behind() -> None:
    cafe = shop(units=[INACTIVE])
    cafe.sale(1000)
    cafe.program = make_program(2, units=[unit()], earn=[spend_rule()])
    cafe.later(days=20).review()
    cafe.later(days=60).sale(500)
    assert cafe.available() == 15
    assert dict(cafe.card.inactive_after) == {}


def test_a_new_one_begins_with_its_day() -> None:
    cafe = shop()
    cafe.sale(1000)
    cafe.program = make_program(2, units=[INACTIVE], earn=[spend_rule()])
    cafe.later(days=400).review()
    assert dict(cafe.card.inactive_after) == {"point": "2028-01-27"}
    assert cafe.available() == 10
    due(cafe)
    assert cafe.available() == 0


def test_a_refund_prolongs_nothing() -> None:
    cafe = shop(units=[INACTIVE])
    cafe.sale(1000)
    sale = cafe.sale(500)
    cafe.adjust("point", -4)
    until = dict(cafe.card.inactive_after)
    cafe.later(days=10).refund(sale)
    assert dict(cafe.card.inactive_after) == until


def test_a_hold_longer_than_the_inactivity_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        shop(units=[unit(hold_days=28, expiry={"type": "inactivity", "months": 1})])
    ((path, hint),) = refused.value.errors
    assert (path, "shorter" in hint) == ("units.0", True)


def test_what_was_lost_by_inactivity_is_nothing_to_a_later_sale() -> None:
    """Thirty points lapse, thirty more are earned and spent: those of the first sale are not asked
    for when it is refunded, those of the second are."""
    of = make_program(
        units=[unit(expiry={"type": "inactivity", "months": 3})], earn=[spend_rule()],
        rewards=[reward("thirty", 30)],
    )  # fmt: skip
    cafe = Shop(of)
    cafe.join()
    expired = cafe.sale(3000)
    cafe.later(days=120).expire()
    spent = cafe.sale(3000)
    cafe.redeem(cafe.issue("thirty"))

    cafe.refund(spent)
    assert dict(cafe.card.debt) == {"point": 30}
    cafe.refund(expired)
    assert dict(cafe.card.debt) == {"point": 30}


def test_a_refund_knows_from_the_entries_what_a_card_has_forgotten() -> None:
    """Of 30 points 20 expired unspent; ten were spent, and only these are owed, however late and in
    however many parts they are asked for."""
    of = make_program(
        units=[unit(expiry={"type": "months", "months": 1})], earn=[spend_rule()],
        rewards=[reward("ten", 10)],
    )  # fmt: skip
    cafe = Shop(of)
    cafe.join()
    sale = cafe.sale(3000)
    cafe.redeem(cafe.issue("ten"))
    cafe.later(days=100).expire()
    cafe.later(days=400).sale(100)
    cafe.later(days=100).expire()
    assert [name for name in cafe.card.taken if name.startswith("x:")] == ["x:point:2028-05-31"]
    for part in (2000, 1000):
        cafe.refund(sale, part)
    assert dict(cafe.card.debt) == {"point": 10}


def test_what_had_expired_is_not_owed_after_one_of_several_refunds_is_taken_back() -> None:
    of = make_program(
        units=[unit(expiry={"type": "months", "months": 1})], earn=[spend_rule()],
    )  # fmt: skip
    cafe = Shop(of)
    cafe.join()
    sale = cafe.sale(3000, order_id="o")
    cafe.later(days=80).expire()
    first = cafe.refund(sale, 1000, under=of)
    cafe.refund(sale, 1000, under=of)
    cafe.void(first, sale)
    assert (cafe.available(), dict(cafe.card.debt)) == (0, {})
    cafe.refund(sale, under=of)
    assert dict(cafe.card.debt) == {}


def test_what_a_sale_granted_in_a_unit_that_had_ended_is_not_owed() -> None:
    """The sale was decided on the version of before; the unit had ended by the new one already."""
    before = make_program(units=[unit()], earn=[spend_rule()])
    cafe = Shop(before)
    cafe.join()
    ended = make_program(2, units=[unit(ends_on="2026-11-30")], earn=[spend_rule()])
    early = cafe.sale(1000)
    late = cafe.later(days=30).sale(500)
    cafe.program = ended
    cafe.expire()
    assert cafe.available() == 0
    for sale in (late, early):
        cafe.refund(sale, under=before)
        assert dict(cafe.card.debt) == {}


def test_what_was_lost_by_inactivity_is_forgotten_after_a_year() -> None:
    """With the next expiry that is booked: forgetting alone is not worth an entry."""
    units = [unit(expiry={"type": "inactivity", "months": 3}),
             unit("stamp", "stamps", expiry={"type": "months", "months": 1})]  # fmt: skip
    cafe = Shop(make_program(units=units, earn=[spend_rule(), visit_rule()]))
    cafe.join()
    cafe.sale(3000, visits=0)
    cafe.later(days=120).expire()
    assert cafe.card.taken
    assert cafe.later(days=400).expire().entry is None
    cafe.visit()
    cafe.later(days=70).expire()
    assert not [name for name in cafe.card.taken if name.startswith("x:point")]


def test_a_mark_that_is_not_reached_any_more_is_taken_from_where_it_was_put() -> None:
    """An order is sent again for less: the gift for the sum is held, and nothing is owed."""
    third = {"id": "third", "name": "Third", "metric": "spend", "at": 3000,
             "grant": {"unit": "point", "amount": 4}}  # fmt: skip
    cafe = Shop(make_program(units=[unit(hold_days=3)], earn=[spend_rule()], milestones=[third]))
    cafe.join()
    cafe.sale(2500)
    sale = cafe.sale(1000, order_id="o")
    cafe.revise(sale, 100)
    assert dict(cafe.card.debt) == {}
    assert sum(lot.amount for lot in cafe.card.lots["point"]) == 26
