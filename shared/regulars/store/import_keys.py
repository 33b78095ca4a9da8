"""Keys of imports; the table of all keys is in `keys.py`."""

from __future__ import annotations

from regulars.core import tokens
from regulars.store.keys import Key, card, merchant

PREFIX = "IMPORT#"
DONE_PREFIX = "DONE#"
"""Of what imports did with a member."""


def imported(m: str, import_id: str) -> Key:
    """The key of an import."""
    return merchant(m)[0], f"{PREFIX}{import_id}"


def page_key(m: str, import_id: str, number: int) -> Key:
    """The key of some lines of its file."""
    return f"M#{m}#IMPORT#{import_id}", f"PAGE#{number:06}"


def of_card(m: str, c: str, import_id: str) -> Key:
    """The key of what an import did with a member."""
    return card(m, c), f"{DONE_PREFIX}{import_id}"


def named(m: str, external_id: str) -> Key:
    """The key of whoever has an id of the merchant's own; all that is kept of it is a digest."""
    return f"M#{m}#IMPORTED#{tokens.contact_digest(m, f'external:{external_id}')}", "IMPORTED"
