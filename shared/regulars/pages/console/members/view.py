"""The views of the list of members and of somebody new."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

SHEETS = (*CSS, "pages/console/members/members.css")
TEMPLATE = Template("pages/console/members/members.html", SHEETS)
NEW = Template("pages/console/members/new.html", SHEETS)

Choices = tuple[tuple[str, str], ...]
"""(value, words) of each."""


class Tab(NamedTuple):
    """A view of the list: how many it has, and whether it is the one that is open."""

    label: str
    href: str
    members: int
    is_open: bool


class Row(NamedTuple):
    """A member in the list."""

    member_id: str
    name: str
    contact: str
    tier: str
    visits: int
    spent: str
    seen: datetime | None
    usual: int | None
    """Every how many days they come usually."""
    fact: str
    """What they have, or what waits."""


class MembersPage(NamedTuple):
    """`GET /console/members`."""

    brand: Brand
    zone: str
    now: datetime
    title: str
    under: str
    q: str
    tabs: tuple[Tab, ...]
    view: str
    """The view that is open, for the form of the filters."""
    tiers: Choices
    tier: str
    visits: Choices
    visit: str
    rows: tuple[Row, ...]
    following: str
    """Where the next page is; empty on the last."""
    is_narrowed: bool
    may_import: bool


class NewPage(NamedTuple):
    """`GET /console/members/new`."""

    brand: Brand
    languages: Choices
    min_age: int
    form: Form
