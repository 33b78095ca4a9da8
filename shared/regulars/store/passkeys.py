"""Passkeys of people who run a shop, and ceremonies: adding one or signing in, once begun.

All passkeys of a person are one item. A ceremony is another, which is good once, for some minutes,
in the browser that began it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.core import tokens
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import formats, keys, staff
from regulars.store.conditions import Absent, Equals, Without
from regulars.store.marshal import Item
from regulars.store.staff import Person
from regulars.store.table import Put, Table

PASSKEYS_MAX = 10
"""How many one person can have."""

GOOD_MS = 5 * 60 * 1000
"""How long a ceremony is good for."""

KEPT_S = 3600
CEREMONY_ID_LENGTH = 32
_CEREMONY_ID = re.compile(rf"[0-9a-z]{{{CEREMONY_ID_LENGTH}}}")


class Passkey(NamedTuple):
    """One passkey. Times are in ms, 0 without."""

    credential_id: str
    """As its authenticator made it, in base64url."""
    public_key: bytes
    """COSE key."""
    uses: int
    """How often its authenticator says it was used; 0 from those that do not count."""
    name: str
    """As the person called it; may be empty."""
    created_ms: int
    used_ms: int = 0

    @property
    def passkey_id(self) -> str:
        """A short name of it: 64 bits of a hash."""
        return tokens.digest(self.credential_id)[:16]


class Passkeys(NamedTuple):
    """All passkeys of a person, the oldest first."""

    merchant_id: str
    staff_id: str
    all: tuple[Passkey, ...] = ()
    version: int = 0
    rest: Mapping[str, Any] = staff.NOTHING
    """What a newer version of the service keeps of them."""

    def of(self, person: Person) -> tuple[Passkey, ...]:
        """Return those that are good: none of before the platform named another mailbox."""
        return tuple(one for one in self.all if one.created_ms >= person.not_before_ms)

    def put(self, now: tuple[Passkey, ...]) -> Put:
        """Return the write of these passkeys, if they are still as they were read."""
        condition = Equals("version", self.version) if self.version else Absent()
        return Put(_item(self._replace(all=now, version=self.version + 1)), condition)


def read(table: Table, merchant_id: str, staff_id: str) -> tuple[Person | None, Passkeys]:
    """Read a person with their passkeys, as of now; None for nobody, also for one who was taken
    off."""
    person_item, item = table.get(
        keys.staff(merchant_id, staff_id), keys.passkeys(merchant_id, staff_id)
    )
    person = staff.person_of(person_item) if person_item else None
    found = Passkeys(merchant_id, staff_id)
    if item:
        take, rest = formats.taken(item)
        listed = tuple(Passkey(*one) for one in take("list"))
        found = found._replace(all=listed, version=take("version"), rest=rest)
    return (None if person is None or person.gone_ms else person), found


def emptied(merchant_id: str, staff_id: str, now_ms: int) -> Put:
    """Return the write that leaves nothing of the passkeys of a person who is taken off."""
    item = _item(Passkeys(merchant_id, staff_id))
    return Put({**item, "ttl": now_ms // 1000})


def begin(table: Table, purpose: str, now_ms: int) -> tuple[str, str]:
    """Begin a ceremony for a purpose; returns its id, which is its challenge, and the secret that
    the browser keeps."""
    ceremony_id, secret = tokens.random_id(CEREMONY_ID_LENGTH), tokens.random_id(32)
    pk, sk = keys.ceremony(ceremony_id)
    until_ms = now_ms + GOOD_MS
    item = {
        "PK": pk, "SK": sk, "for": purpose, "browser": tokens.digest(secret), "until": until_ms,
        "ttl": until_ms // 1000 + KEPT_S,
    }  # fmt: skip
    table.put(item, Absent())
    return ceremony_id, secret


def finish(table: Table, ceremony_id: str, secret: str, purpose: str, now_ms: int) -> None:
    """Use a ceremony up, whatever comes of it; of any number of requests at once one does.

    Raises CODE_EXPIRED when it is over, or not of this browser and purpose, CODE_USED.
    """
    item: Item | None = None
    if _CEREMONY_ID.fullmatch(ceremony_id):
        (item,) = table.get(keys.ceremony(ceremony_id))
    own = item is not None and hmac.compare_digest(item["browser"], tokens.digest(secret))
    if item is None or not own or item["for"] != purpose or now_ms >= item["until"]:
        raise Refused(RefusalCode.CODE_EXPIRED, "Ask for new options in this browser, then repeat.")
    if "used" in item or table.put({**item, "used": True}, Without("used")) is not None:
        raise Refused(RefusalCode.CODE_USED, "Options are good once: ask for new ones.")


def _item(passkeys: Passkeys) -> Item:
    pk, sk = keys.passkeys(passkeys.merchant_id, passkeys.staff_id)
    listed = [list(one) for one in passkeys.all]
    return {**passkeys.rest, "PK": pk, "SK": sk, "list": listed, "version": passkeys.version}
