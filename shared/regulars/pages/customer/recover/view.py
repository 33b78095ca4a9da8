"""The recovery page's view."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.pages.customer.controller import Controller
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/customer/recover/recover.html",
    ("base.css", "column.css", "pages/customer/join/join.css"),
)


class RecoverPage(NamedTuple):
    """`GET|POST /j/{slug}/recover`: both forms post to `action`, `contact` or `code`.

    `outcome` is `mailed` after any contact, alike whether somebody has it, or what is wrong with
    what was typed.
    """

    brand: Brand
    action: str
    join: str
    controller: Controller
    outcome: Literal["", "mailed", "no_contact", "no_code"] = ""
    contact: str = ""
