"""Sort members into segments by recency and frequency, judged by their own rhythm."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program

LOYAL_VISITS = 8

RHYTHM_DAYS = 3
"""Visit days from which on a member has a rhythm of their own."""


def segment(program: Program, card: Card, today: date) -> str:
    """Find the segment of a member: `new`, `returning`, `loyal`, `at_risk` or `lapsed`.

    By days since the last visit (or enrolment) and the number of visits. How many days are many
    depends on the member's own rhythm; without one, on the programme's days.
    """
    terms = program.segments
    last_ms = card.last_visit_ms or card.enrolled_ms
    days = (today - calendar.local_date(calendar.from_ms(last_ms), program.timezone)).days
    at_risk, lapsed = terms.at_risk_days, terms.lapsed_days
    if twice := rhythm(card):
        at_risk = terms.at_risk * twice // 2000
        lapsed = terms.lapsed * twice // 2000
    if days > lapsed:
        return "lapsed"
    if days > at_risk:
        return "at_risk"
    if card.lifetime.visits >= LOYAL_VISITS:
        return "loyal"
    return "returning" if card.lifetime.visits > 1 else "new"


def rhythm(card: Card) -> int:
    """Compute the double of a member's rhythm: the median of the days between visit days, the mean
    of the two in the middle when their number is even; 0 without a rhythm."""
    days = sorted(map(int, card.came))
    if len(days) < RHYTHM_DAYS:
        return 0
    gaps = sorted(later - day for day, later in pairwise(days))
    return gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
