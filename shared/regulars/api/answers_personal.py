"""The contract of the HTTP API as pydantic models: a member's own data, handed over or erased."""

from __future__ import annotations

from typing import Any, Literal

from regulars.api.answers import Instant, Message, View
from regulars.api.answers_cards import CardView, ContactView, ProfileView, VoucherView
from regulars.api.answers_ledger import EntryView
from regulars.api.answers_merging import KeptMerge


class ControllerView(View):
    """Who keeps the data."""

    name: str
    """The name of the business."""
    postal_address: str | None
    """Its address, when it is set."""
    privacy_contact: str | None
    """The e-mail address for questions about data, when it is set."""
    privacy_url: str | None
    """Where the privacy notice is, when it is set."""
    retention_months: int | None
    """After how many months without use of the card a member is erased; null without a rule."""


class ExportedProfile(ProfileView):
    """What is known of a member, apart from the card, with what only an export says."""

    name: str | None
    """The name, when it is known."""
    referred_by: str | None
    """Who brought the member: an id, or what stood in the link."""


class CodeAsked(View):
    """A code can be entered for a contact that is claimed."""

    contact: ContactView
    """What it confirms."""
    code_in: Literal["mail", "card"]
    """Where the member reads it: in the mail that was sent, or, for a telephone, on the card."""
    expires_at: Instant
    """When it is over; five wrong codes end it before."""


class Erased(View):
    """A member is erased."""

    erased_by: Instant
    """When nothing at all is left of the person, at the latest; the card is gone already."""


class MemberExport(View):
    """Everything that is kept of a member. Parts that there is nothing of are empty."""

    generated_at: Instant
    """When this was put together, by the shop's clock."""
    controller: ControllerView
    """Who keeps the data."""
    profile: ExportedProfile
    """What is known of the member, apart from the card."""
    card: CardView
    """The card as it is now."""
    entries: list[EntryView]
    """The whole ledger of the card, newest first."""
    vouchers: list[VoucherView]
    """Every voucher of the card, open and closed."""
    messages: list[Message]
    """Messages that are kept; only a sandbox keeps them."""
    surveys: list[dict[str, Any]]
    """Answers to surveys."""
    devices: list[dict[str, Any]]
    """Devices that know the card."""
    merges: list[KeptMerge]
    """Cards that were merged into this one."""
