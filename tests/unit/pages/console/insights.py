"""Figures by week."""

from regulars.pages.console.insights.view import TEMPLATE, InsightsPage, WeekRow
from tests.unit.pages.card_samples import BRAND

WEEKS = tuple(WeekRow(f"nov. {n}.", 400 + n, 200, 20, 30, 90 + n) for n in range(8))
PAGES = {
    "": InsightsPage(BRAND, WEEKS, "38 látogatással több, mint egy hete"),
    "empty": InsightsPage(BRAND, (), "Az első hét még tart"),
}
TEMPLATES = {InsightsPage: TEMPLATE}
