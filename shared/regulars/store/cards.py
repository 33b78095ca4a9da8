"""How a card, an entry and a voucher lie in the table.

A state is one compact JSON text: months are positions after a first one, lots and vouchers are
short lists. A text that would not fit a kilobyte (one write unit) is compressed, which two years
of history with dozens of lots need.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from zlib import compress, decompress

from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.card import Card, Lot, OpenVoucher, TierRight, Window
from regulars.domain.ledger import Entry, Recorded, parse
from regulars.domain.operations import Voucher
from regulars.store import keys
from regulars.store.marshal import Item

PLAIN_MAX = 960
"""Characters of a state that fit a kilobyte together with its keys."""


def state_item(m: str, card: Card) -> Item:
    """The STATE item of a card."""
    pk, sk = keys.state(m, card.member_id)
    text = dump_card(card)
    stored = text if len(text) <= PLAIN_MAX else compress(text.encode(), 9)
    return {"PK": pk, "SK": sk, "ver": card.version, "s": stored}


def card_of(item: Item) -> Card:
    """The card in a STATE item."""
    stored = item["s"]
    text = stored if isinstance(stored, str) else decompress(stored).decode()
    return load_card(text, item["PK"].rpartition("#")[2], item["ver"])


def dump_card(card: Card) -> str:
    document: dict[str, Any] = {
        "q": card.seq,
        "h": card.head,
        "r": card.recorded_ms,
        "e": card.enrolled_ms,
        "l": {unit: [_lot(lot) for lot in lots] for unit, lots in card.lots.items()},
        "d": dict(card.debt),
        "c": dict(card.carry),
        "w": _months(card),
        "t": list(card.lifetime),
        "v": card.last_visit_ms,
        "y": dict(card.days),
        "k": list(card.tier) if card.tier else None,
        "m": {name: [held.since, held.until] for name, held in card.held.items()},
        "i": dict(card.inactive_after),
        "o": {key: _open(value) for key, value in card.open.items()},
        "n": {key: list(value) for key, value in card.taken.items()},
        "u": dict(card.due),
    }
    kept = {key: value for key, value in document.items() if value}
    return _ENCODE(kept)


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@lru_cache(maxsize=256)
def load_card(text: str, member_id: str, version: int) -> Card:
    """The card of a state's text; raises ValueError or KeyError when it is not one.

    Remembered, because a card is read again as it was: by a page that is looked at, by a caller
    that comes again. Cards are never changed in place.
    """
    document = json.loads(text)
    first, *months = document.get("w") or [0]
    return Card(
        member_id=member_id,
        version=version,
        seq=document["q"],
        head=document["h"],
        recorded_ms=document["r"],
        enrolled_ms=document["e"],
        lots={
            unit: tuple([_lot_of(*piece) for piece in lots])
            for unit, lots in document.get("l", {}).items()
        },
        debt=document.get("d", {}),
        carry=document.get("c", {}),
        windows={first + place: Window(*month) for place, month in enumerate(months) if month},
        lifetime=Window(*document.get("t", ())),
        last_visit_ms=document.get("v", 0),
        days=document.get("y", {}),
        tier=TierRight(*document["k"]) if "k" in document else None,
        held={
            name: TierRight(name.partition("/")[0], *dates)
            for name, dates in document.get("m", {}).items()
        },
        inactive_after=document.get("i", {}),
        open={key: OpenVoucher(*value) for key, value in document.get("o", {}).items()},
        taken={key: (value[0], value[1]) for key, value in document.get("n", {}).items()},
        due=document.get("u", {}),
    )


def _months(card: Card) -> list[Any]:
    """The first month's index, then each month's figures; quiet months are zeros."""
    if not card.windows:
        return []
    first, last = min(card.windows), max(card.windows)
    return [first, *(list(card.windows.get(index, ())) or 0 for index in range(first, last + 1))]


def _open(held: OpenVoucher) -> list[Any]:
    """An open voucher; its benefit only where it is one."""
    return list(held) if held.benefit else list(held[:-1])


def _lot(lot: Lot) -> list[Any]:
    """Amount first, then only the dates there are."""
    if lot.available_on:
        return [lot.amount, lot.expires_on, lot.available_on]
    return [lot.amount, lot.expires_on] if lot.expires_on else [lot.amount]


def _lot_of(amount: int, expires_on: str = "", available_on: str = "") -> Lot:
    return Lot(expires_on, available_on, amount)


def entry_item(m: str, c: str, entry: Entry, recorded: Recorded) -> Item:
    """The item of an entry, with its activity mark."""
    pk, sk = keys.entry(m, c, entry.seq)
    return {
        "PK": pk,
        "SK": sk,
        "GSI1PK": _activity(m, entry),
        "GSI1SK": keys.activity_order(entry.recorded_ms, c, entry.seq),
        "e": recorded.text,
        "prev": recorded.prev,
        "hash": recorded.hash,
    }


def _activity(m: str, entry: Entry) -> str:
    if is_sandbox(m):
        return keys.sandbox_activity(m)
    return keys.activity(m, hour_of(from_ms(entry.recorded_ms)))


def recorded_of(item: Item) -> Recorded:
    return Recorded(item["e"], item["prev"], item["hash"])


def entry_of(item: Item) -> Entry:
    return parse(item["e"])


def voucher_item(m: str, c: str, voucher: Voucher) -> Item:
    pk, sk = keys.voucher(m, c, voucher.voucher_id)
    return {
        "PK": pk,
        "SK": sk,
        "code": voucher.code,
        "reward": voucher.reward_id,
        "status": voucher.status,
        "unit": voucher.unit,
        "lots": _ENCODE([_lot(lot) for lot in voucher.lots]),
        "issued": voucher.issued_ms,
        "expires_on": voucher.expires_on,
        "seq": voucher.issued_seq,
        "closed": voucher.closed_ms,
        **({"benefit": voucher.benefit} if voucher.benefit else {}),
    }


def voucher_of(item: Item) -> Voucher:
    return Voucher(
        voucher_id=item["SK"].removeprefix(keys.VOUCHER_PREFIX),
        code=item["code"],
        reward_id=item["reward"],
        status=item["status"],
        unit=item["unit"],
        lots=tuple([_lot_of(*piece) for piece in json.loads(item["lots"])]),
        issued_ms=item["issued"],
        expires_on=item["expires_on"],
        issued_seq=item["seq"],
        closed_ms=item["closed"],
        benefit=item.get("benefit", ""),
    )
