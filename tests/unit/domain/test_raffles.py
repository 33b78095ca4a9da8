"""Tickets are given on the days of a raffle; a draw can be checked by who knows the seed."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain import raffles
from tests.unit.domain.shop import Shop, make_program, spend_rule, unit

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


def shop(day: str, **terms: Any) -> Shop:
    """A member at noon (UTC) of a day, in a shop whose raffle runs from 10 to 20 December."""
    raffle = {
        "id": "xmas", "name": "Xmas", "from": "2026-12-10", "until": "2026-12-20",
        "reward": "gift", **terms,
    }  # fmt: skip
    gift = {"id": "gift", "name": "Gift", "kind": "item"}
    opened = Shop(
        make_program(units=[unit()], earn=[spend_rule()], rewards=[gift], raffles=[raffle]),
        datetime.fromisoformat(f"{day}T12:00+00:00"),
    )
    opened.join()
    return opened


@pytest.mark.parametrize(
    ("day", "tickets"),
    [("2026-12-09", 0), ("2026-12-10", 3), ("2026-12-20", 3), ("2026-12-21", 0)],
)
def test_money_gives_tickets_on_the_days_of_a_raffle_and_a_refund_takes_them(
    day: str, tickets: int
) -> None:
    cafe = shop(day, per_minor=500)
    cafe.sale(500)
    sale = cafe.sale(1_499)
    assert raffles.tickets(cafe.card, "xmas") == tickets

    refund = cafe.refund(sale).entry
    assert raffles.tickets(cafe.card, "xmas") == tickets // 3
    assert refund is not None
    assert refund.facts.get("tickets", {}) == ({"xmas": -2} if tickets else {})


def test_visits_give_tickets_where_no_money_is_named() -> None:
    cafe = shop("2026-12-15")
    cafe.visit(2)
    cafe.visit()
    assert raffles.tickets(cafe.card, "xmas") == 3


@pytest.mark.parametrize(
    ("day", "again", "tickets"),
    [
        ("2026-12-09", "2026-12-10", 0),
        ("2026-12-10", "2026-12-10", 5),
        ("2026-12-10", "2026-12-20", 5),
        ("2026-12-20", "2026-12-21", 2),
    ],
)
def test_an_order_that_is_sent_again_has_other_tickets_until_the_raffle_is_over(
    day: str, again: str, tickets: int
) -> None:
    cafe = shop(day, per_minor=500)
    sale = cafe.sale(1_499, order_id="o")
    cafe.now = datetime.fromisoformat(f"{again}T12:00+00:00")
    cafe.revise(sale, 2_500)
    assert raffles.tickets(cafe.card, "xmas") == tickets


def test_a_ticket_for_a_visit_goes_with_it() -> None:
    cafe = shop("2026-12-15")
    cafe.visit(2)
    sale = cafe.sale(1000)
    left = []
    for part in (500, 1, None):
        cafe.refund(sale, part)
        left.append(raffles.tickets(cafe.card, "xmas"))
    assert left == [3, 2, 2]


def test_a_raffle_is_found_by_its_id() -> None:
    known = shop("2026-12-15").program.raffles
    assert raffles.find(known, "xmas") is known[0]
    assert raffles.find(known, "other") is None


@given(st.text(max_size=8), TICKETS, st.integers(0, 8), st.integers(1, 3))
def test_a_draw_from_pages_is_the_draw_from_all(
    seed: str, tickets: dict[str, int], winners: int, size: int
) -> None:
    held = [(member, tickets[member]) for member in sorted(tickets) if tickets[member]]
    pages = [dict(held[place : place + size]) for place in range(0, len(held), size)]
    sums = [sum(page.values()) for page in pages]
    won = raffles.draw_from_pages(seed, sums, lambda number: pages[number], winners)
    assert won == raffles.draw(seed, tickets, winners)
