"""Who keeps what a guest types: it stands on every page that asks for something."""

from __future__ import annotations

from typing import NamedTuple

from regulars.store import merchant_settings
from regulars.store.marshal import Item


class Controller(NamedTuple):
    """Name and address in one line, whom to ask, where the notice is, and after how many months
    without use of the card it is erased (0 without a rule)."""

    name: str
    contact: str = ""
    url: str = ""
    months: int = 0


def controller_of(item: Item) -> Controller:
    """Return who keeps the data, from a merchant's item."""
    own = merchant_settings.of_item(item)
    named = ", ".join(filter(None, (item["name"], own.postal_address)))
    return Controller(named, own.privacy_contact, own.privacy_url, own.retention_months)
