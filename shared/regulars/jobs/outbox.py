"""From a new entry to what must be told about it."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.domain.ledger import Entry, parse
from regulars.domain.program import Program
from regulars.jobs import referrals
from regulars.jobs.context import open_shop
from regulars.jobs.telling import Tell, tell
from regulars.store import refunds
from regulars.store.table import Table

BY_ITSELF = frozenset({"join", "earn", "adjust", "reverse", "bonus", "tier"})
"""Entries whose vouchers the member did not ask for and may not know of."""


def announce(table: Table, partition: str, text: str) -> None:
    """Tell what a new entry gives occasion to. `partition` is the card's."""
    _, merchant_id, _, member_id = partition.split("#")
    entry = parse(text)
    shop = open_shop(table, merchant_id)
    if entry.facts.get("first"):
        referrals.reward(shop, member_id, entry.seq)
    if entry.facts.get("unfirst"):
        referrals.take_back(shop, member_id, entry.facts["reverses"])
    if entry.kind == "earn" and "order" in entry.facts:
        # Whoever booked the order did this too, unless they died in between and never came again.
        order = f"order:{entry.facts['order']}"
        refunds.apply_parked(shop.ledger, shop.program, order, shop.now)
    for message in occasions(shop.program, member_id, entry):
        tell(merchant_id, message)


def occasions(program: Program, member_id: str, entry: Entry) -> Iterator[Tell]:
    """What there is to tell about an entry."""
    occasion = str(entry.seq)
    if entry.kind == "join":
        yield Tell(member_id, "welcome", occasion)
    by_itself = entry.kind in BY_ITSELF or entry.source == "job"
    if by_itself and entry.facts.get("vouchers"):
        yield Tell(member_id, "reward_unlocked", occasion, {"vouchers": entry.facts["vouchers"]})
    risen = program.tier_rank(entry.tier_to) > program.tier_rank(entry.tier_from)
    replaced = entry.tier_from is not None and program.tier_rank(entry.tier_from) < 0
    if risen and not replaced and entry.kind != "join":  # a tier that is no more: nobody climbed
        yield Tell(member_id, "tier_up", occasion, {"tier": entry.tier_to})
