"""Signing in by mail: what was asked for, and whose mailboxes are whose.

An item is written also for an address that nobody has: who asks learns nothing from the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.core import tokens
from regulars.store import closing, formats, keys, staff
from regulars.store.marshal import Item
from regulars.store.staff import MANAGER, OWNER, Person
from regulars.store.table import Absent, Equals, Put, Table

GOOD_MS = 15 * 60 * 1000
"""How long link and code are good."""

TRIES_MAX = 5
"""Wrong codes that end one."""

KEPT_S = 24 * 3600
SHOPS_MAX = 100


class SignIn(NamedTuple):
    """What was asked for. Link and code are made from its id, with our key."""

    sign_in_id: str
    mailbox: str
    """Digest of the address."""
    browser: str
    """Digest of a secret that the browser keeps that asked."""
    until_ms: int
    tries: int = 0
    used: bool = False
    version: int = 0
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""

    def is_good(self, now_ms: int) -> bool:
        """Tell whether it can still be used."""
        return not self.used and now_ms < self.until_ms


def read(table: Table, sign_in_id: str) -> SignIn | None:
    """Read what was asked for; None for nothing."""
    (item,) = table.get(keys.sign_in(sign_in_id))
    if item is None:
        return None
    take, rest = formats.taken(item)
    take("ttl")
    return SignIn(
        sign_in_id, take("box"), take("browser"), take("until"), take("tries"), take("used"),
        take("version"), rest,
    )  # fmt: skip


def write(table: Table, wanted: SignIn) -> bool:
    """Write it over the version that was read; False when another request was faster."""
    pk, sk = keys.sign_in(wanted.sign_in_id)
    item: Item = {
        **wanted.rest, "PK": pk, "SK": sk, "box": wanted.mailbox, "browser": wanted.browser,
        "until": wanted.until_ms, "tries": wanted.tries, "used": wanted.used,
        "version": wanted.version + 1, "ttl": wanted.until_ms // 1000 + KEPT_S,
    }  # fmt: skip
    condition = Equals("version", wanted.version) if wanted.version else Absent()
    return table.put(item, condition) is None


def owners(table: Table, mailbox: str) -> list[tuple[str, Person]]:
    """Return who signs in to the console with a mailbox: (merchant, person), the shops in order of
    their ids; none of a merchant that was closed."""
    page = table.query(keys.mailbox(mailbox), limit=SHOPS_MAX, consistent=True)
    found: list[tuple[str, Person]] = []
    for item in page.items:
        if "m" not in item:  # of a merchant that was closed
            continue
        merchant_id, staff_id = item["m"], item["s"]
        person = staff.person(table, merchant_id, staff_id)
        if person and _signs_in_with(person, mailbox) and not closing.read(table, merchant_id):
            found.append((merchant_id, person))
    return found


def has_console(person: Person) -> bool:
    """Tell whether a person may sign in to the console at all: an owner or a manager who works."""
    return person.works and person.role in {MANAGER, OWNER}


def _signs_in_with(person: Person, mailbox: str) -> bool:
    if not has_console(person) or not person.email:
        return False
    return tokens.mailbox_digest(person.email) == mailbox


def mailbox_put(merchant_id: str, person: Person) -> list[Put]:
    """Return the write by which a person is found by their mailbox; none without one, and none in
    a sandbox, which has no console of its own.

    What stands there of an earlier address is passed over by `owners`.
    """
    if not person.email or tokens.is_sandbox(merchant_id):
        return []
    pk = keys.mailbox(tokens.mailbox_digest(person.email))
    item: dict[str, Any] = {
        "PK": pk, "SK": f"{merchant_id}#{person.staff_id}", "m": merchant_id, "s": person.staff_id
    }  # fmt: skip
    return [Put(item)]


def new_owner(merchant_id: str, staff_id: str, name: str, email: str, created_ms: int) -> list[Put]:
    """Return the writes of the first owner of a merchant, who signs in with a mailbox. The name is
    what they are called until they say."""
    owner = Person(staff_id, name, OWNER, email=email, created_ms=created_ms)
    return [staff.put_person(merchant_id, owner), *mailbox_put(merchant_id, owner)]


def moved(table: Table, merchant_id: str, before: str, email: str, now_ms: int) -> list[Put]:
    """Return the writes by which owners who sign in with the address `before` do so with `email`.

    What stands under the old mailbox is passed over by `owners` from then on. Whoever has it may
    have signed in by it and made other ways in: sessions, passkeys and PIN of before are over.
    """
    found: list[Put] = []
    for person in staff.people(table, merchant_id):
        if person.works and person.role == OWNER and person.email == before != email:
            after = person._replace(email=email, pin="", not_before_ms=now_ms)
            found += [staff.put_person(merchant_id, after), *mailbox_put(merchant_id, after)]
    return found
