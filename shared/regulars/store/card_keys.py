"""Keys of what is rare in the partition of a card; the table of all keys is in `keys.py`."""

from __future__ import annotations

from regulars.store.keys import Key, card

ACTION_PREFIX = "ACTION#"


def action(m: str, c: str, name: str) -> Key:
    """What a member says they did last, and what became of it."""
    return card(m, c), f"{ACTION_PREFIX}{name}"


def actions(m: str, status: str) -> str:
    """GSI1: what members say they did, by when they said so."""
    return f"M#{m}#ACTIONS#{status}"
