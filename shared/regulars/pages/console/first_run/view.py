"""The views of the first run."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template
from regulars.views.customer import GoalPanel

TEMPLATE = Template(
    "pages/console/first_run/first_run.html",
    (*CSS, "punch.css", "pages/console/first_run/first_run.css"),
)


class Trade(NamedTuple):
    """A template: the trade in words, and the card that it makes."""

    template: str
    name: str
    goal: GoalPanel | None
    rows: tuple[tuple[str, str], ...]
    """(name of a tier, its price or how it is reached, and what it gives) of its ladder."""


class FirstRunPage(NamedTuple):
    """`GET /console/first-run/{step}`: `trade`, `look` or `counter`."""

    brand: Brand
    step: str
    steps: tuple[tuple[str, str], ...]
    """(step, its words), in their order."""
    form: Form
    trades: tuple[Trade, ...] = ()
    goal: GoalPanel | None = None
    """Of the programme as it is, for the preview."""
    icons: tuple[tuple[str, str], ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    spoken: tuple[str, ...] = ()
    name: str = ""
    color: str = ""
    found: tuple[str, ...] = ()
    """Colors of the logo that was just uploaded."""
    zone: str = "UTC"
    join_url: str = ""
    enroll_url: str = ""
    enroll_code: Markup | None = None
