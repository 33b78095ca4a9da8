"""The view of the pages that sign somebody in to the console."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/sign_in/sign_in.html",
    ("base.css", "column.css", "pages/console/sign_in/sign_in.css"),
)


class SignInPage(NamedTuple):
    """`/console/sign-in`, `/console/sign-in/{token}`: asks for an address, for the code, for the
    button behind a link, or for the shop of somebody who has several."""

    step: Literal["address", "code", "link", "shops", "elsewhere", "over"]
    action: str = "/console/sign-in"
    code: str = ""
    """The code that was entered, to be sent again with the shop."""
    shops: tuple[tuple[str, str], ...] = ()
    """(id, name) of each."""
    wrong: bool = False
    """Whether the code that was entered is wrong."""
    again: bool = False
    """Whether somebody is signed in and must show again who they are."""
    passkeys: bool = False
    """Whether this address can have passkeys."""
    brand: Brand | None = None
