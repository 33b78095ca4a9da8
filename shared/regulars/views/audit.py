"""What the list of entries says besides the entry: all that is hashed, for whoever checks a ledger.

It is not part of an answer that is stored with its operation, which must stay small.
"""

from __future__ import annotations

from collections.abc import Iterator

from regulars.domain import calendar, ledger
from regulars.domain.ledger import Entry, Recorded
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.store import activity_keys, cards, keys
from regulars.store.marshal import Item
from regulars.views import integration, worth
from regulars.views.integration import View


def stored_entry(program: Program, c: str, item: Item, words: Words) -> View:
    """An entry with all that is hashed; of one that cannot be read what is left of it, so that
    whoever checks the ledger finds it."""
    one = cards.recorded_of(item)
    try:
        booked = ledger.parse(one.text)
        view = integration.entry(program, booked, one.prev, one.hash, words)
        return {**view, **audited(c, booked, one.text)}
    except ledger.UNREADABLE:
        seq = int(item["SK"].removeprefix(keys.ENTRY_PREFIX))
        return damaged_entry(c, seq, activity_keys.recorded_ms(item["GSI1SK"]), one)


def audited(member_id: str, booked: Entry, text: str) -> View:
    """All of an entry that is hashed, and what it did with vouchers."""
    facts = booked.facts
    money = -facts["amount"] if "reverses" in facts else facts.get("spend", 0)
    view: View = {
        "entry_id": f"{member_id}.{booked.seq}",
        "money_minor": money,
        "visits": facts.get("visits", 0),
        "vouchers": [
            {"voucher_id": voucher_id, "what": what, **worth.moved(facts, voucher_id)}
            for voucher_id, what in _moved(booked)
        ],
        "facts": dict(facts),
        "canonical": text,
    }
    if "reverses" in facts:
        view["reverses"] = facts["reverses"]
    return view | {name: True for name in ("override", "unverified") if name in facts}


def damaged_entry(member_id: str, seq: int, recorded_ms: int, stored: Recorded) -> View:
    """An entry that cannot be read: its place, its text and hashes, and nothing else."""
    at = calendar.rfc3339(recorded_ms)
    return {
        "seq": seq,
        "op": "",
        "kind": "damaged",
        "recorded_at": at,
        "effective_at": at,
        "source": "",
        "staff": None,
        "location": None,
        "order_id": None,
        "program_version": 0,
        "lines": [],
        "balances": {},
        "hash": stored.hash,
        "prev": stored.prev,
        "entry_id": f"{member_id}.{seq}",
        "canonical": stored.text,
    }


def _moved(booked: Entry) -> Iterator[tuple[str, str]]:
    """The vouchers an entry issued (or opened again), redeemed, cancelled or let expire."""
    opened = (*booked.facts.get("vouchers", ()), *booked.facts.get("reopened", ()))
    yield from ((one, "issued") for one in opened)
    if "voucher" in booked.facts and booked.kind == "redeem":
        yield booked.facts["voucher"], "redeemed"
    yield from ((one, "redeemed") for one in booked.facts.get("redeemed", ()))
    ended = "expired" if booked.kind == "expire" else "cancelled"
    yield from ((one, ended) for one in booked.facts.get("returned", ()))
