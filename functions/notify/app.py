"""The messages queue: mails leave through SES, each at most once (twice if we die in between)."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formataddr
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.config import Config
from botocore.exceptions import ClientError

from regulars.config import settings
from regulars.jobs.batches import logged
from regulars.jobs.composing import Mail
from regulars.jobs.context import Shop, open_shop
from regulars.jobs.messages import NotSentError, deliver
from regulars.jobs.telling import Tell
from regulars.store import connect

processor = BatchProcessor(event_type=EventType.SQS)


@logged
def record_handler(record: SQSRecord) -> None:
    """Deliver one message; raises when it could not be sent, to be tried again."""
    body = record.json_body
    shop = open_shop(connect.table(), body["merchant_id"])
    message = Tell(body["member_id"], body["kind"], body["occasion"], body["facts"])
    deliver(shop, message, send_mail)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver a batch; answers which messages failed."""
    return dict(
        process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
    )


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
