"""A notification: whom it is for, of what kind, what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.domain.calendar import hour_of, to_ms


class Notification(NamedTuple):
    """Something a member (or, as `keys.MERCHANT_LEVEL`, the owner) is to be notified of."""

    member_id: str
    kind: str
    """A module of `kinds`."""
    occasion: str
    """What it is about; of one occasion nobody is notified twice."""
    facts: Mapping[str, Any] = MappingProxyType({})

    @property
    def op(self) -> str:
        """The operation id of the delivery."""
        return f"told:{self.kind}:{self.member_id}:{self.occasion}"


CARD_LINK_MS = 24 * 3600 * 1000
"""How long the mailed way to a card is good for."""


def card_link(member_id: str, now: datetime, recovered_ms: int) -> Notification:
    """The way to the card, once an hour: who asks again has the link that was sent, or has used
    it."""
    occasion = f"{hour_of(now)}:{recovered_ms}" if recovered_ms else hour_of(now)
    return Notification(member_id, "card_link", occasion, {"asked": to_ms(now)})


def welcome(member_id: str) -> Notification:
    """The welcome again, for who had no address when the card was made: it is of the same occasion,
    the first entry, so that nobody is welcomed twice."""
    return Notification(member_id, "welcome", "1")
