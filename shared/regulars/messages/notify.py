"""Asks for a notification: through the queue, or delivered at once in a sandbox."""

from __future__ import annotations

import json
from datetime import datetime

from regulars.core.config import settings
from regulars.core.tokens import is_sandbox
from regulars.messages.notification import Notification
from regulars.store import wire


def notify(merchant_id: str, wanted: Notification, now: datetime | None = None) -> None:
    """Ask for a notification. What it says, and whether it may be sent, is decided on delivery.

    `now` is the sandbox's time while its clock is being moved.
    """
    if is_sandbox(merchant_id):
        from regulars.messages import delivery

        delivery.deliver_to_sandbox(merchant_id, wanted, now)
        return
    body = {
        "merchant_id": merchant_id,
        "member_id": wanted.member_id,
        "kind": wanted.kind,
        "occasion": wanted.occasion,
        "facts": dict(wanted.facts),
    }
    wire.send_message(settings().messages_queue_url, json.dumps(body))
