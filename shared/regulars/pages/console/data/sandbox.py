"""Into the sandbox and back: the same person, at the shop's twin, whose clock can be moved."""

from __future__ import annotations

from regulars.core import tokens
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol, sessions
from regulars.http.protocol import Response
from regulars.pages.console.data.view import SANDBOX, SandboxPage
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import HOME
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.render.brand import brand_of
from regulars.store import connect, staff
from regulars.store.staff import Person

PATH = "/console/data/sandbox"
STEPS = {"day": "P1D", "week": "P7D", "month": "P1M", "year": "P1Y"}


def show(here: Console) -> Response:
    """GET /console/data/sandbox."""
    return _page(here, forms.fresh())


def enter(here: Console) -> Response:
    """POST /console/data/sandbox/enter: signed in at the twin; the way back is kept."""
    if here.is_sandbox:
        return protocol.redirect(HOME)
    twin, table = tokens.twin(here.gathered.shop.merchant_id), connect.table()
    person = _at_the_twin(twin, here.session.person)
    device, device_secret = sessions.new_device("Console", None)
    device, secret = sessions.signed_in(device, person)
    staff.write(table, [staff.put_device(twin, device)])
    cookies = (
        *sessions.set_aside(here.request),
        sessions.device_cookie(twin, device, device_secret),
        sessions.session_cookie(twin, device, secret),
    )
    return protocol.redirect(HOME, cookies)


def leave(here: Console) -> Response:
    """POST /console/data/sandbox/leave: back at the shop as before; else to the sign-in."""
    if not here.is_sandbox:
        return protocol.redirect(HOME)
    out = sessions.signed_out(here.session.device)
    staff.write(connect.table(), [staff.put_device(here.gathered.shop.merchant_id, out)])
    return protocol.redirect(HOME, sessions.taken_up(here.request))


def move(here: Console) -> Response:
    """POST /console/data/sandbox/clock: forward, with everything that falls due on the way."""
    step = STEPS.get(here.request.form.get("step", ""), "P1D")
    outcome = here.ask("POST /v1/test/clock", {"advance": step})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    if outcome.body["more"]:
        return frame.done(PATH, "further")
    return frame.done(PATH, "moved")


def _at_the_twin(twin: str, person: Person) -> Person:
    """The person at the twin, entered there the first time; without what signs them in."""
    table = connect.table()
    known = staff.person(table, twin, person.staff_id)
    if known:
        return known
    copied = person._replace(version=0, email="", pin="", locations=(), limits={}, rest={})
    try:
        staff.write(table, [staff.put_person(twin, copied)])
    except Refused as refused:
        if refused.code is not RefusalCode.CONFLICT:
            raise
    return staff.person(table, twin, person.staff_id) or copied


def _page(here: Console, form: Form, status: int = 200) -> Response:
    t = here.words.t
    clock = frame.frame_of(here, "data").sandbox
    view = SandboxPage(brand_of(here.gathered.program), clock, form)
    notice = frame.noticed(here, {
        "moved": t("The clock was moved, and everything that was due is done."),
        "further": t("It is a long way: press it again to go on."),
    })  # fmt: skip
    back = (t("Data"), "/console/data")
    return frame.page(here, SANDBOX, view, "data", status=status, notice=notice, back=back)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}/enter": sent(enter),
    f"POST {PATH}/leave": sent(leave),
    f"POST {PATH}/clock": sent(move),
}
