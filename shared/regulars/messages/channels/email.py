"""E-mail through SES."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formataddr
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from regulars.core.config import settings
from regulars.messages.mail import Mail, NotSentError
from regulars.program.shop import Shop


def send_mail(shop: Shop, mail: Mail) -> None:
    """Hand a mail to SES, with one-click unsubscribe (RFC 8058)."""
    message = EmailMessage()
    message["From"] = formataddr((mail.sender, settings().mail_from))
    message["To"] = mail.to
    message["Subject"] = mail.subject
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    try:
        _ses().send_email(
            FromEmailAddress=message["From"],
            Destination={"ToAddresses": [mail.to]},
            Content={"Raw": {"Data": message.as_bytes()}},
        )
    except ClientError as error:
        # By its code alone: SES names the address in its words, and words end in logs.
        raise NotSentError(error.response["Error"]["Code"]) from None


@cache
def _ses() -> Any:
    config = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2})
    return boto3.client("sesv2", config=config)
