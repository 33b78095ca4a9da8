"""The view of the figures of one source."""

from __future__ import annotations

from typing import NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/customer/figures/figures.html", ("base.css", "column.css"))


class FiguresPage(NamedTuple):
    """`GET /figures/{token}`: what one source has brought, and nothing else of the shop."""

    brand: Brand
    name: str
    joins: int
    activated: int
    spend_minor: int
    currency: str
