"""The view of the figures that exist."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/insights/insights.html", (*CSS, "pages/console/insights/insights.css")
)


class WeekRow(NamedTuple):
    """One week: its days in words, and its figures."""

    label: str
    visits: int
    members: int
    joined: int
    redeemed: int
    share: int
    """Its visits as a share of the largest week's, in percent."""


class InsightsPage(NamedTuple):
    """`GET /console/insights`."""

    brand: Brand
    weeks: tuple[WeekRow, ...]
    headline: str
