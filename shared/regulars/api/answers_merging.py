"""The contract of the HTTP API as pydantic models: two cards that become one, and two again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from regulars.api.answers import Instant, View
from regulars.api.answers_cards import CardView, ProfileView, TierView, VoucherView
from regulars.api.answers_ledger import EntryView


class MergedCard(View):
    """The card became part of another one of the member."""

    merged_into: str
    """The id of the member whose card is kept."""


class ReadCard(RootModel[CardView | MergedCard]):
    """A card, or which one is kept of two that were merged."""


class Merged(View):
    """What came over from another card, and the card with it."""

    merge_id: str | None
    """The id by which the merge can be undone; null for a dry run."""
    card: CardView
    """The card with everything of both."""
    moved: dict[str, int]
    """By unit what came over; below 0 where the other card owed more than it had."""
    vouchers: list[VoucherView]
    """The open vouchers that came over, with the codes they had."""
    tier: TierView | None
    """The tier of the card now; null in a programme without tiers."""


class Unmerged(View):
    """Both cards after a merge was undone."""

    merge_id: str
    """The merge."""
    card: CardView
    """The card that had been kept."""
    from_: Annotated[CardView, Field(alias="from")]
    """The other card, which stands for itself again."""


class KeptMerge(View):
    """A card that became part of this one."""

    merge_id: str
    """The id by which it can be undone."""
    from_: Annotated[str, Field(alias="from")]
    """The member whose card it was."""
    merged_at: Instant
    """When it became part of this one."""
    undone_at: Instant | None
    """When that was undone; null while it stands."""
    profile: ProfileView | None
    """What was known of the member apart from the card; null when it was undone."""
    entries: list[EntryView]
    """The ledger of that card, newest first; empty when it was undone."""
