"""Where things stand in an index that is in order of time: by an instant, then by what tells apart
what came in the same one. `keys` hands these on with the keys that they are used with."""

from __future__ import annotations


def in_time(at_ms: int, name: str) -> str:
    """Where something stands among others of its sort: by an instant, then by its name."""
    return f"{at_ms:013}#{name}"


def activity_from(ms: int) -> str:
    """Where the entries recorded from an instant on begin; they sort before any of that instant."""
    return f"{ms:013}"


def activity_order(recorded_ms: int, c: str, seq: int) -> str:
    return f"{recorded_ms:013}#{c}#{seq}"


def recorded_ms(order: str) -> int:
    """When an entry was recorded, from its place in the activity index."""
    return int(order.partition("#")[0])
