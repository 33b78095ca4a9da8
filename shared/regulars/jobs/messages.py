"""The messages queue: each message leaves, or stands on the list of what needs a person."""

from __future__ import annotations

from typing import Any

from regulars.actions import aside, attention
from regulars.domain.calendar import to_ms
from regulars.messages.channels.email import send_mail
from regulars.messages.delivery import deliver
from regulars.messages.kinds import kind
from regulars.messages.notification import Notification
from regulars.program.load import ClosedError
from regulars.program.shop import load_shop
from regulars.store import connect


def deliver_queued(body: dict[str, Any]) -> None:
    """Deliver one notification; raises when it could not be sent, to be tried again. A merchant
    that was closed tells nobody anything but its owner what becomes of the data."""
    wanted = _wanted(body)
    try:
        shop = load_shop(
            connect.table(), body["merchant_id"], closed=kind(wanted.kind).after_closing
        )
    except ClosedError:
        return
    deliver(shop, wanted, send_mail)


def given_up(body: dict[str, Any], error: Exception) -> None:
    """Put a message that could not be sent on the list; the queue brings it no more."""
    shop = load_shop(connect.table(), body["merchant_id"], closed=True)
    attention.raise_(
        shop.table,
        shop.merchant_id,
        "failed_message",
        _wanted(body).op,
        why=aside.why_of(error),
        about={"member_id": body["member_id"], "message": body["kind"]},
        at_ms=to_ms(shop.now),
        data=body,
    )


def _wanted(body: dict[str, Any]) -> Notification:
    return Notification(body["member_id"], body["kind"], body["occasion"], body["facts"])
