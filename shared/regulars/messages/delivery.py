"""Delivering what is to be told to members and owners, at most once each.

What a message says, in which language, and whether it may be sent at all is decided here. A live
merchant's goes through the queue to SES; a sandbox's is put into a list for reading.

SES knows no idempotency: a delivery is claimed for some minutes, sent, and marked. When a function
dies between sending and marking, the message is sent again, never twice. When SES says no, the
claim is given up, and the delivery can be tried again at once and as often as the queue brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from regulars.core import clock, tokens
from regulars.core.observability import logger
from regulars.domain.calendar import to_ms
from regulars.messages import compose, later
from regulars.messages.channels.sandbox import keep_for_reading
from regulars.messages.kinds import kind
from regulars.messages.mail import Mail, NotSentError, QuotaError
from regulars.messages.notification import Notification
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys, limits, merchant_settings
from regulars.store.members import Members
from regulars.store.merchant_settings import Known
from regulars.store.table import Absent, Below, Table

LEASE_MS = 5 * 60 * 1000
"""Longer than any function lives, shorter than the queue keeps bringing a message (3, 6, ... 12
minutes later): what was lost with a function is still there when its claim has run out."""

TRIES_MAX = 2

TOO_MANY = "too_many_mails"
"""Why a message stays unsent whose reader has had as many today as one may get."""


class SendInProgressError(Exception):
    """Another delivery of the message is under way, or died a moment ago; worth a later try."""


def deliver(shop: Shop, message: Notification, send: Callable[[Shop, Mail], None]) -> bool:
    """Compose, claim, send, mark. False when it must not or need not be sent, or waits for the end
    of the quiet hours.

    Raises SendInProgressError, and whatever `send` raises; but a message for which there is no
    quota today waits an hour.
    """
    known = merchant_settings.read(shop.table, shop.merchant_id)
    mail = _compose(shop, known, message)
    if mail is None:
        return False
    if until := later.waits_until(shop, message, known[1]):
        later.put_off(shop, message, until)
        return False
    lease = _claim(shop.table, shop.merchant_id, message)
    if lease is None:
        return False
    pk, sk = keys.operation(shop.merchant_id, message.op)
    counted = _count(shop, message, mail)
    if counted is None:
        shop.table.put({"PK": pk, "SK": sk, **lease, "lease": 0, "unsent": TOO_MANY})
        logger().warning("not sent", extra={"kind": message.kind, "why": TOO_MANY})
        return False
    try:
        send(shop, mail)
    except NotSentError as error:
        limits.right(shop.table, *counted)
        given_up = {**lease, "lease": 0, "tries": lease["tries"] - 1}
        shop.table.put({"PK": pk, "SK": sk, **given_up})
        if isinstance(error, QuotaError) and error.lasts:
            later.wait_for_quota(shop, message, str(error))
            return False
        raise
    shop.table.put({"PK": pk, "SK": sk, **lease, "sent": True})
    return True


def deliver_to_sandbox(merchant_id: str, message: Notification, now: datetime | None) -> None:
    """Put a sandbox's message into its list."""
    with suppress(SendInProgressError):
        deliver(load_shop(connect.table(), merchant_id, now), message, keep_for_reading)


def _count(shop: Shop, message: Notification, mail: Mail) -> tuple[limits.Counted, ...] | None:
    """Count a mail to a member's address, of all shops together; None for one too many.

    Mails of every kind count, also those that somebody asked for: that is how a stranger would
    have them sent. What an owner gets nobody else can ask for, and a sandbox sends nothing.
    """
    if message.member_id == keys.MERCHANT_LEVEL or tokens.is_sandbox(shop.merchant_id):
        return ()
    today = limits.mails_of(mail.to)
    return None if limits.count(shop.table, today) else (today,)


def _compose(shop: Shop, known: Known, message: Notification) -> Mail | None:
    """The mail, or None: no address, no consent, mails were stopped, nothing left to say."""
    if message.member_id == keys.MERCHANT_LEVEL:
        return compose.compose_for_owner(shop, known, message.kind, message.facts)
    members = Members(shop.table, shop.merchant_id)
    profile = members.profile(message.member_id)
    address = compose.address(profile, message.kind) if profile else ""
    if profile is None or not address:
        return None
    agreed = profile.consents.get("email") and address == profile.email
    # Who asked for it may not be whose address it is: who wants no mails gets none.
    if not agreed and (kind(message.kind).consent or members.wants_no_mails(address)):
        return None
    return compose.compose_for_member(shop, known, profile, message.kind, message.facts)


def _claim(table: Table, merchant_id: str, message: Notification) -> dict[str, Any] | None:
    """Claim the delivery; None when it was made or may have been made often enough."""
    now_ms = to_ms(clock.now())
    pk, sk = keys.operation(merchant_id, message.op)
    first = {"lease": now_ms + LEASE_MS, "tries": 1, "sent": False}
    there = table.put({"PK": pk, "SK": sk, **first}, Absent())
    if there is None:
        return first
    if there["sent"] or "unsent" in there or there["tries"] >= TRIES_MAX:
        return None
    if there["lease"] >= now_ms:
        raise SendInProgressError
    again = {"lease": now_ms + LEASE_MS, "tries": there["tries"] + 1, "sent": False}
    taken = table.put({"PK": pk, "SK": sk, **again}, Below("lease", now_ms))
    if taken is not None:
        raise SendInProgressError
    if there["tries"]:
        logger().warning("a message may be sent twice", extra={"kind": message.kind})
    return again
