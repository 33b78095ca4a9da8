"""The proof that a guest's card was seen at the counter: a code of its device was scanned.

The counter gets it with the guest and sends it along when it redeems a reward; a reward of a guest
who was only found by name is booked as `unverified`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.core import tokens
from regulars.domain.calendar import to_ms
from regulars.store.staff import Session

GOOD_FOR = timedelta(minutes=10)
"""How long a guest counts as just seen: a reward may be unlocked by what is booked meanwhile."""

_PURPOSE = "seen"


def proof(merchant_id: str, session: Session, member_id: str, now: datetime) -> str:
    """Return the proof that a device of the counter has seen a member's card."""
    until_ms = to_ms(now + GOOD_FOR)
    return tokens.sign(_PURPOSE, _payload(merchant_id, session, member_id, until_ms))


def is_proved(
    merchant_id: str, session: Session, member_id: str, now: datetime, given: str
) -> bool:
    """Tell whether a proof is of this member, for this device, and not over."""
    payload = tokens.unsign(_PURPOSE, given) or ""
    until = payload.rpartition(" ")[2]
    until_ms = int(until) if until.isdigit() else 0
    is_of_these = payload == _payload(merchant_id, session, member_id, until_ms)
    return is_of_these and to_ms(now) < until_ms


def _payload(merchant_id: str, session: Session, member_id: str, until_ms: int) -> str:
    return f"{merchant_id} {session.device.device_id} {member_id} {until_ms}"
