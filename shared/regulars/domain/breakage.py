"""Remember what expired on a card, lot by lot.

A refund takes back what is left and books debt only for what was spent. What expired unspent is
breakage: it was of no use to the member, so a refund does not take it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from regulars.domain import limits
from regulars.domain.card import Card, Lot
from regulars.domain.compact import FIELDS
from regulars.domain.ledger import Entry, lot_dates, lot_name

DAYS_KEPT = 400
"""Days after its last day for which a card remembers a lot; few sales are refunded after a year.
What it has forgotten by then its entries still tell (see `forgotten`)."""

_KEY = "x:"

RECALLED = "recalled"
"""The fact of a refund that names what it recalled of what the card had forgotten."""


def added(card: Card, unit: str, piece: Lot, inactivity_ends: str = "") -> Card:
    """Return the card after a piece of a lot expired.

    `idle_until` is the last day (ISO) when it expired by inactivity, which the lot does not tell.
    """
    name = _name(unit, piece)
    _, before = limits.stored(card, name)
    return limits.with_count(card, name, inactivity_ends, before + piece.amount)


def remembered(card: Card, unit: str, lots: Iterable[Lot], amount: int) -> Card:
    """Return the card with what a refund had claimed of these lots, when it is taken back."""
    for lot in lots:
        piece = lot._replace(amount=min(lot.amount, amount))
        if piece.amount:
            card = added(card, unit, piece, limits.stored(card, _name(unit, lot))[0])
            amount -= piece.amount
    return card


def claimed(card: Card, unit: str, lot: Lot, amount: int, granted_on: str) -> tuple[Card, int]:
    """Return the card after a refund of `amount` out of a lot, and how much of it had expired.

    What was granted after the day of inactivity had not.
    """
    name = _name(unit, lot)
    last_day, expired = limits.stored(card, name)
    if last_day and last_day < granted_on:
        return card, 0
    gone = min(amount, expired)
    return (limits.with_count(card, name, last_day, expired - gone) if gone else card), gone


def renamed(card: Card, old: str, new: str, rate: int) -> Card:
    """Return the card with what expired of a unit under the one that replaced it, by a rate in
    millionths: refunds take the new unit."""
    prefix = f"{_KEY}{old}:"
    for name in [name for name in card.taken if name.startswith(prefix)]:
        last_day, expired = limits.stored(card, name)
        card = limits.without(card, name)
        now = f"{_KEY}{new}:{name.removeprefix(prefix)}"
        known_day, known = limits.stored(card, now)
        amount = known + expired * rate // 1_000_000
        card = limits.with_count(card, now, max(last_day, known_day), amount)
    return card


def pruned(card: Card, today: date) -> Card:
    """Return the card without lots that expired more than DAYS_KEPT ago."""
    oldest = (today - timedelta(days=DAYS_KEPT)).isoformat()
    taken = {
        name: (last_day, count)
        for name, (last_day, count) in card.taken.items()
        if not _before(name, last_day, oldest)
    }
    return card if len(taken) == len(card.taken) else card._replace(taken=taken)


def forgotten(entries: Iterable[Entry]) -> dict[str, tuple[str, int]]:
    """Collect from all entries of a card, from the first to the newest, what it has pruned of what
    expired: by name the last day and the amount."""
    known: dict[str, tuple[str, int]] = {}
    gone: dict[str, tuple[str, int]] = {}
    for entry in entries:
        for name in entry.facts.get(RECALLED, ()):
            gone.pop(name, None)
        for name, written in ((entry.patch or {}).get(FIELDS["taken"].key) or {}).items():
            if not name.startswith(_KEY):
                continue
            gone.pop(name, None)
            if written:
                known[name] = (written[0], written[1])
            elif (was := known.pop(name, None)) and entry.kind == "expire":
                gone[name] = was
    return gone


def recalled(
    card: Card, unit: str, lot: Lot, known: Mapping[str, tuple[str, int]]
) -> tuple[Card, str]:
    """Return the card with what it has forgotten of a lot, by `known`; and the name to be written
    into the facts of the entry, empty when there was nothing."""
    name = _name(unit, lot)
    if name not in known or name in card.taken:
        return card, ""
    return limits.with_count(card, name, *known[name]), name


def _name(unit: str, lot: Lot) -> str:
    return f"{_KEY}{unit}:{lot_name(*lot.key)}"


def _before(name: str, last_day: str, day: str) -> bool:
    if not name.startswith(_KEY):
        return False
    expired_on = last_day or lot_dates(name.rpartition(":")[2])[0]
    return bool(expired_on) and expired_on < day
