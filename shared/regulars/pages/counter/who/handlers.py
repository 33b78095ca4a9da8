"""Signing in by name and PIN on an enrolled device, and signing out."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from regulars.core import checks, tokens
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, sessions
from regulars.pages import answer
from regulars.pages.counter.who.view import TEMPLATE, Choice, WhoPage
from regulars.pages.message import view as message
from regulars.program.shop import load_shop
from regulars.render.brand import brand_of
from regulars.store import closing, connect, keys, limits, staff
from regulars.store.staff import Device, Person, Session

TRIES = 3

Show = Callable[[protocol.Request, credentials.Gathered, Session], protocol.Response]
"""Answers with a page, for who is signed in."""


def page(request: protocol.Request) -> protocol.Response | None:
    """Return the page on which people choose their name; None in a browser that is no device."""
    found = _device(request)
    if found is None:
        return None
    merchant_id, device = found
    table = connect.lean_table()
    program = load_shop(table, merchant_id).program
    people = [one for one in staff.people(table, merchant_id) if may_choose(device, one)]
    view = WhoPage(
        brand=brand_of(program),
        device=device.name,
        location=program.locations.get(device.location or "", ""),
        people=tuple(Choice(one.staff_id, one.name, bool(one.pin)) for one in people),
        languages=program.languages,
    )
    words = answer.browser_words(request, program.languages)
    return answer.page(200, TEMPLATE, view, words)


def asked_first(show: Show) -> protocol.Handler:
    """Return the handler of a page of the counter: on a device on which nobody is signed in it
    asks who is there. Raises UNAUTHORIZED in a browser that is no device."""

    def handler(request: protocol.Request) -> protocol.Response:
        try:
            gathered = credentials.gather(connect.lean_table(), request)
        except Refused as refused:
            asked = page(request) if refused.code is RefusalCode.UNAUTHORIZED else None
            if asked is None:
                raise
            return asked
        return show(request, gathered, gathered.at_the_counter)

    return answer.as_page(handler)


def sign_in(request: protocol.Request) -> protocol.Response:
    """POST /staff/api/who: somebody is at the counter, by name and PIN."""
    if request.headers.get("x-regulars") != "staff":
        raise Refused(RefusalCode.FORBIDDEN, "This call must come from the staff page.")
    body, table = request.json, connect.lean_table()
    for _ in range(TRIES):
        found = _device(request)
        if found is None:
            raise Refused(RefusalCode.UNAUTHORIZED, "This browser is no device of the counter.")
        checks.require(
            checks.fields(
                body, {"staff_id": checks.text(), "pin": checks.text(4)}, required=("staff_id",)
            )
        )
        merchant_id, device = found
        person = staff.person(table, merchant_id, body["staff_id"])
        if person is None or not may_choose(device, person):
            raise Refused(RefusalCode.NOT_FOUND)
        _require_pin(merchant_id, device, person, body.get("pin") or "")
        device, secret = sessions.signed_in(device, person)
        try:
            staff.write(table, [staff.put_device(merchant_id, device)])
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise
            continue
        shown = {"staff": sessions.view(person)}
        cookies = (sessions.session_cookie(merchant_id, device, secret),)
        return protocol.json_answer(200, shown, cookies=cookies)
    raise Refused(RefusalCode.CONFLICT)


def sign_out(request: protocol.Request) -> protocol.Response:
    """POST /staff/sign-out: the session ends here and wherever a copy of its cookie is."""
    protocol.require_own_page(request)
    session = sessions.presented(request, by_form=True)
    if session:
        table = connect.lean_table()
        (item,) = table.get(session.device)
        device = staff.device_of(item) if item else None
        if device and hmac.compare_digest(device.session, tokens.digest(session.secret)):
            staff.write(table, [staff.put_device(session.merchant_id, sessions.signed_out(device))])
    words = answer.browser_words(request)
    view = message.MessagePage(
        "plain",
        title=words.t("You are signed out"),
        text=words.t("Whoever comes next signs in with their name."),
        link=("/staff/counter", words.t("Sign in")),
    )
    return answer.page(200, message.TEMPLATE, view, words, (sessions.ended_cookie(),))


def _device(request: protocol.Request) -> tuple[str, Device] | None:
    named = sessions.device_key(request)
    if named is None:
        return None
    key, merchant_id, secret = named
    item, merchant = connect.lean_table().get(key, keys.merchant(merchant_id))
    if merchant is None or closing.of_item(merchant):
        return None
    device = sessions.confirmed_device(item, secret)
    return (merchant_id, device) if device else None


def may_choose(device: Device, person: Person) -> bool:
    """Tell whether a person can sign in on a device: with a PIN who works there, without one only
    whoever enrolled it."""
    if not person.works or not person.works_at(device.location):
        return False
    enrolled = device.staff[:1] == (person.staff_id,) and device.created_ms >= person.not_before_ms
    return bool(person.pin) or enrolled


def _require_pin(merchant_id: str, device: Device, person: Person, pin: str) -> None:
    """Raise FORBIDDEN for a wrong PIN, RATE_LIMITED for any after too many wrong ones."""
    if not person.pin:
        return
    tries = (
        limits.of_target("pin", f"{merchant_id}#{person.staff_id}"),
        limits.of_one("pin", f"{merchant_id}#{device.device_id}"),
    )
    limits.begin(connect.lean_table(), *tries)
    if not tokens.is_pin(person.pin, merchant_id, person.staff_id, pin):
        raise Refused(RefusalCode.FORBIDDEN, "This is not the PIN.")
    limits.right(connect.lean_table(), *tries)


ROUTES = {
    "POST /staff/api/who": sign_in,
    "POST /staff/sign-out": answer.as_page(sign_out),
}
