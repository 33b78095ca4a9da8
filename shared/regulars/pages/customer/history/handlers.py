"""The history of a card: whole months, older ones on request."""

from __future__ import annotations

from regulars.domain import calendar
from regulars.domain.ledger import Entry
from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.card import opening
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.card.showing import readable
from regulars.pages.customer.history import view
from regulars.render.brand import brand_of
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.views.history import events

AT_ONCE = 60
"""Entries that are read at once; a page ends with a whole month."""

MOST = 600
"""Entries that a page shows at most, also of one month."""

LAST = 10**9


def show(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/history: the newest months, or with `before` those before an entry."""
    try:
        one = opening.by_cookie(request)
    except opening.NoCardError:
        return protocol.redirect(f"/j/{request.param('slug').lower()}")
    asked = request.query.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else LAST
    entries, more = _months(one, before)
    shop = one.shop
    rows = events(shop.program, entries, one.words)
    shown = view.HistoryPage(
        brand=brand_of(shop.program),
        card=one.path,
        zone=shop.program.timezone,
        now=shop.now,
        months=view.months(rows, shop.program.timezone, shop.now, one.words),
        older=f"{one.path}/history?before={entries[-1].seq}" if more and entries else "",
    )
    return answer.page(200, view.TEMPLATE, shown, one.words)


def _months(one: Opened, before: int) -> tuple[list[Entry], bool]:
    """The entries before one of them in whole months, newest first, and whether there are more."""
    found: list[Entry] = []
    while len(found) < MOST:
        items = _read(one, found[-1].seq if found else before)
        found += readable(items)
        if len(items) < AT_ONCE:
            return found, False
        months = [_month(one, entry) for entry in found]
        if months and months[0] != months[-1]:
            return found[: months.index(months[-1])], True
    return found, True


def _read(one: Opened, before: int) -> list[Item]:
    first, last = (keys.entry("", "", seq)[1] for seq in (0, max(0, before - 1)))
    place = keys.card(one.shop.merchant_id, one.member_id)
    return one.shop.table.query(
        place, between=(first, last), newest_first=True, limit=AT_ONCE
    ).items


def _month(one: Opened, entry: Entry) -> str:
    at = calendar.from_ms(entry.recorded_ms)
    return calendar.local_date(at, one.shop.program.timezone).isoformat()[:7]


ROUTES = {"GET /card/{slug}/history": answer.as_page(show)}
