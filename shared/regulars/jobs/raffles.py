"""Drawing raffles: at noon of the day after the last, once, and for everybody to check."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import compress, decompress

from regulars.actions import aside
from regulars.actions.due_marks import DRAW, next_draw
from regulars.core.raffle_seeds import raffle_seed
from regulars.domain import calendar, raffles
from regulars.domain.games import Raffle
from regulars.domain.operations import GrantBonus, Origin
from regulars.program.shop import Shop
from regulars.store import keys, versions
from regulars.store.marshal import Item
from regulars.store.member_lists import all_cards
from regulars.store.table import Absent, Table


def seed(merchant_id: str, raffle_id: str) -> str:
    """A raffle's seed: fixed before the first ticket, and known to nobody but the service."""
    return raffle_seed(merchant_id, raffle_id)


def draw_due(shop: Shop, member_id: str) -> None:
    """Draw every raffle whose days are over and that was not drawn yet."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    for raffle in shop.program.raffles:
        if raffle.last_day < today.isoformat():
            _reward(shop, raffle, _drawn(shop, raffle))
    mark = next_draw(shop.merchant_id, shop.program, shop.now, drawn=True)
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)


def result(table: Table, merchant_id: str, raffle_id: str) -> dict[str, Any] | None:
    """The draw as it was made: seed, tickets and winners; None before it."""
    (item,) = table.get(keys.raffle(merchant_id, raffle_id))
    if item is None:
        return None
    drawn: dict[str, Any] = json.loads(decompress(item["drawn"]))
    return drawn


def _drawn(shop: Shop, raffle: Raffle) -> list[str]:
    """The winners: drawn now, or read of the draw that was made before."""
    cards = all_cards(shop.table, shop.merchant_id, aside.of(shop, DRAW))
    held = {card.member_id: raffles.tickets(card, raffle.id) for card in cards}
    taking_part = {member: count for member, count in held.items() if count > 0}
    secret = seed(shop.merchant_id, raffle.id)
    winners = raffles.draw(secret, taking_part, raffle.winners)
    drawn = {"seed": secret, "tickets": taking_part, "winners": winners}
    pk, sk = keys.raffle(shop.merchant_id, raffle.id)
    text = json.dumps(drawn, sort_keys=True, separators=(",", ":"))
    item: Item = {"PK": pk, "SK": sk, "drawn": compress(text.encode(), 9)}
    if shop.table.put(item, Absent()) is None:
        return winners
    before: Mapping[str, Any] = result(shop.table, shop.merchant_id, raffle.id) or {}
    return list(before.get("winners", ()))


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
