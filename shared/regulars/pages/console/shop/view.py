"""The view of the shop's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/shop/shop.html", CSS)


HAND_OVER = Template("pages/console/shop/hand_over.html", ("base.css", "column.css"))


class HandOverPage(NamedTuple):
    """`GET /console/hand-over/{token}`: asks one of two mailboxes."""

    brand: Brand
    shop: str
    side: str
    """`from` for the owner of now, `to` for the next one."""
    state: str
    """`ask`, `waits` for the other side, `done`, or `over`."""
    action: str


class ShopPage(NamedTuple):
    """`GET /console/shop`; `now` is what is set, as the API shows it."""

    brand: Brand
    now: Mapping[str, Any]
    slug: str
    join_url: str
    form: Form
    address: Form
    """The form of the shop's address."""
    owner: Form
    """The form that hands it over."""
    would_erase: str = ""
    """What the retention rule that was typed would do."""
