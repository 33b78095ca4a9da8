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


class QuotaError(NotSentError):
    """So many mails may not be sent: not in this second, or not before tomorrow."""

    @property
    def lasts(self) -> bool:
        """Whether a try in some minutes will be refused as well: the day's mails are used up."""
        return str(self) not in OF_THE_SECOND


OF_THE_SECOND = frozenset({"TooManyRequestsException", "Throttling", "ThrottlingException"})
"""What SES says when mails come too fast."""

OF_THE_DAY = frozenset(
    {"LimitExceededException", "SendingPausedException", "AccountSuspendedException"}
)
"""What it says when there were too many mails today, or sending is paused."""
