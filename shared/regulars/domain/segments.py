"""Sort members into segments by recency and frequency."""

from __future__ import annotations

from datetime import date

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program

LAPSED_DAYS = 60
AT_RISK_DAYS = 30
LOYAL_VISITS = 8


def segment(program: Program, card: Card, today: date) -> str:
    """Find the segment of a member: `new`, `returning`, `loyal`, `at_risk` or `lapsed`.

    By days since the last visit (or enrolment) and the number of visits.
    """
    last_ms = card.last_visit_ms or card.enrolled_ms
    days = (today - calendar.local_date(calendar.from_ms(last_ms), program.timezone)).days
    if days > LAPSED_DAYS:
        return "lapsed"
    if days > AT_RISK_DAYS:
        return "at_risk"
    if card.lifetime.visits >= LOYAL_VISITS:
        return "loyal"
    return "returning" if card.lifetime.visits > 1 else "new"
