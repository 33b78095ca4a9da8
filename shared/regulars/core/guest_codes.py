"""Codes that a guest's page shows besides the card's own: of vouchers, for another device, and the
one with which a card is recovered.

Like the card's code the first two are made from the time and our key; nothing is stored for them.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable

from regulars.core import ring, tokens
from regulars.core.tokens import CODE_STEP_S, HANDLE_BITS, HANDLE_LENGTH
from regulars.domain import codes

VOUCHER_CHECK_BITS = 25
DEVICE_STEP_S = 300
DEVICE_CODE_LENGTH = 8
RECOVERY_LENGTH = 10
OFFLINE_LENGTH = tokens.OFFLINE_CODE_LENGTH
OFFLINE_BITS = 30
OFFLINE_S = 30 * 24 * 3600
"""For how long after a change of our keys a device without network can still show its codes."""


def voucher_code(merchant_id: str, handle: str, voucher_id: str, epoch_s: int) -> str:
    """The ten characters that the guest's page shows for a voucher for one step: the card's handle,
    masked, and a check that only fits this voucher."""
    return _voucher_code(merchant_id, handle, voucher_id, epoch_s // CODE_STEP_S, ring.newest())


def handles_in(merchant_id: str, code: str, epoch_s: int) -> list[str]:
    """The handles that a voucher's rotating code may name at this time, newest step first; whether
    there is such a voucher says `is_voucher_code`."""
    number = codes.decode(code)
    if number is None or len(code) != codes.CODE_LENGTH:
        return []
    masked, check = number >> VOUCHER_CHECK_BITS, number & ((1 << VOUCHER_CHECK_BITS) - 1)
    return [
        codes.encode(masked ^ _mask(merchant_id, check, step, key), HANDLE_LENGTH)
        for key in tokens.code_keys(epoch_s)
        for step in tokens.accepted_steps(epoch_s)
    ]


def is_voucher_code(
    merchant_id: str, handle: str, voucher_id: str, code: str, epoch_s: int
) -> bool:
    """Tell whether a code is the one of this voucher, in its step or the one after it."""
    return any(
        tokens.same(_voucher_code(merchant_id, handle, voucher_id, step, key), code)
        for key in tokens.code_keys(epoch_s)
        for step in tokens.accepted_steps(epoch_s)
    )


def device_code(merchant_id: str, member_id: str, made_from: str, epoch_s: int) -> str:
    """The eight characters with which a device of the card lets another one in.

    They change every five minutes and with `made_from`, which changes when a device has come in.
    40 bits of a card that one must know already: not to be guessed.
    """
    step = epoch_s // DEVICE_STEP_S
    return _device_code(merchant_id, member_id, made_from, step, ring.newest())


def is_device_code(
    merchant_id: str, member_id: str, made_from: str, code: str, epoch_s: int
) -> bool:
    """Tell whether a typed code lets a device in: for at least five minutes, at most ten."""
    given = codes.normal(code)
    return any(
        tokens.same(_device_code(merchant_id, member_id, made_from, step, key), given)
        for key in ring.names_at(epoch_s, 2 * DEVICE_STEP_S)
        for step in (epoch_s // DEVICE_STEP_S, epoch_s // DEVICE_STEP_S - 1)
    )


def offline_key(merchant_id: str, handle: str, device_id: str, ring_key: str = "") -> bytes:
    """The key with which a device of a card makes its codes without network. It is derived, not
    stored, and worth nothing once the card does not live on the device any more."""
    key = ring_key or ring.newest()
    return tokens.derive("offline-card", merchant_id, handle, device_id, key=key)


def offline_code(handle: str, key: bytes, epoch_s: int) -> str:
    """The eleven characters that a device shows without network: the handle and a check."""
    return _offline_code(handle, key, epoch_s // CODE_STEP_S)


def offline_handle(code: str) -> str:
    """The handle in a code of a device without network, unconfirmed; empty when it is none."""
    given = codes.normal(code)
    return given[:HANDLE_LENGTH] if len(given) == OFFLINE_LENGTH else ""


def is_offline_code(
    merchant_id: str, handle: str, device_ids: Iterable[str], code: str, epoch_s: int
) -> bool:
    """Tell whether one of a card's devices shows this code now. The clock of a phone without
    network may run a step ahead, or two behind."""
    given, now = codes.normal(code), epoch_s // CODE_STEP_S
    names = [*ring.names_at(epoch_s, OFFLINE_S)]
    return any(
        tokens.same(
            _offline_code(handle, offline_key(merchant_id, handle, device, name), step), given
        )
        for device in device_ids
        for name in names
        for step in range(now + 1, now - 3, -1)
    )


def _offline_code(handle: str, key: bytes, step: int) -> str:
    mac = hmac.digest(key, str(step).encode(), "sha256")
    check = int.from_bytes(mac[:4]) & ((1 << OFFLINE_BITS) - 1)
    return handle + codes.encode(check, OFFLINE_LENGTH - HANDLE_LENGTH)


def new_recovery_code() -> str:
    """Ten characters to keep on paper; 50 bits."""
    return codes.encode(int.from_bytes(os.urandom(8)), RECOVERY_LENGTH)


def recovery_digest(merchant_id: str, code: str) -> str:
    """How a recovery code lies in the table, as a key of it: worth nothing without the ring's first
    key, with which it is made for ever."""
    return tokens.derive("recovery", merchant_id, codes.normal(code)).hex()[:40]


def _voucher_code(merchant_id: str, handle: str, voucher_id: str, step: int, key: str) -> str:
    mac = tokens.derive("voucher-code", merchant_id, handle, voucher_id, str(step), key=key)
    check = int.from_bytes(mac[:4]) & ((1 << VOUCHER_CHECK_BITS) - 1)
    masked = (codes.decode(handle) or 0) ^ _mask(merchant_id, check, step, key)
    return codes.encode(masked << VOUCHER_CHECK_BITS | check, codes.CODE_LENGTH)


def _device_code(merchant_id: str, member_id: str, made_from: str, step: int, key: str) -> str:
    mac = tokens.derive("device-code", merchant_id, member_id, made_from, str(step), key=key)
    return codes.encode(int.from_bytes(mac[:5]), DEVICE_CODE_LENGTH)


def _mask(merchant_id: str, check: int, step: int, key: str) -> int:
    mac = tokens.derive("voucher-code-mask", merchant_id, str(check), str(step), key=key)
    return int.from_bytes(mac[:4]) & ((1 << HANDLE_BITS) - 1)
