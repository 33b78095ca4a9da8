"""Mistakes in what a programme can do besides points and stamps, put in on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from regulars.actions import due_marks
from regulars.domain import (
    benefits,
    campaigns,
    draft,
    limits,
    milestones,
    packages,
    streaks,
    tiering,
    visits,
)
from regulars.domain import raffles as domain_raffles
from regulars.domain.card import Card
from regulars.domain.operations import Adjust, Issue
from regulars.store import merchants
from regulars.store import raffles as raffle_store
from tests.simulation.planted_around import Patch


def _ties_go_to_the_last() -> list[Patch]:
    best = campaigns.best_multiplier

    def changed(running: Any, *more: Any) -> Any:
        won = best(running, *more)
        same = [one for one in running if won and one.multiplier == won.multiplier]
        fitting = [one for one in same if best([one], *more)]
        return max(fitting, key=lambda one: one.id, default=won)

    return [(campaigns, "best_multiplier", changed)]


def _over_without_grace() -> list[Patch]:
    def over(held: Any, _: Any, today: date) -> bool:
        return bool(held.until) and held.until < today.isoformat()

    return [(tiering, "_over", over)]


def _spending_is_no_activity() -> list[Patch]:
    renew = draft.Draft.renew

    def changed(self: Any, unit: str) -> None:
        if not isinstance(self.operation, Issue | Adjust):
            renew(self, unit)

    return [(draft.Draft, "renew", changed)]


def _idle_lots_are_spent() -> list[Patch]:
    def valid_lots(self: Any, unit: str, _: str) -> Any:
        return self.lots.get(unit, ())

    return [(Card, "valid_lots", valid_lots)]


def _paid_for_a_day_more() -> list[Patch]:
    paid_until = tiering.paid_until

    def changed(*given: Any) -> str:
        until = paid_until(*given)
        return until and (date.fromisoformat(until) + timedelta(days=1)).isoformat()

    return [(tiering, "paid_until", changed)]


def _no_cooldown() -> list[Patch]:
    granted = visits.granted

    def changed(of: Any, *given: Any) -> Any:
        program = of.program
        of.program = program._replace(limits=program.limits._replace(cooldown_minutes=0))
        try:
            return granted(of, *given)
        finally:
            of.program = program

    return [(visits, "granted", changed)]


def _only_the_last_visit_cools_down() -> list[Patch]:
    wait = visits._wait_ms
    return [(visits, "_wait_ms", lambda card, *given: wait(card._replace(visited={}), *given))]


def _streaks_never_break() -> list[Patch]:
    extended = streaks.Run.extended

    def changed(self: Any, period: int, visits: int) -> Any:
        return extended(self, min(period, self.last + 1) if self.visits else period, visits)

    return [(streaks.Run, "extended", changed)]


def _months_for_all_limits() -> list[Patch]:
    return [(limits, "period", lambda _, today: today[:7])]


def _publishing_forgets_a_draw() -> list[Patch]:
    next_draw = due_marks.next_draw

    def changed(*given: Any, **_: Any) -> Any:
        return next_draw(*given, drawn=True)

    return [(due_marks, "next_draw", changed)]


def _due_marks_after_the_program() -> list[Patch]:
    """As it was before publishing was one transaction."""
    publish = merchants.Merchants.publish

    def changed(self: Any, *given: Any, **more: Any) -> None:
        merchant_id, document, over, now_ms, marks, past = given
        publish(self, merchant_id, document, over, now_ms, [], past, **more)
        for mark in marks:
            self.table.put(mark)

    return [(merchants.Merchants, "publish", changed)]


def _raffles_are_drawn_again() -> list[Patch]:
    return [
        (raffle_store, "Absent", lambda: None),
        (raffle_store, "read", lambda *_: None),
    ]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "ties go to the last campaign": _ties_go_to_the_last,
    "campaigns go by the hours of UTC": lambda: [
        (campaigns, "local_time", lambda instant, _: instant)
    ],
    "grace is forgotten": _over_without_grace,
    "seasons never end": lambda: [(tiering, "in_season", lambda *_: True)],
    "spending is no activity": _spending_is_no_activity,
    "what was left alone is spent": _idle_lots_are_spent,
    "a membership lasts a day longer than was paid": _paid_for_a_day_more,
    "a pass that was bought opens nothing": lambda: [(packages, "give", lambda *_: None)],
    "the cool-down is not kept": _no_cooldown,
    "a cool-down looks at the last visit only": _only_the_last_visit_cools_down,
    "streaks never break": _streaks_never_break,
    "a challenge counts on all days": lambda: [(milestones, "_runs", lambda *_: True)],
    "tickets of what was refunded stay": lambda: [(domain_raffles, "take_back", lambda *_: None)],
    "raffles are drawn again and again": _raffles_are_drawn_again,
    "publishing forgets a draw": _publishing_forgets_a_draw,
    "due marks are written after the programme": _due_marks_after_the_program,
    "whoever just joined is celebrated": lambda: [(benefits, "TENURE_DAYS", 0)],
    "all limits are by the month": _months_for_all_limits,
}
"""By what they do."""
