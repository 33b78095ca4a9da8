"""Tell what a card can have now: each reward with what is missing, and what expires soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from regulars.domain.card import Card, expired
from regulars.domain.program import Program, Reward
from regulars.domain.refusals import RefusalCode
from regulars.domain.rewards import refusal

EXPIRING_DAYS = 60
"""Lots that expire within these days are listed."""


class Expiring(NamedTuple):
    """Units whose last day is `on` (ISO date)."""

    unit: str
    amount: int
    on: str


class Eligibility(NamedTuple):
    """Whether a card can have a reward now; else the refusal, and the missing units."""

    reward: Reward
    missing: int
    locked_because: RefusalCode | None

    @property
    def affordable(self) -> bool:
        """Whether the reward can be issued now."""
        return self.locked_because is None


def expiring(card: Card, today: date) -> list[Expiring]:
    """List what expires soon, the earliest first."""
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


def rewards(program: Program, card: Card, today: date) -> Iterator[Eligibility]:
    """List every reward with a cost, with the card's eligibility for it."""
    for reward in program.rewards.values():
        if not reward.unit:
            continue
        missing = max(0, reward.cost - card.available(reward.unit, today.isoformat()))
        yield Eligibility(reward, missing, refusal(program, card, reward, today.isoformat()))
