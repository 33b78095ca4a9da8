"""Devices of the counter and who is signed in on them: two cookies, and what confirms them.

The device's cookie stays; it signs nobody in, but lets people choose their name. The session's
cookie lasts a working day and is worth what the device's record says at the moment: signing out
ends it at once, wherever a copy of it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from string import ascii_letters, digits
from typing import Any, NamedTuple

from regulars.core import clock, tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Request, cookie
from regulars.store import keys, staff
from regulars.store.marshal import Item
from regulars.store.staff import Device, Person, Session

SESSION_S = 12 * 3600
DEVICE_S = 400 * 24 * 3600
"""How long a browser keeps the cookie of a device; no browser keeps one for longer."""

ASKED_S = 15 * 60
CEREMONY_S = 5 * 60
SURE_MS = 10 * 60 * 1000
"""For how long somebody who has shown who they are is not asked again."""

SECRET_LENGTH = 32
DEVICES_STAFF_MAX = 50
"""How many people a device remembers."""


class Presented(NamedTuple):
    """A session as a browser presents it: unconfirmed."""

    merchant_id: str
    device_id: str
    staff_id: str
    secret: str

    @property
    def device(self) -> keys.Key:
        return keys.device(self.merchant_id, self.device_id)

    @property
    def person(self) -> keys.Key:
        return keys.staff(self.merchant_id, self.staff_id)

    @property
    def day(self) -> keys.Key:
        return keys.staff_day(self.merchant_id, self.staff_id)

    def confirmed(self, found: Mapping[keys.Key, Item | None]) -> Session | None:
        """Return the session that the records confirm; None when it is not one any more."""
        device_item, person_item = found.get(self.device), found.get(self.person)
        if device_item is None or person_item is None:
            return None
        device, person = staff.device_of(device_item), staff.person_of(person_item)
        good = hmac.compare_digest(device.session, tokens.digest(self.secret))
        good = good and not device.revoked_ms and device.until_ms > _now_ms()
        good = good and device.who == self.staff_id and goes_on(device, person)
        return Session(person, device, staff.day_of(found.get(self.day))) if good else None


def goes_on(device: Device, person: Person) -> bool:
    """Tell whether who is signed in on a device may go on, as far as the person's record says."""
    began_ms = device.until_ms - SESSION_S * 1000
    return person.works and person.works_at(device.location) and began_ms >= person.not_before_ms


def presented(request: Request, *, by_form: bool = False) -> Presented | None:
    """Return the session that a request's cookie names; None without one.

    Raises FORBIDDEN for a change that does not come from our own scripts (or `by_form`, which the
    caller checks).
    """
    value = request.cookies.get(_name("staff"))
    if value is None:
        return None
    if request.method != "GET" and not by_form and request.headers.get("x-regulars") != "staff":
        # A form on another site can send the cookie, but no header of its own.
        raise Refused(RefusalCode.FORBIDDEN, "This call must come from the staff page.")
    parts = value.split(".")
    return Presented(*parts) if len(parts) == len(Presented._fields) else None


def device_key(request: Request) -> tuple[keys.Key, str, str] | None:
    """Return the record, merchant and secret of the device that a request's cookie names."""
    parts = request.cookies.get(_name("device"), "").split(".")
    if len(parts) != 3:
        return None
    merchant_id, device_id, secret = parts
    return keys.device(merchant_id, device_id), merchant_id, secret


def confirmed_device(item: Item | None, secret: str) -> Device | None:
    """Return the device in a record when the secret is its own and it may still be used."""
    device = staff.device_of(item) if item else None
    if device is None or device.revoked_ms:
        return None
    return device if hmac.compare_digest(device.sha256, tokens.digest(secret)) else None


def new_device(name: str, location: str | None) -> tuple[Device, str]:
    """Return a device to be enrolled, and its secret."""
    secret, now_ms = tokens.random_id(SECRET_LENGTH), _now_ms()
    device_id = f"d{tokens.random_id(11)}"
    device = Device(
        device_id, name, location, tokens.digest(secret), seen_ms=now_ms, created_ms=now_ms,
        key_from=tokens.seed(),
    )  # fmt: skip
    return device, secret


def signed_in(device: Device, person: Person, *, sure: bool = False) -> tuple[Device, str]:
    """Return the device with a person signed in for a working day, and the session's secret.

    `sure` says that they have just shown who they are by mail or by passkey.
    """
    secret, now_ms = tokens.random_id(SECRET_LENGTH), _now_ms()
    known = dict.fromkeys((*device.staff, person.staff_id))
    signed = device._replace(
        who=person.staff_id,
        session=tokens.digest(secret),
        until_ms=now_ms + SESSION_S * 1000,
        seen_ms=now_ms,
        sure_ms=now_ms if sure else 0,
        staff=tuple(known)[:DEVICES_STAFF_MAX],
    )
    return signed, secret


