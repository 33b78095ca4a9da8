"""Takes up the shops of before version 0.4.0, which stand in no list of shops: once, by themselves.

Such a shop is found by the mark of its weekly digest. Its members are put into their lists, its
owner can sign in to the console with the address that the shop has, and it is put into the list of
shops. The hourly run of `tiers` looks for all of them once; the digest takes up whoever was not
found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from regulars.actions.due_marks import DIGEST
from regulars.core import tokens
from regulars.domain.calendar import hour_of, to_ms
from regulars.i18n import words
from regulars.jobs import listing, work_queue
from regulars.store import closing, due_list, keys, merchant_settings, sign_ins, staff
from regulars.store.marshal import Item
from regulars.store.table import Table

TAKE_UP = "take_up"
"""The kind of a message: take up a shop."""

LOOK_HOURS = 8 * 24
SUNDAY, MONDAY = 6, 0
"""Days in UTC on which it is Monday at eight somewhere, when digests are due."""

READ = 1_000


def look_for(table: Table, now: datetime) -> None:
    """Have every shop taken up that has a digest due in the coming week, unless that was done."""
    pk, sk = keys.cursor("earlier_shops")
    (kept,) = table.get((pk, sk))
    if kept:
        return
    for merchant_id in _with_digest(table, now):
        work_queue.put({"kind": TAKE_UP, "merchant_id": merchant_id, "at": to_ms(now)})
    table.put({"PK": pk, "SK": sk, "hour": hour_of(now)})


def take_up(table: Table, merchant_id: str, now: datetime) -> None:
    """Take up a shop; a sandbox, and one that stands in the list of shops, is left as it is."""
    (item,) = table.get(keys.merchant(merchant_id))
    if tokens.is_sandbox(merchant_id) or not item or "GSI1PK" in item:
        return
    if closing.read(table, merchant_id):
        return
    listing.list_all(merchant_id, now)
    _make_owner(table, merchant_id, item, now)
    merchant_settings.put_into_list(table, merchant_id)


def _make_owner(table: Table, merchant_id: str, merchant: Item, now: datetime) -> None:
    """Make the owner, under an id of their own; raises CONFLICT when another run is faster, and
    then the message comes again."""
    if any(one.role == staff.OWNER for one in staff.people(table, merchant_id)):
        return
    name, email = words(merchant["languages"][0]).t("Owner"), merchant["owner_email"]
    staff.write(table, sign_ins.new_owner(merchant_id, merchant_id[1:9], name, email, to_ms(now)))


def _with_digest(table: Table, now: datetime) -> Iterator[str]:
    hours = (now + timedelta(hours=number) for number in range(LOOK_HOURS))
    for hour in (hour_of(one) for one in hours if one.weekday() in {SUNDAY, MONDAY}):
        for shard in range(keys.DUE_SHARDS):
            after = ""
            while True:
                page = due_list.page(table, hour, shard, first=after, last="", limit=READ)
                for mark in page.items:
                    if due_list.named(mark) == (keys.MERCHANT_LEVEL, DIGEST):
                        yield due_list.merchant_of(mark)
                if page.next is None:
                    break
                after = due_list.after(page.items[-1])
