"""Mistakes in what is corrected later - refunds, debt, rights, late sales - put in on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from regulars.domain import (
    breakage,
    draft,
    milestones,
    reversal,
    shares,
    surprises,
    tiering,
    visits,
)
from regulars.jobs import referrals
from tests.simulation.planted_around import Patch


def _items_go_by_the_money() -> list[Patch]:
    spans = shares.shares

    def changed(under: Any, operation: Any) -> Any:
        worth = spans(under, operation).asked_minor
        return spans(under, operation._replace(items=(), amount_minor=worth))

    return [(reversal, "shares", changed)]


def _items_forget_each_other() -> list[Patch]:
    whole: Any = shares.Shares.refunded
    return [(shares.Shares, "refunded", property(lambda self: whole.fget(self)._replace(rules={})))]


def _today_for_all() -> list[Patch]:
    begin = draft.Draft.__init__

    def changed(self: Any, *given: Any) -> None:
        begin(self, *given)
        self.effective_day = self.today

    return [(draft.Draft, "__init__", changed)]


def _one_right_for_all() -> list[Patch]:
    def changed(tier_id: str, _by: str = "") -> str:
        return tier_id

    return [(tiering, "right", changed)]


def _used_gifts_can_be_had_again() -> list[Patch]:
    take_back = milestones.take_back
    return [(milestones, "take_back", lambda of, facts, _: take_back(of, facts, Counter()))]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "items go by the money": _items_go_by_the_money,
    "a refund of items forgets the one before": _items_forget_each_other,
    "what has expired is asked for again": lambda: [
        (breakage, "claimed", lambda card, *_: (card, 0))
    ],
    "what returns pays no debt": lambda: [(draft.Draft, "pay_debt", lambda _: None)],
    "a late sale is of today": _today_for_all,
    "late visits are not remembered": lambda: [(visits, "_more", lambda days, *_: days)],
    "one right is for all": _one_right_for_all,
    "a tier that has ended goes on": lambda: [(tiering, "as_of", lambda _, card, __: card)],
    "gifts that were used can be had again": _used_gifts_can_be_had_again,
    "keeping asks for as much as entering": lambda: [
        (tiering, "needed", lambda way, **_: way.at_least)
    ],
    "a budget is not given back": lambda: [(surprises, "take_back", lambda *_: None)],
    "rewards for a refunded friend stay": lambda: [(referrals, "take_back", lambda *_: None)],
}
"""By what they do."""
