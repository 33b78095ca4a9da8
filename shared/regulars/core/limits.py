"""How many in how much time: the limits in numbers, buckets that fill again, windows of counting.

A bucket is one number: the moment at which it is full again. Taking out of it puts that moment off;
it is empty while that moment is further away than a whole bucket takes to fill. So a bucket that
nobody uses needs no place anywhere. Pure: the time comes in, in microseconds since 1970.

No named tuples here: they are on the path of a cold stamp.
"""

from __future__ import annotations

SECOND_US = 1_000_000


class Rate:
    """A bucket of `burst` tokens that gets a new one every `every_us` microseconds."""

    __slots__ = ("burst", "every_us")

    def __init__(self, every_us: int, burst: int) -> None:
        self.every_us = every_us
        self.burst = burst

    def share(self) -> Rate:
        """What a process may give away of it without asking the others."""
        return Rate(self.every_us * SHARE_OF_RATE, self.burst // SHARE_OF_BURST)


class Window:
    """At most `most` in `seconds`, from the first one on."""

    __slots__ = ("most", "seconds")

    def __init__(self, most: int, seconds: int) -> None:
        self.most = most
        self.seconds = seconds


def per_second(tokens: int, burst: int) -> Rate:
    """Return the bucket that gets so many tokens a second."""
    return Rate(-(-SECOND_US // tokens), burst)


def take(full_us: int, rate: Rate, now_us: int, count: int = 1) -> tuple[int, int]:
    """Take `count` tokens out of the bucket that is full at `full_us`.

    Returns when it is full then and 0, or, when there are not so many, when it is full as it is and
    how long to wait (microseconds).
    """
    full_us, empty_us = _bounds(full_us, rate, now_us)
    after_us = full_us + count * rate.every_us
    return (after_us, 0) if after_us <= empty_us else (full_us, after_us - empty_us)


def left(full_us: int, rate: Rate, now_us: int) -> int:
    """Return how many tokens are in the bucket that is full at `full_us`."""
    full_us, empty_us = _bounds(full_us, rate, now_us)
    return (empty_us - full_us) // rate.every_us


def of_another_time(full_us: int, rate: Rate, now_us: int) -> bool:
    """Return whether a bucket is further from full than an empty one, by more than clocks differ:
    the clock was set back, and the bucket says nothing."""
    return full_us > now_us + rate.burst * rate.every_us + CLOCKS_DIFFER_US


def _bounds(full_us: int, rate: Rate, now_us: int) -> tuple[int, int]:
    """When the bucket is full, seen from now, and when it would be if it were empty."""
    empty_us = now_us + rate.burst * rate.every_us
    if of_another_time(full_us, rate, now_us):
        return now_us, empty_us
    return min(max(full_us, now_us), empty_us), empty_us


CLOCKS_DIFFER_US = 3600 * SECOND_US
"""More than two clocks of AWS are ever apart."""

SHARE_OF_RATE, SHARE_OF_BURST = 20, 10
"""A process gives away a twentieth of the rate and a tenth of the burst of its own accord."""

KEY_A_SECOND, KEY_BURST = 50, 500
DEVICE_A_SECOND, DEVICE_BURST = 10, 150

KEY = per_second(KEY_A_SECOND, KEY_BURST)
"""Requests of one API key, or of the platform's."""

NOT_FOUND = per_second(5, 600)
"""Unknown links and keys from one source address. They have 128 bits and more: this is about what
the search costs, not about what it finds."""

TRIES_AT_ONE = Window(5, 15 * 60)
"""Wrong codes, PINs and sign-ins for one target."""

TRIES_BY_ONE = Window(20, 15 * 60)
"""... from one device or source address."""

TRIES_BY_KEY = Window(200, 15 * 60)
"""Wrong codes from one API key, behind which there may be all tills of a shop."""

JOINS_FROM_ONE = Window(100, 10 * 60)
"""Joins at one shop from one source address: the guests of a café share one."""

JOINS = Window(600, 10 * 60)
"""Joins at one shop."""

POSTERS_FOR_ONE = Window(60, 10 * 60)
"""Posters that one source address has drawn: each takes a tenth of a second of the processor."""

CLAIMS_OF_ONE = Window(5, 3600)
"""Addresses that a member types on the own page: each of them gets a mail."""

MAILS_A_DAY = 5
"""Mails to one member's address, of all shops together."""

WRONG_SIGNATURES = Window(60, 60)
"""Events at one hook that nobody signed."""


def of_keys(a_second: int, burst: int) -> Rate:
    """Return the bucket of each key of a merchant with these limits; 0 is the usual one."""
    return per_second(a_second or KEY_A_SECOND, burst or KEY_BURST)


def of_devices(a_second: int, burst: int) -> Rate:
    """Return the bucket of each device of a merchant with these limits: in proportion."""
    a_second, burst = a_second or KEY_A_SECOND, burst or KEY_BURST
    every_us = -(-SECOND_US * KEY_A_SECOND // (a_second * DEVICE_A_SECOND))
    return Rate(every_us, max(1, burst * DEVICE_BURST // KEY_BURST))
