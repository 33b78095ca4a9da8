"""The routes that enrol a device: GET asks, POST enrols and signs in."""

from __future__ import annotations

from regulars.actions import enrollment
from regulars.actions.enrollment import Invitation
from regulars.core import clock
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, problems, protocol, sessions
from regulars.pages import answer
from regulars.pages.counter.enroll.view import TEMPLATE, EnrollPage
from regulars.program.shop import load_shop
from regulars.render.brand import brand_of
from regulars.store import audit, connect
from regulars.store.audit import Actor


def ask(request: protocol.Request) -> protocol.Response:
    """GET /staff/{token}: asks; programs that open links before people do use nothing up."""
    invitation = enrollment.opened(connect.lean_table(), request.param("token"))
    if _is_here(request, invitation):
        return protocol.redirect("/staff/counter")
    return _shown(request, invitation)


def enroll(request: protocol.Request) -> protocol.Response:
    """POST /staff/{token}: this browser is a device from now on, and the person is signed in."""
    table = connect.lean_table()
    invitation = enrollment.opened(table, request.param("token"))
    if _is_here(request, invitation):
        return protocol.redirect("/staff/counter")
    if invitation.device_id or invitation.is_over(_now_ms()):
        return _shown(request, invitation)
    m, person = invitation.merchant_id, invitation.person
    device, secret = sessions.new_device(invitation.name, invitation.location)
    device, session_secret = sessions.signed_in(device, person)
    actor = Actor(
        "staff", person.staff_id, person.name, device.device_id,
        credentials.network_of(request.source),
    )  # fmt: skip
    noted = audit.put(
        m, _now_ms(), actor, "device.enrolled", device.device_id,
        after={"name": device.name, "location": device.location},
    )  # fmt: skip
    try:
        enrollment.use(table, invitation, device, noted)
    except Refused as refused:
        if refused.code is not RefusalCode.CODE_USED:
            raise
        return _shown(request, enrollment.opened(table, request.param("token")))
    cookies = (
        sessions.device_cookie(m, device, secret),
        sessions.session_cookie(m, device, session_secret),
    )
    return protocol.redirect("/staff/counter", cookies)


def _is_here(request: protocol.Request, invitation: Invitation) -> bool:
    """Whether this browser is the device that the link enrolled: its button may be pressed twice.
    What the device may do is asked when it is used."""
    named = sessions.device_key(request)
    return bool(invitation.device_id and named and named[0][1].endswith(invitation.device_id))


def _shown(request: protocol.Request, invitation: Invitation) -> protocol.Response:
    program = load_shop(connect.lean_table(), invitation.merchant_id).program
    words = answer.browser_words(request, program.languages)
    code = None
    if invitation.device_id:
        code = RefusalCode.CODE_USED
    elif invitation.is_over(_now_ms()):
        code = RefusalCode.CODE_EXPIRED
    view = EnrollPage(
        brand=brand_of(program),
        state="ask" if code is None else "used" if code is RefusalCode.CODE_USED else "over",
        action=request.path,
        person=invitation.person.name,
        device=invitation.name,
        location=program.locations.get(invitation.location or "", ""),
    )
    return answer.page(200 if code is None else problems.STATUS[code].value, TEMPLATE, view, words)


def _now_ms() -> int:
    return to_ms(clock.now())


ROUTES = {
    "GET /staff/{token}": answer.as_page(ask),
    "POST /staff/{token}": answer.as_page(enroll),
}
