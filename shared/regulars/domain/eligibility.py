"""Tell what a card can have now: each reward with what is missing, and what expires soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from regulars.domain.card import NEVER, Card
from regulars.domain.expiry import last_of
from regulars.domain.program import Program, Reward
from regulars.domain.refusals import RefusalCode
from regulars.domain.rewards import refusal

EXPIRING_DAYS = 60
"""Units that expire within these days are listed."""


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
    """List what expires soon, the earliest first: by its own date, by inactivity or because its
    unit ends, whichever comes first."""
    day, sums = today.isoformat(), dict[tuple[str, str], int]()
    for unit in card.lots:
        for lot in card.valid_lots(unit, day):
            last = last_of(lot.expires_on, card.inactive_after.get(unit, NEVER))
            if last >= day and (date.fromisoformat(last) - today).days <= EXPIRING_DAYS:
                sums[last, unit] = sums.get((last, unit), 0) + lot.amount
    return [Expiring(unit, amount, last) for (last, unit), amount in sorted(sums.items())]


def rewards(program: Program, card: Card, today: date) -> Iterator[Eligibility]:
    """List every reward with a cost, with the card's eligibility for it."""
    for reward in program.rewards.values():
        if not reward.unit:
            continue
        missing = max(0, reward.cost - card.available(reward.unit, today.isoformat()))
        yield Eligibility(reward, missing, refusal(program, card, reward, today.isoformat()))
