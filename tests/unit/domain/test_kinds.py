"""Which kind of entry each operation books; what nothing is booked for changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain.decision import Decision
from regulars.domain.operations import (
    Celebrate,
    Erase,
    Give,
    GiveBenefits,
    GiveSurprise,
    GrantBonus,
    GrantTier,
    RewardAction,
)
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.merged import pair
from tests.unit.domain.shop import Shop, items, make_program, reward, spend_rule, unit

WEEKLY = [{"id": "weekly", "reward": "cake", "every": "week"}]
DOCUMENT: dict[str, Any] = {
    "units": [unit(hold_days=0)],
    "earn": [
        spend_rule(),
        {"id": "tell", "on": "action", "action": "review", "unit": "point", "amount": 1},
        {"id": "day", "on": "birthday", "unit": "point", "amount": 1},
    ],
    "rewards": [reward("ten", 10), {"id": "cake", "name": "Cake", "cost_minor": 100}],
    "tiers": [
        {"id": "all", "name": "All", "benefits": WEEKLY},
        {"id": "club", "name": "Club", "enter": [{"metric": "membership", "period": "year"}]},
    ],
    "surprises": [{"id": "treat", "name": "Treat", "reward": "cake", "by": "staff",
                   "budget": {"amount_minor": 9000, "window": "month"}}],
}  # fmt: skip


def shop() -> Shop:
    cafe = Shop(make_program(**DOCUMENT))
    cafe.join()
    cafe.sale(5000, order_id="o1")
    return cafe


def redeemed(cafe: Shop) -> Any:
    voucher = cafe.issue("ten")
    cafe.redeem(voucher)
    return voucher


def voided(cafe: Shop) -> Decision:
    sale = cafe.sale(3000)
    return cafe.void(cafe.refund(sale, 1000), sale)


def moved(cafe: Shop) -> Decision:
    to = Shop(cafe.program)
    to.join()
    return cafe.move(cafe.sale(1000), to)


def confirmed(cafe: Shop) -> Decision:
    cafe.program = make_program(**DOCUMENT | {"units": [unit(hold_days=9)]})
    return cafe.confirm(cafe.sale(1000))


KINDS: dict[str, tuple[str, Any]] = {
    "a sale": ("earn", lambda cafe: cafe.sale(100)),
    "an order sent again": ("earn", lambda cafe: cafe.revise(cafe.decided[1], 7000)),
    "a sale that is moved here": ("earn", moved),
    "an action": ("bonus", lambda cafe: cafe.do(RewardAction(cafe.origin(), "review"))),
    "a bonus": ("bonus", lambda cafe: cafe.do(GrantBonus(cafe.origin(), "nice", "point", 1))),
    "a gift by hand": ("bonus", lambda cafe: cafe.do(GiveSurprise(cafe.origin(), "treat"))),
    "a birthday": (
        "bonus",
        lambda cafe: cafe.later(days=40).do(Celebrate(cafe.origin(), "birthday", "01-01")),
    ),
    "a benefit": ("issue", lambda cafe: cafe.later(days=7).do(GiveBenefits(cafe.origin()))),
    "a tier": ("tier", lambda cafe: cafe.do(GrantTier(cafe.origin(), "club", "", "hand"))),
    "a reward": ("issue", lambda cafe: cafe.issue("ten") and cafe.decided[-1]),
    "a redemption": ("redeem", lambda cafe: redeemed(cafe) and cafe.decided[-1]),
    "one taken back": ("reverse", lambda cafe: cafe.take_back(redeemed(cafe))),
    "a voucher given back": ("cancel", lambda cafe: cafe.cancel(cafe.issue("ten"))),
    "a correction": ("adjust", lambda cafe: cafe.adjust("point", 1)),
    "units given away": (
        "adjust", lambda cafe: cafe.do(Give(cafe.origin(), "point", 1, "c2", None)),
    ),
    "a hold that ends": ("adjust", confirmed),
    "a refund": ("reverse", lambda cafe: cafe.refund(cafe.decided[1])),
    "one that is taken back": ("reverse", voided),
}  # fmt: skip


@pytest.mark.parametrize("what", KINDS)
def test_each_has_its_kind(what: str) -> None:
    kind, do = KINDS[what]
    entry = do(shop()).entry
    assert entry is not None
    assert entry.kind == kind


def test_a_merge_has_one_kind_on_both_sides_and_back() -> None:
    cards = pair(units=[unit()], earn=[spend_rule()])
    cards.merge()
    cards.unmerge()
    for card in cards:
        assert [one.entry and one.entry.kind for one in card.decided] == ["join", "merge", "merge"]


def test_what_books_nothing_changes_nothing() -> None:
    cafe = shop()
    cafe.expire()
    before = cafe.card
    nothing = cafe.expire()
    assert nothing.changes_nothing(before)
    before = cafe.card
    for decision in (cafe.adjust("point", 1), cafe.decided[0]):
        assert not decision.changes_nothing(before)
    assert not nothing._replace(counts=(("stock:cake", 1, 5),)).changes_nothing(nothing.card)


def test_a_card_that_was_used_meanwhile_is_not_erased() -> None:
    cafe = shop()
    with pytest.raises(Refused) as refused:
        cafe.do(Erase(cafe.origin(), cafe.card.seq - 1))
    assert refused.value.code is RefusalCode.CONFLICT
    assert cafe.do(Erase(cafe.origin(), cafe.card.seq)).entry is not None


def test_a_tier_that_is_not_there_cannot_be_given() -> None:
    cafe = shop()
    with pytest.raises(Refused) as refused:
        cafe.do(GrantTier(cafe.origin(), "none", "", "hand"))
    assert refused.value.code is RefusalCode.INVALID
    assert refused.value.errors == (("tier", "must be one of: all, club"),)


def test_a_tier_that_was_paid_for_says_how_much_and_with_which_order() -> None:
    cafe = shop()
    entry = cafe.do(GrantTier(cafe.origin(), "club", "", "membership", 4900, "o2")).entry
    assert entry is not None
    assert entry.facts == {
        "tier": "club", "until": "2027-11-21", "by": "membership", "from": "2026-11-22",
        "paid": 4900, "order": "o2",
    }  # fmt: skip
    given = cafe.do(GrantTier(cafe.origin(), "club", "", "hand")).entry
    assert given is not None
    assert given.facts == {"tier": "club", "until": "", "by": "hand"}


def test_what_an_entry_keeps_of_a_sale() -> None:
    cafe = Shop(make_program(**DOCUMENT))
    cafe.join()
    plain = cafe.sale(500).entry
    assert plain is not None
    assert plain.facts == {"visits": 1, "spend": 500, "points": 5}
    lines = items((1, 900, "cake"), (1, 300, "tea"))
    sale = cafe.sale(
        1000, items=lines, tip_minor=100, order_id="o7", note="by the window", visits=2
    ).entry
    assert sale is not None
    summed = sale.facts["sum"]
    assert sale.facts == {
        "last": plain.effective_ms, "visits": 2, "spend": 1000, "paid": 1100, "listed": 1200,
        "order": "o7", "sum": summed,
        "note": "by the window", "points": 10, "in": "all",
    }  # fmt: skip
    assert len(summed) == 12
