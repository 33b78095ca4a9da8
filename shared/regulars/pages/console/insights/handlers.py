"""The figures that exist: visits by week, as the digest counted them."""

from __future__ import annotations

from regulars.domain import calendar
from regulars.http.protocol import Response
from regulars.insights import weeks
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.here import Console, shown
from regulars.pages.console.insights.view import TEMPLATE, InsightsPage, WeekRow
from regulars.render.brand import brand_of


def show(here: Console) -> Response:
    """GET /console/insights."""
    shop, words, program = here.gathered.shop, here.words, here.gathered.program
    found = weeks.read(shop)
    most = max((week.visits for week in found), default=0) or 1
    today = calendar.local_date(shop.now, program.timezone)
    rows = tuple(
        WeekRow(
            words.day(week.monday, today), week.visits, week.members, week.joined, week.redeemed,
            round(100 * week.visits / most),
        )
        for week in found
    )  # fmt: skip
    view = InsightsPage(brand_of(program), rows, _headline(here, found))
    return frame.page(here, TEMPLATE, view, "insights")


def _headline(here: Console, found: tuple[weeks.Week, ...]) -> str:
    """What the last two weeks say."""
    words = here.words
    if len(found) < 2:
        return words.t("The first week is still being counted")
    change = found[-1].visits - found[-2].visits
    if not change:
        return words.t("As many visits as in the week before")
    if change > 0:
        return words.n(
            "One visit more than in the week before", "{n} visits more than in the week before",
            change,
        )  # fmt: skip
    return words.n(
        "One visit less than in the week before", "{n} visits less than in the week before",
        -change,
    )  # fmt: skip


ROUTES = {"GET /console/insights": shown(show)}
