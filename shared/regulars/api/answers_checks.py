"""The contract of the HTTP API as pydantic models: answers about the ledger's own health."""

from __future__ import annotations

from typing import Any, Literal

from regulars.api.answers import Cursor, Day, Instant, View


class AttentionView(View):
    """Something that needs a person."""

    id: str
    """Names it in `POST /v1/attention/{id}`."""
    kind: Literal[
        "damaged_card", "unbooked", "failed_message", "stuck_job", "key_expiring", "fraud"
    ]
    """What sort of thing it is."""
    at: Instant
    """When it was first met."""
    why: str
    """Why it stands here, in words."""
    about: dict[str, Any]
    """Ids of what it is about: `member_id`, `order_id`, `job` ..."""
    can: list[Literal["retry", "dismiss", "repair", "move"]]
    """What can be done with it."""
    state: Literal["open", "closed"]
    """Whether it still needs a person."""


class AttentionList(View):
    """What needs a person, newest first."""

    items: list[AttentionView]
    """The page."""
    next: Cursor


class RootView(View):
    """The digest of all heads of a merchant at the end of a day."""

    day: Day
    """The merchant's day."""
    root: str
    """The root, in hexadecimal."""
    cards: int
    """How many cards are in it."""


class RootList(View):
    """The digests of the days, newest first."""

    items: list[RootView]
    """The page."""
    next: Cursor


class ProofStep(View):
    """One step on the way to the root."""

    side: Literal["left", "right"]
    """On which side of what there is the hash is put."""
    hash: str
    """The other hash, in hexadecimal."""


class Proof(View):
    """That the head of a card is in the root of a day; docs/ledger-format.md says how to check."""

    member_id: str
    """The member."""
    day: Day
    """The merchant's day."""
    seq: int
    """The newest entry at the end of the day."""
    head: str
    """Its hash."""
    path: list[ProofStep]
    """The steps from the card to the root."""
    root: str
    """The root of the day."""


class Difference(View):
    """One place in which the stored card is not what its entries say."""

    path: str
    """Such as `carry.spend`, `windows.2026-11` or `vouchers.<id>.status`."""
    stored: Any
    """What is stored, as the ledger writes it; null where nothing is."""
    replayed: Any
    """What the entries say; null for nothing."""


class Verified(View):
    """A card held against its entries."""

    ok: bool
    """Whether there are no problems."""
    entries: int
    """How many entries were checked."""
    head: str
    """The hash of the newest."""
    problems: list[str]
    """Everything that is wrong, in words."""
    differences: list[Difference]
    """Where the stored card is not what its entries say; a repair writes what they say."""
    unknown: list[str]
    """What the entries of this card do not say, because they are from before version 0.4.0."""


class Repaired(View):
    """What a repair found, and whether it was written."""

    ok: bool
    """Whether the card is as its entries say now."""
    repaired: bool
    """Whether anything was written."""
    differences: list[Difference]
    """What was not as the entries say before."""
    unknown: list[str]
    """What the entries of this card do not say; it was kept as it was stored."""
    problems: list[str]
    """What is wrong with the entries themselves: it cannot be repaired."""
