"""The view of the page on which people choose their name."""

from __future__ import annotations

from typing import NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/counter/who/who.html", ("base.css", "column.css", "pages/counter/who/who.css")
)


class Choice(NamedTuple):
    """Somebody who can sign in on the device."""

    staff_id: str
    name: str
    needs_pin: bool


class WhoPage(NamedTuple):
    """`GET /staff/counter` on an enrolled device on which nobody is signed in."""

    brand: Brand
    device: str
    location: str
    people: tuple[Choice, ...]
    languages: tuple[str, ...]
