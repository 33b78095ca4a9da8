"""A code that a guest scans: what it gives, and how often one card can use its kind."""

from __future__ import annotations

import pytest

from regulars.domain.allowances import Scan
from regulars.domain.earning_codes import (
    DISPLAY,
    DISPLAY_USES,
    ONCE_MS,
    PRINTED,
    CodeKind,
    EarningCode,
)
from regulars.domain.operations import Earn, Origin, RewardAction
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, items, make_program, spend_rule, unit, visit_rule

OF = make_program(
    units=[unit("stamp", "stamps"), unit()],
    earn=[visit_rule(), spend_rule()],
    display={"visits": 1, "cooldown_minutes": 60},
)
ORIGIN = Origin("op", "card")


def shop() -> Shop:
    cafe = Shop(OF)
    cafe.join()
    return cafe.later(seconds=1)


def use(cafe: Shop, code: EarningCode) -> None:
    cafe.do(code.earns(cafe.origin(), OF))


def refused(cafe: Shop, code: EarningCode) -> Refused:
    with pytest.raises(Refused) as found:
        use(cafe, code)
    assert found.value.code is RefusalCode.CAP_REACHED
    return found.value


def test_it_ends_at_its_time() -> None:
    code = EarningCode("c", "m", "once", until_ms=1000)
    assert [code.is_over(now_ms) for now_ms in (999, 1000, 1001)] == [False, True, True]
    assert not EarningCode("c", "m", "event").is_over(10**15)


def test_it_is_used_up_when_as_many_cards_have_used_it_as_may() -> None:
    code = EarningCode("c", "m", "event", uses=2)
    assert [code._replace(used=used).is_used_up for used in (1, 2, 3)] == [False, True, True]
    assert not code._replace(uses=0, used=9).is_used_up


def test_each_card_uses_a_code_once() -> None:
    assert EarningCode("c", "m", "once").op("anna") == "code:c:anna"


@pytest.mark.parametrize(
    ("kind", "scan", "shows"),
    [
        ("once", None, True),
        ("receipt", None, True),
        ("event", None, False),
        ("display", Scan(DISPLAY, 60, 0), False),
        ("printed", Scan(PRINTED, 240, 2), False),
    ],
)
def test_it_gives_what_it_says(kind: CodeKind, scan: Scan | None, shows: bool) -> None:
    lines = items((1, 500, "cake"))
    code = EarningCode("c", "m", kind, 2, 500, lines, order_id="o")
    assert code.earns(ORIGIN, OF) == Earn(
        ORIGIN, visits=2, spend_minor=500, items=lines, order_id="o", refusable=True, scan=scan,
        shows_presence=shows,
    )  # fmt: skip
    plain = EarningCode("c", "m", kind)
    assert plain.earns(ORIGIN, OF) == Earn(
        ORIGIN, visits=1, refusable=True, scan=scan, shows_presence=shows
    )


def test_one_for_an_action_rewards_that() -> None:
    code = EarningCode("0123456789abcdefXYZ", "m", "event", action="review")
    assert code.earns(ORIGIN, OF) == RewardAction(ORIGIN, "review", "0123456789abcdef")


def test_a_display_gives_again_after_its_cool_down() -> None:
    cafe, code = shop(), EarningCode("c", "m", DISPLAY)
    use(cafe, code)
    early = refused(cafe.later(minutes=59), code)
    assert early.retry_after_s == 60
    use(cafe.later(minutes=1), code)
    refused(cafe.later(milliseconds=3_599_999), code)
    use(cafe.later(milliseconds=1), code)
    assert cafe.available("stamp") == 3


def test_other_kinds_are_counted_apart() -> None:
    cafe = shop()
    use(cafe, EarningCode("c", "m", DISPLAY))
    use(cafe, EarningCode("c", "m", PRINTED))
    refused(cafe, EarningCode("c", "m", DISPLAY))
    use(cafe, EarningCode("c", "m", "once"))
    assert cafe.available("stamp") == 3


def test_so_often_a_day_and_no_more() -> None:
    """A day of the merchant; without a cool-down, and without a limit of the day."""
    cafe, twice = shop(), Scan(PRINTED, 0, 2)
    for _ in range(2):
        cafe.visit(scan=twice)
    with pytest.raises(Refused, match="has had its 2 visits of today"):
        cafe.visit(scan=twice)
    cafe.later(days=1).visit(scan=twice)
    for _ in range(3):
        cafe.visit(scan=Scan(DISPLAY))
    names = {name for name in cafe.card.taken if name.startswith(("q:", "w:"))}
    assert names == {"q:printed"}


def test_one_that_is_handed_over_is_good_for_ninety_seconds_and_a_display_for_twenty_cards() -> (
    None
):
    assert (ONCE_MS, DISPLAY_USES) == (90_000, 20)
