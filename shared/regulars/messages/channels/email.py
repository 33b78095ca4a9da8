"""E-mail through SES."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from regulars.core.config import settings
from regulars.messages.mail import OF_THE_DAY, OF_THE_SECOND, Mail, NotSentError, QuotaError
from regulars.program.shop import Shop


class _Policy(EmailPolicy):
    """SMTP's policy, but for headers that are written as they are given.

    Python would write a long link as an encoded word, which no mail program takes for a link, and
    some versions put a space too many between the words of a name.
    """

    AS_IT_IS = frozenset({"from", "subject", "list-unsubscribe", "list-unsubscribe-post"})

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return a header as it is kept in the message."""
        return (
            (name, value)
            if name.lower() in self.AS_IT_IS
            else super().header_store_parse(name, value)
        )

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header's bytes."""
        if name.lower() in self.AS_IT_IS:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")
_FOLD = f"{SMTP.linesep} "
_WORD_BYTES = 45
"""What fits an encoded word of at most 75 characters in base64."""


def send_mail(shop: Shop, mail: Mail) -> None:
    """Hand a mail to SES, with one-click unsubscribe (RFC 8058); raises NotSentError, and
    QuotaError for one too many.

    The configuration set makes SES report bounces and complaints, and the tags say whose mail it
    was (`jobs/feedback.py`).
    """
    named = {"merchant": shop.merchant_id, "member": mail.member_id}
    configuration = settings().mail_configuration
    try:
        _ses().send_email(
            FromEmailAddress=sender(mail.sender, settings().mail_from),
            Destination={"ToAddresses": [mail.to]},
            Content={"Raw": {"Data": message(mail, settings().mail_from)}},
            EmailTags=[{"Name": name, "Value": named[name]} for name in named if named[name]],
            **({"ConfigurationSetName": configuration} if configuration else {}),
        )
    except ClientError as error:
        # By its code alone: SES names the address in its words, and words end in logs.
        code = error.response["Error"]["Code"]
        if code in OF_THE_SECOND or code in OF_THE_DAY:
            raise QuotaError(code) from None
        raise NotSentError(code) from None


def message(mail: Mail, mail_from: str) -> bytes:
    """Return the bytes of a mail as they leave: 7-bit, both parts, links to stop it."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = sender(mail.sender, mail_from, _FOLD)
    made["To"] = mail.to
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    made["Subject"] = _FOLD.join(words(mail.subject))
    if mail.unsubscribe_url:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made.as_bytes()


def sender(name: str, address: str, between: str = " ") -> str:
    """Return name and address in 7 bits: a name beyond ASCII as encoded words (RFC 2047)."""
    name = one_line(name)
    if name.isascii():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"{between}<{address}>'
    return f"{between.join(words(name))}{between}<{address}>"


def words(text: str) -> list[str]:
    """Return a text in 7 bits: itself, or encoded words between which a reader drops the space."""
    text = one_line(text)
    if text.isascii():
        return [text]
    pieces: list[str] = []
    piece = ""
    for character in text:
        if len(f"{piece}{character}".encode()) > _WORD_BYTES:
            pieces, piece = [*pieces, piece], ""
        piece += character
    return [f"=?utf-8?b?{b64encode(it.encode()).decode()}?=" for it in (*pieces, piece)]


def one_line(text: str) -> str:
    """Return a text without line breaks, of which Unicode knows more than keyboards do."""
    return " ".join(text.splitlines())


@cache
def _ses() -> Any:
    config = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2})
    return boto3.client("sesv2", config=config)
