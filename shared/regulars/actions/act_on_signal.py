"""Act on a signal of fraud: dismiss it, put its cards on hold, or reverse its entries.

Everything can be repeated: a card is put on hold once for a signal, an entry is reversed once, and
what a first try did not come to is done by the next. A preview decides the same and writes nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from regulars.actions import attention, refunds
from regulars.actions.attention import AttentionItem
from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.holding import Hold, Release
from regulars.domain.operations import Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import audit, cards, keys
from regulars.store.table import Put

DISMISS, HOLD, REVERSE = "dismiss", "hold", "reverse"

STATES = {DISMISS: "dismissed", HOLD: "held", REVERSE: "reversed"}
"""What a signal is after something was done; before that it is `open`."""

AT_ONCE = 100
"""So many entries one request reverses; it says how many are left, and is sent again."""

Noted = Callable[[str, str], Put]
"""Makes the line of the audit log for what was done, and to what."""


class HeldCard(NamedTuple):
    """A card, and whether this signal keeps it on hold afterwards."""

    member_id: str
    held: bool


class ReversedEntry(NamedTuple):
    """An entry, what its reversal books by unit, and why there is none."""

    entry_id: str
    amounts: dict[str, int]
    why: str = ""


class Outcome(NamedTuple):
    """What was done with a signal, or would be."""

    item: AttentionItem
    cards: list[HeldCard]
    entries: list[ReversedEntry]
    left: int = 0
    """Entries that the next request reverses."""


def act(
    shop: Shop, item: AttentionItem, do: str, note: str, noted: Noted, *, dry_run: bool
) -> Outcome:
    """Do one thing about a signal, or decide what it would do.

    Raises CONFLICT when the signal was met again meanwhile, or a card is busy.
    """
    held: list[HeldCard] = []
    entries: list[ReversedEntry] = []
    left = 0
    if do == REVERSE:
        simulated: dict[str, Card] = {}
        named = _to_reverse(shop, item, dry_run=dry_run)
        left = len(named)
        for entry_id in named:
            if sum(bool(one.amounts) for one in entries) == AT_ONCE:
                break
            entries.append(_reverse(shop, item, entry_id, noted, simulated if dry_run else None))
            left -= 1
    else:
        found = filter(None, map(shop.ledger.card, item.about["members"]))
        held = [_keep(shop, item, card, do, note, noted, dry_run=dry_run) for card in found]
    if not (dry_run or left):
        item = _closed(shop, item, do, noted)
    return Outcome(item, held, entries, left)


def _keep(
    shop: Shop, item: AttentionItem, card: Card, do: str, note: str, noted: Noted, *, dry_run: bool
) -> HeldCard:
    """Put a card on hold for a signal, or release it; nothing when it is so already."""
    holds = do == HOLD
    if holds != (item.id in card.holds) and not dry_run:
        what = "hold" if holds else "release"
        op = f"{what}:{item.id}:{card.member_id}:{card.seq}"
        origin = Origin(op, "api", entropy=os.urandom(16))
        operation = (Hold if holds else Release)(origin, item.id, note)
        extra = [noted("card.held" if holds else "card.released", card.member_id)]
        shop.ledger.perform(shop.program, card, operation, shop.now, extra=extra, fresh=True)
    return HeldCard(card.member_id, holds)


def _to_reverse(shop: Shop, item: AttentionItem, *, dry_run: bool) -> list[str]:
    """The entries of a signal; without those that this signal has reversed, unless it is asked
    what would happen."""
    named = list(dict.fromkeys(item.about["entries"]))
    return [one for one in named if dry_run or not shop.ledger.find_order(_op(item, one))]


def _reverse(
    shop: Shop, item: AttentionItem, entry_id: str, noted: Noted, simulated: dict[str, Card] | None
) -> ReversedEntry:
    """Reverse one entry, or decide on a simulated card what that would book."""
    member_id, _, seq = entry_id.rpartition(".")
    (found,) = shop.table.get(keys.entry(shop.merchant_id, member_id, int(seq)))
    if found is None or cards.entry_of(found).kind not in _REVERSIBLE:
        return ReversedEntry(entry_id, {}, "Only what was granted is reversed, not this entry.")
    read = refunds.original(
        shop.ledger, shop.program, member_id, int(seq),
        op=_op(item, entry_id), source="api", now=None if simulated is not None else shop.now,
    )  # fmt: skip
    if read is None:
        return ReversedEntry(entry_id, {}, "The card is nobody's any more.")
    card = (simulated or {}).get(read.card.member_id, read.card)
    try:
        decision = decide(shop.program, card, read.operation, shop.now)
        if simulated is None:
            extra = [noted("entry.reversed", entry_id)]
            shop.ledger.perform(
                shop.program, card, read.operation, shop.now, extra=extra, fresh=True
            )
        else:
            simulated[card.member_id] = decision.card
    except Refused as refused:
        if refused.code.transient:
            raise
        return ReversedEntry(entry_id, {}, refused.detail or refused.code.value)
    amounts: Counter[str] = Counter()
    for line in decision.entry.lines if decision.entry else ():
        amounts[line.unit] += line.amount
    return ReversedEntry(entry_id, dict(amounts))


_REVERSIBLE = frozenset({"earn", "bonus"})


def _op(item: AttentionItem, entry_id: str) -> str:
    return f"fraud:{item.id}:{entry_id}"


def _closed(shop: Shop, item: AttentionItem, do: str, noted: Noted) -> AttentionItem:
    state = STATES[do]
    if item.closed == state:
        return item
    write = attention.closing(shop.merchant_id, item, state, calendar.to_ms(shop.now))
    if not audit.with_change(shop.table, write, noted(f"signal.{state}", item.id)):
        why = "The signal has changed just now; look at it, and try again."
        raise Refused(RefusalCode.CONFLICT, why)
    return item._replace(is_open=False, closed=state)
