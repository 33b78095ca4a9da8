"""The contract of the HTTP API as pydantic models: answers about a merchant itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from regulars.api.answers import Cursor, Instant, View


class QuietHoursView(View):
    """The hours in which no member gets an offer or a reminder."""

    from_: Annotated[str, Field(alias="from")]
    """When they begin, by the shop's clock."""
    until: str
    """When they end; the same time twice means that there are none."""


class MerchantView(View):
    """What a merchant has set about itself."""

    slug: str
    """The name of the shop in its links."""
    name: str
    """Who keeps the members' data: the name of the business."""
    owner_email: str
    """Where the weekly digest goes."""
    postal_address: str | None
    """The address of the business, when it is set."""
    privacy_contact: str | None
    """The e-mail address for questions about data, when it is set."""
    privacy_url: str | None
    """Where the privacy notice is, when it is set."""
    sender_name: str
    """The name that mails come from."""
    reply_to: str | None
    """Where answers to mails go, when it is set."""
    quiet_hours: QuietHoursView
    """When nobody is written to."""
    retention_months: int | None
    """The retention rule: after how many months without use of the card a member is erased."""
    retention_from: Instant | None
    """When it begins to hold: a week after it was set or made shorter; null without a rule, and
    until the next weekly digest for one that was set before anything acted on it."""
    set_up_done: bool
    """Whether the owner has been through the first steps."""


class WouldErase(View):
    """Whom a retention rule would erase, if it held today."""

    members: int
    """How many members."""
    more: bool
    """Whether there are older members who were not looked at: then it is the least."""


class TriedMerchant(MerchantView):
    """What a merchant would have set, for a dry run."""

    would_erase: WouldErase
    """Whom the rule would erase now."""


class ChangedMerchant(RootModel[MerchantView | TriedMerchant]):
    """What a merchant has set; for a dry run what it would have set."""


class ArchiveLink(View):
    """An archive of everything that a merchant had: lines of JSON, compressed with gzip."""

    url: str
    """Where it can be fetched."""
    expires_at: Instant
    """Until when that link is good; ask again for another."""
    sha256: str
    """SHA-256 of the file, in hex."""
    size: int
    """Its size in bytes."""


class ListedMerchant(View):
    """A merchant as the platform sees it."""

    merchant_id: str
    """Id of the live merchant."""
    sandbox_id: str
    """Id of its sandbox."""
    slug: str
    """The name of the shop in its links."""
    name: str
    """The name of the business."""
    owner_email: str
    """Where the weekly digest goes."""
    created_at: Instant
    """When it was created."""
    rate_per_second: int | None
    """How many requests a second each key may make; null for the usual limit."""
    burst: int | None
    """How many requests a key may make at once; null for the usual limit."""
    state: Literal["open", "closing", "closed"]
    """Whether it is open, was closed (30 days later its members are erased), or is erased."""
    archive: ArchiveLink | None
    """Where everything is that a closed merchant had; null while it is not made, and 90 days
    later."""


class MerchantList(View):
    """The merchants of the platform, the newest first."""

    items: list[ListedMerchant]
    """The merchants of this page."""
    next: Cursor
