"""The view of the page that creates the first merchant."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/set_up/set_up.html",
    ("base.css", "column.css", "pages/console/frame/parts.css", "pages/console/set_up/set_up.css"),
)


class SetUpPage(NamedTuple):
    """`GET /console/set-up`."""

    form: Form
    currencies: tuple[tuple[str, str], ...]
    currency: str
    zones: tuple[tuple[str, str], ...]
    zone: str
    languages: tuple[tuple[str, str], ...]
    language: str
    trades: tuple[tuple[str, str], ...]
    brand: Brand | None = None
