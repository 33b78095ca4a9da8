"""The view of Today, and of the first page of who works at the counter alone."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/today/today.html", (*CSS, "pages/console/today/today.css"))

NEWEST = Template("pages/console/today/happened.html", ())


class Figure(NamedTuple):
    """A figure of today, beside that of the same day a week before."""

    label: str
    value: str
    change: str
    """How much more or less, in words."""
    sign: int
    """1 for more, -1 for less, 0 for the same."""
    before: str


class Waiting(NamedTuple):
    """One thing that needs a person, and the way to it."""

    text: str
    action: str
    href: str


class Happened(NamedTuple):
    """One thing that happened: when, to whom (empty for a card without a name), what."""

    at: datetime
    name: str
    member: str
    """The path of the member's page."""
    gained: str
    why: str


class Newest(NamedTuple):
    """`GET /console/happened`: the part of the page that is live."""

    brand: Brand
    zone: str
    now: datetime
    happened: tuple[Happened, ...]


class TodayPage(NamedTuple):
    """`GET /console/`."""

    brand: Brand
    zone: str
    now: datetime
    figures: tuple[Figure, ...]
    waiting: tuple[Waiting, ...]
    more_waiting: bool
    happened: tuple[Happened, ...]
    steps: tuple[tuple[str, str, bool], ...] = ()
    """What is left of the first run: (what, path, whether it is done)."""
    is_staff: bool = False
    """Whether who is here works at the counter alone."""
