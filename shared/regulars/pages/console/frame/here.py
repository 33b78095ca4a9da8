"""Who is at the console, and how a page of it asks the API."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from regulars.core import tokens
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, problems, protocol, sessions
from regulars.http.credentials import Gathered
from regulars.http.paths import Paths
from regulars.http.protocol import Request, Response
from regulars.i18n import languages
from regulars.i18n.words import Words, words
from regulars.pages import answer
from regulars.pages.console.frame import waiting
from regulars.pages.console.sign_in.signing import AGAIN, SIGN_IN
from regulars.store import connect
from regulars.store.staff import Session

KEY = "key"
"""The field of a form with the key under which what it does is done once."""

LANGUAGE_COOKIE = "regulars_lang"


class Outcome(NamedTuple):
    """What the API answered: its status, and the answer or the problem document."""

    status: int
    body: Mapping[str, Any]
    refused: Refused | None = None

    @property
    def ok(self) -> bool:
        return self.refused is None

    @property
    def code(self) -> RefusalCode | None:
        """Why it was refused; None when it was not."""
        return self.refused.code if self.refused else None


class Console(NamedTuple):
    """One request to a page of the console."""

    request: Request
    gathered: Gathered
    words: Words

    @property
    def session(self) -> Session:
        return self.gathered.at_the_counter

    @property
    def is_sandbox(self) -> bool:
        return tokens.is_sandbox(self.gathered.shop.merchant_id)

    def ask(
        self, operation: str, body: Mapping[str, Any] | None = None, *,
        query: Mapping[str, str] | None = None, key: str = "", if_match: str = "",
        raw: tuple[str, bytes] | None = None,
    ) -> Outcome:  # fmt: skip
        """Ask the API as who is signed in: `ask("POST /v1/adjust", {...}, key=form.key)`.

        `operation` is a method and a path with its parts filled in (see `path`), `key` the
        Idempotency-Key of what changes a ledger, `raw` a body of another type than JSON with that
        type. What the API refuses comes back as an outcome; UNAUTHORIZED and CONFIRM_NEEDED are
        raised, because they concern whoever is here and not the form.
        """
        method, _, location = operation.partition(" ")
        handler, inner = _inner(self.request, method, location, query or {})
        headers = inner["headers"]
        if raw:
            headers["content-type"], sent = raw
            inner["body"] = b64encode(sent).decode()
            inner["isBase64Encoded"] = True
        elif body is not None:
            inner["body"] = json.dumps(body)
        if key:
            headers["idempotency-key"] = key
        if if_match:
            headers["if-match"] = if_match
        try:
            answered = handler(Request(inner))
        except Refused as refused:
            if refused.code in {RefusalCode.UNAUTHORIZED, RefusalCode.CONFIRM_NEEDED}:
                raise
            status, document = problems.document(refused)
            return Outcome(status, document, refused)
        if method != "GET":
            credentials.kept.clear()
        text = answered["body"]
        return Outcome(int(answered["statusCode"]), json.loads(text) if text else {})

    def get(self, location: str, **query: str) -> Mapping[str, Any]:
        """Ask for what a page shows; raises what the API refuses."""
        outcome = self.ask(f"GET {location}", query=query)
        if outcome.refused:
            raise outcome.refused
        return outcome.body


Handler = Callable[[Console], Response]


def instant(text: str) -> datetime:
    """Read an instant of an answer of the API."""
    return datetime.fromisoformat(text)


def path(pattern: str, *parts: str) -> str:
    """Fill the parts of a path in: `path("/v1/members/{}", member_id)`."""
    return pattern.format(*(quote(part, safe="") for part in parts))


def shown(handler: Handler) -> protocol.Handler:
    """A GET of the console: who is not signed in is led to where they can, and back."""

    def answer_page(request: Request) -> Response:
        here = _open(request)
        answered = handler(here)
        return waiting.put_back(
            request, here.session, here.gathered.shop.merchant_id, here.words, answered
        )

    return _at_home(answer_page)


def sent(handler: Handler, page: str = "") -> protocol.Handler:
    """A form of the console that was sent: from our own pages alone. `page` is where it stands, if
    that is not the page above it."""

    def answer_form(request: Request) -> Response:
        protocol.require_own_page(request)
        return waiting.sent(request, handler(_open(request)))

    return _at_home(answer_form, page)


def _open(request: Request) -> Console:
    credentials.kept.clear()  # people look at what they have just changed
    gathered = credentials.gather(connect.table(), request, by_form=True)
    if gathered.caller.staff is None:
        raise Refused(RefusalCode.FORBIDDEN, "This page is for people who are signed in.")
    return Console(request, gathered, words_here(request))


def words_here(request: Request) -> Words:
    """The language of who is here: chosen, or the browser's; any that there is."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in languages() and "lang" not in request.query:
        return words(chosen)
    return answer.browser_words(request)


def _at_home(handler: protocol.Handler, page: str = "") -> protocol.Handler:
    """Refusals as the console answers them; who must sign in comes back to the form as typed."""

    def answer_home(request: Request) -> Response:
        try:
            return handler(request)
        except Refused as refused:
            again = refused.code is RefusalCode.CONFIRM_NEEDED
            if not again and refused.code is not RefusalCode.UNAUTHORIZED:
                raise
            is_form = request.method != "GET"
            back = page or _page_of(request) if is_form else request.path
            typed = waiting.keep(request) if is_form else ()
            cookies = (sessions.back_cookie(back), *typed)
            return protocol.redirect(AGAIN if again else SIGN_IN, cookies)

    return answer.as_page(answer_home)


def _page_of(request: Request) -> str:
    from regulars.pages.console import areas

    return areas.above(request.path)


# --- the API in this process -----------------------------------------------------------------


@cache
def _api() -> tuple[Paths, Mapping[str, protocol.Handler]]:
    """Every operation by its route key, and the way of a path to it."""
    from regulars.api import assets, earning, gifts, handlers, redeeming
    from regulars.pages.counter.screen import members

    known = {
        **handlers.ROUTES,
        **assets.ROUTES,
        **earning.ROUTES,
        **gifts.ROUTES,
        **redeeming.ROUTES,
        "POST /staff/api/undo": members.undo,
    }
    return Paths(known), known


def _inner(
    request: Request, method: str, location: str, query: Mapping[str, str]
) -> tuple[protocol.Handler, dict[str, Any]]:
    paths, handlers = _api()
    found = paths.find(method, location)
    if found is None:
        raise LookupError(f"the API has no {method} {location}")
    context = request.event["requestContext"]
    http = {**context["http"], "method": method, "path": location}
    kept = ("accept-language", "user-agent")
    headers = {name: request.headers[name] for name in kept if name in request.headers}
    return handlers[found.route], {
        **{name: value for name, value in request.event.items() if name != "body"},
        "routeKey": found.route, "rawPath": location, "rawQueryString": urlencode(query),
        "requestContext": {**context, "http": http},
        "headers": {**headers, "content-type": "application/json", "x-regulars": "staff"},
        "pathParameters": found.parameters, "isBase64Encoded": False,
    }  # fmt: skip
