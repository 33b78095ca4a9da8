"""One member: looked at, booked for, corrected, merged, handed out, erased."""

from __future__ import annotations

from regulars.http import credentials, protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms
from regulars.pages.console.frame.here import Console, path, shown
from regulars.pages.console.members.handlers import PATH
from regulars.pages.console.members.one import doing, merging
from regulars.pages.console.members.one.showing import page


def show(here: Console) -> Response:
    """GET /console/members/{id}."""
    return page(here, here.request.param("id"), forms.fresh())


def export(here: Console) -> Response:
    """GET /console/members/{id}/export: leads to the file; it is asked again who is here."""
    credentials.require_sure(here.gathered.caller)
    return protocol.redirect(path("/v1/members/{}/export", here.request.param("id")))


ROUTES = {
    f"GET {PATH}/{{id}}": shown(show),
    f"GET {PATH}/{{id}}/export": shown(export),
    **doing.ROUTES,
    **merging.ROUTES,
}
