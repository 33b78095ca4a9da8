"""Lets the passes of a card follow it: notes that it changed, and asks the queue to tell phones.

Nothing is asked where nobody has put the card into a wallet. What a phone is told is that it should
look; what it then sees is computed from the card, so telling it twice is telling it once.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.program.shop import Shop
from regulars.store import wallets, wire
from regulars.store.wallets import Wallet


def follow(shop: Shop, member_id: str, *, seq: int = 0, profile: int = 0) -> None:
    """Let the passes of a card follow an entry, or a version of its profile.

    One that came again, or late, is known already; it is asked for again only when it is the
    newest, as whoever noted it may have died before asking. A sandbox has no passes.
    """
    if not settings().wallets or tokens.is_sandbox(shop.merchant_id):
        return
    known = wallets.read(shop.table, shop.merchant_id, member_id)
    if known.is_empty:
        return
    now_s = to_ms(shop.now) // 1000
    after = change(shop, member_id, lambda it: it.changed(now_s, seq, profile))
    if seq == after.seq or profile == after.profile:
        notify(shop.merchant_id, member_id)


def end(shop: Shop, member_id: str) -> None:
    """Let the passes of an erased card end: phones are told a last time, then they are forgotten.
    Where there are no certificates any more, at once."""
    if wallets.read(shop.table, shop.merchant_id, member_id).is_empty:
        return
    if settings().wallets:
        notify(shop.merchant_id, member_id)
    else:
        change(shop, member_id, lambda it: it._replace(phones=(), google=None))


def notify(merchant_id: str, member_id: str) -> None:
    """Ask for the phones to be told, through the queue."""
    wanted = {"wallet": {"merchant_id": merchant_id, "member_id": member_id}}
    wire.send_message(settings().messages_queue_url, json.dumps(wanted))


def change(shop: Shop, member_id: str, change_: Callable[[Wallet], Wallet]) -> Wallet:
    """Change the passes of a card as they are when they are written; returns them. Raises
    ChangedError when others keep changing them."""
    for _ in range(wallets.TRIES):
        before = wallets.read(shop.table, shop.merchant_id, member_id)
        after = change_(before)
        try:
            wallets.write(shop.table, shop.merchant_id, before, after, to_ms(shop.now))
        except wallets.ChangedError:
            continue
        return after
    raise wallets.ChangedError
