"""Compute one hash over the heads of many cards, and prove that a head is among them.

A leaf is a card's member id, entry number and head; nodes pair hashes from the left, and a last one
without a partner moves up as it is. Leaves and nodes begin with different bytes, so that a node
cannot be shown as a leaf.

Hashes are grouped by PAGE in order. The hash of a page stands for it in the level above, so that
nobody ever holds more than one page of a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

PAGE = 256
"""Hashes of a page."""

HASH_BYTES = 32
EMPTY = sha256(b"").digest()
"""The root where there are no cards."""


class Step(NamedTuple):
    """One step of a path: the hash to put on the left or right of what there is."""

    side: str
    hash: bytes


def leaf(member_id: str, seq: int, head: str) -> bytes:
    """Hash a card's place in its ledger."""
    return sha256(f"\0{member_id} {seq} {head}".encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two hashes."""
    return sha256(b"\1" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Hash a page of hashes; EMPTY for none."""
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def path(hashes: Sequence[bytes], place: int) -> list[Step]:
    """List the steps from the hash at a place to the root of its page."""
    steps, level = [], list(hashes)
    while len(level) > 1:
        partner = place ^ 1
        if partner < len(level):
            steps.append(Step("left" if partner < place else "right", level[partner]))
        level, place = _above(level), place // 2
    return steps


def along(start: bytes, steps: Iterable[Step]) -> bytes:
    """Compute the root that a path leads to."""
    reached = start
    for side, other in steps:
        reached = node(other, reached) if side == "left" else node(reached, other)
    return reached


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [node(*level[first : first + 2]) for first in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) % 2 else pairs
