"""The view of who is here."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/you/you.html", (*CSS, "pages/console/you/you.css"))


class PasskeyRow(NamedTuple):
    """One passkey of who is signed in."""

    passkey_id: str
    name: str
    created: datetime
    used: datetime | None


class PasskeysPanel(NamedTuple):
    """Their passkeys, the oldest first."""

    rows: tuple[PasskeyRow, ...] = ()
    has_room: bool = True


class YouPage(NamedTuple):
    """`GET /console/you`."""

    brand: Brand
    zone: str
    languages: tuple[tuple[str, str], ...]
    """(code, its own name) of those that the console speaks."""
    sign_out: str = "/staff/sign-out"
    passkeys: PasskeysPanel | None = None
