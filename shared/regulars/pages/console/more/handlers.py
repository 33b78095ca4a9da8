"""All sections on one page."""

from __future__ import annotations

from regulars.http.protocol import Response
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.here import Console, shown
from regulars.pages.console.more.view import TEMPLATE, MorePage
from regulars.render.brand import brand_of


def show(here: Console) -> Response:
    """GET /console/more: every section and every page of the shop."""
    return frame.page(here, TEMPLATE, MorePage(brand_of(here.gathered.program)), "more")


ROUTES = {"GET /console/more": shown(show)}
