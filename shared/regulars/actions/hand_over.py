"""The link at which a member's own data is handed over (GDPR art. 15 and 20)."""

from __future__ import annotations

from typing import NamedTuple

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms

LINK_S = 15 * 60
"""How long a link is good for."""

_PURPOSE = "export-link"


class Named(NamedTuple):
    """Whose data a link is about."""

    merchant_id: str
    member_id: str


def path(named: Named) -> str:
    """Return the path at which the data can be fetched for a quarter of an hour."""
    until = to_ms(clock.now()) // 1000 + LINK_S
    token = tokens.sign(_PURPOSE, f"{named.merchant_id} {named.member_id} {until}")
    return f"/e/{token}"


def opened(token: str) -> Named | None:
    """Return whose data a link is about; None for one that is not ours, or is over."""
    payload = tokens.unsign(_PURPOSE, token)
    merchant_id, member_id, until = payload.split(" ") if payload else ("", "", "0")
    if int(until) <= to_ms(clock.now()) // 1000:
        return None
    return Named(merchant_id, member_id)
