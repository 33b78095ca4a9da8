"""The contract of the HTTP API as pydantic models: answers about entries, and what was booked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from regulars.api.answers import Cursor, Instant, View
from regulars.api.answers_cards import CardView, VoucherStatus, VoucherView


class LineView(View):
    """One amount that an entry books."""

    unit: str
    """Which unit."""
    amount: int
    """How many; negative for what was taken."""
    lot: str | None
    """The lot it went into or came from, by the dates that it carries."""
    rule: str
    """The rule of the programme by which it was booked."""
    why: str
    """The reason, in the member's language."""


class SurpriseView(View):
    """An unexpected gift of an entry."""

    surprise: str
    """Which surprise of the programme."""
    voucher_id: str
    """The voucher that was given."""
    reward_id: str
    """The reward it is for."""
    cost_minor: int
    """What it took from the budget of its surprise."""
    why: str
    """The reason, in the member's language."""


class MovedVoucher(View):
    """What an entry did with a voucher."""

    voucher_id: str
    """Which voucher."""
    what: VoucherStatus
    """What became of it."""
    amount_minor: int | None = None
    """For a credit: how much was used, or (`issued`) put back; absent for other vouchers."""


class EntryView(View):
    """One entry of a card's ledger. It never changes."""

    seq: int
    """Its number on this card, from 1 without gaps."""
    op: str
    """The operation that it books."""
    kind: str
    """`join`, `earn`, `redeem`, `reverse` ...; `damaged` for one that cannot be read any more."""
    recorded_at: Instant
    """When it was booked."""
    effective_at: Instant
    """When it happened; before `recorded_at` for what is reported late."""
    source: str
    """Where it came from: `api`, `staff`, `join`, a till, a job."""
    staff: str | None
    """Who booked it."""
    location: str | None
    """Where it happened."""
    order_id: str | None
    """The order of the till."""
    program_version: int
    """The version of the programme that was applied."""
    lines: list[LineView]
    """What was booked."""
    surprises: list[SurpriseView] = Field(default_factory=list)
    """Unexpected gifts; absent when there are none."""
    held: bool = False
    """Whether it holds a visit until somebody confirms it; the entry that does names it."""
    note: str | None = None
    """What staff wrote with a gift."""
    balances: dict[str, int]
    """What the card had after it, by unit; negative for a debt."""
    tier_from: str | None = None
    """The tier before; absent when it stayed."""
    tier_to: str | None = None
    """The tier after; absent when it stayed."""
    hash: str
    """SHA-256 over `prev` and `canonical`."""
    prev: str
    """The hash of the entry before."""
    entry_id: str | None = None
    """`<member_id>.<seq>`. This and what follows stand in the list of entries alone."""
    money_minor: int | None = None
    """The money of a sale, negative for what was refunded."""
    visits: int | None = None
    """The visits that it counted, negative for those that a refund took back."""
    reverses: int | None = None
    """The entry that a reversal takes back."""
    vouchers: list[MovedVoucher] | None = None
    """What it did with vouchers."""
    override: bool | None = None
    """Whether a manager went beyond the limits of staff; absent when not."""
    unverified: bool | None = None
    """Whether a reward was handed over to a guest whose card was not seen; absent when not."""
    facts: dict[str, Any] | None = None
    """Figures of the operation, by kind."""
    canonical: str | None = None
    """The exact text that is hashed; see docs/ledger-format.md."""


class EntryList(View):
    """Entries of a card, newest first."""

    items: list[EntryView]
    """The entries of this page."""
    next: Cursor


class TierChange(View):
    """From one tier to another."""

    from_: Annotated[str | None, Field(alias="from")]
    """The tier before; null for none."""
    to: str | None
    """The tier after; null for none."""


class NotGranted(View):
    """What a rule did not grant."""

    rule: str
    """Which rule of the programme."""
    why: str
    """The reason, in the member's language."""


class Booked(View):
    """What was booked, and the card after it."""

    entry: EntryView
    """The new entry."""
    card: CardView
    """The card after it."""


class Earned(Booked):
    """What was booked, explained, and the card after it."""

    explain: list[str]
    """What was granted and why, in the member's language."""
    unlocked: list[VoucherView]
    """Vouchers that were issued with it."""
    tier_change: TierChange | None
    """The change of the tier; null when it stayed."""
    refused: list[NotGranted]
    """What was not granted, and why."""


class OnTwoCards(View):
    """What was booked on two cards in one step."""

    from_: Annotated[Booked, Field(alias="from")]
    """The card that units or a sale were taken from."""
    to: Booked
    """The card that got them."""


class Refunded(Booked):
    """What was taken back, and the card after it."""

    debt: dict[str, int]
    """What the card owes after it, by unit."""
    refused: list[NotGranted]
    """What was asked for and not taken, and why: less was left."""


class Voided(View):
    """What came back with a refund that was taken back, and the card after it."""

    entry: EntryView | None
    """The entry; null when the refund was still waiting for its order."""
    card: CardView | None
    """The card after it; null when the refund was still waiting for its order."""
    debt: dict[str, int]
    """What the card owes after it, by unit."""
    refused: list[NotGranted]
    """Always empty."""


class Parked(View):
    """The order is not known yet: the refund is booked when it comes."""

    status: Literal["parked"]
    """Always `parked`."""
    order_id: str
    """The order that is waited for."""
    refund_id: str
    """The refund."""
