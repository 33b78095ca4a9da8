"""Asking for something to be told: a message on the queue, or at once in a sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.config import settings
from regulars.store import wire
from regulars.tokens import is_sandbox


class Tell(NamedTuple):
    """Something to be told: to whom, what kind, of which occasion (told once), with what facts."""

    member_id: str
    kind: str
    occasion: str
    facts: Mapping[str, Any] = MappingProxyType({})

    @property
    def op(self) -> str:
        """The operation id of the delivery."""
        return f"told:{self.kind}:{self.member_id}:{self.occasion}"


def tell(merchant_id: str, message: Tell, now: datetime | None = None) -> None:
    """Have something told. What it says, and whether it may be sent, is decided on delivery.

    `now` is the sandbox's time while its clock is being moved.
    """
    if is_sandbox(merchant_id):
        from regulars.jobs import messages

        messages.deliver_to_sandbox(merchant_id, message, now)
        return
    body = {
        "merchant_id": merchant_id,
        "member_id": message.member_id,
        "kind": message.kind,
        "occasion": message.occasion,
        "facts": dict(message.facts),
    }
    wire.send_message(settings().messages_queue_url, json.dumps(body))
