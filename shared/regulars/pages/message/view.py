"""The message page's view."""

from __future__ import annotations

from typing import Literal, NamedTuple

from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/message/message.html", ("base.css", "column.css"))


class MessagePage(NamedTuple):
    """A page that says one thing: what happened and what to do now.

    `kind` chooses the words; `title` and `text` (already in the reader's language) replace them.
    """

    kind: Literal[
        "not_found", "link_dead", "try_again", "too_many", "many_join", "signed_out", "plain"
    ]
    brand: Brand | None = None
    title: str = ""
    text: str = ""
    minutes: int = 1
    """How long to wait, where the words say it."""
    link: tuple[str, str] | None = None
    """(path, label) of the way on."""
