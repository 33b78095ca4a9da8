"""How a card, an entry and a voucher lie in the table.

A state is one compact JSON text: months are positions after a first one, lots and vouchers are
short lists. A text that would not fit a kilobyte (one write unit) is compressed, which two years
of history with dozens of lots need.
"""

from __future__ import annotations

import json
from functools import lru_cache
from zlib import compress, decompress
from zlib import error as CompressionError  # noqa: N812 - as other errors are named

from regulars.core.tokens import is_sandbox
from regulars.domain import compact
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.card import Card, Use
from regulars.domain.ledger import UNREADABLE, Entry, Recorded, parse
from regulars.domain.operations import Voucher
from regulars.store import activity_keys, formats, keys
from regulars.store.marshal import Item

PLAIN_MAX = 960
"""Characters of a state that fit a kilobyte together with its keys."""


class DamagedError(Exception):
    """An item of a card is there and cannot be read; `key` says which."""

    def __init__(self, item: Item) -> None:
        self.key = (str(item.get("PK", "")), str(item.get("SK", "")))
        super().__init__(f"{self.key[1]} cannot be read")


def state_item(m: str, card: Card) -> Item:
    """The STATE item of a card."""
    pk, sk = keys.state(m, card.member_id)
    text = dump_card(card)
    stored = text if len(text) <= PLAIN_MAX else compress(text.encode(), 9)
    return {"PK": pk, "SK": sk, "ver": card.version, "s": stored}


def card_of(item: Item) -> Card:
    """The card in a STATE item; raises DamagedError when there is none in it."""
    try:
        stored = item["s"]
        text = stored if isinstance(stored, str) else decompress(stored).decode()
        return load_card(text, item["PK"].rpartition("#")[2], item["ver"])
    except (*UNREADABLE, CompressionError) as error:
        raise DamagedError(item) from error


def dump_card(card: Card) -> str:
    return _ENCODE(compact.dump(card))


_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@lru_cache(maxsize=256)
def load_card(text: str, member_id: str, version: int) -> Card:
    """The card of a state's text; raises ValueError or KeyError when it is not one.

    Remembered, because a card is read again as it was: by a page that is looked at, by a caller
    that comes again. Cards are never changed in place.
    """
    return compact.load(json.loads(text), member_id, version)


def entry_item(m: str, c: str, entry: Entry, recorded: Recorded) -> Item:
    """The item of an entry, with its activity mark."""
    pk, sk = keys.entry(m, c, entry.seq)
    return {
        "PK": pk,
        "SK": sk,
        "GSI1PK": _activity(m, entry),
        "GSI1SK": activity_keys.activity_order(entry.recorded_ms, c, entry.seq),
        "e": recorded.text,
        "prev": recorded.prev,
        "hash": recorded.hash,
    }


def _activity(m: str, entry: Entry) -> str:
    if is_sandbox(m):
        return activity_keys.sandbox_activity(m)
    return activity_keys.activity(m, hour_of(from_ms(entry.recorded_ms)))


def recorded_of(item: Item) -> Recorded:
    """The stored form of an entry; what is missing of a damaged one is empty."""
    return Recorded(*(str(item.get(name, "")) for name in ("e", "prev", "hash")))


def entry_of(item: Item) -> Entry:
    """The entry in an ENTRY item; raises DamagedError when there is none in it."""
    try:
        return parse(item["e"])
    except UNREADABLE as error:
        raise DamagedError(item) from error


def voucher_item(m: str, c: str, voucher: Voucher) -> Item:
    pk, sk = keys.voucher(m, c, voucher.voucher_id)
    return {
        **voucher.rest,
        "PK": pk,
        "SK": sk,
        "code": voucher.code,
        "reward": voucher.reward_id,
        "status": voucher.status,
        "unit": voucher.unit,
        "lots": _ENCODE(compact.lots(voucher.lots)),
        "issued": voucher.issued_ms,
        "expires_on": voucher.expires_on,
        "seq": voucher.issued_seq,
        "closed": voucher.closed_ms,
        **({"benefit": voucher.benefit} if voucher.benefit else {}),
        "prog": voucher.version,
        **({"credit": credit_text(voucher)} if voucher.value_minor else {}),
    }


def credit_text(voucher: Voucher) -> str:
    """What changes of a voucher for `credit`, in one text: a write asks for all of it at once."""
    uses = [list(one) for one in voucher.uses]
    return _ENCODE([voucher.status, voucher.value_minor, voucher.left_minor, uses])


def voucher_of(item: Item) -> Voucher:
    take, rest = formats.taken(item)
    credit = take("credit", "")
    _, value, left, uses = json.loads(credit) if credit else ("", 0, 0, ())
    return Voucher(
        voucher_id=take("SK").removeprefix(keys.VOUCHER_PREFIX),
        code=take("code"),
        reward_id=take("reward"),
        status=take("status"),
        unit=take("unit"),
        lots=compact.lots_of(json.loads(take("lots"))),
        issued_ms=take("issued"),
        expires_on=take("expires_on"),
        issued_seq=take("seq"),
        closed_ms=take("closed"),
        benefit=take("benefit", ""),
        version=take("prog", 0),
        value_minor=value,
        left_minor=left,
        uses=tuple([Use(*one) for one in uses]),
        rest=rest,
    )
