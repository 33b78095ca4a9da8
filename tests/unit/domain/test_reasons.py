"""What rules may ask of a reason; and the form in which each kind is stored."""

from __future__ import annotations

import pytest

from regulars.domain import reasons
from regulars.domain.ledger import Line, granted
from regulars.domain.reasons import Reason, ReasonKind


@pytest.mark.parametrize(
    ("reason", "stored"),
    [
        (reasons.plain(ReasonKind.JOIN), {"k": "join"}),
        (reasons.visit(2), {"k": "visit", "n": 2}),
        (reasons.spend(840, 1, 100, 0, 0), {"k": "spend", "spent": 840, "amount": 1, "per": 100}),
        (
            reasons.spend(840, 3, 250, -7, 90),
            {"k": "spend", "spent": 840, "amount": 3, "per": 250, "carried": -7, "left": 90},
        ),
        (reasons.item(4000), {"k": "item", "n": 4}),
        (reasons.item(1500), {"k": "item", "n": "1.5"}),
        (reasons.item(-250), {"k": "item", "n": "-0.25"}),
        (reasons.item(4000, "cake"), {"k": "item", "n": 4, "cat": "cake"}),
        (reasons.action("review"), {"k": "action", "a": "review"}),
        (reasons.campaign("tuesday"), {"k": "campaign", "c": "tuesday"}),
        (reasons.milestone("five", 2), {"k": "milestone", "m": "five", "n": 2}),
        (reasons.bonus(""), {"k": "bonus", "text": ""}),
        (reasons.adjust("spilled"), {"k": "adjust", "text": "spilled"}),
        (reasons.surprise("tart"), {"k": "surprise", "r": "tart"}),
        (reasons.reward("coffee", "vou_1"), {"k": "reward", "r": "coffee", "v": "vou_1"}),
        (reasons.returned("coffee", "vou_1"), {"k": "returned", "r": "coffee", "v": "vou_1"}),
        (reasons.refund(3), {"k": "refund", "of": 3}),
        (reasons.cooldown(5), {"k": "cooldown", "minutes": 5}),
        (reasons.cap_day(3), {"k": "cap_day", "n": 3}),
        (reasons.min_spend(500), {"k": "min_spend", "min": 500}),
    ],
)
def test_each_kind_has_one_stored_form(reason: Reason, stored: dict[str, object]) -> None:
    assert reason.stored == stored
    assert reason.kind == stored["k"]


def test_multipliers_are_stored_only_where_they_made_a_difference() -> None:
    reason = reasons.visit(1)

    assert reason.multiplied(10, 10, 1000, None) is reason
    assert reason.multiplied(10, 15, 1500, None).stored == {
        "k": "visit", "n": 1, "x": 1500, "base": 10,
    }  # fmt: skip
    assert reason.multiplied(1, 1, 1250, ("tuesday", 1500)).stored == {
        "k": "visit", "n": 1, "x": 1250, "c": "tuesday", "cx": 1500,
    }  # fmt: skip


def test_items_and_money_are_what_a_purchase_counts() -> None:
    assert [kind for kind in ReasonKind if Reason({"k": kind.value}).counts_purchase] == [
        ReasonKind.SPEND,
        ReasonKind.ITEM,
    ]
    assert reasons.spend(840, 1, 100, 30, 40).counted == 840
    assert reasons.item(4000).counted == 4000
    assert reasons.visit(2).counted == 0


def test_what_moves_within_a_card_is_not_granted() -> None:
    lines = [Line("p", 1, "", "rule", Reason({"k": kind.value})) for kind in ReasonKind]

    kinds = {line.reason.kind for line in granted(lines)}

    assert set(ReasonKind) - kinds == {
        ReasonKind.RETURNED, ReasonKind.DEBT_PAID, ReasonKind.REPLACED, ReasonKind.ENDED,
        ReasonKind.REVISED, ReasonKind.VOID, ReasonKind.RECEIVED, ReasonKind.CONFIRMED,
        ReasonKind.MERGED, ReasonKind.UNMERGED, ReasonKind.HELD, ReasonKind.UNCONFIRMED,
    }  # fmt: skip
    assert granted([lines[0]._replace(amount=0), lines[0]._replace(amount=-1)]) == []


@pytest.mark.parametrize("stored", [{"k": "of a later version", "n": 4, "r": "x"}, {}, {"n": 1}])
def test_a_kind_of_a_later_version_can_be_asked(stored: dict[str, object]) -> None:
    reason = Reason(stored)

    assert reason.kind is ReasonKind.OTHER
    assert not reason.counts_purchase
    assert not reason.moves_only
    assert reason.counted == 0
    assert reason.multiplied(1, 2, 1000, None).stored == {**stored, "base": 1}


def test_lines_about_a_voucher_name_it_and_its_reward() -> None:
    locked = reasons.reward("coffee", "vou_1")
    assert (locked.reward_id, locked.voucher_id) == ("coffee", "vou_1")
    assert (reasons.visit(1).reward_id, reasons.visit(1).voucher_id) == ("", "")


def test_limits_say_how_much() -> None:
    assert reasons.cooldown(5).limit == 5
    assert reasons.cap_day(3).limit == 3
