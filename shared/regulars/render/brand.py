"""How pages and mails of a merchant look: name, color, picture of a reward."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, cast

from regulars.domain.program import Program
from regulars.store import assets

Icon = Literal["cup", "scissors", "plate", "book", "bread", "drop", "paw", "gift"]


class Brand(NamedTuple):
    """Whose page it is: the merchant's name, color ("#7a3a1c") and picture of a reward."""

    name: str
    color: str = "#7a3a1c"
    icon: Icon = "gift"
    logo: str = ""
    """The path of the shop's own picture; empty without one."""


def brand_of(program: Program) -> Brand:
    """Return the look that a programme asks for."""
    logo = assets.path_of(program.logo) if program.logo else ""
    return Brand(program.name, program.color, cast(Any, program.icon), logo)
