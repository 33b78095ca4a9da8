"""Whether anything has happened on a card since its page was made, for one small read.

A page that is looked at asks every few seconds. It says what it has seen in a signed note, so that
neither cookie nor programme need to be looked up for the answer. That a merchant was closed, or a
device ended, is noticed by all else the page asks for.
"""

from __future__ import annotations

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.store import cards, keys
from regulars.store.table import Table

GOOD_MS = 10 * 60 * 1000
"""How long a note is good for; after that the page is asked about as a whole, its day included."""

_PURPOSE = "card-news"


def seen(merchant_id: str, card: Card) -> str:
    """Return the note of a page that shows a card as it is now."""
    until_ms = to_ms(clock.now()) + GOOD_MS
    return tokens.sign(_PURPOSE, f"{merchant_id} {card.member_id} {card.version} {until_ms}")


def since(table: Table, note: str) -> Card | bool | None:
    """Return the card when it has changed since a note, False when it has not.

    None for a note that is over or not ours, and for a card that cannot be read. The card may be
    as it was a moment ago: who asks again soon needs no more.
    """
    parts = (tokens.unsign(_PURPOSE, note) or "").split(" ")
    if len(parts) != 4 or int(parts[3]) <= to_ms(clock.now()):
        return None
    (item,) = table.get(keys.state(parts[0], parts[1]), consistent=False)
    if item is None:
        return None
    if item["ver"] <= int(parts[2]):
        return False
    return cards.card_of(item)
