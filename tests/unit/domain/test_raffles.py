"""A draw gives what anyone computes who lays the tickets out in a row and knows the seed."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain import raffles

TICKETS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 5), max_size=6)


@given(st.text(max_size=8), TICKETS, st.integers(0, 8))
def test_a_draw_takes_the_tickets_that_the_seed_points_at(
    seed: str, tickets: dict[str, int], winners: int
) -> None:
    """Every ticket is one place in the row; all tickets of who won are taken away."""
    row = [member for member in sorted(tickets) for _ in range(tickets[member])]
    expected: list[str] = []
    while row and len(expected) < winners:
        number = int.from_bytes(sha256(f"{seed}:{len(expected)}".encode()).digest())
        expected.append(row[number % len(row)])
        row = [member for member in row if member != expected[-1]]

    assert raffles.draw(seed, tickets, winners) == expected


@given(st.text(max_size=8))
def test_the_commitment_is_the_hash_of_the_seed(seed: str) -> None:
    assert raffles.commitment(seed) == sha256(seed.encode()).hexdigest()
