"""The routes that sign somebody in by passkey, in the place of a mail."""

from __future__ import annotations

from regulars.core import clock
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, passkeys, protocol, sessions
from regulars.http.limits import source
from regulars.http.passkeys import Shown
from regulars.http.protocol import Request, Response
from regulars.pages.console import ceremony
from regulars.pages.console.sign_in.signing import HOME, sign_in_as
from regulars.store import audit, closing, connect, limits, sign_ins, staff
from regulars.store import passkeys as kept
from regulars.store.audit import Actor
from regulars.store.passkeys import Passkey, Passkeys
from regulars.store.staff import OWNER, Device, Person
from regulars.store.table import Check, Put

PURPOSE = "login"
NOT_GOOD = "This passkey does not sign in here."


def begin(request: Request) -> Response:
    """POST /console/passkey/login/options: what the browser asks for a passkey with."""
    protocol.require_own_page(request)
    passkeys.require_host()
    ceremony.require_no_fields(request)
    if request.source:
        asks = limits.of_one("passkey-options", source(request))
        limits.require(connect.table(), asks, detail="There were too many tries.")
    challenge, cookie = ceremony.begin(PURPOSE)
    return protocol.json_answer(200, passkeys.request_options(challenge), cookies=(cookie,))


def finish(request: Request) -> Response:
    """POST /console/passkey/login/finish: signed in, as by mail; or not, for whatever reason."""
    protocol.require_own_page(request)
    passkeys.require_host()
    shown = passkeys.read_shown(request.json)
    challenge = ceremony.finish(request, PURPOSE)
    tries = _tries(request, shown)
    limits.begin(connect.table(), *tries)
    person, _, passkey = _found(shown)
    uses = passkeys.uses_of(shown, challenge, passkey)
    if uses is None:
        raise Refused(RefusalCode.FORBIDDEN, NOT_GOOD)

    def also(device: Device) -> list[Put | Check]:
        return _used(request, shown, uses, device)

    signed = sign_in_as(request, shown.merchant_id, person, also)
    limits.right(connect.table(), *tries)
    forget = (sessions.forget_ceremony_cookie(), sessions.forget_back_cookie())
    location = sessions.back(request, HOME)
    return protocol.json_answer(200, {"location": location}, cookies=(*signed.cookies, *forget))


def _found(shown: Shown) -> tuple[Person, Passkeys, Passkey]:
    """Return whose passkey it is, all of theirs, and itself; raises FORBIDDEN for one that nobody
    has, or somebody who may not sign in, also because the merchant was closed."""
    person, there = kept.read(connect.table(), shown.merchant_id, shown.staff_id)
    is_open = closing.read(connect.table(), shown.merchant_id) is None
    if is_open and person is not None and sign_ins.has_console(person):
        for one in there.of(person):
            if one.credential_id == shown.credential_id:
                return person, there, one
    raise Refused(RefusalCode.FORBIDDEN, NOT_GOOD)


def _used(request: Request, shown: Shown, uses: int, device: Device) -> list[Put | Check]:
    """Return what is written of a sign-in by a passkey that is good; raises FORBIDDEN when its
    count goes back, which is written at once."""
    person, there, passkey = _found(shown)
    m, now_ms = shown.merchant_id, to_ms(clock.now())
    kind = "owner" if person.role == OWNER else "staff"
    network = credentials.network_of(request.source)
    actor = Actor(kind, person.staff_id, person.name, device.device_id, network)
    if passkeys.goes_back(passkey.uses, uses):
        nowhere = actor._replace(device="")
        counts = {"before": {"uses": passkey.uses}, "after": {"uses": uses}}
        noted = audit.put(m, now_ms, nowhere, "passkey.refused", passkey.passkey_id, **counts)
        staff.write(connect.table(), [noted])
        raise Refused(RefusalCode.FORBIDDEN, NOT_GOOD)
    used = passkey._replace(uses=uses, used_ms=now_ms)
    now = tuple(used if one == passkey else one for one in there.of(person))
    noted = audit.put(m, now_ms, actor, "passkey.signed_in", passkey.passkey_id)
    return [there.put(now), noted, staff.unchanged(m, person)]


def _tries(request: Request, shown: Shown) -> tuple[limits.Counted, ...]:
    """Where tries that are not right are counted: by passkey and by address."""
    at = limits.of_target("passkey", shown.credential_id)
    return (at, limits.of_one("passkey", source(request))) if request.source else (at,)


ROUTES = {
    "POST /console/passkey/login/options": begin,
    "POST /console/passkey/login/finish": finish,
}
