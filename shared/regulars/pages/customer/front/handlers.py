"""The front page's route."""

from __future__ import annotations

from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.front import view


def show(request: protocol.Request) -> protocol.Response:
    """GET /: where a guest finds their card, and where an owner signs in."""
    return answer.page(200, view.TEMPLATE, view.FrontPage(), answer.browser_words(request))


ROUTES = {"GET /": answer.as_page(show)}
