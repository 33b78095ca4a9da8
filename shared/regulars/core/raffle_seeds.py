"""The numbers that raffles are drawn with."""

from __future__ import annotations

from regulars.core import tokens


def raffle_seed(merchant_id: str, raffle_id: str) -> str:
    """The number that a raffle is drawn with, in hexadecimal: fixed before the first ticket."""
    return tokens.derive("raffle", merchant_id, raffle_id).hex()
