"""The first purchase of a member that counts for a referral; the outbox rewards it.

A card keeps which sale it was, and which entry made it the first: the sale itself, one that changed
or moved it, or one that took its refund back. In the facts of an entry, `first` says that it makes
a first purchase, `unfirst` which entry made the one that it undoes.
"""

from __future__ import annotations

from regulars.domain import limits
from regulars.domain.card import Card
from regulars.domain.draft import Draft
from regulars.domain.ledger import Entry
from regulars.domain.program import Referral

HOUR_MS = 3600 * 1000

NAME = "n:first"
"""The name under which a card keeps it (see `limits.py`)."""


def counts(draft: Draft, spend_minor: int) -> bool:
    """Tell whether a purchase of so much counts for a referral, and none does yet."""
    there_is_one = made_by(draft.card) is not None
    return bool(draft.program.referral) and not there_is_one and is_enough(draft, spend_minor)


def is_enough(draft: Draft, spend_minor: int) -> bool:
    """Tell whether a purchase of so much is one for a referral."""
    referral = draft.program.referral
    return spend_minor >= max(1, referral.min_spend_minor if referral else 0)


def count(draft: Draft, sale_seq: int) -> None:
    """Let the entry that is being built make the sale of entry `sale_seq` the first purchase."""
    draft.facts["first"] = 1
    draft.card = limits.with_count(draft.card, NAME, f"{sale_seq}.{draft.card.seq + 1}", 1)


def uncount(draft: Draft, sale: Entry) -> None:
    """Undo the first purchase if it is this sale."""
    (name, _), made = limits.stored(draft.card, NAME), made_by(draft.card)
    if made is None or not (sale.facts.get("first") if made == 0 else _sale_of(name) == sale.seq):
        return
    draft.facts["unfirst"] = made or sale.seq
    draft.card = limits.without(draft.card, NAME)


def rewarded_from_ms(referral: Referral, friend: Card, referrer: Card) -> int:
    """Return from when a first purchase is rewarded (ms): both cards must be old enough, so that
    cards that were made up together bring nothing on the same day."""
    newer = max(friend.enrolled_ms, referrer.enrolled_ms)
    return newer + referral.min_age_hours * HOUR_MS if newer else 0


def made_by(card: Card) -> int | None:
    """Return the number of the entry that made the first purchase; None when there is none, 0 for
    one from before that was noted."""
    name, times = limits.stored(card, NAME)
    return int(name.partition(".")[2] or 0) if times else None


def _sale_of(name: str) -> int:
    return int(name.partition(".")[0])
