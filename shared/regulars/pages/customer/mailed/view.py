"""The page of a mailed link: its view."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/customer/mailed/mailed.html", ("base.css", "column.css"))


State = Literal["ask", "done", "used", "expired", "taken", "way", "way_used", "way_old"]
"""How a link stands: one that confirms an address, or one that is a `way` to the card."""


class MailedPage(NamedTuple):
    """`GET|POST /m/{token}`: GET asks, POST has confirmed (`done`), or the link is good for nothing
    (any more).

    `own` says that this browser holds the card. `card_path` leads to it, once the address is
    confirmed.
    """

    brand: Brand
    action: str
    state: State
    address: str = ""
    own: bool = False
    card_path: str = ""
    recover: str = ""
    """For a way to the card: where another link is asked for."""
