"""The view of what needs a person."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/attention/attention.html", CSS)


class Item(NamedTuple):
    """One thing: what it is, why it stands here, and what can be done."""

    item_id: str
    title: str
    why: str
    at: datetime
    acts: tuple[tuple[str, str], ...]
    """(what the form does, its words), the one that is advised first."""
    links: tuple[tuple[str, str], ...] = ()
    """(path, words) of what it is about."""
    problem: str = ""
    """Why what was tried last did not do."""


class AttentionPage(NamedTuple):
    """`GET /console/attention`."""

    brand: Brand
    zone: str
    now: datetime
    items: tuple[Item, ...]
    form: Form
    older: str = ""
    """The path of the next page."""
