"""The view of posters and sources."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/posters/posters.html", (*CSS, "pages/console/posters/posters.css")
)


class Option(NamedTuple):
    """One of several that can be chosen."""

    value: str
    label: str
    chosen: bool = False


class Sheet(NamedTuple):
    """The printed sheet as it is shown: sizes are in mm, `files` are (ending, path)."""

    picture: str
    width: str
    height: str
    code: str
    contrast: str
    files: tuple[tuple[str, str], ...]


class SourceRow(NamedTuple):
    """A source and what it has brought."""

    source_id: str
    name: str
    kind: str
    joins: int
    activated: int
    spent: str
    poster: str
    """The page with this source chosen."""
    figures_url: str
    is_chosen: bool
    is_archived: bool


Choices = tuple[tuple[str, str], ...]
"""(value, words) of each."""


class PostersPage(NamedTuple):
    """`GET /console/posters`: choices by name, the sheet, the sources."""

    brand: Brand
    form: Form
    title: str
    source: str
    """The name of the source that is chosen; empty for none."""
    source_id: str
    options: dict[str, tuple[Option, ...]]
    color: str
    sheet: Sheet | None
    sources: tuple[SourceRow, ...]
    kinds: Choices
    add: Form
    languages: Choices = ()
    """Those of the shop; in the first the poster speaks, in another one below that."""
    second: Choices = ()
