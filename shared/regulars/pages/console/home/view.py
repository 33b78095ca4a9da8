"""The view of the console's first page."""

from __future__ import annotations

from typing import NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/home/home.html", ("base.css", "column.css"))


class HomePage(NamedTuple):
    """`GET /console/`: who is signed in."""

    brand: Brand
    person: str
    role: str
    sign_out: str = "/staff/sign-out"
