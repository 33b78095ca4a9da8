"""Raffles whose draw anyone can check.

Before the first ticket the commitment SHA-256(seed) is published; after the draw the seed, and the
tickets of every member. With both the draw can be repeated: tickets lie in the order of member
ids, the number of draw k is SHA-256(seed + ":" + k) modulo the tickets left, and whoever holds that
ticket wins and takes part no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from regulars.domain import limits
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.games import Raffle


def commitment(seed: str) -> str:
    """What is published of a seed before the draw."""
    return sha256(seed.encode()).hexdigest()


def draw(seed: str, tickets: Mapping[str, int], winners: int) -> list[str]:
    """The member ids that win, in the order they were drawn; fewer when there are fewer."""
    left = {member: count for member, count in sorted(tickets.items()) if count > 0}
    won: list[str] = []
    while left and len(won) < winners:
        number = int(sha256(f"{seed}:{len(won)}".encode()).hexdigest(), 16) % sum(left.values())
        for member, count in left.items():
            if number < count:
                won.append(member)
                break
            number -= count
        del left[won[-1]]
    return won


def tickets(card: Card, raffle_id: str) -> int:
    """How many tickets a card has."""
    return limits.given(card, _key(raffle_id), "")


def count(draft: Draft, spend_minor: int, visits: int) -> None:
    """Give the tickets of the raffles that run: one per visit, or per full `per_minor` spent. What
    is told after the last day may come after the draw."""
    for raffle in draft.program.raffles:
        begun = raffle.first_day <= draft.effective_day.isoformat()
        if not (begun and draft.today.isoformat() <= raffle.last_day):
            continue
        won = spend_minor // raffle.per_minor if raffle.per_minor else visits
        if won:
            draft.card = limits.counted(draft.card, _key(raffle.id), "", won)
            draft.facts.setdefault("tickets", {})[raffle.id] = won


def take_back(draft: Draft, given: Mapping[str, int]) -> None:
    """The tickets of a refunded sale are void, unless they were drawn."""
    for raffle_id, won in given.items():
        draft.card = limits.counted(draft.card, _key(raffle_id), "", -won)


def find(raffles: tuple[Raffle, ...], raffle_id: str) -> Raffle | None:
    """The raffle with that id."""
    return next((raffle for raffle in raffles if raffle.id == raffle_id), None)


def _key(raffle_id: str) -> str:
    return f"r:{raffle_id}"
