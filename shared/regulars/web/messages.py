"""Refusals on pages: people get a page that says what to do, not a problem document."""

from __future__ import annotations

from typing import Any

from regulars.domain.refusals import Code, Refused
from regulars.i18n import languages, negotiate
from regulars.i18n.words import words as words_of
from regulars.observability import logger
from regulars.store.errors import Unavailable
from regulars.web import http, pages, problems

_KINDS = {
    Code.NOT_FOUND: "not_found",
    Code.UNAUTHORIZED: "signed_out",
    Code.RATE_LIMITED: "too_many",
}


def as_page(handler: http.Handler) -> http.Handler:
    """A handler whose refusals and failures are answered as pages."""

    def answer(request: http.Request) -> http.Response:
        try:
            return handler(request)
        except Refused as refused:
            code = refused.code
            logger().info("refused", extra={"route": request.route, "code": code.value})
        except Unavailable:
            logger().exception("the table did not answer", extra={"route": request.route})
            code = Code.UNAVAILABLE
        except Exception:
            logger().exception("unexpected", extra={"route": request.route})
            code = Code.INTERNAL
        return _message(request, code)

    return answer


def not_found(request: http.Request) -> http.Response:
    """The page for a link that leads nowhere (any more)."""
    return _message(request, Code.NOT_FOUND)


def _message(request: http.Request, code: Code) -> http.Response:
    kind: Any = _KINDS.get(code, "try_again")
    header = request.headers.get("accept-language", "")
    words = words_of(negotiate.language(header, tuple(languages())))
    shown = pages.render(pages.MessageView(kind), words)
    return http.page(problems.STATUS[code].value, shown)
