"""What SES reports of mails: where they do not arrive or are not wanted, no more are sent.

The report of a bounce or a complaint comes by way of a topic onto the messages queue, at least
once and in any order; the mail's tags name the merchant and the member. A mailbox that is full for
a day is none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from regulars.actions import consent
from regulars.core import clock, contacts
from regulars.core.observability import count, logger
from regulars.domain.calendar import to_ms
from regulars.store import connect
from regulars.store.members import Members


def is_one(body: Mapping[str, Any]) -> bool:
    """Tell whether a message of the queue is a report of SES."""
    return "eventType" in body


def take(report: Mapping[str, Any]) -> None:
    """Stop the mails to each address that a report names; taking it twice is taking it once.

    Raises KeyError for a report of another shape, and what the table raises.
    """
    addresses = [] if _may_pass(report) else _addresses(report)
    tags = report["mail"].get("tags", {})
    merchant_id = next(iter(tags.get("merchant", ())), "")
    member_id = next(iter(tags.get("member", ())), "")
    logger().warning(
        "a mail came back",
        extra={
            "event": report["eventType"],
            "merchant": merchant_id,
            "member": member_id,
            "stopped": len(addresses),
        },
    )
    if merchant_id and addresses:
        count("MailsStopped", len(addresses))
        _stop(Members(connect.table(), merchant_id), member_id, addresses)


def _may_pass(report: Mapping[str, Any]) -> bool:
    """Whether mails may arrive tomorrow: only bounces for good and complaints are for ever."""
    kind = report["eventType"]
    return kind != "Complaint" and not (
        kind == "Bounce" and report["bounce"]["bounceType"] == "Permanent"
    )


def _addresses(report: Mapping[str, Any]) -> list[str]:
    """The addresses that a report is about, as we keep them."""
    about = report.get("bounce") or report["complaint"]
    named = about.get("bouncedRecipients") or about.get("complainedRecipients") or []
    found = (contacts.email(parseaddr(it["emailAddress"])[1]) for it in named)
    return [address for address in found if address]


def _stop(members: Members, member_id: str, addresses: list[str]) -> None:
    """Send no more to these addresses, and take back the consent of the member who has one."""
    at_ms = to_ms(clock.now())
    profile = members.profile(member_id) if member_id else None
    if profile is not None and profile.email in addresses:
        consent.stop_mails(members, profile, at_ms)
    for address in addresses:
        members.stop_mails(address, at_ms)
