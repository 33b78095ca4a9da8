"""The routes that sign somebody in to the console by mail."""

from __future__ import annotations

import hmac

from regulars.core import clock, contacts, tokens, typed
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import passkeys, protocol, sessions
from regulars.http.limits import source
from regulars.http.protocol import Request, Response
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.console.sign_in import passkey
from regulars.pages.console.sign_in.signing import (
    HOME,
    SET_UP,
    SIGN_IN,
    WRITES_MAX,
    is_set_up,
    sign_in_as,
)
from regulars.pages.console.sign_in.view import TEMPLATE, SignInPage
from regulars.program.shop import load_shop
from regulars.store import connect, keys, limits, sign_ins
from regulars.store.sign_ins import SignIn

CODE = f"{SIGN_IN}/code"


def show(request: Request) -> Response:
    """GET /console/sign-in: asks for the address, or for a passkey."""
    if not is_set_up():
        return protocol.redirect(SET_UP)
    again = "again" in request.query
    return _page(request, SignInPage("address", again=again, passkeys=bool(passkeys.host())))


def ask(request: Request) -> Response:
    """POST /console/sign-in: a mail with a link and a code, to an owner or a manager.

    The answer is the same for every address.
    """
    protocol.require_own_page(request)
    sent = request.json if _is_json(request) else request.form
    given = sent.get("email")
    email = contacts.email(typed.trimmed(given)) if isinstance(given, str) else None
    table, now_ms = connect.table(), to_ms(clock.now())
    secret = tokens.random_id(32)
    wanted = SignIn(
        tokens.new_sign_in_id(), tokens.mailbox_digest(email or ""),
        tokens.digest(secret), now_ms + sign_ins.GOOD_MS,
    )  # fmt: skip
    sign_ins.write(table, wanted)
    found = sign_ins.owners(table, wanted.mailbox)
    if found and not _asks_too_often(request, wanted):
        facts = {"to": email, "sign_in": wanted.sign_in_id}
        about = Notification(keys.MERCHANT_LEVEL, "sign_in", wanted.sign_in_id, facts)
        notify(found[0][0], about)
    cookie = sessions.asked_cookie(f"{wanted.sign_in_id}.{secret}")
    lang = request.query.get("lang", "")
    return protocol.redirect(f"{CODE}?lang={lang}" if lang else CODE, (cookie,))


def open_link(request: Request) -> Response:
    """GET /console/sign-in/{token}: a button; or, without a token, the field for the code."""
    if request.param("token") == "code":
        return _page(request, SignInPage("code", CODE))
    wanted = _by_link(request)
    if not wanted.is_good(to_ms(clock.now())):
        return _page(request, SignInPage("over"), 410)
    if not _asked_here(request, wanted):
        return _page(request, SignInPage("elsewhere"), 403)
    return _page(request, SignInPage("link", request.path))


def sign_in(request: Request) -> Response:
    """POST /console/sign-in/{token}: signed in, by the link or by the code."""
    protocol.require_own_page(request)
    by_code = request.param("token") == "code"
    wanted = _by_cookie(request) if by_code else _by_link(request)
    now_ms = to_ms(clock.now())
    if wanted is None or not wanted.is_good(now_ms):
        return _page(request, SignInPage("over"), 410)
    if not _asked_here(request, wanted):
        return _page(request, SignInPage("elsewhere"), 403)
    code = "".join(request.form.get("code", "").split())
    if by_code:
        tries = _tries(request, wanted)
        limits.begin(connect.table(), *tries)
        tried = _with_code(wanted, code)
        if tried is None:
            return _page(request, SignInPage("code", CODE, wrong=True), 422)
        limits.right(connect.table(), *tries)
        wanted = tried
    found = sign_ins.owners(connect.table(), wanted.mailbox)
    shop = request.form.get("shop", "")
    chosen = [one for one in found if shop in {"", one[0]}]
    if not chosen:
        return _page(request, SignInPage("over"), 410)
    if len(chosen) > 1:
        names = tuple((m, load_shop(connect.table(), m).program.name) for m, _ in chosen)
        return _page(request, SignInPage("shops", request.path, code, names))
    if not sign_ins.write(connect.table(), wanted._replace(used=True)):
        return _page(request, SignInPage("over"), 410)
    signed = sign_in_as(request, *chosen[0])
    cookies = (*signed.cookies, sessions.forget_back_cookie())
    return protocol.redirect(sessions.back(request, HOME), cookies)


def _tries(request: Request, wanted: SignIn) -> tuple[limits.Counted, ...]:
    """Where wrong codes are counted, besides those for one mail: by mailbox and by address."""
    at = limits.of_target("sign-in-code", wanted.mailbox)
    return (at, limits.of_one("sign-in-code", source(request))) if request.source else (at,)


def _asks_too_often(request: Request, wanted: SignIn) -> bool:
    """Count the mail and tell whether it is one too many, to the mailbox or from the address; who
    asks is not told."""
    counted = [limits.of_target("sign-in", wanted.mailbox)]
    if request.source:
        counted.append(limits.of_one("sign-in", source(request)))
    waits = [limits.count(connect.table(), one) for one in counted]  # each is counted
    return any(waits)


def _with_code(wanted: SignIn, code: str) -> SignIn | None:
    """Count a try, and return what was asked for as it is then when the code is right; five tries
    end it."""
    table, current = connect.table(), wanted
    for _ in range(WRITES_MAX):
        if current.used or current.tries >= sign_ins.TRIES_MAX:
            return None
        tried = current._replace(tries=current.tries + 1)
        if sign_ins.write(table, tried):
            is_right = tokens.same(tokens.sign_in_code(current.sign_in_id), code)
            return tried._replace(version=tried.version + 1) if is_right else None
        current = sign_ins.read(table, wanted.sign_in_id) or current
    return None


def _by_link(request: Request) -> SignIn:
    sign_in_id = tokens.read_sign_in_token(request.param("token"))
    wanted = sign_ins.read(connect.table(), sign_in_id) if sign_in_id else None
    if wanted is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return wanted


def _by_cookie(request: Request) -> SignIn | None:
    sign_in_id = sessions.asked(request)[0]
    return sign_ins.read(connect.table(), sign_in_id) if sign_in_id else None


def _asked_here(request: Request, wanted: SignIn) -> bool:
    """Whether this is the browser that asked."""
    sign_in_id, secret = sessions.asked(request)
    return sign_in_id == wanted.sign_in_id and hmac.compare_digest(
        wanted.browser, tokens.digest(secret)
    )


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"


def _page(request: Request, view: SignInPage, status: int = 200) -> Response:
    return answer.page(status, TEMPLATE, view, answer.browser_words(request))


ROUTES = {
    "GET /console/sign-in": answer.as_page(show),
    "POST /console/sign-in": answer.as_page(ask),
    "GET /console/sign-in/{token}": answer.as_page(open_link),
    "POST /console/sign-in/{token}": answer.as_page(sign_in),
    **passkey.ROUTES,
}
