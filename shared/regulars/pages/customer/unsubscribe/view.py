"""The unsubscribe page's view."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/customer/unsubscribe/unsubscribe.html", ("base.css", "column.css"))


class UnsubscribePage(NamedTuple):
    """`GET|POST /u/{token}`: GET asks, POST has acted (`done`)."""

    brand: Brand
    action: str
    channel: Literal["email", "sms", "push"] = "email"
    done: bool = False
