"""Make and read codes that people say and type."""

from __future__ import annotations

from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: digits and capitals without I, L, O and U."""


CODE_LENGTH = 10
"""Characters of a voucher code; 50 bits."""


def encode(number: int, length: int) -> str:
    """Write the lowest `length` x 5 bits of a number, most significant first."""
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def decode(code: str) -> int | None:
    """Read the number of a normal code; None when a character is not of the alphabet."""
    number = 0
    for char in code:
        place = ALPHABET.find(char)
        if place < 0:
            return None
        number = number << 5 | place
    return number


def normal(code: str) -> str:
    """Write a typed or scanned code in its normal form: capitals, no gaps, O as 0, I and L as 1."""
    kept = "".join(char for char in code.upper() if char.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def drawn(seed: bytes, length: int) -> str:
    """Derive a code of up to 12 characters from a seed; the same seed gives the same code."""
    return encode(int.from_bytes(sha256(seed).digest()[:8]), length)
