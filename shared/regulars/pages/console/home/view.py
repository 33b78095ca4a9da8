"""The view of the console's first page."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/home/home.html", ("base.css", "column.css", "pages/console/home/home.css")
)


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


class HomePage(NamedTuple):
    """`GET /console/`: who is signed in, and with what they can."""

    brand: Brand
    person: str
    role: str
    sign_out: str = "/staff/sign-out"
    passkeys: PasskeysPanel | None = None
    zone: str = "UTC"
