"""Devices of the counter that book without a connection: who they are, and what they have signed.

A device is known by its cookie, which outlives sessions. What it books it signs with a key of its
own, over the number, the time and the body of the booking; its browser keeps the key so that
scripts can use it and not read it. Why: docs/adr/0033.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, sessions
from regulars.http.protocol import Request
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import keys, merchants, staff
from regulars.store.staff import Device
from regulars.store.table import Table

if TYPE_CHECKING:
    from regulars.store.limits import Counted


class Known(NamedTuple):
    """A device that a browser is, whether or not it may still be used, and the shop it is of."""

    device: Device
    shop: Shop
    tries: tuple[Counted, ...] = ()
    """Where its wrong codes are counted."""

    def wrong_code(self) -> None:
        """Count a code that nobody has; raises RATE_LIMITED when it was one too many."""
        limits.wrong(self.shop.table, self.tries)

    def was_revoked(self, at_ms: int) -> bool:
        """Tell whether it had been taken off at an instant of the shop's clock. Devices are taken
        off in real time, which a sandbox's clock may be ahead of."""
        real_ms = at_ms - to_ms(self.shop.now) + to_ms(clock.now())
        return 0 < self.device.revoked_ms <= real_ms


def gather(table: Table, request: Request) -> Known:
    """Return the device of a request's cookie and its shop.

    Raises FORBIDDEN for a call that does not come from our scripts, UNAUTHORIZED for a browser that
    is no device, RATE_LIMITED.
    """
    if request.headers.get("x-regulars") != "staff":
        raise Refused(RefusalCode.FORBIDDEN, "This call must come from the staff page.")
    named = sessions.device_key(request)
    if named is None:
        raise Refused(RefusalCode.UNAUTHORIZED, "This browser is no device of the counter.")
    key, m, secret = named
    also = limits.admit(table, m, None, tokens.digest(secret), request.route)
    tries = limits.tries(None, key)
    asked = [key, keys.program(m), keys.clock(m), *also, *(one.key for one in tries)]
    found = dict(zip(asked, table.get(*asked), strict=True))
    limits.learn(m, found)
    item, program_item = found[key], found[keys.program(m)]
    device = staff.device_of(item) if item else None
    good = device is not None and hmac.compare_digest(device.sha256, tokens.digest(secret))
    if device is None or not good or program_item is None or "closed" in program_item:
        limits.missed(lambda: table, request)
        raise Refused(RefusalCode.UNAUTHORIZED, "This browser is no device of the counter.")
    limits.require_open([found[one.key] for one in tries], tries)
    now: datetime = merchants.now_of(m, found[keys.clock(m)])
    program = program_of(program_item).at(to_ms(now))
    return Known(device, Shop(table, m, program, now, shows_links=False), tries)


def key_of(merchant_id: str, device: Device) -> bytes:
    """Return the 32 bytes with which a device signs what it books without a connection. They are
    made from what its record has: the key itself is kept nowhere on our side."""
    of_ring, seed = device.key_from[: -tokens.SEED_LENGTH], device.key_from
    return tokens.derive("booking", merchant_id, device.device_id, seed, key=of_ring)


def signature(merchant_id: str, device: Device, n: int, at: str, body: Any) -> str:
    """Return the signature of a booking as hexadecimal digits: HMAC-SHA-256 over its number, its
    time as it was sent, and its body with sorted keys and without blanks, one in each line."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    message = f"{n}\n{at}\n{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key_of(merchant_id, device), message, "sha256").hex()


def is_signed(merchant_id: str, device: Device, booking: dict[str, Any]) -> bool:
    """Tell whether a device has signed a booking; one without a key signs nothing."""
    if not device.key_from:
        return False
    wanted = signature(merchant_id, device, booking["n"], booking["at"], booking["body"])
    return tokens.same(wanted, booking["signature"])
