"""Hold the operations by which two cards become one, and two again; apart, because a stamp does not
wait for what is rare."""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.card import Card, Lot
from regulars.domain.ledger import Entry
from regulars.domain.operations import Origin, Voucher


class Merge(NamedTuple):
    """Another card of the member becomes part of this one."""

    origin: Origin
    merge_id: str
    other: Card
    """The other card, as it was read."""
    vouchers: tuple[Voucher, ...] = ()
    """The other card's open vouchers."""
    birthday: str = ""
    """`MM-DD`, if known."""


class MergeInto(NamedTuple):
    """The card becomes part of another one of the member, and is empty from then on."""

    origin: Origin
    merge_id: str
    kept: Card
    """The card it becomes part of, as it was read."""
    vouchers: tuple[Voucher, ...] = ()
    """The card's open vouchers."""


class Unmerge(NamedTuple):
    """A merge is undone: what came over leaves the card again."""

    origin: Origin
    merge: Entry
    """The entry of the merge on this card."""
    around: tuple[Card, Card]
    """The card before the merge and after it."""
    other: Card
    """The other card before the merge."""
    vouchers: tuple[Voucher, ...] = ()
    """The vouchers that came over or that the merge issued, as they are now."""
    carried: bool = False
    """Whether a sale of the other card was changed since."""


class Restore(NamedTuple):
    """A merge is undone: the card is what it was before it became part of another one."""

    origin: Origin
    merge_id: str
    before: Card
    """The card before the merge."""
    vouchers: tuple[Voucher, ...] = ()
    """The open vouchers that come back."""
    closed: tuple[Voucher, ...] = ()
    """Vouchers that went with it and gave their units back since."""
    lapsed: tuple[tuple[str, Lot], ...] = ()
    """By unit what expired since."""
