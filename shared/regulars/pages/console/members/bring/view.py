"""The views of bringing members in."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.members.view import SHEETS, Choices
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/members/bring/bring.html", SHEETS)
ONE = Template("pages/console/members/bring/one.html", SHEETS)


class Before(NamedTuple):
    """An import of before."""

    href: str
    at: datetime
    text: str


class BringPage(NamedTuple):
    """`GET /console/members/import`."""

    brand: Brand
    zone: str
    now: datetime
    before: tuple[Before, ...]
    form: Form


class ImportPage(NamedTuple):
    """`GET /console/members/import/{id}`."""

    brand: Brand
    import_id: str
    state: str
    title: str
    under: str
    done: int
    lines: int
    doubts: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    """(heading, our column) of each; empty for one that is not used."""
    ours: Choices
    errors: tuple[tuple[int, str, str], ...]
    """(line, heading, what to do)."""
    refused: int
    form: Form
