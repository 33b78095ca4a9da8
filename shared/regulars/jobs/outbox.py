"""From a new entry to what follows from it: referrals, parked refunds, notifications, lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from regulars.actions import aside, held_visits, refunds, sources, staff_days, wallets
from regulars.actions.relist import LISTS, relist
from regulars.core import tokens
from regulars.core.observability import count
from regulars.domain.ledger import UNREADABLE, Entry, parse
from regulars.domain.program import Program
from regulars.imports.act import SOURCE
from regulars.jobs import referrals
from regulars.messages import kinds
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys
from regulars.store.table import Table

COUNTED = {"earn": "Stamps", "redeem": "Redemptions", "join": "Joins"}
"""The metrics of entries by kind. They are counted here, not at the counter, where a stamp would
wait for it; an entry that the stream repeats is counted again."""

FOLLOW_UP = "follow_up"
"""What following up an entry is called on the list of what needs a person."""

WALLETS = "wallets"
"""... and letting its passes follow it."""


def handle(image: Mapping[str, Any]) -> None:
    """Announce one new entry of the stream, or list again whose profile has changed; raises for a
    record that is neither."""
    if image["SK"] == keys.profile("", "")[1]:
        _, merchant_id, _, member_id = image["PK"].split("#")
        with suppress(ClosedError):
            shop = load_shop(connect.table(), merchant_id)
            list_again(shop, member_id)
            follow_in_wallets(shop, member_id, profile=int(image["ver"]))
        return
    if "e" not in image:
        raise ValueError("a record of a new entry has its text")
    announce(connect.table(), image["PK"], image["e"])


def announce(table: Table, partition: str, text: str) -> None:
    """Do what follows from a new entry. `partition` is the card's.

    What cannot be done is set aside with what a retry needs: the stream does not wait for it.
    """
    _, merchant_id, _, member_id = partition.split("#")
    try:
        shop = load_shop(table, merchant_id)
    except ClosedError:
        return  # nobody is told anything, and nothing is booked any more
    try:
        entry = parse(text)
    except UNREADABLE as error:
        aside.set_aside(shop, member_id, error, FOLLOW_UP)
        return
    if entry.kind in COUNTED and not tokens.is_sandbox(merchant_id):
        count(COUNTED[entry.kind])
    try:
        follow_up(shop, member_id, entry)
    except Exception as error:  # whatever it is, the entries behind it are followed up
        aside.set_aside(shop, member_id, error, FOLLOW_UP, seq=entry.seq)
    list_again(shop, member_id)
    follow_in_wallets(shop, member_id, seq=entry.seq)


def list_again(shop: Shop, member_id: str) -> None:
    """Keep the lists that a member stands in, or set the member aside."""
    try:
        relist(shop, member_id)
    except Exception as error:  # whatever it is, the others are listed
        aside.set_aside(shop, member_id, error, LISTS)


def follow_in_wallets(shop: Shop, member_id: str, *, seq: int = 0, profile: int = 0) -> None:
    """Let the passes of a card follow it, or set the member aside: the next change tells both."""
    try:
        wallets.follow(shop, member_id, seq=seq, profile=profile)
    except Exception as error:  # whatever it is, the entries behind it are followed up
        aside.set_aside(shop, member_id, error, WALLETS)


def follow_up(shop: Shop, member_id: str, entry: Entry) -> None:
    """Do what follows from an entry; doing it again does nothing more."""
    staff_days.count(shop, member_id, entry)
    sources.follow(shop, member_id, entry)
    if entry.facts.get("first"):
        referrals.reward(shop, member_id, entry.seq)
    if entry.facts.get("unfirst"):
        referrals.take_back(shop, member_id, entry.facts["unfirst"])
    if awaited := entry.facts.get("awaited"):
        # As below: who booked the sale did it already, if it was the API.
        held_visits.confirm_all(shop, member_id, awaited, entry.source)
    if entry.kind == "earn" and "order" in entry.facts:
        # Whoever booked the order did this too, unless they died in between and never came again.
        order = f"order:{entry.facts['order']}"
        refunds.apply_parked(shop.ledger, shop.program, order, shop.now)
    for message in occasions(shop.program, member_id, entry):
        notify(shop.merchant_id, message)


def occasions(program: Program, member_id: str, entry: Entry) -> Iterator[Notification]:
    """Yield what a member is to be notified of because of an entry; of nothing that a file has
    brought in, which may be years old."""
    if entry.source == SOURCE:
        return
    for kind, facts in kinds.occasioned_by(program, entry):
        yield Notification(member_id, kind, str(entry.seq), facts)
