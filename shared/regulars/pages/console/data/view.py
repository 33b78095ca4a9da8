"""The views of data and the sandbox."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/data/data.html", CSS)
SANDBOX = Template("pages/console/data/sandbox.html", CSS)


class DataPage(NamedTuple):
    """`GET /console/data`."""

    brand: Brand
    shop: str
    """What must be typed to close it."""
    form: Form


class SandboxPage(NamedTuple):
    """`GET /console/data/sandbox`: the way there, or, inside, its clock and the way back."""

    brand: Brand
    clock: str
    """Empty in the live shop."""
    form: Form
    ran: tuple[str, ...] = ()
    """What was done on the way, when the clock was moved."""
