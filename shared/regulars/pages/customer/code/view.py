"""The view of the page behind a code that guests scan."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.i18n import UnitNames
from regulars.pages.customer.controller import Controller
from regulars.render.brand import Brand
from regulars.render.page import Template
from regulars.views.customer import GoalPanel

TEMPLATE = Template(
    "pages/customer/code/code.html",
    ("base.css", "punch.css", "column.css", "pages/customer/code/code.css"),
)

State = Literal[
    "ask", "join", "done", "held", "used", "old", "soon", "day", "limit", "receipt", "shop"
]


class CodePage(NamedTuple):
    """`GET|POST /t/{token}`: what the code gives (`ask`, `join`), that it is on the card (`done`),
    that it waits there (`held`), or why it is not.

    `soon` is a code right after another one, `day` one too many for today, `limit` something that
    was rewarded as often as it is, `receipt` one whose sale is on another card, `shop` what only
    the people at the counter can settle. The form of `ask` and `join` posts to `action`.
    """

    brand: Brand
    state: State
    action: str
    languages: tuple[str, ...]
    name: str = ""
    """Whose card this browser has; empty when it has none, or nobody said."""
    goal: GoalPanel | None = None
    """The next reward: of `join` as it will be."""
    got: tuple[tuple[UnitNames, int], ...] = ()
    """What was granted, by unit; of `held` what waits."""
    pending: int = 0
    """Of `held`: how many places of the punch card wait."""
    minutes: int = 0
    """Of `soon`: how long to wait."""
    at: str = ""
    """The time of day of what was booked."""
    card: str = ""
    """The path of the card; empty without one."""
    once: str = ""
    min_age: int = 0
    """Of `join`: years; 0 where nobody is asked for a date of birth."""
    error: str = ""
    """Of `join`: what is wrong with the date of birth, a code."""
    typed: str = ""
    trap: str = ""
    ask_person: bool = False
    controller: Controller | None = None
    in_app: bool = False
    """Of `join`: whether the browser is inside another app, where a card would be lost."""
