"""The join page's view."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from regulars.i18n import Text
from regulars.pages.customer.controller import Controller
from regulars.render.brand import Brand
from regulars.render.page import Template
from regulars.views.customer import GoalPanel

TEMPLATE = Template(
    "pages/customer/join/join.html",
    ("base.css", "punch.css", "column.css", "pages/customer/join/join.css"),
)
TRAP = "left_blank"
"""The field that people do not see. No browser and no password manager knows its name, so that
only robots fill it in."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class JoinPage(NamedTuple):
    """`GET|POST /j/{slug}`: the form posts to `action`.

    `consents` holds what stands beside the box of each channel, `values` what was typed by field
    name, `errors` a code by field name: `invalid`, `too_long` or `too_young`. `goal.have` is what
    joining puts on the card at once (0 for nothing). `recover` is the path to a card that one has
    already. `min_age` (years) is 0 where nobody is asked for a date of birth. `ask_person` is true
    when the trap for robots was filled in: the form comes again, and its button says who presses
    it.
    """

    brand: Brand
    action: str
    once: str
    languages: tuple[str, ...]
    controller: Controller
    consents: Mapping[str, str]
    goal: GoalPanel | None = None
    source: str = ""
    ref: str = ""
    values: Mapping[str, str] = NOTHING
    errors: Mapping[str, str] = NOTHING
    recover: str = ""
    min_age: int = 0
    ask_person: bool = False
    friend: str = ""
    """The given name of the member whose link was followed, and what that gives (`gift`)."""
    gift: str = ""
    address: str = ""
    """The page's own, for who sends its link on."""
    is_public: bool = False
    """Whether search engines may list it: the page of a shop, not of a link of a member."""
    picture: str = ""
    """The address of what is shown beside that link."""
    in_app: bool = False
    """Whether the page is shown inside another app, where a card would be lost."""
    trap: str = TRAP
    program: Text | None = None
    """The name of the programme, when it has one of its own ("Mug Club")."""
