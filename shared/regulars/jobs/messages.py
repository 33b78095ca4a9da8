"""Telling members and owners something, at most once each.

`tell` is called by jobs and by the outbox with what happened; what a message says, in which
language, and whether it may be sent at all is decided when it is delivered. A live merchant's
message goes through the queue to SES; a sandbox's is delivered at once into a list for reading.

SES knows no idempotency: a delivery is claimed for a quarter of an hour, sent, and marked. When a
function dies between sending and marking, the message is sent once more, never twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars import clock, tokens
from regulars.config import settings
from regulars.domain.calendar import to_ms
from regulars.jobs import composing
from regulars.jobs.composing import Mail
from regulars.jobs.context import Shop
from regulars.observability import logger
from regulars.store import keys
from regulars.store.members import Members
from regulars.store.table import Absent, Below, Table

LEASE_MS = 15 * 60 * 1000
TRIES_MAX = 2
MESSAGE_DAYS = 400


@dataclass(frozen=True, slots=True)
class Tell:
    """Something to be told: to whom, what kind, of which occasion (told once), with what facts."""

    member_id: str
    kind: str
    occasion: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def op(self) -> str:
        return f"told:{self.kind}:{self.member_id}:{self.occasion}"


def tell(shop: Shop, message: Tell) -> None:
    """Have something told: now in a sandbox, through the queue otherwise."""
    if shop.sandbox:
        deliver(shop, message, keep_for_reading)
        return
    from regulars.store import boto

    body = {
        "merchant_id": shop.merchant_id,
        "member_id": message.member_id,
        "kind": message.kind,
        "occasion": message.occasion,
        "facts": dict(message.facts),
    }
    boto.send_message(settings().messages_queue_url, json.dumps(body))


def deliver(shop: Shop, message: Tell, send: Callable[[Shop, Mail], None]) -> bool:
    """Compose, claim, send, mark. False when it must not or need not be sent."""
    mail = _compose(shop, message)
    if mail is None:
        return False
    lease = _claim(shop.table, shop.merchant_id, message)
    if lease is None:
        return False
    send(shop, mail)
    pk, sk = keys.operation(shop.merchant_id, message.op)
    shop.table.put({"PK": pk, "SK": sk, **lease, "sent": True})
    return True


def keep_for_reading(shop: Shop, mail: Mail) -> None:
    """Where a sandbox's messages go."""
    at_ms = to_ms(shop.now)
    shop.table.put(
        {
            "PK": keys.messages(shop.merchant_id),
            "SK": f"{at_ms:013}#{tokens.random_id(8)}",
            "to": mail.to,
            "channel": "email",
            "kind": mail.kind,
            "language": mail.language,
            "subject": mail.subject,
            "text": mail.text,
            "at": at_ms,
            "ttl": to_ms(clock.now()) // 1000 + MESSAGE_DAYS * 24 * 3600,
        }
    )


def _compose(shop: Shop, message: Tell) -> Mail | None:
    """The mail, or None: no address, no consent, nothing left to say."""
    if message.member_id == keys.MERCHANT_LEVEL:
        return composing.to_owner(shop, message.kind, message.facts)
    profile = Members(shop.table, shop.merchant_id).profile(message.member_id)
    if profile is None or not profile.email or not profile.consents.get("email"):
        return None
    return composing.to_member(shop, profile, message.kind, message.facts)


def _claim(table: Table, merchant_id: str, message: Tell) -> dict[str, Any] | None:
    """Claim the delivery; None when it was made, is being made, or was tried often enough."""
    now_ms = to_ms(clock.now())
    pk, sk = keys.operation(merchant_id, message.op)
    first = {"lease": now_ms + LEASE_MS, "tries": 1, "sent": False}
    there = table.put({"PK": pk, "SK": sk, **first}, Absent())
    if there is None:
        return first
    if there["sent"] or there["tries"] >= TRIES_MAX or there["lease"] >= now_ms:
        return None
    again = {"lease": now_ms + LEASE_MS, "tries": there["tries"] + 1, "sent": False}
    taken = table.put({"PK": pk, "SK": sk, **again}, Below("lease", now_ms))
    if taken is not None:
        return None
    logger().warning("a message may be sent twice", extra={"kind": message.kind})
    return again
