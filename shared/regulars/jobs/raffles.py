"""Drawing raffles: at noon of the day after the last, once, and for everybody to check.

First the tickets of all members are written down, a page at a step, then winners are drawn from
what stands there, then each is given the prize.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from regulars.actions import aside
from regulars.actions.due_marks import DRAW, next_draw
from regulars.core.raffle_seeds import raffle_seed
from regulars.domain import calendar, raffles
from regulars.domain.games import Raffle
from regulars.domain.operations import GrantBonus, Origin
from regulars.program.shop import Shop
from regulars.store import raffles as kept
from regulars.store import versions
from regulars.store.member_lists import members_page
from regulars.store.table import Table


def seed(merchant_id: str, raffle_id: str) -> str:
    """A raffle's seed: fixed before the first ticket, and known to nobody but the service."""
    return raffle_seed(merchant_id, raffle_id)


def draw_due(shop: Shop, member_id: str) -> bool:
    """Draw every raffle whose days are over and that was not drawn yet, a step at a time; True when
    there is more to do at once."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    for raffle in shop.program.raffles:
        if raffle.last_day < today.isoformat():
            winners = _drawn(shop, raffle)
            if winners is None:
                return True
            _reward(shop, raffle, winners)
    mark = next_draw(shop.merchant_id, shop.program, shop.now, drawn=True)
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)
    return False


def result(table: Table, merchant_id: str, raffle_id: str) -> dict[str, Any] | None:
    """The draw as it was made: seed, tickets and winners; None before it."""
    draw = kept.read(table, merchant_id, raffle_id)
    if draw is None:
        return None
    tickets = draw.tickets
    if tickets is None:
        tickets = kept.tickets(table, merchant_id, raffle_id)
    return {"seed": draw.seed, "tickets": tickets, "winners": draw.winners}


def _drawn(shop: Shop, raffle: Raffle) -> list[str] | None:
    """The winners, drawn now or before; None while tickets are still to be written down."""
    table, m = shop.table, shop.merchant_id
    if before := kept.read(table, m, raffle.id):
        return before.winners
    gathered = kept.read_gathered(table, m, raffle.id)
    if not gathered.is_whole:
        _gather(shop, raffle, gathered)
        return None
    secret = seed(m, raffle.id)
    winners = _draw(shop, raffle, secret)
    if kept.keep(table, m, raffle.id, secret, winners):
        return winners
    first = kept.read(table, m, raffle.id)
    return first.winners if first else None


def _gather(shop: Shop, raffle: Raffle, so_far: kept.Gathered) -> None:
    """Write down the tickets of the next page of members."""
    table, m = shop.table, shop.merchant_id
    away = aside.of(shop, DRAW)
    found, following = members_page(table, m, so_far.start, away, limit=kept.WRITTEN_MAX)
    held = {card.member_id: raffles.tickets(card, raffle.id) for _, card in found}
    taking_part = {member: count for member, count in held.items() if count > 0}
    kept.gather(table, m, raffle.id, so_far, taking_part, following)


def _draw(shop: Shop, raffle: Raffle, secret: str) -> list[str]:
    """Draw the winners from the tickets that are written down: of these only the sum of each page
    is held, and the page of a winner is read again."""
    befores, sums, last = [], [], ""
    while page := kept.page(shop.table, shop.merchant_id, raffle.id, last):
        befores.append(last)
        sums.append(sum(page.values()))
        last = max(page)

    def read(place: int) -> dict[str, int]:
        return kept.page(shop.table, shop.merchant_id, raffle.id, befores[place])

    return raffles.draw_from_pages(secret, sums, read, raffle.winners)


def _reward(shop: Shop, raffle: Raffle, winners: Iterable[str]) -> None:
    """Each winner's gift is an operation of its own: giving twice is giving once."""
    for member_id in winners:
        try:
            _give(shop, raffle, member_id)
        except Exception as error:  # whatever it is, the other winners get their gifts
            aside.set_aside(shop, member_id, error, DRAW, raffle=raffle.id)


def _give(shop: Shop, raffle: Raffle, member_id: str) -> None:
    card = shop.ledger.card(member_id)
    if card is not None:
        origin = Origin(f"raffle:{raffle.id}:{member_id}", "job", entropy=os.urandom(16))
        operation = GrantBonus(origin, reason=raffle.id, reward_id=raffle.reward)
        shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)
