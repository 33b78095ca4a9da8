"""What expired on a card, lot by lot: a refund takes back what there is, and of the rest only what
was spent is owed. What expired unspent was of no use to anybody.
"""

from __future__ import annotations

from datetime import date, timedelta

from regulars.domain import limits
from regulars.domain.card import Card, Lot
from regulars.domain.ledger import lot_dates, lot_name

DAYS_KEPT = 400
"""How long after its last day a lot is remembered; few sales are refunded after a year."""

_KEY = "x:"


def more(card: Card, unit: str, piece: Lot) -> Card:
    """The card after a piece of a lot has expired."""
    return limits.once_more(card, _name(unit, piece), "", piece.amount)


def claimed(card: Card, unit: str, lot: Lot, amount: int) -> tuple[Card, int]:
    """The card after a refund of `amount` out of a lot, and how much of it had expired."""
    name = _name(unit, lot)
    gone = min(amount, limits.given(card, name, ""))
    return (limits.once_more(card, name, "", -gone) if gone else card), gone


def forgotten(card: Card, today: date) -> Card:
    """The card without lots that expired long ago."""
    oldest = (today - timedelta(days=DAYS_KEPT)).isoformat()
    taken = {name: value for name, value in card.taken.items() if not _before(name, oldest)}
    return card if len(taken) == len(card.taken) else card._replace(taken=taken)


def _name(unit: str, lot: Lot) -> str:
    return f"{_KEY}{unit}:{lot_name(*lot.key)}"


def _before(name: str, day: str) -> bool:
    if not name.startswith(_KEY):
        return False
    expires_on, _ = lot_dates(name.rpartition(":")[2])
    return bool(expires_on) and expires_on < day
