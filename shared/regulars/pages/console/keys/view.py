"""The view of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/keys/keys.html", CSS)


class KeyRow(NamedTuple):
    """One key: never its secret."""

    key_id: str
    name: str
    may: str
    made: datetime | None
    ends: datetime | None
    is_live: bool
    state: str


class KeysPage(NamedTuple):
    """`GET /console/keys`; `secret` is shown once, after a key was made."""

    brand: Brand
    zone: str
    now: datetime
    keys: tuple[KeyRow, ...]
    scopes: tuple[tuple[str, str], ...]
    form: Form
    secret: str = ""
    secret_of: str = ""
