"""Corrections by hand, and what an operation answers when it has nothing to say."""

from __future__ import annotations

import pytest

from regulars.domain.calendar import to_ms
from regulars.domain.card import OpenVoucher
from regulars.domain.codes import CODE_LENGTH, drawn
from regulars.domain.operations import Cancel
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit


def shop() -> Shop:
    opened = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    opened.join()
    return opened


def test_a_correction_below_zero_says_how_much_there_is() -> None:
    cafe = shop()
    cafe.sale(300)
    with pytest.raises(Refused, match=r"^\('insufficient_balance', 'Only 3 can be taken off.'\)$"):
        cafe.adjust("point", -4)
    assert cafe.available() == 3


def test_a_correction_of_an_unknown_unit_names_the_known_ones() -> None:
    with pytest.raises(Refused) as refused:
        shop().adjust("coin", 1)
    assert refused.value.errors == (("unit", "must be one of: point"),)


def test_a_clock_may_run_five_minutes_ahead_and_no_more() -> None:
    cafe = shop().later(seconds=1)
    ahead = to_ms(cafe.now) + 5 * 60_000
    assert cafe.sale(100, effective_ms=ahead).entry is not None
    with pytest.raises(Refused, match="future") as refused:
        shop().later(seconds=1).sale(100, effective_ms=ahead + 1)
    assert refused.value.code is RefusalCode.INVALID


def test_a_full_card_queues_no_benefit() -> None:
    """It can be given later in its period; what is queued would outlast it."""
    tiers = [{"id": "all", "name": "All", "benefits": [
        {"id": "monthly", "reward": "cake", "every": "month"}]}]  # fmt: skip
    cafe = Shop(make_program(units=[unit()], tiers=tiers, rewards=[{"id": "cake", "name": "Cake"}]))
    full = {f"vou_{n}": OpenVoucher("cake", "x", 0, "") for n in range(OPEN_VOUCHERS_MAX)}
    cafe.card = cafe.card._replace(open=full)
    cafe.join()
    assert (len(cafe.card.open), dict(cafe.card.taken)) == (OPEN_VOUCHERS_MAX, {})


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({"cooldown_minutes": 30}, "the next stamp is in 30 min"),
        ({"visits_per_day": 1}, "has had its 1 visits of today"),
    ],
)
def test_a_refused_visit_says_which_limit(limits: dict[str, int], text: str) -> None:
    cafe = Shop(make_program(units=[unit()], limits=limits))
    cafe.join()
    cafe.visit()
    with pytest.raises(Refused, match=text):
        cafe.visit(refusable=True)


def test_what_has_nothing_to_refuse_says_so() -> None:
    cafe = shop()
    for decision in (cafe.adjust("point", 1), cafe.expire(), cafe.review()):
        assert (decision.refused, decision.unlocked, decision.counts) == ((), (), ())
        assert decision.refunded is None


def test_a_voucher_that_was_stored_without_its_cost_locks_nothing() -> None:
    assert OpenVoucher("coffee", "CODE", 1, "").cost == 0


def test_the_code_of_a_refusal_is_its_name() -> None:
    assert [code.value for code in RefusalCode] == [code.name.lower() for code in RefusalCode]


def test_what_is_added_can_have_a_last_day_of_its_own() -> None:
    months = {"type": "months", "months": 1}
    cafe = Shop(make_program(units=[unit(expiry=months, hold_days=5)], earn=[spend_rule()],
                             rewards=[reward("ten", 10, auto=True)]))  # fmt: skip
    cafe.join()
    cafe.adjust("point", -2, allow_debt=True)
    added = cafe.adjust("point", 15, expires_on="2026-12-24")
    assert added.entry is not None
    assert [(line.amount, line.lot, line.rule) for line in added.entry.lines[:2]] == [
        (2, "debt", "adjust"), (13, "2026-12-24", "adjust"),
    ]  # fmt: skip
    assert [one.reward_id for one in added.unlocked] == ["ten"]
    assert cafe.amounts() == {"2026-12-24": 3}


def test_what_is_added_with_a_last_day_renews_what_would_expire_by_inactivity() -> None:
    cafe = Shop(make_program(units=[unit(expiry={"type": "inactivity", "months": 1})]))
    cafe.join()
    cafe.adjust("point", 5)
    cafe.later(days=20).adjust("point", 1, expires_on="2027-12-24")
    assert dict(cafe.card.inactive_after) == {"point": "2027-01-12"}


def test_a_voucher_that_is_given_back_says_why() -> None:
    cafe = Shop(make_program(units=[unit()], rewards=[reward("ten", 10)]))
    cafe.join()
    cafe.adjust("point", 20)
    for reason in ("changed my mind", ""):
        voucher = cafe.issue("ten")
        entry = cafe.do(Cancel(cafe.origin(), voucher, reason)).entry
        assert entry is not None
        noted = {"note": reason} if reason else {}
        assert entry.facts == {"returned": [voucher.voucher_id], **noted}


def test_codes_need_enough_to_be_drawn_from() -> None:
    cafe = Shop(make_program(units=[unit()], rewards=[reward("ten", 10)]))
    cafe.join()
    cafe.adjust("point", 20)
    for size, enough in ((15, False), (16, True)):
        cafe.entropy = lambda _, size=size: bytes(size)
        if enough:
            code = drawn(bytes(size) + bytes(2), CODE_LENGTH)
            assert cafe.issue("ten").code == code, "the same after each release"
        else:
            with pytest.raises(AssertionError):
                cafe.issue("ten")


@pytest.mark.parametrize("left", [2, 1, 0])
def test_of_a_stock_only_what_is_there_is_had(left: int) -> None:
    few = reward("few", 1, stock=3)
    cafe = Shop(make_program(units=[unit()], rewards=[few]))
    cafe.join()
    cafe.adjust("point", 20)
    cafe.left = {"stock:few": left}
    if left:
        cafe.issue("few")
        assert cafe.decided[-1].counts == (("stock:few", 1, 3),)
        return
    with pytest.raises(Refused) as refused:
        cafe.issue("few")
    assert refused.value.code is RefusalCode.OUT_OF_STOCK
