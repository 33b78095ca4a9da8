"""Rewards: who can have one, what it locks, and how a voucher ends."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.card import Lot
from regulars.domain.operations import Celebrate, GrantBonus
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

TIERS = [
    {"id": "base", "name": "Base"},
    {"id": "gold", "name": "Gold", "enter": [{"metric": "spend", "at_least": 100_000}]},
]


def shop(*rewards: dict[str, Any], points: int = 0, **unit_policy: Any) -> Shop:
    of = make_program(
        units=[unit(**unit_policy)], earn=[spend_rule(1, 1)], rewards=list(rewards), tiers=TIERS
    )
    opened = Shop(of)
    opened.join()
    if points:
        opened.sale(points)
    return opened


def refused_by(cafe: Shop, reward_id: str) -> RefusalCode:
    with pytest.raises(Refused) as refused:
        cafe.issue(reward_id)
    return refused.value.code


def test_nobody_has_what_there_is_not() -> None:
    assert refused_by(shop(), "none") is RefusalCode.NOT_FOUND


def test_a_missing_point_is_told() -> None:
    cafe = shop(reward("ten", 10), points=9)

    with pytest.raises(Refused) as refused:
        cafe.issue("ten")

    assert refused.value.detail == "It costs 10; 9 can be spent."


def test_automatic_rewards_stop_at_twenty_open_vouchers_and_wait_on_the_balance() -> None:
    cafe = shop(reward("coffee", 10, auto=True), points=10 * OPEN_VOUCHERS_MAX + 25)

    assert len(cafe.card.open) == OPEN_VOUCHERS_MAX == 20
    assert cafe.available() == 25
    assert refused_by(cafe, "coffee") is RefusalCode.LIMIT_REACHED
    cafe.redeem(next(iter(cafe.vouchers.values())))
    assert len(cafe.sale(1).unlocked) == 1
    assert cafe.available() == 16
    codes = [voucher.code for voucher in cafe.vouchers.values()]
    assert len(set(codes)) == len(codes) == 21
    assert cafe.verify() == []


def test_what_waits_for_room_is_not_issued_by_a_job() -> None:
    """Neither when something expires, nor for a birthday; with what a birthday itself pays for."""
    cafe = shop(reward("coffee", 10, auto=True), points=10 * OPEN_VOUCHERS_MAX + 25,
                expiry={"type": "months", "months": 1})  # fmt: skip
    for voucher in list(cafe.vouchers.values())[:3]:
        cafe.redeem(voucher)
    cafe.program = make_program(
        2, units=[unit(expiry={"type": "months", "months": 1}), unit("star")],
        earn=[spend_rule(1, 1), {"id": "day", "on": "birthday", "unit": "star", "amount": 30}],
        rewards=[reward("coffee", 10, auto=True), reward("cake", 20, "star", auto=True)],
    )  # fmt: skip
    cafe.later(days=31)
    given = cafe.do(Celebrate(cafe.origin(source="job"), "birthday", "11-19")).unlocked
    assert [one.reward_id for one in given] == ["cake"]
    cafe.later(days=14).expire()
    assert len(cafe.card.open) == OPEN_VOUCHERS_MAX - 3 + 1
    assert cafe.verify() == []


@pytest.mark.parametrize(
    ("points", "gift", "given"),
    [(9, 1, ["coffee"]), (25, 4, []), (25, 5, ["coffee"]), (25, 25, ["coffee"] * 3), (5, 4, [])],
)
def test_a_gift_of_the_same_unit_pays_for_nothing_that_waits(
    points: int, gift: int, given: list[str]
) -> None:
    cafe = shop(points=points)
    cafe.program = make_program(
        2, units=[unit()], rewards=[reward("coffee", 10, auto=True)],
        earn=[spend_rule(1, 1), {"id": "day", "on": "birthday", "unit": "point", "amount": gift}],
    )  # fmt: skip
    cafe.later(days=31)
    done = cafe.do(Celebrate(cafe.origin(source="job"), "birthday", "11-19"))
    assert [one.reward_id for one in done.unlocked] == given
    assert cafe.verify() == []


def test_what_was_pending_pays_for_rewards_on_its_day_and_not_for_those_that_wait() -> None:
    cafe = Shop(make_program(units=[unit(hold_days=3)], earn=[spend_rule(1, 1)],
                             rewards=[reward("coffee", 10, auto=True)]))  # fmt: skip
    cafe.join()
    cafe.sale(25)
    assert cafe.card.open == {}
    assert len(cafe.later(days=3).expire().unlocked) == 2
    assert cafe.later(days=1).expire().unlocked == ()


def test_issuing_locks_the_first_lots_and_cancelling_returns_the_very_same() -> None:
    policy = {"type": "months", "months": 1}
    cafe = shop(reward("ten", 10), points=7, expiry=policy)
    cafe.later(days=15).sale(7)
    before = cafe.card.lots
    assert cafe.amounts() == {"2026-12-31": 7, "2027-01-31": 7}

    voucher = cafe.issue("ten")
    assert voucher.lots == (Lot("2026-12-31", "", 7), Lot("2027-01-31", "", 3))
    assert cafe.amounts() == {"2027-01-31": 4}
    cafe.later(days=10).cancel(voucher)

    assert cafe.card.lots == before
    assert cafe.card.open == {}
    assert cafe.verify() == []


def test_cancelling_gives_no_second_life() -> None:
    """Lots that expired while they were locked come back expired."""
    cafe = shop(reward("ten", 10), points=10, expiry={"type": "months", "months": 0})
    voucher = cafe.issue("ten")
    cafe.later(days=30)

    cafe.cancel(voucher)

    assert cafe.available() == 0
    assert cafe.card.balance("point") == 10
    cafe.expire()
    assert cafe.card.balance("point") == 0
    assert cafe.verify() == []


def test_a_voucher_is_handed_over_once_and_for_good() -> None:
    cafe = shop(reward("ten", 10), points=20)
    voucher = cafe.issue("ten")

    closed = cafe.redeem(voucher).vouchers[0]

    assert closed.status == "redeemed"
    assert cafe.available() == 10
    for again in (cafe.redeem, cafe.cancel):
        with pytest.raises(Refused) as refused:
            again(voucher)
        assert refused.value.code is RefusalCode.VOUCHER_REDEEMED
    returned = cafe.issue("ten")
    cafe.cancel(returned)
    for again in (cafe.redeem, cafe.cancel):
        with pytest.raises(Refused) as refused:
            again(returned)
        assert refused.value.code is RefusalCode.VOUCHER_CANCELLED
    assert cafe.verify() == []


def test_an_expired_voucher_gives_its_lots_back_through_the_job() -> None:
    cafe = shop(reward("ten", 10, valid_days=7), points=10)
    voucher = cafe.issue("ten")
    cafe.later(days=8)

    (closed,) = cafe.expire().vouchers

    assert (closed.voucher_id, closed.status) == (voucher.voucher_id, "expired")
    assert cafe.available() == 10
    assert cafe.expire().entry is None
    with pytest.raises(Refused) as refused:
        cafe.cancel(voucher)
    assert refused.value.code is RefusalCode.VOUCHER_EXPIRED
    assert cafe.verify() == []


def test_before_the_job_the_member_may_give_an_expired_voucher_back() -> None:
    cafe = shop(reward("ten", 10, valid_days=7), points=10)
    voucher = cafe.issue("ten")

    cafe.later(days=8).cancel(voucher)

    assert cafe.available() == 10
    assert cafe.expire().entry is None


def test_nothing_is_handed_over_to_a_card_that_owes() -> None:
    cafe = shop(reward("ten", 10), points=10)
    voucher = cafe.issue("ten")
    cafe.adjust("point", -1, allow_debt=True)

    with pytest.raises(Refused) as refused:
        cafe.redeem(voucher)
    assert refused.value.code is RefusalCode.DEBT
    cafe.adjust("point", 1)
    cafe.redeem(voucher)


def test_an_order_of_automatic_rewards_is_the_documents() -> None:
    of = make_program(
        units=[unit("stamp", "stamps")],
        earn=[visit_rule()],
        rewards=[
            reward("big", 3, "stamp", auto=True),
            reward("small", 2, "stamp", auto=True),
            reward("chosen", 1, "stamp"),
            reward("free", 0, "stamp"),
        ],
    )
    cafe = Shop(of)

    taken = [v.reward_id for v in cafe.visit(8).unlocked]

    assert taken == ["big", "big", "small"]
    assert cafe.issue("free").lots == ()


@pytest.mark.parametrize("reward_id", ["first", "referrals"])
def test_a_reward_may_have_any_name(reward_id: str) -> None:
    """What else a card counts is not counted against a reward that happens to be called so."""
    once = {"times": 1, "window": "lifetime"}
    gift = {"unit": "point", "amount": 1}
    cafe = Shop(
        make_program(
            units=[unit()], earn=[spend_rule()], rewards=[reward(reward_id, 5, per_member=once)],
            referral={"friend": gift, "referrer": gift},
        )
    )  # fmt: skip
    cafe.join()
    cafe.sale(1000)
    cafe.do(GrantBonus(cafe.origin(), "referral", "point", 1, referral=True))

    assert cafe.issue(reward_id).status == "issued"


@pytest.mark.parametrize(("policy", "opens"), [("return", True), ("keep", False)])
def test_what_was_redeemed_with_an_order_comes_back_with_the_whole_of_it(
    policy: str, opens: bool
) -> None:
    cafe = Shop(
        make_program(
            units=[unit()], earn=[spend_rule()], rewards=[reward("ten", 10, valid_days=3)],
            refunds={"voucher": policy},
        )
    )  # fmt: skip
    cafe.join()
    cafe.sale(1000)
    voucher = cafe.issue("ten")
    cafe.redeem(voucher, order_id="o")
    sale = cafe.sale(2000, order_id="o")

    cafe.refund(sale, 1999)
    assert not cafe.card.open
    cafe.refund(sale)
    assert (voucher.voucher_id in cafe.card.open) == opens
    assert cafe.vouchers[voucher.voucher_id].status == ("issued" if opens else "redeemed")
    if opens:
        assert cafe.card.open[voucher.voucher_id].expires_on == "2026-11-29", "a week at least"


def test_a_review_in_which_no_tier_changes_is_one_that_issues() -> None:
    cafe = shop(points=10)
    cafe.program = make_program(
        2, units=[unit()], tiers=TIERS, rewards=[reward("ten", 10, auto=True)]
    )
    entry = cafe.review().entry
    assert entry is not None
    assert (entry.kind, len(cafe.card.open)) == ("issue", 1)


@pytest.mark.parametrize(
    ("when_unused", "left"), [("returns", [10, 10, 10]), ("once", [10, 0, 0]), ("ends", [0, 0, 0])]
)
def test_what_becomes_of_an_automatic_reward_that_is_not_used_in_time(
    when_unused: str, left: list[int]
) -> None:
    """Each time it lapses: with the units that came back the reward is taken again."""
    ten = reward("ten", 10, "stamp", auto=True, valid_days=7, when_unused=when_unused)
    cafe = Shop(make_program(units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[ten]))
    cafe.join()
    cafe.visit(10)
    found = []
    for _ in range(3):
        cafe.later(days=8).expire()
        found.append(cafe.available("stamp"))
        assert cafe.card.open == {}
        if cafe.available("stamp") == 10:
            cafe.issue("ten")
    assert found == left
    assert cafe.fold.card.lots == cafe.card.lots
    assert cafe.verify() == []


def test_what_lapsed_does_not_go_when_its_sale_is_refunded() -> None:
    """It went already, so that nothing is owed for it."""
    ten = reward("ten", 10, auto=True, valid_days=7, when_unused="ends")
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()], rewards=[ten]))
    cafe.join()
    sale = cafe.sale(1000)
    cafe.later(days=8).expire()
    cafe.refund(sale)
    assert cafe.card.debt == {}


def test_what_expires_is_not_taken_off_what_comes_to_pay_for_a_reward() -> None:
    """Ten that waited for room expire on the day on which ten others can be spent."""
    ten = reward("ten", 10, auto=True)
    policy = {"type": "months", "months": 1}
    cafe = Shop(make_program(units=[unit(expiry=policy, hold_days=3)], earn=[spend_rule(1, 1)],
                             rewards=[ten, reward("one", 1)]))  # fmt: skip
    cafe.join()
    cafe.adjust("point", OPEN_VOUCHERS_MAX)
    cafe.card = cafe.card.with_lots("point", [Lot("2027-12-31", "", OPEN_VOUCHERS_MAX)])
    chosen = [cafe.issue("one") for _ in range(OPEN_VOUCHERS_MAX)]
    cafe.card = cafe.card.with_lots(
        "point", [Lot("2026-11-24", "", 10), Lot("2026-12-31", "2026-11-25", 10)]
    )
    cafe.redeem(chosen[0])
    done = cafe.later(days=3).expire()
    assert cafe.today == "2026-11-25"
    assert [one.reward_id for one in done.unlocked] == ["ten"]
