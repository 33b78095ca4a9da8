"""Visits that wait on a card: confirmed when somebody has seen the member, dropped when nobody has.

Each of the two has an id that follows from the visit, and each needs it to wait: whichever comes
first, twice or at the same moment, happens once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.held_visits import FACT, ConfirmVisit, DropVisit, HeldVisit, of
from regulars.domain.ledger import Entry
from regulars.domain.operations import Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render


def find(shop: Shop, member_id: str, seq: int) -> tuple[Card, HeldVisit] | None:
    """Return a visit that waits, by its entry, and the card; None when the entry holds nothing.

    Raises NOT_FOUND for no such entry, ALREADY_REVERSED when it does not wait any more.
    """
    booked = _entry(shop, member_id, seq)
    if booked is None or FACT not in booked.facts:
        return None
    card = shop.ledger.card(member_id)
    if card is None:
        raise Refused(RefusalCode.NOT_FOUND)
    held = next((one for one in of(card) if (one.member_id, one.seq) == (member_id, seq)), None)
    if held is None:
        raise Refused(RefusalCode.ALREADY_REVERSED, "This visit does not wait any more.")
    return card, held


def confirm(
    shop: Shop, card: Card, held: HeldVisit, origin: Origin,
    idempotency: Idempotency | None = None, render: Render | None = None,
) -> Answer:  # fmt: skip
    """Earn a visit that waits, as of when it was; raises ALREADY_REVERSED when it does not."""
    booked = _require(shop, held)
    origin = origin._replace(effective_ms=held.at_ms, location=booked.location)
    return shop.ledger.perform(
        shop.program, card, ConfirmVisit(origin, held, booked), shop.now,
        idempotency=idempotency, render=render, fresh=True,
    )  # fmt: skip


def confirm_all(shop: Shop, member_id: str, names: Iterable[str], source: str) -> int:
    """Confirm the visits of these names that still wait on a card; return how many did."""
    wanted, done = set(names), 0
    while wanted:
        card = shop.ledger.card(member_id)
        held = next((one for one in of(card) if one.name in wanted), None) if card else None
        if card is None or held is None:
            break
        wanted.discard(held.name)
        origin = Origin(f"confirm:{held.name}", source, entropy=os.urandom(16))
        try:
            confirm(shop, card, held, origin)
            done += 1
        except Refused as refused:
            if refused.code is not RefusalCode.ALREADY_REVERSED:
                raise
    return done


def drop_due(shop: Shop, card: Card) -> int:
    """Drop the visits on a card for which the time is over; return how many."""
    due = [held for held in of(card) if held.until_ms <= to_ms(shop.now)]
    for held in due:
        origin = Origin(f"drop:{held.name}", "job")
        newest = shop.ledger.card(card.member_id) or card
        try:
            shop.ledger.perform(
                shop.program, newest, DropVisit(origin, held, _require(shop, held)), shop.now,
                fresh=True,
            )  # fmt: skip
        except Refused as refused:
            if refused.code is not RefusalCode.ALREADY_REVERSED:
                raise
    return len(due)


def _require(shop: Shop, held: HeldVisit) -> Entry:
    booked = _entry(shop, held.member_id, held.seq)
    if booked is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return booked


def _entry(shop: Shop, member_id: str, seq: int) -> Entry | None:
    (item,) = shop.table.get(keys.entry(shop.merchant_id, member_id, seq))
    return cards.entry_of(item) if item else None
