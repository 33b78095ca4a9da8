"""The key ring: the few secrets of the stack, each with an id, from which all others are derived.

A process reads it when it first needs it, keeps it, and reads it again every few minutes, and at
once when something names a key that it does not know. What is made with a key names it, except for
the first: that one has no name, as nothing had before there was a ring. Why, and how keys follow
one another: docs/adr/0021.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from regulars.core import clock
from regulars.core.observability import logger

RENEW_S: Final = 300.0
"""How old what a process knows may be."""

AGAIN_S: Final = 10.0
"""How long an unknown name, or a ring that cannot be read, is not asked about again."""

BEHIND_S: Final = 2 * RENEW_S
"""How long after a change some process may still make things with the former key."""

NAME_LENGTH: Final = 4
SECRET_MIN: Final = 32

monotonic: Callable[[], float] = time.monotonic  # seam: tests move it


class UnknownKeyError(LookupError):
    """A key that something was made with is not on the ring."""


class BadRingError(Exception):
    """What was read is no ring; says what is wrong with it, and nothing of what is in it."""


class Ring(NamedTuple):
    """The secrets by name, the oldest first; the first key's name is empty."""

    current: str
    """The name of the key that new things are made with."""
    since_s: float
    """When that began, in seconds since 1970."""
    secrets: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Ring(current={self.current!r}, {len(self.secrets)} keys)"

    def is_former(self, name: str) -> bool:
        """Tell whether another key has followed this one; False for one that is yet to come."""
        order = list(self.secrets)
        return order.index(name) < order.index(self.current)


def parsed(text: str) -> Ring:
    """Return the ring in a JSON document; raises BadRingError.

    `{"base": "k001", "current": "k002", "since": 1795338000, "keys": {"k001": "...", ...}}`: `base`
    is the id of the first key, ids rise, `since` is when `current` became what it is.
    """
    try:
        document = json.loads(text)
        base, current, keys = document["base"], document["current"], document["keys"]
        since_s = float(document["since"])
        secrets = {
            ("" if key_id == base else key_id): keys[key_id].encode() for key_id in sorted(keys)
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadRingError(f"the key ring cannot be read: {type(error).__name__}") from None
    if base not in keys or current not in keys:
        raise BadRingError("base and current must be keys of the ring")
    if min(keys) != base or any(not _is_name(key_id) for key_id in keys):
        raise BadRingError("ids must be k and three digits, base the lowest")
    if any(len(secret) < SECRET_MIN for secret in secrets.values()):
        raise BadRingError(f"a secret must have at least {SECRET_MIN} characters")
    return Ring("" if current == base else current, since_s, secrets)


class Holder:
    """What one process knows of the ring. Safe to share between threads: two may both read."""

    _ring: Ring | None = None
    _renew_at = _ask_at = float("-inf")

    def ring(self) -> Ring:
        """The ring, at most RENEW_S old. Raises what `source` raises when there is none at all."""
        if self._ring is None:
            self._read()
        elif monotonic() >= self._renew_at:
            self._renew()
        if self._ring is None:
            raise BadRingError("there is no key ring")
        return self._ring

    def knowing(self, name: str) -> Ring:
        """The ring, read again at once when it does not know a name."""
        ring = self.ring()
        if name not in ring.secrets and _is_name(name) and monotonic() >= self._ask_at:
            self._ask_at = monotonic() + AGAIN_S
            self._renew()
        return self._ring or ring

    def forget(self) -> None:
        """Know nothing, as a process that has just begun."""
        self._ring, self._renew_at, self._ask_at = None, float("-inf"), float("-inf")

    def _read(self) -> None:
        self._ring = parsed(source())
        self._renew_at = monotonic() + RENEW_S

    def _renew(self) -> None:
        """Read the ring again; what is known stays when that fails."""
        self._renew_at = monotonic() + AGAIN_S  # others do not wait for it, too
        try:
            self._read()
        except Exception as error:
            logger().warning("the key ring cannot be read again", extra={"why": repr(error)[:200]})


def _no_source() -> str:
    raise BadRingError("nobody said where the key ring is")


source: Callable[[], str] = _no_source
"""Reads the ring's document; `store/connect.py` says from where."""

holder = Holder()
"""What this process knows."""


def newest() -> str:
    """The name of the key that new things are made with."""
    return holder.ring().current


def secret(name: str = "") -> bytes:
    """The secret of a key, of the first one if none is named. Raises UnknownKeyError."""
    found = holder.knowing(name).secrets.get(name)
    if found is None:
        raise UnknownKeyError(f"no key {name!r} on the ring")
    return found


def takes(name: str, lasts_s: float | None = None) -> bool:
    """Tell whether what was made with a key is still taken.

    What lasts for a time only is no longer taken when it could not have been made while the key was
    the current one: then only somebody else can have made it.
    """
    ring = holder.knowing(name)
    if name not in ring.secrets:
        return False
    return lasts_s is None or not ring.is_former(name) or _now_s() < _end_s(ring, lasts_s)


def names_at(made_s: float, lasts_s: float) -> Iterator[str]:
    """The names of the keys with which something may have been made that names none, the current
    one first."""
    ring = holder.ring()
    yield ring.current
    recent = min(made_s, _now_s()) < _end_s(ring, lasts_s)
    for name in ring.secrets:
        if name != ring.current and (recent or not ring.is_former(name)):
            yield name


def _end_s(ring: Ring, lasts_s: float) -> float:
    return ring.since_s + BEHIND_S + lasts_s


def _now_s() -> float:
    return clock.now().timestamp()


def _is_name(text: str) -> bool:
    return len(text) == NAME_LENGTH and text[0] == "k" and text[1:].isascii() and text[1:].isdigit()
