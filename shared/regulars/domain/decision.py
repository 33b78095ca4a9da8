"""Hold what an operation leads to: everything that is written for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from regulars.domain.card import Card
from regulars.domain.ledger import Entry, Recorded
from regulars.domain.operations import Refunded, Voucher
from regulars.domain.reasons import Reason


class Decision(NamedTuple):
    """The outcome of an operation, written as one transaction or not at all.

    `entry` is None when there is nothing to book (a job found nothing to do): then only the due
    list changes. `dues` are (job, UTC hour) pairs to be put on the due list.
    """

    card: Card
    entry: Entry | None
    recorded: Recorded | None = None
    """The entry as it is stored, chained to the one before."""
    vouchers: tuple[Voucher, ...] = ()
    """Vouchers issued or closed."""
    dues: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, int, int], ...] = ()
    """Shared counters to move, as (name, by, limit): stock, a campaign's total. One that would pass
    its limit refuses the transaction; the operation is then decided again with what is left."""
    unlocked: tuple[Voucher, ...] = ()
    """Vouchers that were issued automatically."""
    refused: tuple[tuple[str, Reason], ...] = ()
    """(rule, reason) of what was not granted although the operation was booked."""
    refunded: Refunded | None = None
    """For a reversal: what has now been refunded of the original in all."""
    reopened: Mapping[str, str] = MappingProxyType({})
    """Vouchers that are open again: id and the status they had."""
    was: Mapping[str, Voucher] = MappingProxyType({})
    """Vouchers for `credit` as they were read; a write holds only if they still are."""
    came: Mapping[str, str] = MappingProxyType({})
    """Vouchers that come from another card: id and the member they were of."""

    def changes_nothing(self, before: Card) -> bool:
        """Tell whether nothing is booked and the card stays as it was."""
        same = self.card._replace(version=before.version) == before
        return same and not (self.entry or self.vouchers or self.counts)
