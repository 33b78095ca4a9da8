"""Keys of the activity index: entries by when they were recorded; see `keys.py`."""

from __future__ import annotations


def activity(m: str, hour: str) -> str:
    """GSI1: the entries of one merchant in one UTC hour."""
    return f"M#{m}#H#{hour}"


def sandbox_activity(m: str) -> str:
    """GSI1: all entries of a sandbox, in order of its own time."""
    return f"M#{m}#H"


def activity_from(ms: int) -> str:
    """Where the entries recorded from an instant on begin; they sort before any of that instant."""
    return f"{ms:013}"


def activity_order(recorded_ms: int, c: str, seq: int) -> str:
    return f"{recorded_ms:013}#{c}#{seq}"


def recorded_ms(order: str) -> int:
    """When an entry was recorded, from its place in the activity index."""
    return int(order.partition("#")[0])