def signed_out(device: Device) -> Device:
    """Return the device with nobody signed in."""
    return device._replace(who="", session="", until_ms=0, sure_ms=0)


def is_sure(session: Session) -> bool:
    """Tell whether the person has shown who they are within the last minutes."""
    return _now_ms() - session.device.sure_ms < SURE_MS


def session_cookie(merchant_id: str, device: Device, secret: str) -> str:
    """Return the Set-Cookie line of a session."""
    value = f"{merchant_id}.{device.device_id}.{device.who}.{secret}"
    return _cookie("staff", value, SESSION_S)


def device_cookie(merchant_id: str, device: Device, secret: str) -> str:
    """Return the Set-Cookie line by which a browser remembers that it is a device."""
    return _cookie("device", f"{merchant_id}.{device.device_id}.{secret}", DEVICE_S)


def asked_cookie(value: str) -> str:
    """Return the Set-Cookie line by which a browser remembers the sign-in that it asked for."""
    return _cookie("asked", value, ASKED_S)


def forget_asked_cookie() -> str:
    """Return the Set-Cookie line that takes it away."""
    return _cookie("asked", "", 0)


def asked(request: Request) -> tuple[str, str]:
    """Return the id and the secret of the sign-in that this browser asked for; empty for none."""
    return _pair(request, "asked")


def back_cookie(path: str) -> str:
    """Return the Set-Cookie line by which a browser remembers where to go on after signing in."""
    return _cookie("back", path, ASKED_S)


def forget_back_cookie() -> str:
    """Return the Set-Cookie line that takes it away."""
    return _cookie("back", "", 0)


def back(request: Request, otherwise: str) -> str:
    """Return the page of the console at which the browser goes on."""
    path = request.cookies.get(_name("back"), "")
    is_ours = path.startswith("/console/") and not set(path) - _IN_PATHS and "//" not in path
    return path if is_ours else otherwise


_IN_PATHS = frozenset(f"{ascii_letters}{digits}/-_.+")


def typed_cookie(secret: str) -> str:
    """Return the Set-Cookie line by which a browser can open the form that it sent before it had to
    sign in."""
    return _cookie("typed", secret, ASKED_S)


def forget_typed_cookie() -> str:
    """Return the Set-Cookie line that takes it away."""
    return _cookie("typed", "", 0)


def typed(request: Request) -> str:
    """Return the secret of the form that waits in this browser; empty for none."""
    return request.cookies.get(_name("typed"), "")


def set_aside(request: Request) -> tuple[str, ...]:
    """Return the Set-Cookie lines that keep the session of the shop while somebody is in its
    sandbox."""
    kept = ((f"live_{kind}", request.cookies.get(_name(kind), "")) for kind in ("staff", "device"))
    return tuple(_cookie(kind, value, SESSION_S) for kind, value in kept)


def taken_up(request: Request) -> tuple[str, ...]:
    """Return the Set-Cookie lines that take up the session of the shop again, and forget what was
    kept of it; without one nobody is signed in."""
    lines = []
    for kind, lasts_s in (("staff", SESSION_S), ("device", DEVICE_S)):
        value = request.cookies.get(_name(f"live_{kind}"), "")
        lines += [_cookie(kind, value, lasts_s if value else 0), _cookie(f"live_{kind}", "", 0)]
    return tuple(lines)


def ceremony_cookie(value: str) -> str:
    """Return the Set-Cookie line by which a browser remembers the passkey ceremony it began."""
    return _cookie("passkey", value, CEREMONY_S)


def forget_ceremony_cookie() -> str:
    """Return the Set-Cookie line that takes it away."""
    return _cookie("passkey", "", 0)


def ceremony(request: Request) -> tuple[str, str]:
    """Return the id and the secret of the ceremony that this browser began; empty for none."""
    return _pair(request, "passkey")


def ended_cookie() -> str:
    """Return the Set-Cookie line that takes the session's cookie away."""
    return _cookie("staff", "", 0)


def _pair(request: Request, kind: str) -> tuple[str, str]:
    name, _, secret = request.cookies.get(_name(kind), "").partition(".")
    return name, secret


def _cookie(kind: str, value: str, max_age_s: int) -> str:
    secure = settings().base_url.startswith("https:")
    return cookie(_name(kind), value, secure=secure, max_age_s=max_age_s, strict=True)


def _name(kind: str) -> str:
    """Return a cookie's name. Over https it is bound to our host (`__Host-`), which plain http on a
    laptop cannot have."""
    prefix = "__Host-" if settings().base_url.startswith("https:") else ""
    return f"{prefix}regulars_{kind}"


def _now_ms() -> int:
    """The real time: sessions do not live by a sandbox's clock."""
    return to_ms(clock.now())


def view(person: Person) -> dict[str, Any]:
    """What a page may know of a person at the counter."""
    return {"staff_id": person.staff_id, "name": person.name, "role": person.role}
