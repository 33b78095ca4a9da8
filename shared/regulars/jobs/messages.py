"""The messages queue: each message leaves, or stands on the list of what needs a person; phones are
told of passes that changed."""

from __future__ import annotations

from typing import Any

from regulars.actions import aside, attention
from regulars.core.observability import count
from regulars.domain.calendar import to_ms
from regulars.jobs import feedback
from regulars.messages import later
from regulars.messages.channels.email import send_mail
from regulars.messages.delivery import deliver
from regulars.messages.kinds import kind
from regulars.messages.mail import QuotaError
from regulars.messages.notification import Notification
from regulars.program.load import ClosedError
from regulars.program.shop import load_shop
from regulars.store import connect


def deliver_queued(body: dict[str, Any]) -> None:
    """Deliver one notification, or take what SES reports of one; raises when it could not be done,
    to be tried again. A merchant that was closed tells nobody anything but its owner what becomes
    of the data."""
    if feedback.is_one(body):
        feedback.take(body)
        return
    if "wallet" in body:
        from regulars.jobs import wallets  # mails do not wait for its libraries

        wallets.notify(body)
        return
    wanted = _wanted(body)
    try:
        shop = load_shop(
            connect.table(), body["merchant_id"], closed=kind(wanted.kind).after_closing
        )
    except ClosedError:
        return
    if deliver(shop, wanted, send_mail):
        count("MailsSent")


def given_up(body: dict[str, Any], error: Exception) -> bool:
    """Say where a message is kept that could not be sent, now that the queue brings it no more: it
    waits where there were too many mails, and else stands on the list of what needs a person."""
    if feedback.is_one(body):
        return False
    if "wallet" in body:
        from regulars.jobs import wallets

        return wallets.given_up(body, error)
    shop = load_shop(connect.table(), body["merchant_id"], closed=True)
    if isinstance(error, QuotaError):
        later.wait_for_quota(shop, _wanted(body), str(error))
        return True
    count("MailsFailed")
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
    return False


def _wanted(body: dict[str, Any]) -> Notification:
    return Notification(body["member_id"], body["kind"], body["occasion"], body["facts"])
