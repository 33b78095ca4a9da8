"""The view of the shop's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/shop/shop.html", CSS)


class ShopPage(NamedTuple):
    """`GET /console/shop`; `now` is what is set, as the API shows it."""

    brand: Brand
    now: Mapping[str, Any]
    slug: str
    join_url: str
    form: Form
    address: Form
    would_erase: str = ""
    """What the retention rule that was typed would do."""
