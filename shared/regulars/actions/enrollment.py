"""Enrolling a device: a link that is used once, and the device that its button makes."""

from __future__ import annotations

from typing import Any, NamedTuple

from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import closing, keys, staff
from regulars.store.conditions import Without
from regulars.store.marshal import Item
from regulars.store.staff import Device, Person
from regulars.store.table import Absent, Put, Table

TOKEN_LENGTH = 26
"""130 bits, five in each character."""

KEPT_S = 30 * 24 * 3600
"""How long a link that was used or is too old says so, before it is unknown."""


class Link(NamedTuple):
    """A link to be shown once, and its write."""

    url: str
    expires_ms: int
    put: Put


class Invitation(NamedTuple):
    """A link as it was opened: for whom it is, and what became of it."""

    merchant_id: str
    person: Person
    name: str
    location: str | None
    expires_ms: int
    """0 for one from when links did not end."""
    device_id: str
    """The device that it enrolled; empty while it was not used."""
    item: Item

    def is_over(self, now_ms: int) -> bool:
        """Whether its time is over."""
        return bool(self.expires_ms) and self.expires_ms <= now_ms


def link(merchant_id: str, staff_id: str, name: str, location: str | None, expires_ms: int) -> Link:
    """Return a link that enrols a device of this name for a person, until an instant."""
    token = tokens.random_id(TOKEN_LENGTH)
    pk, sk = keys.link(tokens.digest(token))
    item: dict[str, Any] = {
        "PK": pk, "SK": sk, "m": merchant_id, "s": staff_id, "name": name, "until": expires_ms,
        "ttl": expires_ms // 1000 + KEPT_S,
    }  # fmt: skip
    if location:
        item["loc"] = location
    return Link(f"{settings().base_url}/staff/{token}", expires_ms, Put(item, Absent()))


def opened(table: Table, token: str) -> Invitation:
    """Read what a link is for; raises NOT_FOUND for no link, for one of somebody who may not sign
    in any more, and of a merchant that was closed."""
    (item,) = table.get(keys.link(tokens.digest(token)))
    if item is None or "s" not in item:
        raise Refused(RefusalCode.NOT_FOUND)
    person = staff.person(table, item["m"], item["s"])
    if person is None or not person.works or closing.read(table, item["m"]):
        raise Refused(RefusalCode.NOT_FOUND)
    only = person.locations[0] if len(person.locations) == 1 else None
    return Invitation(
        item["m"], person, item.get("name", person.name), item.get("loc") or only,
        item.get("until", 0), item.get("device", ""), item,
    )  # fmt: skip


def use(table: Table, invitation: Invitation, device: Device, noted: Put) -> None:
    """Enroll the device with a link, once; raises CODE_USED when another request was faster."""
    used = {**invitation.item, "device": device.device_id}
    writes = [
        Put(used, Without("device")), staff.put_device(invitation.merchant_id, device), noted
    ]  # fmt: skip
    try:
        staff.write(table, writes)
    except Refused as refused:
        raise Refused(RefusalCode.CODE_USED) from refused
