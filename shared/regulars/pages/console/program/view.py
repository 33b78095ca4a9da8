"""The view of the editor: one part of the programme, with card and counter as they would be."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.pages.console.program.editing import ShownRow
from regulars.pages.console.program.parts import EditorPart
from regulars.pages.console.program.trying import CardPreview, Tried
from regulars.render.brand import Brand
from regulars.render.page import Template

EDITOR_CSS = "pages/console/program/program.css"
TEMPLATE = Template(
    "pages/console/program/program.html",
    (*CSS, "punch.css", "pages/customer/card/hero.css", EDITOR_CSS),
)


class Section(NamedTuple):
    """The rows of one field of the document, and what can be added to them."""

    field: str
    rows: tuple[ShownRow, ...]
    adds: tuple[tuple[str, str], ...]
    """(variant, words)."""
    gone: tuple[tuple[str, str], ...] = ()
    """Rows that are taken out in the draft: (name, title)."""


class TrySale(NamedTuple):
    """A sale to try: what was asked, and what it gives."""

    asked: dict[str, str]
    categories: tuple[tuple[str, str], ...]
    weekdays: tuple[tuple[str, str], ...]
    tried: Tried | None


class ProgramPage(NamedTuple):
    """`GET /console/programme/{part}`."""

    brand: Brand
    zone: str
    now: datetime
    version: int
    published: str
    parts: tuple[EditorPart, ...]
    part: EditorPart
    changed: tuple[str, ...]
    """The slugs of the parts with changes that are not published."""
    wrong: tuple[str, ...]
    """The slugs of the parts that must be corrected first."""
    sections: tuple[Section, ...]
    mistakes: tuple[tuple[str, str], ...]
    """(field of the page, what is wrong) of what was sent just now."""
    changes: int
    """How many changes are not published."""
    saved: str
    """Who saved the draft last, and when, in words."""
    seen: str
    card: CardPreview | None
    keys: tuple[dict[str, Any], ...] = ()
    sale: TrySale | None = None
    overtaken: tuple[str, ...] = ()
    """What somebody has published meanwhile that the draft says otherwise."""
