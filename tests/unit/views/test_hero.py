"""What a card says first, in every state it can be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import pytest

from regulars.domain.card import OpenVoucher
from regulars.domain.holding import Hold
from regulars.domain.ledger import Entry
from regulars.domain.operations import GiveBenefits
from regulars.views.hero import Hero, Kind, hero, lapsed_in
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

COFFEE = {"id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 10}, "auto": True}
PASTRY = {"id": "pastry", "name": "Pastry"}
WEEKLY = {"id": "weekly", "reward": "pastry", "every": "week"}


def cafe(**changes: Any) -> Shop:
    """Ten visits and a coffee; a coffee waits for a week."""
    coffee = {**COFFEE, "valid_days": 7, **changes}
    return opened(units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[coffee])


def opened(**sections: Any) -> Shop:
    shop = Shop(make_program(**sections))
    shop.join()
    return shop


def points(*costs: int) -> Shop:
    rewards = [reward(f"r{cost}", cost) for cost in costs]
    return opened(units=[unit()], earn=[spend_rule()], rewards=rewards)


def entries(shop: Shop) -> list[Entry]:
    return [one.entry for one in reversed(shop.decided) if one.entry]


def shown(shop: Shop, *, fresh: bool = False) -> Hero:
    """What the card says now, as the page asks for it."""
    newest = entries(shop)
    gone = shop.vouchers.get(lapsed_in(newest))
    lapsed = gone and OpenVoucher(gone.reward_id, gone.code, gone.issued_ms, gone.expires_on)
    return hero(shop.program, shop.card, newest, shop.now, lapsed, fresh=fresh)


def redeemed(seconds: float) -> Shop:
    shop = cafe()
    shop.visit(10)
    (voucher,) = shop.vouchers.values()
    shop.later(minutes=1).redeem(voucher)
    return shop.later(seconds=seconds)


def refunded() -> Shop:
    shop = points(10)
    sale = shop.sale(1000)
    shop.redeem(shop.issue("r10"))
    shop.refund(sale)
    return shop


def held(visits: int) -> Shop:
    shop = cafe()
    shop.visit(visits)
    shop.do(Hold(shop.origin(), "signal"))
    return shop


def expired(before_the_job: bool = False, **changes: Any) -> Shop:
    shop = cafe(**changes)
    shop.visit(10)
    shop.later(days=8)
    if not before_the_job:
        shop.expire()
    return shop


def visited(shop: Shop, times: int) -> Shop:
    shop.visit(times)
    return shop


def paid(shop: Shop, minor: int) -> Shop:
    shop.sale(minor)
    return shop


def member() -> Shop:
    shop = opened(
        units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[COFFEE, PASTRY],
        tiers=[{"id": "fan", "name": "Fan", "benefits": [WEEKLY]}],
    )  # fmt: skip
    shop.do(GiveBenefits(shop.origin(source="job")))
    return shop


CASES: list[tuple[str, Callable[[], Shop], str, dict[str, Any]]] = [
    ("brand new", cafe, "way", {"missing": 10}),
    ("on the way", lambda: visited(cafe(), 7), "way", {"missing": 3}),
    ("one to go", lambda: visited(cafe(), 9), "way", {"missing": 1}),
    ("reached", lambda: visited(cafe(), 10), "reached",
     {"reward": "Coffee", "times": 1, "until": date(2026, 11, 29), "missing": 10}),
    ("reached, and on the way again", lambda: visited(cafe(), 13), "reached", {"missing": 7}),
    ("reached, without an end", lambda: visited(cafe(valid_days=None), 10), "reached",
     {"until": None}),
    ("three at once", lambda: visited(cafe(), 30), "several", {"times": 3, "reward": "Coffee"}),
    ("a benefit", member, "reached", {"reward": "Pastry", "every": "week", "missing": 10}),
    ("just redeemed", lambda: redeemed(10), "redeemed", {"reward": "Coffee", "left_ms": 20_000}),
    ("redeemed at this moment", lambda: redeemed(0), "redeemed", {"left_ms": 30_000}),
    ("redeemed half a minute ago", lambda: redeemed(30), "way", {"missing": 10}),
    ("stamped after it", lambda: visited(redeemed(5), 1), "way", {"missing": 9}),
    ("owing", refunded, "debt", {"owed": 10, "missing": 20}),
    ("on hold with a reward", lambda: held(10), "held", {}),
    ("on hold without one", lambda: held(3), "way", {"missing": 7}),
    ("not used in time", expired, "expired",
     {"reward": "Coffee", "reward_id": "coffee", "until": date(2026, 11, 29)}),
    ("not used in time, the job is late", lambda: expired(before_the_job=True), "expired",
     {"reward_id": "", "until": date(2026, 11, 29)}),
    ("the units went with it", lambda: expired(when_unused="ends"), "lapsed",
     {"until": date(2026, 11, 29), "missing": 10}),
    ("a visit after that", lambda: visited(expired(when_unused="ends"), 1), "way", {"missing": 9}),
    ("a visit gives it again", lambda: visited(expired(), 1), "reached", {"missing": 9}),
    ("enough to choose", lambda: paid(points(50, 100), 6000), "enough",
     {"reward": "r50", "reward_id": "r50"}),
    ("points on the way", lambda: paid(points(50, 100), 3000), "way", {"missing": 20}),
    ("nothing to collect", lambda: opened(units=[unit()], rewards=[]), "none", {}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "kind", "fields"), [one[1:] for one in CASES],
                         ids=[one[0] for one in CASES])  # fmt: skip
def test_a_card_says_what_is_true(
    make: Callable[[], Shop], kind: str, fields: dict[str, Any]
) -> None:
    found = shown(make())
    assert found.kind == kind
    assert {name: getattr(found, name) for name in fields} == fields


def test_every_state_is_in_the_table() -> None:
    assert {one[2] for one in CASES} == set(get_args(Kind))


@pytest.mark.parametrize("make", [lambda: redeemed(10), lambda: expired(when_unused="ends")])
def test_what_the_member_has_seen_is_not_said_again(make: Callable[[], Shop]) -> None:
    assert shown(make(), fresh=True).kind == "way"


def test_a_full_card_keeps_its_button_when_it_was_seen() -> None:
    assert shown(expired(), fresh=True).kind == "expired"


def test_the_button_takes_what_ends_first() -> None:
    shop = visited(cafe(), 10)
    shop.later(days=2).visit(10)
    found = shown(shop)
    assert (found.times, found.until) == (2, date(2026, 11, 29))
    assert shop.card.open[found.voucher_id].expires_on == "2026-11-29"


def test_points_have_their_rewards_on_one_line() -> None:
    found = shown(paid(points(400, 100, 250), 32_000))
    assert [tuple(mark) for mark in found.marks] == [(100, True), (250, True), (400, False)]
    assert shown(paid(points(100), 3000)).marks == ()
    assert shown(visited(cafe(), 3)).marks == ()
