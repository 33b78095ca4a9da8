"""One mail, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address, as HTML and as the same words in plain text."""

    to: str
    kind: str
    language: str
    sender: str
    subject: str
    html: str
    text: str
    unsubscribe_url: str | None
    reply_to: str = ""
    """Where answers go; empty for the sender."""
    member_id: str = ""
    """Whose card it is about; empty for mails to the owner."""


class NotSentError(Exception):
    """The message was refused for now and has certainly not been sent; says by which code."""
