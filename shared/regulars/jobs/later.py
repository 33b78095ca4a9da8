"""Messages that have waited long enough: they are asked for again."""

from __future__ import annotations

from regulars.messages.later import LATER, put_off, waits_until
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import keys, merchant_settings


def hand_on(shop: Shop, subject: str) -> None:
    """Ask again for a message whose time has come; at night it waits for the morning."""
    member_id = subject.partition(".")[0]
    pk, sk = keys.due_mark(shop.merchant_id, member_id, f"{LATER}:{subject}")
    (mark,) = shop.table.get((pk, sk))
    if mark is None or "message" not in mark:
        return
    message = Notification(member_id, **mark["message"])
    _, own = merchant_settings.read(shop.table, shop.merchant_id)
    until = waits_until(shop, message, own)
    if until is not None:
        put_off(shop, message, until)
        return
    notify(shop.merchant_id, message, shop.now)
    shop.table.put({"PK": pk, "SK": sk})
