"""Mistakes about refunds and sales as tills send them, put in on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.domain import (
    baskets,
    milestones,
    reversal,
    rewards,
    shares,
    streaks,
    taking,
    tiering,
    visits,
)
from regulars.domain.ledger import granted
from regulars.domain.operations import Refunded
from tests.simulation.planted_around import Patch


def _visits_go_with_the_money() -> list[Patch]:
    return [(shares, "_UNDIVIDED", frozenset())]


def _the_last_cent_keeps_the_visit() -> list[Patch]:
    return [(shares, "_visit_gone", lambda refunded, total, _: refunded >= total)]


def _half_is_too_little() -> list[Patch]:
    return [
        (
            shares,
            "_visit_gone",
            lambda refunded, total, kept: (
                refunded >= total or (total - refunded) * 1000 <= kept * total
            ),
        )
    ]


def _parts_are_rounded_by_themselves() -> list[Patch]:
    return [(reversal, "grants", _each_line)]


def _each_line(lines: Any) -> list[shares.Grant]:
    return [shares.Grant(line, line.amount, ()) for line in granted(lines)]


def _all_vouchers_go() -> list[Patch]:
    visit = taking.visit

    def changed(draft: Any, operation: Any, under: Any) -> None:
        for voucher in taking.caused(operation, draft.card.open):
            rewards.give_back(draft, voucher, "cancelled")
        visit(draft, operation, under)

    return [(taking, "visit", changed)]


def _more_than_is_left() -> list[Patch]:
    spans = shares.shares

    def changed(under: Any, operation: Any) -> Any:
        if operation.refunded.minor > 0 and operation.amount_minor:
            operation = operation._replace(refunded=Refunded())
        return spans(under, operation)

    return [(reversal, "shares", changed)]


def _tiers_stay() -> list[Patch]:
    return [(tiering, "without_sale", lambda _program, _with, card, _today: card)]


def _any_sale_takes_the_tier() -> list[Patch]:
    def changed(program: Any, _with: Any, card: Any, _today: Any) -> Any:
        earned = {tier.id for tier in program.tiers if tier.enter}
        held = {name: one for name, one in card.held.items() if name not in earned}
        return card._replace(held=held)

    return [(tiering, "without_sale", changed)]


def _a_package_stays() -> list[Patch]:
    return [(tiering, "without_right", lambda card, *_: card)]


def _benefits_of_a_lost_tier_stay() -> list[Patch]:
    return [(taking, "lost_benefits", lambda *_: iter(()))]


def _streaks_outlive_their_visits() -> list[Patch]:
    return [(milestones, "break_streaks", lambda *_: None)]


def _a_streak_loses_one_too_many() -> list[Patch]:
    without = streaks.Run.without

    def changed(self: Any, period: int, count: int) -> Any:
        return without(self, period, streaks.MANY)

    return [(streaks.Run, "without", changed)]


def _the_last_visit_stays() -> list[Patch]:
    uncount = visits.uncount

    def changed(draft: Any, original: Any, day: Any, count: int) -> None:
        last = draft.card.last_visit_ms
        uncount(draft, original, day, count)
        draft.card = draft.card._replace(last_visit_ms=last)

    return [(visits, "uncount", changed)]


def _free_sales_are_visits() -> list[Patch]:
    return [(baskets.Basket, "is_free", property(lambda _: False))]


def _minimums_look_at_everything() -> list[Patch]:
    return [(baskets, "not_excluded", lambda _rule, basket: basket.spend_minor)]


def _debt_blocks_what_was_paid_for() -> list[Patch]:
    return [(rewards, "_is_paid_for", lambda *_: False)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "visits go with the money": _visits_go_with_the_money,
    "the last cent keeps the visit": _the_last_cent_keeps_the_visit,
    "half of the money is too little for a visit": _half_is_too_little,
    "parts of one grant are rounded by themselves": _parts_are_rounded_by_themselves,
    "a refund cancels all vouchers of its sale": _all_vouchers_go,
    "more is refunded than is left": _more_than_is_left,
    "tiers stay when their sale goes": _tiers_stay,
    "any refund takes every tier": _any_sale_takes_the_tier,
    "a package stays when it is paid back": _a_package_stays,
    "benefits of a lost tier stay": _benefits_of_a_lost_tier_stay,
    "streaks outlive their visits": _streaks_outlive_their_visits,
    "a streak loses a week with another visit": _a_streak_loses_one_too_many,
    "the last visit stays when it is refunded": _the_last_visit_stays,
    "a sale of nothing is a visit": _free_sales_are_visits,
    "minimums look at what is left out": _minimums_look_at_everything,
}
"""By what they do."""
