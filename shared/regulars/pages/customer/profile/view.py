"""The view of a member's own data."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.pages.customer.controller import Controller
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/customer/profile/profile.html",
    (
        "base.css",
        "column.css",
        "pages/customer/join/join.css",
        "pages/customer/profile/profile.css",
    ),
)


class Fact(NamedTuple):
    """Something that is known: `value` as it is shown, empty for nothing; `typed` as it stands in
    the field, with a code when it needs another look (`invalid`, `too_long`, `too_young`).

    `waiting` is a contact that was typed and that nobody has confirmed yet.
    """

    name: Literal["name", "email", "phone", "birthday", "language"]
    value: str
    typed: str
    error: str = ""
    waiting: str = ""


class Agreement(NamedTuple):
    """Whether something may be sent: `sentence` says what."""

    channel: str
    sentence: str
    given: bool


class ProfilePage(NamedTuple):
    """`GET|POST /card/{slug}/profile`: every form posts to `action`, with `do` for what it does."""

    brand: Brand
    action: str
    card: str
    """The path of the card."""
    name: str
    facts: tuple[Fact, ...]
    agreements: tuple[Agreement, ...]
    languages: tuple[str, ...]
    controller: Controller
    min_age: int = 0
    done: bool = False
    """Whether something has just been changed."""
