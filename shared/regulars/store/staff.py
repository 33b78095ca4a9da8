"""People who work at a merchant, and the devices that they use at the counter.

A device is enrolled once and keeps a secret; a person signs in on it for a working day. What is
compared is stored hashed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from regulars.domain.allowances import StaffDay
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import formats, keys
from regulars.store.conditions import Condition
from regulars.store.marshal import Item
from regulars.store.table import Absent, Cancelled, Check, Equals, Put, Table

STAFF, MANAGER, OWNER = "staff", "manager", "owner"

ROLES: Final = (STAFF, MANAGER, OWNER)
"""From least to most."""

DAY_KEPT_S = 3 * 24 * 3600

NO_LIMITS: Mapping[str, int] = MappingProxyType({})
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Person(NamedTuple):
    """Somebody who works at a merchant. Times are in ms, 0 without."""

    staff_id: str
    name: str
    role: str
    locations: tuple[str, ...] = ()
    """Where they work; everywhere when empty."""
    limits: Mapping[str, int] = NO_LIMITS
    """Their own limits by name, in the place of the programme's."""
    email: str = ""
    pin: str = ""
    """A digest of the PIN; empty without one."""
    active: bool = True
    created_ms: int = 0
    gone_ms: int = 0
    """When they were taken off; entries and the audit log go on naming them."""
    not_before_ms: int = 0
    """When the platform named another mailbox: what signed them in before is over."""
    version: int = 0
    """Rises with every change."""
    rest: Mapping[str, Any] = NOTHING
    """What a newer version of the service keeps of them."""

    @property
    def works(self) -> bool:
        """Whether they may sign in."""
        return self.active and not self.gone_ms

    def works_at(self, location: str | None) -> bool:
        """Tell whether they work at a location; a device without one is used by everybody."""
        return not self.locations or location is None or location in self.locations


class Device(NamedTuple):
    """A browser that was enrolled for the counter, and who is signed in on it."""

    device_id: str
    name: str
    location: str | None
    sha256: str
    """Digest of its secret."""
    staff: tuple[str, ...] = ()
    """Who has signed in on it, by id; the first one enrolled it."""
    who: str = ""
    """Who is signed in; empty for nobody."""
    session: str = ""
    """Digest of the session's secret."""
    until_ms: int = 0
    """When the session ends."""
    seen_ms: int = 0
    """When somebody signed in last."""
    revoked_ms: int = 0
    created_ms: int = 0
    version: int = 0
    sure_ms: int = 0
    """When who is signed in showed who they are, by mail or passkey; 0 for by PIN."""
    key_from: str = ""
    """What the key is made from with which it signs what it books without a connection; empty
    for a device that was enrolled before there was one."""
    booked_n: int = 0
    """The number of the last booking that it sent so."""
    booked_ms: int = 0
    """When that was made, as the device says."""
    rest: Mapping[str, Any] = NOTHING
    """What a newer version of the service keeps of it."""


class Session(NamedTuple):
    """A person who is signed in on a device."""

    person: Person
    device: Device
    day: StaffDay
    """What they have booked, on the day of their last booking."""

    @property
    def staff_id(self) -> str:
        return self.person.staff_id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def role(self) -> str:
        return self.person.role

    @property
    def location(self) -> str | None:
        """Where they are: the device's place, or the only one they work at."""
        only = self.person.locations[0] if len(self.person.locations) == 1 else None
        return self.device.location or only

    def may_name(self, location: str) -> bool:
        """Tell whether what they book may have been at a location: the one of the device, or, on a
        device without one, any at which they work."""
        own = self.device.location
        return location == own if own else self.person.works_at(location)


def people(table: Table, merchant_id: str) -> list[Person]:
    """Read who works at a merchant, in order of their names."""
    items = table.items(keys.merchant(merchant_id)[0], prefix=keys.STAFF_PREFIX, consistent=True)
    found = (person_of(item) for item in items)
    here = (person for person in found if not person.gone_ms)
    return sorted(here, key=lambda person: (person.name.casefold(), person.staff_id))


def person(table: Table, merchant_id: str, staff_id: str) -> Person | None:
    """Read one of them; None for nobody, also for one who was taken off."""
    (item,) = table.get(keys.staff(merchant_id, staff_id))
    found = person_of(item) if item else None
    return found if found and not found.gone_ms else None


def devices(table: Table, merchant_id: str) -> list[Device]:
    """Read the devices that may be used, the newest first."""
    items = table.items(keys.merchant(merchant_id)[0], prefix=keys.DEVICE_PREFIX, consistent=True)
    found = (device_of(item) for item in items)
    live = (device for device in found if not device.revoked_ms)
    return sorted(live, key=lambda device: (-device.created_ms, device.device_id))


def device(table: Table, merchant_id: str, device_id: str) -> Device | None:
    """Read a device; None when there is none, or none any more."""
    (item,) = table.get(keys.device(merchant_id, device_id))
    found = device_of(item) if item else None
    return found if found and not found.revoked_ms else None


def put_person(merchant_id: str, one: Person) -> Put:
    """Return the write of a person, if they are still as they were read."""
    item = person_item(merchant_id, one._replace(version=one.version + 1))
    return Put(item, _unchanged(one.version))


def put_device(merchant_id: str, one: Device) -> Put:
    """Return the write of a device, if it is still as it was read."""
    item = device_item(merchant_id, one._replace(version=one.version + 1))
    return Put(item, _unchanged(one.version))


