"""The view of the campaigns."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from regulars.pages.console.campaigns.calendar_of import Day
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/campaigns/campaigns.html", (*CSS, "pages/console/campaigns/campaigns.css")
)


class Shown(NamedTuple):
    """One campaign: its number in the calendar, what it is, what it did."""

    number: int
    name: str
    worded: str
    state: str
    did: str
    href: str


class Spent(NamedTuple):
    """A budget of surprises: what of it is used, in words and in percent."""

    name: str
    worded: str
    percent: int
    href: str


class Game(NamedTuple):
    """A raffle or a leaderboard: how it stands."""

    name: str
    worded: str
    places: tuple[str, ...]
    href: str


class CampaignsPage(NamedTuple):
    """`GET /console/campaigns`."""

    brand: Brand
    month: date
    title: str
    before: str
    after: str
    today: date
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[Day, ...], ...]
    campaigns: tuple[Shown, ...]
    budgets: tuple[Spent, ...]
    games: tuple[Game, ...]
    form: Form
    days: tuple[tuple[str, str], ...]
    """The days of the week that can be chosen: (name in documents, words)."""
    units: tuple[tuple[str, str], ...]
    factors: tuple[tuple[str, str], ...]
    is_draft: bool = False
    """Whether there are other changes that are not published."""
