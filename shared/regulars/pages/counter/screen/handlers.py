"""The counter screen's routes: signing a device in and out, and the screen itself."""

from __future__ import annotations

from datetime import timedelta

from regulars.actions import aside
from regulars.core import tokens
from regulars.domain import calendar
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n import Text, languages, negotiate
from regulars.i18n.words import words as words_of
from regulars.pages import answer
from regulars.pages.counter.screen import members, texts
from regulars.pages.counter.screen.view import TEMPLATE, CounterPage
from regulars.pages.message import view as message
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import activity, connect, keys
from regulars.views.customer import worth


def sign_in(request: protocol.Request) -> protocol.Response:
    """GET /staff/{token}: an enrolled device is signed in for a working day."""
    (link,) = connect.lean_table().get(keys.link(tokens.digest(request.param("token"))))
    if link is None or "s" not in link:
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.redirect("/staff/counter", (credentials.staff_cookie(link["m"], link["s"]),))


def sign_out(request: protocol.Request) -> protocol.Response:
    """POST /staff/sign-out."""
    header = request.query.get("lang") or request.headers.get("accept-language", "")
    words = words_of(negotiate.language(header, tuple(languages())))
    view = message.MessagePage("signed_out")
    return answer.page(200, message.TEMPLATE, view, words, (credentials.signed_out_cookie(),))


def show(request: protocol.Request) -> protocol.Response:
    """GET /staff/counter."""
    gathered = credentials.gather(connect.lean_table(), request)
    staff, program = gathered.caller.staff, gathered.program
    if staff is None:
        raise Refused(RefusalCode.FORBIDDEN, "This page is for signed-in devices.")
    visit = next((rule.unit for rule in program.earn if rule.on == "visit"), None)
    stamps = (unit.id for unit in program.units.values() if unit.kind == "stamps")
    header = request.query.get("lang") or request.headers.get("accept-language", "")
    words = words_of(negotiate.language(header, program.languages))
    rewards = program.rewards.values()
    view = CounterPage(
        brand=brand_of(program),
        staff=staff.name,
        location=program.locations.get(staff.location or "", ""),
        currency=program.currency,
        zone=program.timezone,
        languages=program.languages,
        units={unit.id: unit.name for unit in program.units.values()},  # type: ignore[misc]  # the schema demands plural forms
        rewards={reward.id: reward.name for reward in rewards},
        worth={reward.id: worth(reward, program.currency, words) for reward in rewards},
        tiers={tier.id: tier.name for tier in program.tiers},
        stamp=visit or next(stamps, None),
        today=_stamped_today(gathered.shop, staff.staff_id),
        gifts=_gifts(program),
    )
    return answer.page(200, TEMPLATE, view, words, setup=texts.setup(view, words))


def _gifts(program: Program) -> dict[str, tuple[Text, Text]]:
    """What staff may give unasked: by id what it is for, and the reward."""
    return {
        terms.id: (terms.name, program.rewards[terms.reward].name)
        for terms in program.surprises
        if terms.by == "staff"
    }


def _stamped_today(shop: Shop, staff_id: str) -> int:
    """Visits this device has booked since the merchant's midnight."""
    program, now = shop.program, shop.now
    start = calendar.local_start(calendar.local_date(now, program.timezone), program.timezone)
    return sum(
        int(entry.facts.get("visits", 0))
        for _, entry in activity.entries(
            shop.table, shop.merchant_id, start, now + timedelta(hours=1), aside.only_logged
        )
        if entry.kind == "earn" and entry.staff == staff_id
    )


ROUTES = {
    "GET /staff/counter": answer.as_page(show),
    "GET /staff/{token}": answer.as_page(sign_in),
    "POST /staff/sign-out": answer.as_page(sign_out),
    **members.ROUTES,
}
