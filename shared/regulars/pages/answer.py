"""How pages are answered: rendered with their headers; refusals as pages, too.

People get a page that says what to do, not a problem document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.core.observability import logger
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, links, problems, protocol
from regulars.i18n import languages, negotiate
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.pages.message import view as message
from regulars.program.load import ClosedError
from regulars.render.brand import brand_of
from regulars.render.page import Template, View, render
from regulars.store import connect
from regulars.store.closing import GRACE_MS
from regulars.store.errors import Unavailable

_KINDS = {
    RefusalCode.NOT_FOUND: "not_found",
    RefusalCode.UNAUTHORIZED: "signed_out",
    RefusalCode.RATE_LIMITED: "too_many",
}


def as_page(handler: protocol.Handler) -> protocol.Handler:
    """A handler whose refusals and failures are answered as pages.

    A page that is not found is looked for under the spelling that was meant, and led to.
    """

    def answer(request: protocol.Request) -> protocol.Response:
        try:
            limits.require_heard(request)
            return _found(handler, request)
        except Refused as first:
            refused = _counted(request, first)
            protocol.log_refusal(request, refused)
        except Unavailable:
            logger().exception("the table did not answer", extra={"route": request.route})
            refused = Refused(RefusalCode.UNAVAILABLE)
        except Exception:
            logger().exception("unexpected", extra={"route": request.route})
            refused = Refused(RefusalCode.INTERNAL)
        return refusal(request, refused)

    return answer


def _found(handler: protocol.Handler, request: protocol.Request) -> protocol.Response:
    """What a handler answers, or the way to where it finds something."""
    try:
        return handler(request)
    except Refused as refused:
        known = isinstance(refused, ClosedError)
        if known or refused.code is not RefusalCode.NOT_FOUND or request.method != "GET":
            raise
        other = links.respelled(request.path)
        while other and not _leads_to_a_page(handler, request.at(other)):
            other = links.respelled(other)
        if other is None:
            raise
        return elsewhere(request, other)


def _leads_to_a_page(handler: protocol.Handler, request: protocol.Request) -> bool:
    try:
        handler(request)
    except Refused:
        return False
    return True


def elsewhere(request: protocol.Request, path: str) -> protocol.Response:
    """Lead to another path with the same query."""
    query = str(request.event.get("rawQueryString", ""))
    return protocol.redirect(f"{path}?{query}" if query else path)


def page(
    status: int,
    template: Template,
    view: View,
    words: Words,
    cookies: tuple[str, ...] = (),
    **more: object,
) -> protocol.Response:
    """Render a view and answer it."""
    shown = render(template, view, words, **more)
    return protocol.html(
        status, shown.html, shown.style_hashes, camera=shown.camera, cookies=cookies
    )


def browser_words(request: protocol.Request, spoken: Sequence[str] = ()) -> Words:
    """Return the words in the language of `spoken` (a merchant's languages; on pages of no
    merchant all there are) that fits the browser best; `?lang=` in the address comes first."""
    wanted = request.query.get("lang") or request.headers.get("accept-language", "")
    return words_of(negotiate.language(wanted, spoken or tuple(languages())))


def refusal(request: protocol.Request, refused: Refused) -> protocol.Response:
    """Answer a refusal as a page that says what to do."""
    if isinstance(refused, ClosedError):
        return _closed(request, refused)
    kind: Any = _KINDS.get(refused.code, "try_again")
    shown = message.MessagePage(kind, minutes=minutes(refused))
    return refusal_page(refused, shown, browser_words(request))


def _closed(request: protocol.Request, closed: ClosedError) -> protocol.Response:
    """Say that the programme is over, and what that means."""
    program = closed.program
    words = browser_words(request, program.languages)
    erased = calendar.local_date(calendar.from_ms(closed.at_ms + GRACE_MS), program.timezone)
    shown = message.MessagePage(
        "plain",
        brand_of(program),
        title=words.t("{shop} has closed its programme", shop=program.name),
        text=words.t(
            "Cards, rewards and links of it do not work any more, and nobody writes to you. You "
            "need not do anything: what is stored about you is erased from {date} on.",
            date=words.date(erased),
        ),
    )
    return refusal_page(closed, shown, words)


def refusal_page(refused: Refused, shown: message.MessagePage, words: Words) -> protocol.Response:
    """Answer a refusal as this page, with when to come again in its headers."""
    answered = page(problems.STATUS[refused.code].value, message.TEMPLATE, shown, words)
    answered["headers"] |= problems.retry_after(refused)
    return answered


def minutes(refused: Refused) -> int:
    """Return how many minutes to wait after a refusal, at least one."""
    return max(1, -(-refused.retry_after_s // 60))


def _counted(request: protocol.Request, refused: Refused) -> Refused:
    """The refusal; another one when the address asked too often for what is not there."""
    if refused.code is not RefusalCode.NOT_FOUND or isinstance(refused, ClosedError):
        return refused
    try:
        limits.missed(connect.lean_table, request)
    except Refused as too_often:
        return too_often
    except Unavailable:
        logger().exception("not counted", extra={"route": request.route})
    return refused
