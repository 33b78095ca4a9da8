"""The counter screen's routes: the screen itself and what its script asks for."""

from __future__ import annotations

from datetime import timedelta

from regulars.actions import aside
from regulars.domain import calendar
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n import Text
from regulars.pages import answer
from regulars.pages.counter.screen import members, texts
from regulars.pages.counter.screen.view import TEMPLATE, CounterPage
from regulars.pages.counter.who import handlers as who
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import activity, connect
from regulars.views.customer import worth


def show(request: protocol.Request) -> protocol.Response:
    """GET /staff/counter; on a device on which nobody is signed in it asks who is there."""
    try:
        gathered = credentials.gather(connect.lean_table(), request)
    except Refused as refused:
        asked = who.page(request) if refused.code is RefusalCode.UNAUTHORIZED else None
        if asked is None:
            raise
        return asked
    staff, program = gathered.caller.staff, gathered.program
    if staff is None:
        raise Refused(RefusalCode.FORBIDDEN, "This page is for signed-in devices.")
    visit = next((rule.unit for rule in program.earn if rule.on == "visit"), None)
    stamps = (unit.id for unit in program.units.values() if unit.kind == "stamps")
    words = answer.browser_words(request, program.languages)
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
    **members.ROUTES,
}
