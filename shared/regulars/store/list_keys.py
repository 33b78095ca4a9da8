"""Keys of the lists that members stand in; the table of all keys is in `keys.py`."""

from __future__ import annotations

from regulars.store.keys import Key, card

PLACE_PREFIX = "LIST#"


def place(m: str, c: str, slot: str) -> Key:
    """One of a member's places in lists; what says who it is stands in the index alone, which is
    emptied with it."""
    return card(m, c), f"{PLACE_PREFIX}{slot}"


def members_in(m: str, name: str) -> str:
    """GSI1: the members of a list."""
    return f"M#{m}#L#{name}"


def count(m: str, name: str) -> Key:
    """How many members a list has."""
    return f"M#{m}#L#{name}", "MEMBERS"
