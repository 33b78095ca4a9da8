"""What the operations on keys, people, devices and the audit log do, in words."""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.refusals import RefusalCode as Code


class Text(NamedTuple):
    """An operation in words."""

    tag: str
    description: str
    refusals: tuple[Code, ...] = ()


ACCESS: dict[str, Text] = {
    "GET /v1/keys": Text("Access", "Lists the API keys, the newest first, without their secrets."),
    "POST /v1/keys": Text(
        "Access",
        "Creates a key, which is shown this once. `full` may do everything; `read` sees and "
        "changes nothing; `till` enrols, books and redeems; `export` takes whole records out; "
        "`publishable` is for the pages of a shop, from the origins that are named.",
        (Code.LIMIT_REACHED, Code.CONFLICT),
    ),
    "POST /v1/keys/{id}/roll": Text(
        "Access",
        "Makes another key with the same name and scopes; the old one can be used for "
        "`overlap_hours` more.",
        (Code.LIMIT_REACHED, Code.CONFLICT),
    ),
    "DELETE /v1/keys/{id}": Text(
        "Access",
        "Revokes a key at once: it is answered like an unknown one. The last key with the scope "
        "`full` stays.",
        (Code.INVALID, Code.CONFLICT),
    ),
    "GET /v1/staff": Text(
        "Access", "Lists who works there, by name. A manager sees the people of own places."
    ),
    "POST /v1/staff": Text(
        "Access",
        "Adds a person. `staff` work at the counter; a `manager` also goes beyond limits and looks "
        "after members, staff and devices of own places; an `owner` may do everything. With a PIN "
        "a person can sign in by name on a device that others enrolled.",
        (Code.LIMIT_REACHED, Code.CONFLICT),
    ),
    "PATCH /v1/staff/{id}": Text(
        "Access",
        "Changes the fields that are sent; `null` takes away e-mail, PIN and own limits. One who "
        "is not active is signed out within seconds. The last owner stays one.",
        (Code.CONFLICT,),
    ),
    "DELETE /v1/staff/{id}": Text(
        "Access",
        "Takes a person off: they are signed out within seconds. Entries go on naming them.",
        (Code.INVALID, Code.CONFLICT),
    ),
    "POST /v1/staff/{id}/devices": Text(
        "Access",
        "Makes a link that enrols one device for the person, once, within 15 minutes: it opens a "
        "page whose button makes that browser a device of the counter.",
    ),
    "GET /v1/devices": Text(
        "Access", "Lists the devices that may be used, the newest first, and who signed in on them."
    ),
    "GET /v1/fraud": Text(
        "Access",
        "Lists signals of fraud, newest first: what was found by looking every hour at what was "
        "booked. Each says why. Nothing is blocked by a signal.",
    ),
    "POST /v1/fraud/{id}": Text(
        "Access",
        "Settles a signal. `hold`: its cards earn and redeem nothing, until the signal is "
        "dismissed. `reverse`: what its entries granted is taken back, each entry once; with "
        "`left` above 0 send it again. `dismiss`: nothing is wrong; it does not come back, and "
        "its cards are released. With `dry_run` it only says what it would do.",
        (Code.CONFLICT,),
    ),
    "DELETE /v1/devices/{id}": Text(
        "Access", "Takes a device off: whoever is signed in on it is signed out at once.",
        (Code.CONFLICT,),
    ),
    "GET /v1/audit": Text(
        "Access",
        "Lists what was done to settings, people, keys and personal data, the newest first: since "
        "`from`, by one (`who` is a kind or an id), of one sort (`what`: `key` finds "
        "`key.created`). What was booked is in the ledger.",
    ),
}  # fmt: skip
