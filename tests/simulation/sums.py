"""Sums of units: how they are compared, and what of an entry is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Units = Counter[str]

MOVES = frozenset({"reward", "returned"})
"""Reasons of lines that only move units between a card and its vouchers."""


def same(more: Units, expected: Units, what: str) -> None:
    off = {unit: (more[unit], n) for unit, n in expected.items() if more[unit] != n}
    off |= {unit: (n, expected[unit]) for unit, n in more.items() if expected[unit] != n}
    assert not off, f"{what}: (is, should be) {off}"


def within(more: Units, expected: Units, kept: Units, what: str) -> None:
    """As expected, or less by what was kept for a milestone or in the refund that is taken back."""
    for unit in {*expected, *more}:
        missing = expected[unit] - more[unit]
        assert 0 <= missing <= kept[unit], f"{what}: {missing} of {unit} are missing"


def difference(now: Units, before: Units) -> Units:
    return Counter({unit: now[unit] - before[unit] for unit in {*now, *before}})


def kept(facts: Mapping[str, Any]) -> Units:
    """What a refund does not take: it has expired, or the owner bears it."""
    kept: Units = Counter(facts.get("lapsed", {}))
    kept.update(facts.get("waived", {}))
    return kept


def booked(entry: Mapping[str, Any], *kinds: str) -> Units:
    """The sum of an entry's lines, or of those for some reasons, without what moves on the card."""
    sums: Units = Counter()
    for unit, amount, _, _, why in entry["lines"]:
        if why["k"] in kinds or (not kinds and why["k"] not in MOVES):
            sums[unit] += amount
    return sums
