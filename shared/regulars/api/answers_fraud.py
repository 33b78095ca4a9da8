"""What is answered about signals of fraud."""

from __future__ import annotations

from typing import Literal

from regulars.api.answers import Cursor, Instant, View
from regulars.domain.signals import SignalKind


class SignalView(View):
    """Something that looks like fraud, for a person to judge."""

    signal_id: str
    """Names it in `POST /v1/fraud/{id}`."""
    kind: SignalKind
    """What sort of thing it is."""
    at: Instant
    """When it was first found."""
    why: str
    """What was counted, in words."""
    members: list[str]
    """Whose cards it is about."""
    staff: str | None
    """Who booked, when it was one person."""
    device: str | None
    """On which device of the counter, when it was one."""
    location: str | None
    """Where, when it was one place."""
    value_minor: int
    """What the units of its entries are worth, in minor units; 0 when they buy nothing priced."""
    entries: list[str]
    """The entries in question, from the oldest to the newest."""
    state: Literal["open", "dismissed", "held", "reversed"]
    """What was done last."""


class SignalList(View):
    """Signals of fraud, newest first."""

    items: list[SignalView]
    """The page."""
    next: Cursor


class HeldCardView(View):
    """A card of a signal."""

    member_id: str
    """Whose it is."""
    held: bool
    """Whether this signal keeps it on hold afterwards."""


class ReversedEntryView(View):
    """An entry of a signal, and its reversal."""

    entry_id: str
    """The entry."""
    amounts: dict[str, int]
    """By unit what the reversal books; empty when there is none."""
    why: str | None
    """Why there is none."""


class SignalDone(SignalView):
    """A signal as it is afterwards, and what was done, or would be."""

    dry_run: bool
    """Whether nothing was written."""
    cards: list[HeldCardView]
    """Cards that were put on hold, or released."""
    reversed: list[ReversedEntryView]
    """Entries that were reversed."""
    left: int
    """Entries that are reversed when the request is sent again."""
