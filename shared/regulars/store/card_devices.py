"""The devices a card lives on: browsers that hold a secret of their own for it.

They stand in the profile of the card, each as the digest of its secret, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from regulars.core import guest_codes, tokens

DEVICES_MAX = 5
"""How many devices a card lives on; one more ends the oldest."""

SECRET_LENGTH = 26
ID_LENGTH = 12

SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac", "Linux")
"""What is remembered of a browser, so that its owner knows it again: the first of these that its
own words name."""


class CardDevice(NamedTuple):
    """A browser that a card lives on."""

    digest: str
    at_ms: int
    """Since when."""
    by: str
    """How it came in: `join`, `link` (the first of a card that had none), `mail`, `code` (from
    another device), `recovery`."""
    system: str = ""

    @property
    def device_id(self) -> str:
        """What names it to its owner; it opens nothing."""
        return self.digest[:ID_LENGTH]


def new_device(secret: str, at_ms: int, by: str, user_agent: str) -> CardDevice:
    """Return the device with a secret, as it is kept."""
    system = next((name for name in SYSTEMS if name in user_agent), "")
    return CardDevice(tokens.digest(secret), at_ms, by, system)


def with_secret(devices: Iterable[CardDevice], secret: str) -> CardDevice | None:
    """Return the device that has a secret, None when there is none (any more)."""
    digest = tokens.digest(secret)
    return next((one for one in devices if tokens.same(one.digest, digest)), None)


def devices_of(stored: Iterable[Mapping[str, Any]]) -> tuple[CardDevice, ...]:
    """Return the devices in a profile's item; what later releases add is left out."""
    fields = CardDevice._fields
    return tuple(
        CardDevice(**{name: one[name] for name in fields if name in one}) for one in stored
    )


def shows(devices: Iterable[CardDevice], merchant_id: str, code: str, epoch_s: int) -> bool:
    """Tell whether one of a card's devices shows this code now, without network."""
    ids, handle = [one.device_id for one in devices], guest_codes.offline_handle(code)
    return guest_codes.is_offline_code(merchant_id, handle, ids, code, epoch_s)
