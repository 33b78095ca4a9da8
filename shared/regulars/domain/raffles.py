"""Count raffle tickets, and draw winners so that anyone can check the draw.

Before the first ticket the commitment SHA-256(seed) is published; after the draw the seed and the
tickets of every member. With both the draw can be repeated: tickets are sorted by member id, the
number of draw k is SHA-256(seed + ":" + k) modulo the tickets left, and the member with that ticket
wins and is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from regulars.domain import limits
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.games import Raffle


def commitment(seed: str) -> str:
    """Compute what is published of a seed before the draw."""
    return sha256(seed.encode()).hexdigest()


def draw(seed: str, tickets: Mapping[str, int], winners: int) -> list[str]:
    """Draw the member ids that win, in order; fewer than `winners` when there are fewer members."""
    held = {member: count for member, count in sorted(tickets.items()) if count > 0}
    return draw_from_pages(seed, [sum(held.values())], lambda _: held, winners)


def draw_from_pages(
    seed: str, sums: Sequence[int], page: Callable[[int], Mapping[str, int]], winners: int
) -> list[str]:
    """Draw as `draw` does from tickets in pages, which follow one another by member id.

    `sums` are the tickets of each page; `page` reads one, sorted, when its number was drawn.
    """
    left = list(sums)
    won: list[str] = []
    while any(left) and len(won) < winners:
        number = int(sha256(f"{seed}:{len(won)}".encode()).hexdigest(), 16) % sum(left)
        place = 0
        while number >= left[place]:
            number -= left[place]
            place += 1
        for member, count in page(place).items():
            if member in won:
                continue
            if number < count:
                won.append(member)
                left[place] -= count
                break
            number -= count
    return won


def tickets(card: Card, raffle_id: str) -> int:
    """Return how many tickets a card has."""
    return limits.given(card, _key(raffle_id), "")


def count(draft: Draft, spend_minor: int, visits: int) -> None:
    """Give tickets of the current raffles: one per visit, or one per full `per_minor` spent.

    A sale that is reported after the last day gets none: the draw may have happened.
    """
    for raffle in draft.program.raffles:
        begun = raffle.first_day <= draft.effective_day.isoformat()
        if not (begun and draft.today.isoformat() <= raffle.last_day):
            continue
        if new := won(raffle, spend_minor, visits):
            draft.card = limits.counted(draft.card, _key(raffle.id), "", new)
            draft.facts.setdefault("tickets", {})[raffle.id] = new


def won(raffle: Raffle, spend_minor: int, visits: int) -> int:
    """Compute the tickets that a sale gives: one per full step of its money, or per visit."""
    return max(0, spend_minor) // raffle.per_minor if raffle.per_minor else visits


def take_back(draft: Draft, given: Mapping[str, int]) -> None:
    """Take back the tickets of a refunded sale; a draw that has happened stays."""
    for raffle_id, won in given.items():
        draft.card = limits.counted(draft.card, _key(raffle_id), "", -won)


def find(raffles: tuple[Raffle, ...], raffle_id: str) -> Raffle | None:
    """Find the raffle with that id; None when there is none."""
    return next((raffle for raffle in raffles if raffle.id == raffle_id), None)


def _key(raffle_id: str) -> str:
    return f"r:{raffle_id}"
