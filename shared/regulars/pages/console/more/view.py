"""The view of all sections."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/more/more.html", CSS)


class MorePage(NamedTuple):
    """`GET /console/more`."""

    brand: Brand
