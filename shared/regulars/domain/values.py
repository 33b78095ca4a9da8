"""Small values that programme documents are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Text = str | dict[str, Any]
"""A localized text: one string for all languages, or one per language code. Names of units hold
the plural forms of CLDR under each language instead of a string."""


def thousandths(multiplier: str) -> int:
    """`"1.5"` as 1500. At most three decimals, which the schema has checked."""
    return int(Decimal(multiplier) * 1000)
