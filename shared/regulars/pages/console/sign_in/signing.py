"""What every way to sign in to the console ends with: a session in this browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import sessions
from regulars.http.protocol import Request
from regulars.store import connect, merchant_settings, staff
from regulars.store.staff import Device, Person
from regulars.store.table import Check, Put

HOME = "/console/"
SIGN_IN = "/console/sign-in"
SET_UP = "/console/set-up"
"""Where the first merchant of an installation is created."""

AGAIN = f"{SIGN_IN}?again=1"
"""Where somebody is led who must show again who they are."""

DEVICE_NAME = "Console"
WRITES_MAX = 5


def is_set_up() -> bool:
    """Whether there is a merchant; the first one is created at `SET_UP`."""
    found, _ = merchant_settings.page(connect.table(), limit=1, before=None)
    return bool(found)


class Signed(NamedTuple):
    """Who is signed in, and the cookies that say so."""

    person: Person
    cookies: tuple[str, ...]


def sign_in_as(
    request: Request, merchant_id: str, person: Person,
    also: Callable[[Device], Sequence[Put | Check]] = lambda _: (),
) -> Signed:  # fmt: skip
    """Sign a person in, in this browser: on the device that it is, or as one of their own.

    `also` makes what is written with it, again for each try.
    """
    table = connect.table()
    for _ in range(WRITES_MAX):
        named = sessions.device_key(request)
        device: Device | None = None
        if named and named[1] == merchant_id:
            (item,) = table.get(named[0])
            device = sessions.confirmed_device(item, named[2])
        cookies: tuple[str, ...] = ()
        if device is None:
            device, secret = sessions.new_device(DEVICE_NAME, None)
            cookies = (sessions.device_cookie(merchant_id, device, secret),)
        device, secret = sessions.signed_in(device, person, sure=True)
        try:
            staff.write(table, [staff.put_device(merchant_id, device), *also(device)])
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise
            continue
        session = sessions.session_cookie(merchant_id, device, secret)
        return Signed(person, (*cookies, session, sessions.forget_asked_cookie()))
    raise Refused(RefusalCode.CONFLICT)
