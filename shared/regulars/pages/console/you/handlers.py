"""Who is here: language, passkeys, signing out."""

from __future__ import annotations

from regulars.core.config import settings
from regulars.http import protocol, sessions
from regulars.http.protocol import Response
from regulars.i18n import languages
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.here import LANGUAGE_COOKIE, Console, sent, shown
from regulars.pages.console.sign_in.signing import AGAIN
from regulars.pages.console.you import passkeys
from regulars.pages.console.you.passkeys import YOU
from regulars.pages.console.you.view import TEMPLATE, YouPage
from regulars.render.brand import brand_of

YEAR_S = 365 * 24 * 3600


def show(here: Console) -> Response:
    """GET /console/you: who is signed in, and with what they can."""
    program = here.gathered.program
    view = YouPage(
        brand_of(program), program.timezone, tuple(languages().items()),
        passkeys=passkeys.panel(here.gathered.shop.merchant_id, here.session),
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "you")


def speak(here: Console) -> Response:
    """POST /console/you/language: the console speaks the language that was chosen."""
    chosen = here.request.form.get("language", "")
    if chosen not in languages():
        return protocol.redirect(YOU)
    secure = settings().base_url.startswith("https:")
    line = protocol.cookie(LANGUAGE_COOKIE, chosen, secure=secure, max_age_s=YEAR_S)
    return protocol.redirect(YOU, (line,))


def be_sure(here: Console) -> Response:
    """GET /console/you/sure: to the sign-in, and from there back to the page that asks for it."""
    return protocol.redirect(AGAIN, (sessions.back_cookie(here.request.query.get("to", "")),))


ROUTES = {
    f"GET {YOU}/sure": shown(be_sure),
    f"GET {YOU}": shown(show),
    f"POST {YOU}/language": sent(speak),
    **passkeys.ROUTES,
}
