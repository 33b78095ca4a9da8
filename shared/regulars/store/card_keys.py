"""Keys of what is rare in the partition of a card; the table of all keys is in `keys.py`."""

from __future__ import annotations

from regulars.store.keys import Key, card

ACTION_PREFIX = "ACTION#"
MERGE_PREFIX = "MERGE#"


def action(m: str, c: str, name: str) -> Key:
    """What a member says they did last, and what became of it."""
    return card(m, c), f"{ACTION_PREFIX}{name}"


def actions(m: str, status: str) -> str:
    """GSI1: what members say they did, by when they said so."""
    return f"M#{m}#ACTIONS#{status}"


def brought(m: str, c: str) -> Key:
    """What a source has brought in the card so far."""
    return card(m, c), "SOURCE"


def merge(m: str, c: str, merge_id: str) -> Key:
    """What is kept of the merge of another card into this one."""
    return card(m, c), f"{MERGE_PREFIX}{merge_id}"


def wallet(m: str, c: str) -> Key:
    """In which wallets of phones the card has a pass."""
    return card(m, c), "PASS"


def wallet_device(digest: str) -> str:
    """The partition of a phone: the passes that it asked us to tell it about."""
    return f"WALLET#{digest}"
