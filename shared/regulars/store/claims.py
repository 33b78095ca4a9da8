"""Contacts that were typed on a page and that nobody has confirmed yet.

A claim stands in the profile of the card that made it and nowhere else: nobody is found by it, it
keeps nobody from having the contact, and nothing is sent there but what confirms it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

LINK_MS = 7 * 24 * 3600 * 1000
"""How long the mailed link of a claim is good for."""

CODE_MS = 15 * 60 * 1000
"""How long a code is good for."""

GUESSES = 5
"""Wrong codes that end a code."""


class Claim(NamedTuple):
    """A contact in its normal form, when it was typed, and the code that was asked for last."""

    value: str
    at_ms: int
    code: str = ""
    """What the code is made from, with our key (`tokens.contact_code`); empty for none."""
    until_ms: int = 0
    guesses: int = 0
    """How many codes were entered, right or wrong."""

    def takes_code(self, now_ms: int) -> bool:
        """Tell whether a code may be entered now."""
        return bool(self.code) and now_ms < self.until_ms and self.guesses < GUESSES


def claims_of(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Claim]:
    """Return the claims in a profile's item, by kind; what later releases add is left out."""
    fields = Claim._fields
    return {
        kind: Claim(**{name: one[name] for name in fields if name in one})
        for kind, one in stored.items()
    }
