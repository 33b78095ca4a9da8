"""The contract of the HTTP API as pydantic models: what may be sent about a merchant itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from regulars.api.models import Body, Slug, Text
from regulars.program.fields import Sentence, Shaped, Short

TimeOfDay = Annotated[
    str,
    Shaped(
        r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$", "must be a time from 00:00 to 23:59 such as 21:00"
    ),
]
WebAddress = Annotated[
    Text,
    Shaped(r"^https://[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?$", "must be an address with https://"),
]


class QuietHours(Body):
    """The hours in which no member gets an offer or a reminder."""

    from_: Annotated[TimeOfDay, Field(alias="from")]
    """When they begin, by the shop's clock."""
    until: TimeOfDay
    """When they end; the same time twice means that there are none."""


class MerchantChange(Body):
    """Fields that are sent are changed; `null` takes back what need not be set."""

    name: Short = Field(default=None)  # type: ignore[assignment]
    """Who keeps the members' data: the name of the business, on the join page and in mails."""
    owner_email: Text = Field(default=None)  # type: ignore[assignment]
    """Where the weekly digest goes."""
    postal_address: Sentence | None = None
    """The address of the business, in one line: on the join page and below mails."""
    privacy_contact: Text | None = None
    """The e-mail address for questions about data."""
    privacy_url: WebAddress | None = None
    """Where the privacy notice is."""
    sender_name: Short | None = None
    """The name that mails come from; that of the programme when it is not set."""
    reply_to: Text | None = None
    """The e-mail address that answers to mails go to."""
    quiet_hours: QuietHours | None = None
    """When nobody is written to; 21:00 to 08:00 when it is not set."""
    retention_months: Annotated[int, Field(ge=1, le=240)] | None = None
    """The retention rule: after how many months without use of the card a member is erased."""
    slug: Slug = Field(default=None)  # type: ignore[assignment]
    """The name of the shop in its links; links with the old one lead on for ever."""
    set_up_done: bool = Field(default=None)  # type: ignore[assignment]
    """Whether the owner has been through the first steps."""
    dry_run: bool = False
    """Changes nothing: says what the settings would be, and how many members would be erased."""


class MerchantLimits(Body):
    """What the platform sets of a merchant; `null` takes a limit back to the usual one."""

    rate_per_second: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many requests a second each key may make."""
    burst: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """How many requests a key may make at once."""
    owner_email: Text = Field(default=None)  # type: ignore[assignment]
    """Where the weekly digest goes."""
    closed: Literal[False] = Field(default=None)  # type: ignore[arg-type]
    """`false` opens a closed merchant again, until its members are erased."""


class OwnerBody(Body):
    """The new owner's mailbox, when the old one is lost."""

    email: Text
    """The e-mail address of the owner from now on."""
