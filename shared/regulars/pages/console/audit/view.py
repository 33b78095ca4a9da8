"""The view of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/audit/audit.html", CSS)


class Done(NamedTuple):
    """One thing that was done."""

    at: datetime
    who: str
    what: str
    about: str
    changes: tuple[tuple[str, str, str], ...]
    """(what, before, after)."""
    source: str


class AuditPage(NamedTuple):
    """`GET /console/audit`."""

    brand: Brand
    zone: str
    now: datetime
    items: tuple[Done, ...]
    kinds: tuple[tuple[str, str], ...]
    kind: str
    since: str
    older: str = ""
