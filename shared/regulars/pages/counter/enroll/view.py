"""The view of the page that enrols a device."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/counter/enroll/enroll.html", ("base.css", "column.css"))


class EnrollPage(NamedTuple):
    """`GET|POST /staff/{token}`: asks whether this browser is to be a device of the counter, or
    says that the link was used or is too old."""

    brand: Brand
    state: Literal["ask", "used", "over"]
    action: str
    person: str
    device: str
    location: str
