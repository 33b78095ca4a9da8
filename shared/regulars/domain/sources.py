"""What a member has brought to the source they came from: computed from the card, never added up.

Pure: the card as it is now in, what it comes to out. So an entry that is seen twice, or late, or
whose money was taken back, leaves the right figures.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.card import Card
from regulars.domain.ledger import Entry

ACTIVE_WITHIN_DAYS = 30
"""A member who comes on the day of joining or so many days after is activated."""

DAY_MS = 86_400_000

COUNTED = frozenset({"join", "earn", "reverse", "adjust", "merge"})
"""The kinds of entries after which a card may have brought more, or less."""


class Brought(NamedTuple):
    """What one member has brought: whether they were activated, what they have spent (minor units),
    and up to which entry of the card that is counted."""

    activated: bool = False
    spend_minor: int = 0
    seq: int = 0


def brought(card: Card, before: Brought, entry: Entry, joined_ms: int) -> Brought:
    """Return what a card has brought by now, where `before` is what was counted.

    A visit after the first days activates nobody. Who was activated stays it unless every visit was
    taken back. A card that was merged has brought nothing more: what was bought on it is on the
    other one.
    """
    came = card.lifetime.visits > 0
    early = entry.effective_ms - joined_ms <= (ACTIVE_WITHIN_DAYS + 1) * DAY_MS
    activated = came and (before.activated or (entry.kind == "earn" and early))
    if card.merged_into:
        return Brought(before.activated, 0, card.seq)
    return Brought(activated, card.lifetime.spend_minor, card.seq)
