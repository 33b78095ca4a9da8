"""Sort members into segments by recency and frequency, judged by their own rhythm."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program

SEGMENTS = ("new", "returning", "loyal", "at_risk", "lapsed")

LOYAL_VISITS = 8

RHYTHM_DAYS = 3
"""Visit days from which on a member has a rhythm of their own."""


def segment(program: Program, card: Card, today: date) -> str:
    """Find the segment of a member: `new`, `returning`, `loyal`, `at_risk` or `lapsed`.

    By days since the last visit (or enrolment) and the number of visits. How many days are many
    depends on the member's own rhythm; without one, on the programme's days.
    """
    days = (today - _last_day(program, card)).days
    at_risk, lapsed = _many_days(program, card)
    if days > lapsed:
        return "lapsed"
    if days > at_risk:
        return "at_risk"
    if card.lifetime.visits >= LOYAL_VISITS:
        return "loyal"
    return "returning" if card.lifetime.visits > 1 else "new"


def changes_on(program: Program, card: Card, today: date) -> date | None:
    """Find the day on which a member who does not come again gets into another segment; None when
    that does not happen any more."""
    last = _last_day(program, card)
    days = [last + timedelta(days=many + 1) for many in _many_days(program, card)]
    return min((day for day in days if day > today), default=None)


def _last_day(program: Program, card: Card) -> date:
    last_ms = card.last_visit_ms or card.enrolled_ms
    return calendar.local_date(calendar.from_ms(last_ms), program.timezone)


def _many_days(program: Program, card: Card) -> tuple[int, int]:
    """After more than how many days without a visit a member is at risk, and has lapsed."""
    terms = program.segments
    if twice := rhythm(card):
        return terms.at_risk * twice // 2000, terms.lapsed * twice // 2000
    return terms.at_risk_days, terms.lapsed_days


def rhythm(card: Card) -> int:
    """Compute the double of a member's rhythm: the median of the days between visit days, the mean
    of the two in the middle when their number is even; 0 without a rhythm."""
    days = sorted(map(int, card.came))
    if len(days) < RHYTHM_DAYS:
        return 0
    gaps = sorted(later - day for day, later in pairwise(days))
    return gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
