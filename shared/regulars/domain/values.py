"""Hold small values of programme documents."""

from __future__ import annotations

from typing import Any

Text = str | dict[str, Any]
"""A localized text: one string for all languages, or one per language code. Names of units hold
the plural forms of CLDR under each language instead of a string."""


def millionths(rate: str) -> int:
    """Read a decimal such as `"0.5"` as 500000, with at most the six places of the schema."""
    whole, _, places = rate.partition(".")
    return int(whole) * 1_000_000 + int(places.ljust(6, "0"))


def whole_step(units: int, minor: int) -> int:
    """Return the fewest units that are worth whole minor units when `units` are worth `minor`."""
    from math import gcd

    return units // gcd(units, minor)


def thousandths(multiplier: str) -> int:
    """Read a decimal such as `"1.5"` as 1500. At most three places, which the schema has checked.

    Without `decimal`, which takes a millisecond to import on every cold start.
    """
    whole, _, places = multiplier.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * 1000 + sign * int(places.ljust(3, "0"))
