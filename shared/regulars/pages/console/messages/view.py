"""The view of messages."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from regulars.pages.console.frame.frame import CSS
from regulars.render.brand import Brand
from regulars.render.mail import MailBlock
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/console/messages/messages.html", (*CSS, "pages/console/messages/messages.css")
)


class KindRow(NamedTuple):
    """One kind of message."""

    name: str
    title: str
    when: str
    who: str
    subject: str
    """What it says to the member of the preview; empty where there is nothing to say to them."""
    blocks: tuple[MailBlock, ...]


class SentRow(NamedTuple):
    """A message that the sandbox kept."""

    at: datetime
    to: str
    subject: str


class MessagesPage(NamedTuple):
    """`GET /console/messages`."""

    brand: Brand
    zone: str
    now: datetime
    kinds: tuple[KindRow, ...]
    languages: tuple[str, ...]
    language: str
    """Of the preview."""
    member: str
    """Whose preview it is."""
    quiet: tuple[str, str]
    sender: str
    failed: int
    sent: tuple[SentRow, ...] | None
    """None in the live shop, where texts of messages are not kept."""
