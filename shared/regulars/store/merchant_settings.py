"""What a merchant has set about itself: who is asked about data, when nobody is written to, limits.

It lies in the merchant's own item, but nothing on the way of a scan needs it. Live merchant and
sandbox have one each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.conditions import same_version
from regulars.store.marshal import Item
from regulars.store.merchants import Merchant, listed, merchant_of
from regulars.store.table import Cancelled, Check, Put, Table

QUIET_FROM, QUIET_UNTIL = "21:00", "08:00"
"""When nobody is written to, unless the merchant has set it."""

TRIES_MAX = 5
CHANGING = "The merchant is being changed by others; try again."


class MerchantSettings(NamedTuple):
    """What a merchant has set; texts are empty and numbers 0 where nothing is set."""

    postal_address: str = ""
    privacy_contact: str = ""
    privacy_url: str = ""
    sender_name: str = ""
    reply_to: str = ""
    quiet_from: str = QUIET_FROM
    quiet_until: str = QUIET_UNTIL
    retention_months: int = 0
    """The retention rule: after how many months without use a member is erased."""
    retention_from_ms: int = 0
    """When the rule begins to hold; 0 for one that was set before anything acted on it."""
    set_up_done: bool = False
    set_up_step: str = ""
    """How far the first run of the console has come; empty at its beginning."""
    rate_per_second: int = 0
    """Requests a second of one key."""
    burst: int = 0
    owner_to: str = ""
    """The address that the owner is to have, once both addresses have agreed."""
    owner_asked_ms: int = 0
    owner_agreed: str = ""
    """Which of the two has agreed first: `from` or `to`; empty for neither."""


_NOTHING = MerchantSettings()

Known = tuple[Merchant, MerchantSettings]


def of_item(item: Item) -> MerchantSettings:
    """Return the settings in a merchant's item."""
    kept: dict[str, Any] = item.get("own", {})
    return MerchantSettings(
        **{name: kept[name] for name in MerchantSettings._fields if name in kept}
    )


def read(table: Table, merchant_id: str) -> Known:
    """Return a merchant and its settings as of now; raises NOT_FOUND when there is none."""
    (item,) = table.get(keys.merchant(merchant_id))
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return merchant_of(item), of_item(item)


def change(table: Table, merchant_id: str, make: Callable[[Known], Known], *noted: Put) -> Known:
    """Write what `make` makes of a merchant and its settings, with lines of the audit log, and
    return it.

    Raises NOT_FOUND when there is no such merchant, CONFLICT when others keep changing it, and
    Cancelled when a condition of `noted` does not hold.
    """
    (item,) = table.get(keys.merchant(merchant_id))
    for _ in range(TRIES_MAX):
        if not item:
            raise Refused(RefusalCode.NOT_FOUND)
        merchant, settings = make((merchant_of(item), of_item(item)))
        own = {
            name: value
            for name, value in settings._asdict().items()
            if value != getattr(_NOTHING, name)
        }
        changed = {
            **item, **listed(merchant), "name": merchant.name, "slug": merchant.slug,
            "owner_email": merchant.owner_email, "own": own, "ver": item.get("ver", 0) + 1,
        }  # fmt: skip
        try:
            table.transact([Put(changed, same_version(item)), *noted])
        except Cancelled as cancelled:
            if not cancelled.reasons[0].failed:
                raise
            item = cancelled.reasons[0].item or {}
        else:
            return merchant, settings
    raise Refused(RefusalCode.CONFLICT, CHANGING)


def put_beside(table: Table, merchant: Item, *writes: Put) -> None:
    """Write items that follow from a merchant's settings; raises CONFLICT when its item is not
    what was read."""
    pk, sk = merchant["PK"], merchant["SK"]
    try:
        table.transact([*writes, Check((pk, sk), same_version(merchant))])
    except Cancelled as cancelled:
        raise Refused(RefusalCode.CONFLICT, CHANGING) from cancelled


def put_into_list(table: Table, merchant_id: str) -> None:
    """Put a merchant that was created before there was a list of all into it."""
    (item,) = table.get(keys.merchant(merchant_id), consistent=False)
    if item and "GSI1PK" not in item and listed(merchant_of(item)):
        change(table, merchant_id, lambda known: known)


def page(
    table: Table, *, limit: int, before: tuple[int, str] | None
) -> tuple[list[Known], tuple[int, str] | None]:
    """Return live merchants, the newest first, and the place after which the next page begins."""
    start = None
    if before is not None:
        created_ms, merchant_id = before
        pk, sk = keys.merchant(merchant_id)
        order = keys.in_time(created_ms, merchant_id)
        start = {"PK": pk, "SK": sk, "GSI1PK": keys.MERCHANTS, "GSI1SK": order}
    read = table.query(keys.MERCHANTS, index=True, newest_first=True, limit=limit, start=start)
    found = [(merchant_of(item), of_item(item)) for item in read.items]
    last = found[-1][0] if found and read.next is not None else None
    return found, (last.created_ms, last.merchant_id) if last else None
