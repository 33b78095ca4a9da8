"""Count visits under the daily cap and the cool-down, by the time of the visit.

A till that was offline reports visits late and in any order, so visits are counted on their own
days, for the last week.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from regulars.domain import reasons
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.operations import Earn
from regulars.domain.reasons import Reason, ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

DAYS_KEPT = 7
"""Days before the newest for which a card stores the visits of each day."""


def granted(draft: Draft, operation: Earn) -> tuple[int, list[tuple[str, Reason]]]:
    """Return how many visits count under the limits, and (rule, reason) when some do not.

    Raises CAP_REACHED instead when the operation is `refusable`.
    """
    limits, card = draft.program.limits, draft.card
    visits = operation.visits
    reason: Reason | None = None
    apart_ms = abs(draft.effective_ms - card.last_visit_ms)
    wait_ms = limits.cooldown_minutes * 60_000 - apart_ms
    if visits and card.last_visit_ms and wait_ms > 0:
        visits, reason = 0, reasons.cooldown(-(-wait_ms // 60_000))
    elif visits and limits.visits_per_day:
        had = card.days.get(draft.effective_day.isoformat(), 0)
        if had + visits > limits.visits_per_day:
            visits = max(0, limits.visits_per_day - had)
            reason = reasons.cap_day(limits.visits_per_day)
    if reason is None:
        return visits, []
    if operation.refusable:
        raise Refused(RefusalCode.CAP_REACHED, _words(reason))
    return visits, [("limits", reason)]


def book(draft: Draft, visits: int) -> None:
    """Store visits on their day, and the time of the last one."""
    card = draft.card
    if draft.program.limits.visits_per_day:
        draft.card = card._replace(days=_more(card.days, draft.effective_day, visits))
    if draft.effective_ms > card.last_visit_ms:
        if card.last_visit_ms:
            draft.facts["last"] = card.last_visit_ms
        draft.card = draft.card._replace(last_visit_ms=draft.effective_ms)


def uncount(draft: Draft, original: Entry, day: date, visits: int) -> None:
    """Subtract the reversed visits of a day, so that limits do not count them."""
    name = day.isoformat()
    left = draft.card.days.get(name, 0) - visits
    days = {**draft.card.days, name: left}
    if left <= 0:
        del days[name]
    draft.card = draft.card._replace(days=days)
    if draft.card.last_visit_ms == original.effective_ms:
        draft.card = draft.card._replace(last_visit_ms=int(original.facts.get("last", 0)))


def _more(days: Mapping[str, int], day: date, visits: int) -> dict[str, int]:
    more = {**days, day.isoformat(): days.get(day.isoformat(), 0) + visits}
    oldest = date.fromisoformat(max(more)) - timedelta(days=DAYS_KEPT)
    return {one: more[one] for one in more if one >= oldest.isoformat()}


def _words(reason: Reason) -> str:
    if reason.kind is ReasonKind.COOLDOWN:
        return f"This card was stamped a moment ago; the next stamp is in {reason.limit} min."
    return f"This card has had its {reason.limit} visits of today."
