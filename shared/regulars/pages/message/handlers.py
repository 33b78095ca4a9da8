"""Where the codes on a card lead when a phone scans them, not the counter."""

from __future__ import annotations

from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.message import view


def explain_code(request: protocol.Request) -> protocol.Response:
    """GET /s/{code}, GET /v/{code}: where a code leads when a phone scans it, not the counter."""
    words = answer.browser_words(request)
    shown = view.MessagePage(
        "plain",
        title=words.t("This code is for the counter"),
        text=words.t("Show it to the people at the counter; their screen reads it."),
    )
    return answer.page(200, view.TEMPLATE, shown, words)


ROUTES = {
    "GET /s/{code}": answer.as_page(explain_code),
    "GET /v/{code}": answer.as_page(explain_code),
}
