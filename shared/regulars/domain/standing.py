"""What can be said of a card at a moment: what expires, what is missing, how loyal it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from regulars.domain import calendar
from regulars.domain.card import Card, expired
from regulars.domain.program import Program, Reward
from regulars.domain.refusals import Code
from regulars.domain.rewards import refusal

EXPIRING_DAYS = 60
"""Lots that expire within these days are pointed out."""

LAPSED_DAYS = 60
AT_RISK_DAYS = 30
LOYAL_VISITS = 8


class Expiring(NamedTuple):
    """Units that are lost after a day."""

    unit: str
    amount: int
    on: str


class Standing(NamedTuple):
    """A reward seen from a card: whether it can be had now, else why not and what is missing."""

    reward: Reward
    missing: int
    locked_because: Code | None

    @property
    def affordable(self) -> bool:
        return self.locked_because is None


def expiring(card: Card, today: date) -> list[Expiring]:
    """What expires soon, the earliest first."""
    return sorted(
        (
            Expiring(unit, lot.amount, lot.expires_on)
            for unit, lots in card.lots.items()
            for lot in lots
            if lot.expires_on
            and not expired(lot, today.isoformat())
            and (date.fromisoformat(lot.expires_on) - today).days <= EXPIRING_DAYS
        ),
        key=lambda piece: (piece.on, piece.unit),
    )


def rewards(program: Program, card: Card, today: date) -> Iterator[Standing]:
    """Every reward of the programme, as it stands for the card."""
    for reward in program.rewards.values():
        missing = max(0, reward.cost - card.available(reward.unit, today.isoformat()))
        yield Standing(reward, missing, refusal(program, card, reward, today.isoformat()))


def segment(program: Program, card: Card, today: date) -> str:
    """Where the member stands: `new`, `returning`, `loyal`, `at_risk` or `lapsed`.

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
