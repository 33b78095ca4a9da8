"""The views of the preview and of the versions."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.pages.console.program.spoken import Change
from regulars.pages.console.program.view import EDITOR_CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

SHEETS = (*CSS, EDITOR_CSS, "pages/console/program/publishing/publishing.css")
TEMPLATE = Template("pages/console/program/publishing/preview.html", SHEETS)
VERSIONS = Template("pages/console/program/publishing/versions.html", SHEETS)
VERSION = Template("pages/console/program/publishing/version.html", SHEETS)


class Effect(NamedTuple):
    """What happens to so many members: in words, with examples (name, path, what)."""

    members: int
    title: str
    hint: str
    kind: str = ""
    """`bad` for what is lost."""
    examples: tuple[tuple[str, str, str], ...] = ()


class Part(NamedTuple):
    """What changed in one part of the programme."""

    label: str
    changes: tuple[Change, ...]


class PreviewPage(NamedTuple):
    """`GET /console/programme/preview`."""

    brand: Brand
    headline: str
    members: int
    effects: tuple[Effect, ...]
    cost: str
    losses: tuple[str, ...]
    """What the tick confirms, in words; empty where nobody loses anything."""
    form: Form
    seen: str
    preview_id: str
    next_version: int
    version: int
    day: str
    """The first day that can be chosen."""
    parts: tuple[Part, ...]
    more: str = ""
    """How the counting goes on; empty when all members were looked at."""
    wrong: tuple[tuple[str, str], ...] = ()
    """(path of the part, what is wrong): it cannot be published yet."""


class VersionRow(NamedTuple):
    """One version in the list."""

    number: int
    state: str
    when: str
    by: str
    note: str


class VersionsPage(NamedTuple):
    """`GET /console/programme/versions`."""

    brand: Brand
    rows: tuple[VersionRow, ...]
    next: str


class VersionPage(NamedTuple):
    """`GET /console/programme/versions/{n}`: what it said otherwise than the one in force."""

    brand: Brand
    number: int
    version: int
    parts: tuple[Part, ...]
