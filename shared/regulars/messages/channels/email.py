"""E-mail through SES."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import formataddr
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from regulars.core.config import settings
from regulars.messages.mail import Mail, NotSentError
from regulars.program.shop import Shop


class _Policy(EmailPolicy):
    """SMTP's policy, but for headers that mail programs read as they are."""

    AS_IT_IS = frozenset({"list-unsubscribe", "list-unsubscribe-post"})
    """Python would write a long address as an encoded word, which no mail program takes for one."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header's bytes."""
        if name.lower() in self.AS_IT_IS:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def send_mail(shop: Shop, mail: Mail) -> None:
    """Hand a mail to SES, with one-click unsubscribe (RFC 8058); raises NotSentError."""
    try:
        _ses().send_email(
            FromEmailAddress=sender(mail.sender, settings().mail_from),
            Destination={"ToAddresses": [mail.to]},
            Content={"Raw": {"Data": message(mail, settings().mail_from)}},
        )
    except ClientError as error:
        # By its code alone: SES names the address in its words, and words end in logs.
        raise NotSentError(error.response["Error"]["Code"]) from None


def message(mail: Mail, mail_from: str) -> bytes:
    """Return the bytes of a mail as they leave: 7-bit, both parts, links to stop it."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address(one_line(mail.sender), addr_spec=mail_from)
    made["To"] = mail.to
    made["Subject"] = one_line(mail.subject)
    if mail.unsubscribe_url:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made.as_bytes()


def sender(name: str, address: str) -> str:
    """Return name and address in 7 bits: a name beyond ASCII as encoded words (RFC 2047)."""
    name = one_line(name)
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', maxlinelen=75).encode(linesep='')} <{address}>"


def one_line(text: str) -> str:
    """Return a text without line breaks, of which Unicode knows more than keyboards do."""
    return " ".join(text.splitlines())


@cache
def _ses() -> Any:
    config = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2})
    return boto3.client("sesv2", config=config)
