"""A sandbox's messages: kept for reading, never sent."""

from __future__ import annotations

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.messages.mail import Mail
from regulars.program.shop import Shop
from regulars.store import keys

MESSAGE_DAYS = 400


def keep_for_reading(shop: Shop, mail: Mail) -> None:
    """Where a sandbox's messages go."""
    at_ms = to_ms(shop.now)
    shop.table.put(
        {
            "PK": keys.messages(shop.merchant_id),
            "SK": f"{at_ms:013}#{tokens.random_id(8)}",
            "c": mail.member_id,
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
