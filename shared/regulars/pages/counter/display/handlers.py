"""The display's routes: the page, and the code that it shows now."""

from __future__ import annotations

from regulars.actions import earning_codes
from regulars.core import display_codes, tokens
from regulars.domain import calendar
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.card import Card
from regulars.http import credentials, protocol
from regulars.i18n.words import words as words_of
from regulars.pages import answer
from regulars.pages.counter.display.view import TEMPLATE, DisplayPage
from regulars.pages.counter.who import handlers as who
from regulars.render.brand import brand_of
from regulars.render.qr import qr_svg
from regulars.store import connect
from regulars.store import earning_codes as store
from regulars.store.staff import Session
from regulars.views import customer


def show(_: protocol.Request, gathered: credentials.Gathered, staff: Session) -> protocol.Response:
    """GET /staff/display: the page that shows codes."""
    program = gathered.program
    first, *others = program.languages
    today = calendar.local_date(gathered.now, program.timezone)
    goal = customer.goal(program, Card(""), today)
    words, second = words_of(first), words_of(others[0]) if others else None
    view = DisplayPage(
        brand=brand_of(program),
        promise=customer.promise_in_print(goal, words) if goal else "",
        second=second,
        second_promise=customer.promise_in_print(goal, second) if goal and second else "",
        place=program.locations.get(staff.location or "", ""),
    )
    return answer.page(200, TEMPLATE, view, words)


def code(request: protocol.Request) -> protocol.Response:
    """GET /staff/api/display: the code of these 30 seconds, made from the time; nothing is written.

    `used` counts the guests who used it, `used_before` those who used the one before, which is good
    for some seconds more. Where the place is closed there is no code.
    """
    gathered = credentials.gather(connect.lean_table(), request)
    staff, shop = gathered.at_the_counter, gathered.shop
    m, device_id, now_s = shop.merchant_id, staff.device.device_id, to_ms(gathered.now) // 1000
    is_open = earning_codes.is_open(shop, staff.location)
    token = display_codes.token(m, device_id, now_s)
    before = display_codes.token(m, device_id, now_s - display_codes.STEP_S)
    used, used_before = store.used(shop.table, tokens.digest(token), tokens.digest(before))
    url = earning_codes.link(token)
    body = {
        "url": url if is_open else None,
        "svg": str(qr_svg(url)) if is_open else None,
        "expires_at": rfc3339(display_codes.expires_s(now_s) * 1000),
        "now": rfc3339(to_ms(gathered.now)),
        "open": is_open,
        "used": used,
        "used_before": used_before,
    }
    return protocol.json_answer(200, body)


ROUTES = {
    "GET /staff/display": who.asked_first(show),
    "GET /staff/api/display": code,
}
