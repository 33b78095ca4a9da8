"""A voucher at the counter: what a debt blocks, and a redemption that is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.calendar import to_ms
from regulars.domain.operations import GrantTier, Redeem
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit

TEN = reward("ten", 10, valid_days=7)


def shop(**sections: Any) -> Shop:
    of = make_program(**{"units": [unit()], "earn": [spend_rule()], "rewards": [TEN], **sections})
    opened = Shop(of)
    opened.join()
    opened.sale(5000)
    return opened


def refused(cafe: Shop, voucher_id: str, within_ms: int = 300_000) -> RefusalCode:
    """Why a redemption cannot be taken back."""
    with pytest.raises(Refused) as found:
        cafe.take_back(cafe.vouchers[voucher_id], within_ms=within_ms)
    return found.value.code


def test_what_is_taken_back_is_open_as_it_was() -> None:
    cafe = shop()
    voucher = cafe.issue("ten")
    cafe.redeem(voucher)
    entry = cafe.take_back(voucher).entry
    assert entry is not None
    assert entry.facts == {
        "reopened": [voucher.voucher_id], "voucher": voucher.voucher_id, "reward": "ten",
    }  # fmt: skip
    assert cafe.vouchers[voucher.voucher_id] == voucher
    assert cafe.card.open[voucher.voucher_id].expires_on == "2026-11-29"
    assert cafe.redeem(voucher).vouchers[0].status == "redeemed"


def test_it_can_be_taken_back_for_so_long_and_no_longer() -> None:
    cafe = shop()
    voucher = cafe.issue("ten")
    cafe.redeem(voucher)
    cafe.later(minutes=1)
    since_ms = to_ms(cafe.now) - cafe.vouchers[voucher.voucher_id].closed_ms
    assert refused(cafe, voucher.voucher_id, since_ms - 1) is RefusalCode.UNDO_EXPIRED
    assert cafe.take_back(voucher, within_ms=since_ms).entry is not None


def test_what_was_never_redeemed_cannot_be_taken_back() -> None:
    cafe = shop()
    open_, given_back, expired = (cafe.issue("ten").voucher_id for _ in range(3))
    assert refused(cafe, open_) is RefusalCode.ALREADY_REVERSED
    cafe.cancel(cafe.vouchers[given_back])
    assert refused(cafe, given_back) is RefusalCode.VOUCHER_CANCELLED
    cafe.later(days=8).expire()
    assert refused(cafe, expired) is RefusalCode.VOUCHER_EXPIRED


def test_only_a_credit_is_redeemed_in_part() -> None:
    cafe = shop()
    voucher = cafe.issue("ten")
    with pytest.raises(Refused) as found:
        cafe.do(Redeem(cafe.origin(), voucher, None, None, 100))
    assert found.value.code is RefusalCode.INVALID


CAKE = {"id": "cake", "name": "Cake"}
MONTHLY = [{"id": "monthly", "reward": "cake", "every": "month"}]
WAYS: dict[str, dict[str, Any]] = {
    "paid": {"metric": "membership", "period": "month"},
    "earned": {"metric": "spend", "at_least": 1000},
}


@pytest.mark.parametrize(
    ("way", "by", "until", "blocked"),
    [
        ("paid", "membership", "2026-11-30", False),
        ("paid", "membership", "2026-11-22", False),
        ("paid", "hand", "2026-11-30", True),
        ("earned", "", "", True),
    ],
)
def test_a_debt_blocks_all_but_what_was_paid_for(
    way: str, by: Any, until: str, blocked: bool
) -> None:
    """A benefit of a membership that runs is paid for, up to its last day."""
    club = {"id": "club", "name": "Club", "enter": [WAYS[way]], "benefits": MONTHLY}
    other = {"id": "other", "name": "Other", "enter": [{"metric": "membership", "period": "year"}]}
    cafe = shop(tiers=[other, club], rewards=[TEN, CAKE])
    if by:
        cafe.do(GrantTier(cafe.origin(), "club", until, by))
    cake = next(one for one, held in cafe.card.open.items() if held.reward_id == "cake")
    ten = cafe.issue("ten")
    cafe.adjust("point", -100, allow_debt=True)
    with pytest.raises(Refused) as found:
        cafe.redeem(ten)
    assert found.value.code is RefusalCode.DEBT
    if not blocked:
        cafe.redeem(cafe.vouchers[cake])
        return
    cafe.do(GrantTier(cafe.origin(), "other", "2027-11-30", "membership"))  # it has not the cake
    with pytest.raises(Refused) as found:
        cafe.redeem(cafe.vouchers[cake])
    assert found.value.code is RefusalCode.DEBT


def test_a_membership_that_is_over_pays_for_nothing() -> None:
    club = {"id": "club", "name": "Club", "enter": [WAYS["paid"]], "benefits": MONTHLY}
    cafe = shop(tiers=[club], rewards=[TEN, CAKE])
    cafe.do(GrantTier(cafe.origin(), "club", "2026-11-25", "membership"))
    (cake,) = cafe.card.open
    cafe.adjust("point", -100, allow_debt=True)
    cafe.later(days=4)
    with pytest.raises(Refused) as found:
        cafe.redeem(cafe.vouchers[cake])
    assert found.value.code is RefusalCode.DEBT


def test_what_is_given_back_leaves_its_place_under_a_limit_and_no_other() -> None:
    twice = reward("twice", 1, per_member={"times": 2, "window": "month"}, stock=5)
    cafe = shop(rewards=[twice])
    first, _ = cafe.issue("twice"), cafe.issue("twice")
    assert cafe.cancel(first).counts == (("stock:twice", -1, 5),)
    assert dict(cafe.card.taken) == {"twice": ("2026-11", 1)}
    cafe.issue("twice")
    with pytest.raises(Refused) as found:
        cafe.issue("twice")
    assert found.value.code is RefusalCode.LIMIT_REACHED