def unchanged(merchant_id: str, one: Person | Device) -> Check:
    """Return the condition that a person or a device is still as it was read."""
    if isinstance(one, Person):
        return Check(keys.staff(merchant_id, one.staff_id), _unchanged(one.version))
    return Check(keys.device(merchant_id, one.device_id), _unchanged(one.version))


def write(table: Table, writes: Sequence[Put | Check]) -> None:
    """Write what was changed, all or nothing; raises CONFLICT when another request was faster."""
    try:
        table.transact(writes)
    except Cancelled as cancelled:
        detail = "It is being changed by another request; try again."
        raise Refused(RefusalCode.CONFLICT, detail) from cancelled


def read_day(table: Table, merchant_id: str, staff_id: str) -> tuple[StaffDay, int]:
    """Read what a person has booked on the day of their last booking, and the record's version."""
    (item,) = table.get(keys.staff_day(merchant_id, staff_id))
    return day_of(item), item["version"] if item else 0


def visits_of(table: Table, merchant_id: str, people: Sequence[str], day: str) -> dict[str, int]:
    """Read how many visits people have booked by hand on a day."""
    items = table.get(*(keys.staff_day(merchant_id, one) for one in people), consistent=False)
    days = (day_of(item) for item in items)
    pairs = zip(people, days, strict=True)
    return {one: found.visits if found.day == day else 0 for one, found in pairs}


def write_day(
    table: Table, merchant_id: str, staff_id: str, day: StaffDay, version: int, *,
    counting: tuple[str, int], now_ms: int,
) -> bool:  # fmt: skip
    """Write a person's day over a version of it, as it is after an entry (member and number).

    Returns False when another request was faster; True also when the entry was counted before.
    """
    pk, sk = keys.staff_entry(merchant_id, staff_id, *counting)
    ttl = now_ms // 1000 + DAY_KEPT_S
    mark = {"PK": pk, "SK": sk, "ttl": ttl}
    pk, sk = keys.staff_day(merchant_id, staff_id)
    item = {
        "PK": pk, "SK": sk, "day": day.day, "visits": day.visits, "spend": day.spend_minor,
        "gifts": day.gifts, "undos": day.undos, "version": version + 1, "ttl": ttl,
    }  # fmt: skip
    try:
        table.transact([Put(mark, Absent()), Put(item, _unchanged(version))])
    except Cancelled as cancelled:
        return cancelled.reasons[0].failed
    return True


def _unchanged(version: int) -> Condition:
    return Equals("version", version) if version else Absent()


def person_item(merchant_id: str, one: Person) -> Item:
    """Write a person's record."""
    pk, sk = keys.staff(merchant_id, one.staff_id)
    item: dict[str, Any] = {
        **one.rest,
        "PK": pk,
        "SK": sk,
        "name": one.name,
        "role": one.role,
        "active": one.active,
        "created": one.created_ms,
        "version": one.version,
    }
    more = {
        "locs": list(one.locations), "limits": dict(one.limits), "email": one.email,
        "pin": one.pin, "gone": one.gone_ms, "not_before": one.not_before_ms,
    }  # fmt: skip
    return item | {name: value for name, value in more.items() if value}


def person_of(item: Item) -> Person:
    """Read a person's record, also one from when a device and who used it were one thing."""
    take, rest = formats.taken(item)
    only = take("loc", "")
    return Person(
        take("SK").removeprefix(keys.STAFF_PREFIX),
        take("name"),
        take("role"),
        tuple(take("locs", (only,) if only else ())),
        take("limits", NO_LIMITS),
        take("email", ""),
        take("pin", ""),
        take("active"),
        take("created", 0),
        take("gone", 0),
        take("not_before", 0),
        take("version", 0),
        rest,
    )


def device_item(merchant_id: str, one: Device) -> Item:
    """Write a device's record."""
    pk, sk = keys.device(merchant_id, one.device_id)
    item: dict[str, Any] = {
        **one.rest,
        "PK": pk,
        "SK": sk,
        "name": one.name,
        "sha256": one.sha256,
        "created": one.created_ms,
        "seen": one.seen_ms,
        "version": one.version,
    }
    more = {
        "loc": one.location, "staff": list(one.staff), "who": one.who, "session": one.session,
        "until": one.until_ms, "revoked": one.revoked_ms, "sure": one.sure_ms,
        "key": one.key_from, "n": one.booked_n, "at": one.booked_ms,
    }  # fmt: skip
    return item | {name: value for name, value in more.items() if value}


def device_of(item: Item) -> Device:
    """Read a device's record."""
    take, rest = formats.taken(item)
    return Device(
        take("SK").removeprefix(keys.DEVICE_PREFIX),
        take("name"),
        take("loc", None),
        take("sha256"),
        tuple(take("staff", ())),
        take("who", ""),
        take("session", ""),
        take("until", 0),
        take("seen"),
        take("revoked", 0),
        take("created"),
        take("version"),
        take("sure", 0),
        take("key", ""),
        take("n", 0),
        take("at", 0),
        rest,
    )


def day_of(item: Item | None) -> StaffDay:
    """Read what a person has booked, on the day of their last booking."""
    if item is None:
        return StaffDay()
    return StaffDay(item["day"], item["visits"], item["spend"], item["gifts"], item["undos"])
