"""The front page's view."""

from __future__ import annotations

from typing import NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/customer/front/front.html", ("base.css", "column.css"))


class FrontPage(NamedTuple):
    """`GET /`: the same for everybody. It names no shop: there may be many."""

    brand: Brand | None = None
