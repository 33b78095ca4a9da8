"""The display's view."""

from __future__ import annotations

from typing import NamedTuple

from regulars.i18n import Text
from regulars.i18n.words import Words
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/counter/display/display.html", ("base.css", "pages/counter/display/display.css")
)


class DisplayPage(NamedTuple):
    """`GET /staff/display`: the promise in the merchant's first language, and in a second one.

    What the page shows of the code its script asks for.
    """

    brand: Brand
    promise: str
    """Empty where there is nothing to collect for."""
    second: Words | None
    """The words of the second language; None where the merchant has one only."""
    second_promise: str = ""
    place: str = ""
    program: Text | None = None
