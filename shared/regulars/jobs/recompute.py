"""After a new programme: every member's tier is decided again, and the lists they stand in; nothing
is written where nothing changes.

The list of members is gone along a page at a time, and the place is stored. Each page is handed on
as messages of a few members, which are reviewed beside each other; a sandbox reviews them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from regulars.actions import aside, due_marks
from regulars.actions.relist import relist
from regulars.core import clock
from regulars.core.tokens import is_sandbox
from regulars.domain.calendar import to_ms
from regulars.domain.due import TIER
from regulars.jobs import work_queue
from regulars.jobs.cards import review_if_changed
from regulars.jobs.due import DueFailedError
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys, versions
from regulars.store.marshal import Item
from regulars.store.table import AbsentOr, Below, Table

PAGE = 100
MEMBERS_MAX = 25
"""Members of one message."""

FIRST_VERSION = 1

REVIEW_ALL = "review_all"
REVIEW = "review"
"""Kinds of messages: go along all members of a merchant, and review some of them."""

Message = dict[str, Any]
IsOver = Callable[[], bool]
Review = Callable[[Shop, list[str]], None]


def handle(image: Mapping[str, Any]) -> None:
    """Have all members reviewed of the merchant whose programme has a new version in the stream."""
    version = int(image["version"])
    if version > FIRST_VERSION:  # nobody has joined before there was a programme
        m = image["PK"].removeprefix("M#")
        at_ms = to_ms(clock.now())
        message = {"kind": REVIEW_ALL, "merchant_id": m, "version": version, "at": at_ms}
        work_queue.put(message)


def go_along(message: Message, is_over: IsOver) -> Message | None:
    """Hand on the members of a merchant from where it stopped; returns the message again while
    there are more."""
    with suppress(ClosedError):
        shop = load_shop(connect.table(), message["merchant_id"])
        name = _name(shop, message["version"])
        while step(shop, name, _in_messages)[1]:
            if is_over():
                return message
    return None


def review_some(message: Message, is_over: IsOver) -> Message | None:
    """Review the members of a message; returns it with those for whom there was no time.

    Raises DueFailedError when some could not be reviewed now.
    """
    members: list[str] = message["members"]
    failed = 0
    with suppress(ClosedError):
        shop = load_shop(connect.table(), message["merchant_id"])
        for count, member_id in enumerate(members):
            if count and is_over() and not failed:
                return {**message, "members": members[count:]}
            try:
                _review(shop, member_id)
            except Exception as error:
                if not aside.is_transient(error):
                    raise
                failed += 1
    if failed:
        raise DueFailedError(f"{failed} of {len(members)} members could not be reviewed now")
    return None


def recompute(table: Table, merchant_id: str, version: int, now: datetime | None = None) -> int:
    """Review the tiers of all members under the programme in force at once; returns how many.

    Progress is kept per version: a call that is stopped goes on where it was when it comes again.
    Reviewing a card twice changes nothing.
    """
    if version == FIRST_VERSION:
        return 0
    shop = load_shop(table, merchant_id, now)
    count, more = 0, True
    while more:
        count, more = step(shop, _name(shop, version), _at_once)
    return count


def zone_changed(shop: Shop, _: str) -> bool:
    """Review all members when another time zone begins to hold: their days begin otherwise."""
    name = f"zone:{shop.merchant_id}:{shop.program.version:08}"
    review = _at_once if is_sandbox(shop.merchant_id) else _in_messages
    if step(shop, name, review)[1]:
        return True
    mark = due_marks.of_zone(shop.merchant_id, shop.program, shop.now)
    versions.put_mark(shop.table, shop.merchant_id, shop.program.version, mark)
    return False


def _name(shop: Shop, version: int) -> str:
    return f"recompute:{shop.merchant_id}:{version:08}"


def step(shop: Shop, name: str, review: Review) -> tuple[int, bool]:
    """See to the next page of members; returns how many there were so far, and whether there are
    more. The place is kept under a name."""
    table, (pk, sk) = shop.table, keys.cursor(name)
    (kept,) = table.get((pk, sk))
    count, start = (kept["count"], kept["start"]) if kept else (0, None)
    if kept and start is None:
        return count, False
    page = table.query(keys.members(shop.merchant_id), index=True, limit=PAGE, start=start)
    review(shop, [_member(item) for item in page.items if not item.get("erased")])
    count += len(page.items)
    progress: Item = {"PK": pk, "SK": sk, "count": count, "start": page.next}
    # Of two that are at it the one that is behind goes on from where the other is.
    table.put(progress, AbsentOr(Below("count", count)) if page.items else None)
    return count, page.next is not None


def _in_messages(shop: Shop, members: list[str]) -> None:
    at_ms = to_ms(clock.now())
    for some in parts(members):
        about = {"kind": REVIEW, "merchant_id": shop.merchant_id, "at": at_ms}
        work_queue.put({**about, "members": some})


def parts(members: list[str]) -> Iterator[list[str]]:
    """Cut members into what one message holds."""
    for first in range(0, len(members), MEMBERS_MAX):
        yield members[first : first + MEMBERS_MAX]


def _at_once(shop: Shop, members: list[str]) -> None:
    for member_id in members:
        _review(shop, member_id)


def _review(shop: Shop, member_id: str) -> None:
    """Review one member, or set them aside; raises what may go well a moment later."""
    try:
        review_if_changed(shop, member_id)
        relist(shop, member_id)
    except Exception as error:  # whatever it is, the others are reviewed
        aside.set_aside(shop, member_id, error, TIER)


def _member(item: Item) -> str:
    return str(item["PK"].rpartition("#")[2])
