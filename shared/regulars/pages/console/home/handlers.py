"""The console's first page."""

from __future__ import annotations

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.pages import answer
from regulars.pages.console.home import passkeys
from regulars.pages.console.home.view import TEMPLATE, HomePage
from regulars.pages.console.sign_in.signing import SIGN_IN
from regulars.render.brand import brand_of
from regulars.store import connect


def show(request: protocol.Request) -> protocol.Response:
    """GET /console/: who is signed in; who is not is led to where they can sign in."""
    try:
        gathered = credentials.gather(connect.table(), request)
    except Refused as refused:
        if refused.code is not RefusalCode.UNAUTHORIZED:
            raise
        return protocol.redirect(SIGN_IN)
    staff = gathered.caller.staff
    if staff is None:
        raise Refused(RefusalCode.FORBIDDEN, "This page is for people who are signed in.")
    words = answer.browser_words(request, gathered.program.languages)
    view = HomePage(
        brand_of(gathered.program), staff.name, staff.role,
        passkeys=passkeys.panel(gathered.shop.merchant_id, staff), zone=gathered.program.timezone,
    )  # fmt: skip
    return answer.page(200, TEMPLATE, view, words)


ROUTES = {
    "GET /console": answer.as_page(show),
    "GET /console/": answer.as_page(show),
    **passkeys.ROUTES,
}
