"""The messages queue: mails leave through SES, each at most once (twice if we die in between)."""

from typing import Any

from regulars.jobs.batches import queue
from regulars.messages.channels.email import send_mail
from regulars.messages.delivery import deliver
from regulars.messages.notification import Notification
from regulars.program.shop import load_shop
from regulars.store import connect


def handle(body: dict[str, Any]) -> None:
    """Deliver one notification; raises when it could not be sent, to be tried again."""
    shop = load_shop(connect.table(), body["merchant_id"])
    wanted = Notification(body["member_id"], body["kind"], body["occasion"], body["facts"])
    deliver(shop, wanted, send_mail)


lambda_handler = queue(handle)
