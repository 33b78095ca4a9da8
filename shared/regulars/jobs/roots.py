"""The daily digest of all heads: nobody can rewrite a past day of any card without it showing.

It runs after the merchant's day and takes each card as it stood at the end of that day, whatever
was booked since, so that a late run comes to the same root. It reads the members a page at a time
and keeps how far it came; a day on which nothing was booked has the root of the day before.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from regulars.actions.due_marks import ROOTS, next_roots
from regulars.actions.heads import head_before
from regulars.core import clock
from regulars.domain import calendar, merkle
from regulars.domain.calendar import to_ms
from regulars.program.shop import Shop
from regulars.store import activity, keys, roots, versions
from regulars.store.marshal import Item
from regulars.store.roots import DayRoot, Progress

TIME_S = 20
"""How long one step works for a merchant; the next one goes on."""


def digest_heads(shop: Shop, member_id: str) -> bool:
    """Make the roots of all days that are over and have none; True when the time of a step is over
    before that."""
    m, table, zone = shop.merchant_id, shop.table, shop.program.timezone
    today = calendar.local_date(shop.now, zone)
    stop_at = clock.now() + timedelta(seconds=TIME_S)
    day = _first_day(shop, today)
    while day < today:
        active = _next_active(shop, day, today)
        if active is None:
            break
        if not _digest(shop, active, stop_at):
            return True
        day = active + timedelta(days=1)
    roots.put_upto(table, m, (today - timedelta(days=1)).isoformat())
    versions.put_mark(table, m, shop.program.version, next_roots(m, zone, shop.now))
    return False


def _first_day(shop: Shop, today: date) -> date:
    """The day after the last that has a root; for the first run the day before its due hour."""
    if upto := roots.read_upto(shop.table, shop.merchant_id):
        return date.fromisoformat(upto) + timedelta(days=1)
    (mark,) = shop.table.get(keys.due_mark(shop.merchant_id, keys.MERCHANT_LEVEL, ROOTS))
    due = datetime.fromisoformat(mark["hour"]).replace(tzinfo=UTC) if mark else shop.now
    return min(calendar.local_date(due, shop.program.timezone), today) - timedelta(days=1)


def _next_active(shop: Shop, day: date, today: date) -> date | None:
    """The first day from `day` on, before today, on which something was booked; None without one.

    The first day of all has a root whatever happened on it.
    """
    zone, table, m = shop.program.timezone, shop.table, shop.merchant_id
    if roots.read_upto(table, m) is None:
        return day
    begins, ends = (calendar.local_start(one, zone) for one in (day, today))
    booked = activity.first(table, m, begins, ends)
    return None if booked is None else calendar.local_date(booked, zone)


def _digest(shop: Shop, day: date, stop_at: datetime) -> bool:
    """Make and keep the root of a day; False when the time is over before it is done."""
    ends = calendar.local_start(day + timedelta(days=1), shop.program.timezone)
    progress = _pages(shop, day, to_ms(ends), stop_at)
    if progress is None:
        return False
    made = _close(shop, progress, to_ms(ends))
    roots.put(shop.table, shop.merchant_id, made, to_ms(shop.now))
    roots.put_upto(shop.table, shop.merchant_id, made.day)
    return True


def _pages(shop: Shop, day: date, ends_ms: int, stop_at: datetime) -> Progress | None:
    """Go along all members, page by page; None when the time is over before the last."""
    m, table = shop.merchant_id, shop.table
    progress = roots.read_progress(table, m, day.isoformat())
    last = keys.in_time(ends_ms, "")
    while True:
        page = table.query(
            keys.members(m), index=True, between=("", last), limit=merkle.PAGE // 2,
            start=progress.start,
        )  # fmt: skip
        states = table.get(*(keys.state(m, _member(item)) for item in page.items))
        for item, state in zip(page.items, states, strict=True):
            head = head_before(table, m, _member(item), state, ends_ms)
            if head is not None:
                leaf = merkle.leaf(_member(item), *head)
                first = progress.first or item["GSI1SK"]
                progress = progress._replace(cards=progress.cards + 1, first=first)
                progress = _add(shop, progress, 0, leaf, ends_ms)
        progress = progress._replace(start=page.next)
        if page.next is None:
            return progress
        if clock.now() >= stop_at:
            roots.put_progress(table, m, progress)
            return None


def _add(shop: Shop, progress: Progress, level: int, digest: bytes, ends_ms: int) -> Progress:
    """Put a hash into the open page of a level; a full page goes into the table, and its own hash
    into the level above."""
    pages = [list(one) for one in progress.open_pages]
    if level == len(pages):
        pages.append([])
        progress = progress._replace(filled=[*progress.filled, 0])
    pages[level].append(digest)
    progress = progress._replace(open_pages=pages)
    full = len(pages[level]) == merkle.PAGE
    return _shut(shop, progress, level, ends_ms) if full else progress


def _shut(shop: Shop, progress: Progress, level: int, ends_ms: int) -> Progress:
    """Keep the open page of a level and put its hash into the level above."""
    hashes = progress.open_pages[level]
    place = (level, progress.filled[level], progress.first if level == 0 else "")
    ttl = ends_ms // 1000 + roots.KEPT_DAYS * 86_400
    roots.put_page(shop.table, shop.merchant_id, progress.day, place, hashes, ttl)
    pages, filled = list(progress.open_pages), list(progress.filled)
    pages[level] = []
    filled[level] += 1
    progress = progress._replace(open_pages=pages, filled=filled)
    if level == 0:
        progress = progress._replace(first="")
    return _add(shop, progress, level + 1, merkle.root(hashes), ends_ms)


def _close(shop: Shop, progress: Progress, ends_ms: int) -> DayRoot:
    """Shut what is open, from the lowest level up, until one page holds all and gives the root."""
    level = 0
    while True:
        hashes = progress.open_pages[level]
        if not progress.filled[level]:  # the only page of its level
            break
        if hashes:
            progress = _shut(shop, progress, level, ends_ms)
        level += 1
    place = (level, 0, progress.first if level == 0 else "")
    ttl = ends_ms // 1000 + roots.KEPT_DAYS * 86_400
    if hashes:
        roots.put_page(shop.table, shop.merchant_id, progress.day, place, hashes, ttl)
    top = merkle.root(hashes)
    return DayRoot(progress.day, top, progress.cards, level + 1, ends_ms)


def _member(item: Item) -> str:
    return str(item["PK"].rpartition("#")[2])
