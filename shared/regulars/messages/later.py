"""Messages that wait for the end of the quiet hours, or until SES takes more of them: a due mark of
the member holds each."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from regulars.core.observability import count, logger
from regulars.domain.calendar import hour_of
from regulars.domain.quiet import quiet_until
from regulars.messages.kinds import kind
from regulars.messages.notification import Notification
from regulars.program.shop import Shop
from regulars.store.ledger import due_item
from regulars.store.merchant_settings import MerchantSettings

LATER = "later"
"""Under this name they stand in the due list."""


def waits_until(shop: Shop, message: Notification, own: MerchantSettings) -> datetime | None:
    """Return until when a message has to wait; None for one that may go out now.

    What somebody asked for, and what concerns the owner, does not wait.
    """
    if not kind(message.kind).consent:
        return None
    return quiet_until(shop.now, shop.program.timezone, own.quiet_from, own.quiet_until)


def wait_for_quota(shop: Shop, message: Notification, code: str) -> None:
    """Keep a message that SES refused because there were too many; in an hour it is tried again."""
    put_off(shop, message, shop.now + timedelta(hours=1))
    count("MailsPutOff")
    logger().warning("put off", extra={"kind": message.kind, "why": code})


def put_off(shop: Shop, message: Notification, until: datetime) -> None:
    """Keep a message until its time; keeping it twice is keeping it once."""
    named = sha256(message.op.encode()).hexdigest()[:16]
    mark = due_item(
        shop.merchant_id,
        message.member_id,
        f"{LATER}:{message.member_id}.{named}",
        hour_of(until),
    )
    held = {"kind": message.kind, "occasion": message.occasion, "facts": dict(message.facts)}
    shop.table.put({**mark, "message": held})
