"""The views of what is done for several members at once."""

from __future__ import annotations

from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.members.view import SHEETS, Choices
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/members/chosen/chosen.html", SHEETS)
RESULT = Template("pages/console/members/chosen/result.html", SHEETS)


class One(NamedTuple):
    """A member who was chosen: what they have, or why it was not done for them."""

    member_id: str
    name: str
    fact: str


class ChosenPage(NamedTuple):
    """`GET /console/members/chosen`: what to do with them; with `preview` what is about to be
    done."""

    brand: Brand
    members: tuple[One, ...]
    surprises: Choices
    units: Choices
    form: Form
    doing: str = ""
    """`gift` or `adjust`: which form was sent."""
    preview: str = ""
    may_export: bool = False

    @property
    def query(self) -> str:
        """The members, as an address names them."""
        return "&".join(f"m.{one.member_id}=1" for one in self.members)


class ResultPage(NamedTuple):
    """What was done, for whom, and for whom not and why."""

    brand: Brand
    title: str
    done: tuple[One, ...]
    refused: tuple[One, ...]
    undo: tuple[tuple[str, str], ...] = ()
    """(member, number of the entry) of each that can be taken back."""
