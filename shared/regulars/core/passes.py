"""What names a card's pass in the wallet of a phone, lets the phone ask for it, and stands on it.

A pass stays on a phone for years, and neither its serial number nor its token may change. So both
are made from the card alone, with the ring's first key, which stays for ever; nothing is stored for
them. They name the number of the card's link: when that is renewed, what was given out before it is
over. Why the code may stay the same, and what it cannot do: docs/adr/0041.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.core import tokens
from regulars.domain import codes

CODE_LENGTH = 15
"""Characters of the code on a pass: the card's handle and 50 bits that only we can make. No other
code of ours is as long."""

TOKEN_LENGTH = 26
"""128 bits, five in each character."""

SERIAL_MAX = 60


class Serial(NamedTuple):
    """Which pass: of a merchant's member, by the number of the card's link."""

    merchant_id: str
    member_id: str
    link: int

    def __str__(self) -> str:
        return f"{self.merchant_id}.{self.member_id}.{self.link}"


def serial_in(text: str) -> Serial | None:
    """The serial number in a text; None when it is none. Whether there is such a pass only the
    token says."""
    parts = text.split(".")
    if len(text) > SERIAL_MAX or len(parts) != 3 or not text.isascii():
        return None
    merchant_id, member_id, link = parts
    named = merchant_id.isalnum() and member_id.isalnum() and link.isdigit()
    return Serial(merchant_id, member_id, int(link)) if named else None


def token(serial: Serial) -> str:
    """What a phone shows to be told of a pass; of this one alone."""
    mac = tokens.derive("wallet-pass", serial.merchant_id, serial.member_id, str(serial.link))
    return codes.encode(int.from_bytes(mac[:16]), TOKEN_LENGTH).lower()


def is_token(serial: Serial, given: str) -> bool:
    """Tell in constant time whether this is the token of a pass."""
    return tokens.same(token(serial), given)


def code(merchant_id: str, handle: str, link: int) -> str:
    """The code on a card's passes. It names the member, always, and proves nothing."""
    mac = tokens.derive("wallet-code", merchant_id, handle, str(link))
    check = codes.encode(int.from_bytes(mac[:8]), CODE_LENGTH - tokens.HANDLE_LENGTH)
    return codes.normal(handle) + check


def handle_in(given: str) -> str:
    """The handle in the code of a pass, unconfirmed; empty when it is no such code."""
    text = codes.normal(given)
    return text[: tokens.HANDLE_LENGTH] if len(text) == CODE_LENGTH else ""


def is_code(merchant_id: str, handle: str, link: int, given: str) -> bool:
    """Tell in constant time whether this is the code on the card's passes."""
    return tokens.same(code(merchant_id, handle, link), codes.normal(given))


def phone(device_library_id: str) -> str:
    """How a phone lies in the table: by a digest of the name that it has made up for itself."""
    return tokens.digest(f"wallet:{device_library_id}")[:40]
