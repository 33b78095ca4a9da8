"""Codes that a guest's page shows besides the card's own: of vouchers, for another device, and the
one with which a card is recovered.

Like the card's code the first two are made from the time and our key; nothing is stored for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from regulars.core import tokens
from regulars.core.tokens import CODE_STEP_S, CODE_STEPS_ACCEPTED, HANDLE_BITS, HANDLE_LENGTH
from regulars.domain import codes

VOUCHER_CHECK_BITS = 25
DEVICE_STEP_S = 300
DEVICE_CODE_LENGTH = 8
RECOVERY_LENGTH = 10


def voucher_code(merchant_id: str, handle: str, voucher_id: str, epoch_s: int) -> str:
    """The ten characters that the guest's page shows for a voucher for one step: the card's handle,
    masked, and a check that only fits this voucher."""
    step = epoch_s // CODE_STEP_S
    check = _check(merchant_id, handle, voucher_id, step)
    masked = (codes.decode(handle) or 0) ^ _mask(merchant_id, check, step)
    return codes.encode(masked << VOUCHER_CHECK_BITS | check, codes.CODE_LENGTH)


def handles_in(merchant_id: str, code: str, epoch_s: int) -> list[str]:
    """The handles that a voucher's rotating code may name at this time, newest step first; whether
    there is such a voucher says `is_voucher_code`."""
    number = codes.decode(code)
    if number is None or len(code) != codes.CODE_LENGTH:
        return []
    masked, check = number >> VOUCHER_CHECK_BITS, number & ((1 << VOUCHER_CHECK_BITS) - 1)
    return [
        codes.encode(masked ^ _mask(merchant_id, check, step), HANDLE_LENGTH)
        for step in _steps(epoch_s)
    ]


def is_voucher_code(
    merchant_id: str, handle: str, voucher_id: str, code: str, epoch_s: int
) -> bool:
    """Tell whether a code is the one of this voucher, in its step or the one after it."""
    return any(
        tokens.same(voucher_code(merchant_id, handle, voucher_id, step * CODE_STEP_S), code)
        for step in _steps(epoch_s)
    )


def device_code(merchant_id: str, member_id: str, made_from: str, epoch_s: int) -> str:
    """The eight characters with which a device of the card lets another one in.

    They change every five minutes and with `made_from`, which changes when a device has come in.
    40 bits of a card that one must know already: not to be guessed.
    """
    step = epoch_s // DEVICE_STEP_S
    mac = tokens.derive("device-code", merchant_id, member_id, made_from, str(step))
    return codes.encode(int.from_bytes(mac[:5]), DEVICE_CODE_LENGTH)


def is_device_code(
    merchant_id: str, member_id: str, made_from: str, code: str, epoch_s: int
) -> bool:
    """Tell whether a typed code lets a device in: for at least five minutes, at most ten."""
    given = codes.normal(code)
    return any(
        tokens.same(device_code(merchant_id, member_id, made_from, at), given)
        for at in (epoch_s, epoch_s - DEVICE_STEP_S)
    )


def new_recovery_code() -> str:
    """Ten characters to keep on paper; 50 bits."""
    return codes.encode(int.from_bytes(os.urandom(8)), RECOVERY_LENGTH)


def recovery_digest(merchant_id: str, code: str) -> str:
    """How a recovery code lies in the table: worth nothing without our key."""
    return tokens.derive("recovery", merchant_id, codes.normal(code)).hex()[:40]


def _steps(epoch_s: int) -> Iterator[int]:
    current = epoch_s // CODE_STEP_S
    return iter(range(current, current - CODE_STEPS_ACCEPTED, -1))


def _check(merchant_id: str, handle: str, voucher_id: str, step: int) -> int:
    mac = tokens.derive("voucher-code", merchant_id, handle, voucher_id, str(step))
    return int.from_bytes(mac[:4]) & ((1 << VOUCHER_CHECK_BITS) - 1)


def _mask(merchant_id: str, check: int, step: int) -> int:
    mac = tokens.derive("voucher-code-mask", merchant_id, str(check), str(step))
    return int.from_bytes(mac[:4]) & ((1 << HANDLE_BITS) - 1)
