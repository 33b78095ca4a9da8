"""The views of tills."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/tills/tills.html", CSS)
ONE = Template("pages/console/tills/till.html", (*CSS, "pages/console/tills/till.css"))


class TillRow(NamedTuple):
    """A till, and whether its events come."""

    provider: str
    name: str
    state: str
    last: datetime | None


class TillsPage(NamedTuple):
    """`GET /console/tills`."""

    brand: Brand
    zone: str
    now: datetime
    live: tuple[TillRow, ...]
    others: tuple[TillRow, ...]
    waiting: int
    """Sales that could not be booked."""


class TillPage(NamedTuple):
    """`GET /console/tills/{provider}`: four steps."""

    brand: Brand
    zone: str
    now: datetime
    till: TillRow
    steps: tuple[str, ...]
    """Where to click in the till's own settings."""
    url: str
    secret: str
    """The secret that is pasted into the till; empty where the till makes it."""
    asks_secret: bool
    account: str
    form: Form
    can_test: bool
    """Whether a sample sale can be sent: in the sandbox."""
    tested: str = ""
    """What came of the sample."""
