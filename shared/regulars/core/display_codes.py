"""What a display of the counter shows: links made from the time, the device and our key.

Nothing is stored for them. A new one comes after 30 seconds, and each is good for 60. Letters and
digits only, so that a messenger that passes one on cuts nothing off.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from regulars.core import ring, tokens
from regulars.domain import codes

STEP_S: Final = 30
GOOD_S: Final = 60
_STEP_LENGTH: Final = 6
_MAC_LENGTH: Final = 16
"""80 bits: it can only be tried, and only for a minute."""

_DEVICE_LENGTH: Final = 11
"""Characters of a device's id after its first."""

_LENGTH: Final = tokens.MERCHANT_ID_LENGTH + _DEVICE_LENGTH + _STEP_LENGTH + _MAC_LENGTH
_PURPOSE: Final = "display-code"


class Shown(NamedTuple):
    """What a link of a display says."""

    merchant_id: str
    device_id: str
    step: int

    @property
    def until_s(self) -> int:
        """When it ends, in seconds since 1970."""
        return self.step * STEP_S + GOOD_S


def token(merchant_id: str, device_id: str, epoch_s: int) -> str:
    """What the link ends with that a display shows at this time."""
    return _token(Shown(merchant_id, device_id, epoch_s // STEP_S), ring.newest())


def expires_s(epoch_s: int) -> int:
    """When a display shows the next link, in seconds since 1970."""
    return (epoch_s // STEP_S + 1) * STEP_S


def read(given: str) -> Shown | None:
    """What a link says that one of our displays has shown, whenever that was; None for others."""
    key, rest = (given[: ring.NAME_LENGTH], given[ring.NAME_LENGTH :])
    if not given.startswith("k"):
        key, rest = "", given
    if len(rest) != _LENGTH or not ring.takes(key, tokens.SIGNED_S):
        return None
    merchant_id, rest = rest[: tokens.MERCHANT_ID_LENGTH], rest[tokens.MERCHANT_ID_LENGTH :]
    device_id, rest = f"d{rest[:_DEVICE_LENGTH]}", rest[_DEVICE_LENGTH:]
    step = codes.decode(rest[:_STEP_LENGTH].upper())
    if step is None:
        return None
    shown = Shown(merchant_id, device_id, step)
    return shown if tokens.same(_token(shown, key), given) else None


def _token(shown: Shown, key: str) -> str:
    step = codes.encode(shown.step, _STEP_LENGTH).lower()
    mac = tokens.derive(_PURPOSE, shown.merchant_id, shown.device_id, str(shown.step), key=key)
    check = codes.encode(int.from_bytes(mac[:10]), _MAC_LENGTH).lower()
    return f"{key}{shown.merchant_id}{shown.device_id[1:]}{step}{check}"
