"""Messages whose quiet hours are over: they are asked for again."""

from __future__ import annotations

from regulars.messages.later import LATER, waits_until
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop
from regulars.store import keys, merchant_settings


def hand_on(shop: Shop, subject: str) -> None:
    """Ask again for a message whose time has come; one that is still early stays on the list."""
    member_id = subject.partition(".")[0]
    pk, sk = keys.due_mark(shop.merchant_id, member_id, f"{LATER}:{subject}")
    (mark,) = shop.table.get((pk, sk))
    if mark is None or "message" not in mark:
        return
    message = Notification(member_id, **mark["message"])
    _, own = merchant_settings.read(shop.table, shop.merchant_id)
    if waits_until(shop, message, own) is None:
        notify(shop.merchant_id, message, shop.now)
        shop.table.put({"PK": pk, "SK": sk})
