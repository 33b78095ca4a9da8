"""Who asks too often: buckets of keys, devices and source addresses, held in this process.

A process gives a small share of each bucket away by itself; only who uses that up has it drawn from
the bucket in the table that all processes share, many tokens at once. So a stamp at a till costs as
much as without limits, and who is refused costs nothing for a second at a time (ADR 0018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from regulars.core import clock, limits, tokens
from regulars.core.limits import Rate
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Request
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.table import Table

if TYPE_CHECKING:
    from regulars.store.limits import Counted

STAMP = "POST /v1/earn"
"""The one route that reads nothing more for the sake of limits."""

KEPT_US = 10 * limits.SECOND_US
"""How long a process goes on with a merchant's own limits, and with tokens it has drawn."""

HELD_MAX = 2000
"""Buckets that a process holds; it forgets all of them when there are more."""


class Held:
    """What a process knows of one bucket; times in microseconds since 1970."""

    __slots__ = ("closed_us", "drawn", "drawn_us", "own_full_us")

    def __init__(self) -> None:
        self.own_full_us = 0
        """When its own share is full again."""
        self.drawn, self.drawn_us = 0, 0
        """What is left of the tokens it has drawn from the table, and since when it has them."""
        self.closed_us = 0
        """Until when it need not ask."""


_held: dict[str, Held] = {}
_merchants: dict[str, tuple[int, int, int]] = {}
"""When a merchant's own limits were read, and what they are: a second, at once; 0 is as usual."""


def clear() -> None:
    """Forget everything, as a new process would."""
    _held.clear()
    _merchants.clear()


def admit(
    table: Table, merchant_id: str, bearer: str | None, session: str, route: str
) -> list[keys.Key]:
    """Let a request of a key or a session through, or raise RATE_LIMITED.

    Returns what else is to be read with its credential, for `learn`. A key has the bucket of the
    secret as it was sent, a session that of its own: who does not know it cannot use up the bucket
    of who does.
    """
    name = f"key:{tokens.digest(bearer)}" if bearer is not None else f"device:{session}"
    rate_of = limits.of_devices if bearer is None else limits.of_keys
    _pass(lambda: table, name, lambda: rate_of(*_own(merchant_id)), merchant_id)
    known = route == STAMP or _knows(merchant_id)
    return [] if known else [keys.merchant(merchant_id)]


def learn(merchant_id: str, known: dict[keys.Key, Item | None]) -> None:
    """Take note of a merchant's own limits, when its item is among those that were read."""
    if keys.merchant(merchant_id) in known and not _knows(merchant_id):
        _learn(merchant_id, known[keys.merchant(merchant_id)])


def admit_platform(table: Callable[[], Table]) -> None:
    """Let a request of the platform through, or raise RATE_LIMITED."""
    _pass(table, "platform", lambda: limits.KEY)


def missed(table: Callable[[], Table], request: Request) -> None:
    """Count that an address asked for what is not there; raises RATE_LIMITED when it does too
    often."""
    if request.source:
        _pass(table, f"missed:{source(request)}", lambda: limits.NOT_FOUND)


def tries(bearer: str | None, record: keys.Key) -> tuple[Counted, ...]:
    """Return where the wrong codes of a key or a device are counted, by its record."""
    from regulars.store import limits as shared

    by = shared.of_one if bearer is None else shared.of_key
    return (by("code", "#".join(record)),)


def require_open(items: list[Item | None], tries: tuple[Counted, ...]) -> None:
    """Raise RATE_LIMITED when one of the counts is full, as its item says."""
    from regulars.store import limits as shared

    shared.require_open(items, *tries)


def wrong(table: Table, tries: tuple[Counted, ...]) -> None:
    """Count a wrong code; raises RATE_LIMITED when it was one too many."""
    from regulars.store import limits as shared

    shared.wrong(table, *tries)


def require_heard(request: Request) -> None:
    """Raise RATE_LIMITED, without asking the table, while this process knows that the address has
    asked too often for what is not there."""
    if _held and request.source:
        held, now_us = _held.get(f"missed:{source(request)}"), _now()
        if held and held.closed_us > now_us:
            raise _refused(held.closed_us - now_us)


def source(request: Request) -> str:
    """Return the source address as it may be kept: hashed, by a key and the day (UTC), so that the
    next day nobody can tell that it was here. The addresses of one IPv6 network (/64) are one."""
    address = request.source
    if ":" in address:
        from ipaddress import ip_network

        address = str(ip_network(f"{address}/64", strict=False))
    return tokens.derive("source", clock.now().date().isoformat(), address).hex()[:32]


def _pass(
    table: Callable[[], Table], name: str, rate_of: Callable[[], Rate], merchant_id: str = ""
) -> None:
    """Take a token out of a bucket: of the process's own share, else of what it has drawn."""
    if len(_held) > HELD_MAX:
        _held.clear()
    held = _held.get(name)
    if held is None:
        held = _held[name] = Held()
    now_us = _now()
    if now_us < held.closed_us <= now_us + KEPT_US:
        raise _refused(held.closed_us - now_us)
    held.own_full_us, wait_us = limits.take(held.own_full_us, rate_of().share(), now_us)
    if not wait_us:
        return
    if not held.drawn or not 0 <= now_us - held.drawn_us < KEPT_US:
        _draw(table(), name, held, rate_of, merchant_id)
    held.drawn -= 1


def _draw(
    table: Table, name: str, held: Held, rate_of: Callable[[], Rate], merchant_id: str
) -> None:
    """Draw tokens from the table: a read, and a write when there are any. Raises RATE_LIMITED."""
    from regulars.store import limits as shared

    key = shared.named(name)
    if merchant_id:
        merchant, there = table.get(keys.merchant(merchant_id), key)
        _learn(merchant_id, merchant)
    else:
        (there,) = table.get(key)
    rate = rate_of()
    most = max(1, rate.share().burst)
    held.drawn, wait_us = shared.draw(table, key, rate, there, most)
    held.drawn_us = _now()
    if not held.drawn:
        # For a second at least, so that who is refused does not ask the table each time.
        wait_us = min(max(wait_us, limits.SECOND_US), KEPT_US)
        held.closed_us = held.drawn_us + wait_us
        raise _refused(wait_us)


def _knows(merchant_id: str) -> bool:
    return 0 <= _now() - _merchants.get(merchant_id, (-KEPT_US, 0, 0))[0] < KEPT_US


def _own(merchant_id: str) -> tuple[int, int]:
    return _merchants.get(merchant_id, (0, 0, 0))[1:]


def _learn(merchant_id: str, item: Item | None) -> None:
    own = item.get("own", {}) if item else {}
    if len(_merchants) > HELD_MAX:
        _merchants.clear()
    found = own.get("rate_per_second", 0), own.get("burst", 0)
    _merchants[merchant_id] = (_now(), *found)


def _refused(wait_us: int) -> Refused:
    detail = "There were too many requests in a short time; send it again after Retry-After."
    wait_s = -(-wait_us // limits.SECOND_US)
    return Refused(RefusalCode.RATE_LIMITED, detail, retry_after_s=wait_s)


def _now() -> int:
    return to_ms(clock.now()) * 1000
