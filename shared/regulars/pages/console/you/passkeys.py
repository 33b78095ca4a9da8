"""The passkeys of who is signed in: the list on the page, and the routes that add and remove."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.core import clock
from regulars.domain.calendar import from_ms, rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, passkeys, protocol, roles, sessions
from regulars.http.credentials import Gathered
from regulars.http.passkeys import Made
from regulars.http.protocol import Request, Response
from regulars.pages import answer
from regulars.pages.console import ceremony
from regulars.pages.console.sign_in.signing import AGAIN, SIGN_IN
from regulars.pages.console.you.view import PasskeyRow, PasskeysPanel
from regulars.store import audit, connect, sign_ins, staff
from regulars.store import passkeys as kept
from regulars.store.passkeys import Passkey
from regulars.store.staff import MANAGER, Person, Session
from regulars.store.table import Check, Put

WRITES_MAX = 5
YOU = "/console/you"


def panel(merchant_id: str, session: Session) -> PasskeysPanel | None:
    """Return the list; None for who has no console, and where the address is a number."""
    if not passkeys.host() or not sign_ins.has_console(session.person):
        return None
    person, there = kept.read(connect.table(), merchant_id, session.staff_id)
    good = there.of(person) if person else ()
    rows = [
        PasskeyRow(
            one.passkey_id, one.name, from_ms(one.created_ms),
            from_ms(one.used_ms) if one.used_ms else None,
        )
        for one in good
    ]  # fmt: skip
    return PasskeysPanel(tuple(rows), len(good) < kept.PASSKEYS_MAX)


def begin(request: Request) -> Response:
    """POST /console/passkey/register/options: what the browser makes a passkey with."""
    passkeys.require_host()
    gathered = credentials.gather(connect.table(), request)
    ceremony.require_no_fields(request)
    m, session = gathered.shop.merchant_id, _session(gathered)
    person, there = kept.read(connect.table(), m, session.staff_id)
    good = there.of(_still_signed_in(session, person))
    _require_room(good)
    challenge, cookie = ceremony.begin(_purpose(gathered))
    names = (gathered.program.name, session.name)
    options = passkeys.creation_options(challenge, m, session.staff_id, names, good)
    return protocol.json_answer(200, options, cookies=(cookie,))


def finish(request: Request) -> Response:
    """POST /console/passkey/register/finish: the passkey that was made is this person's."""
    passkeys.require_host()
    gathered = credentials.gather(connect.table(), request)
    credential, name = passkeys.read_made(request.json)
    challenge = ceremony.finish(request, _purpose(gathered))
    added = _add(gathered, request, passkeys.made(credential, challenge), name)
    view = {
        "passkey_id": added.passkey_id, "name": added.name, "created_at": rfc3339(added.created_ms)
    }  # fmt: skip
    return protocol.json_answer(201, view, cookies=(sessions.forget_ceremony_cookie(),))


def remove(request: Request) -> Response:
    """POST /console/passkey/remove: the passkey of the form signs nobody in any more."""
    protocol.require_own_page(request)
    try:
        gathered = credentials.gather(connect.table(), request, by_form=True)
    except Refused as refused:
        if refused.code not in {RefusalCode.UNAUTHORIZED, RefusalCode.CONFIRM_NEEDED}:
            raise
        to = SIGN_IN if refused.code is RefusalCode.UNAUTHORIZED else AGAIN
        return protocol.redirect(to, (sessions.back_cookie(YOU),))
    _remove(gathered, request, request.form.get("passkey_id", ""))
    return protocol.redirect(YOU)


def _add(gathered: Gathered, request: Request, made: Made, name: str) -> Passkey:
    """Write a new passkey, while the person and the session are as they were; raises UNAUTHORIZED,
    LIMIT_REACHED, INVALID for one that is there, CONFLICT."""
    m, session = gathered.shop.merchant_id, _session(gathered)
    for _ in range(WRITES_MAX):
        person, there = kept.read(connect.table(), m, session.staff_id)
        current = _still_signed_in(session, person)
        good = there.of(current)
        _require_room(good)
        if any(one.credential_id == made.credential_id for one in good):
            errors = (("credential.id", "is one of your passkeys already"),)
            raise Refused(RefusalCode.INVALID, "", errors)
        added = Passkey(*made, name, to_ms(clock.now()))
        noted = _noted(gathered, request, "passkey.created", added, after={"name": name})
        as_read = [staff.unchanged(m, one) for one in (current, session.device)]
        if _written([there.put((*good, added)), noted, *as_read]):
            return added
    raise Refused(RefusalCode.CONFLICT)


def _remove(gathered: Gathered, request: Request, passkey_id: str) -> None:
    """Take a passkey away; one that is not there is gone already. Raises CONFLICT."""
    m, session = gathered.shop.merchant_id, _session(gathered)
    for _ in range(WRITES_MAX):
        person, there = kept.read(connect.table(), m, session.staff_id)
        good = there.of(_still_signed_in(session, person))
        gone = next((one for one in good if one.passkey_id == passkey_id), None)
        if gone is None:
            return
        noted = _noted(gathered, request, "passkey.removed", gone, before={"name": gone.name})
        if _written([there.put(tuple(one for one in good if one != gone)), noted]):
            return
    raise Refused(RefusalCode.CONFLICT)


def _written(writes: Sequence[Put | Check]) -> bool:
    try:
        staff.write(connect.table(), writes)
    except Refused as refused:
        if refused.code is not RefusalCode.CONFLICT:
            raise
        return False
    return True


def _still_signed_in(session: Session, person: Person | None) -> Person:
    """Return the person as they are now; raises UNAUTHORIZED, FORBIDDEN when they may not go on."""
    if person is None or not sessions.goes_on(session.device, person):
        raise Refused(RefusalCode.UNAUTHORIZED, "Sign in again.")
    if not roles.reaches(person.role, MANAGER):
        raise Refused(RefusalCode.FORBIDDEN, f"This needs the role {MANAGER}.")
    return person


def _session(gathered: Gathered) -> Session:
    if gathered.caller.staff is None:
        raise Refused(RefusalCode.FORBIDDEN, "This is for people who are signed in.")
    return gathered.caller.staff


def _purpose(gathered: Gathered) -> str:
    return f"register {gathered.shop.merchant_id} {_session(gathered).staff_id}"


def _require_room(good: tuple[Passkey, ...]) -> None:
    if len(good) >= kept.PASSKEYS_MAX:
        detail = f"There are {kept.PASSKEYS_MAX} passkeys already: remove one first."
        raise Refused(RefusalCode.LIMIT_REACHED, detail)


def _noted(
    gathered: Gathered, request: Request, what: str, one: Passkey, **about: dict[str, str]
) -> Put:
    actor = credentials.actor(gathered.caller, request)
    now_ms = to_ms(clock.now())
    return audit.put(gathered.shop.merchant_id, now_ms, actor, what, one.passkey_id, **about)


ROUTES = {
    "POST /console/passkey/register/options": begin,
    "POST /console/passkey/register/finish": finish,
    "POST /console/passkey/remove": answer.as_page(remove),
}
