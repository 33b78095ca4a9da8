"""The counter screen's routes: the screen itself and what its script asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from regulars.actions import aside
from regulars.core.config import settings
from regulars.domain import calendar, ledger
from regulars.domain.program import Program
from regulars.http import credentials, protocol
from regulars.i18n import Text
from regulars.i18n.words import Words
from regulars.pages import answer
from regulars.pages.counter.screen import keys as screen_keys
from regulars.pages.counter.screen import members, texts
from regulars.pages.counter.screen.view import TEMPLATE, Colleague, CounterPage, Here
from regulars.pages.counter.who import handlers as who
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store import activity, connect, keys, staff
from regulars.store.staff import STAFF, Session
from regulars.views.customer import worth

_WORKER = Path(__file__).parent / "counter-worker.js"


def show(
    request: protocol.Request, gathered: credentials.Gathered, session: Session
) -> protocol.Response:
    """GET /staff/counter: the screen."""
    words = answer.browser_words(request, gathered.program.languages)
    view = _view(gathered.shop, session, words)
    return answer.page(200, TEMPLATE, view, words, setup=texts.setup(view, words))


def worker(request: protocol.Request) -> protocol.Response:
    """GET /staff/worker.js: what keeps the page while there is no connection."""
    return protocol.script(_WORKER.read_text("utf-8"), scope="/staff/")


def state(request: protocol.Request) -> protocol.Response:
    """GET /staff/api/state: who is at the counter now, and what they have booked today."""
    gathered = credentials.gather(connect.lean_table(), request)
    session, shop = gathered.at_the_counter, gathered.shop
    counted = _counted(shop.program)
    return protocol.json_answer(
        200,
        {
            "shop": shop.merchant_id,
            "device": session.device.device_id,
            "staff": {"staff_id": session.staff_id, "name": session.name, "role": session.role},
            "today": _today(shop, session.staff_id, counted),
            "now": calendar.rfc3339(calendar.to_ms(shop.now)),
        },
    )


def _view(shop: Shop, session: Session, words: Words) -> CounterPage:
    program, rewards = shop.program, shop.program.rewards.values()
    counted = _counted(program)
    return CounterPage(
        brand=brand_of(program),
        staff=session.name,
        location=program.locations.get(session.location or "", ""),
        currency=program.currency,
        zone=program.timezone,
        languages=program.languages,
        units={unit.id: unit.name for unit in program.units.values()},  # type: ignore[misc]  # the schema demands plural forms
        rewards={reward.id: reward.name for reward in rewards},
        worth={reward.id: worth(reward, program.currency, words) for reward in rewards},
        tiers={tier.id: tier.name for tier in program.tiers},
        discounts={
            tier.id: tuple(one.name for one in tier.discounts)
            for tier in program.tiers
            if tier.discounts
        },
        perks={
            tier.id: tier.perks
            for tier in program.tiers
            if any(way.metric == "membership" for way in tier.enter)
        },
        categories=program.categories,
        keys=tuple(screen_keys.keys(program, words)),
        actions=tuple(screen_keys.actions(program, words)) if session.role != STAFF else (),
        stamp=counted,
        today=_today(shop, session.staff_id, counted),
        gifts=_gifts(program),
        here=_here(shop, session),
        join_url=_join_url(shop),
        codes=any(rule.on == "visit" for rule in program.earn),
        now=calendar.rfc3339(calendar.to_ms(shop.now)),
    )


def _here(shop: Shop, session: Session) -> Here:
    people = tuple(
        Colleague(
            one.staff_id, one.name, bool(one.pin), one.role != STAFF,
            who.may_choose(session.device, one),
        )
        for one in staff.people(shop.table, shop.merchant_id)
        if one.works
    )  # fmt: skip
    device_id = session.device.device_id
    return Here(shop.merchant_id, device_id, session.staff_id, session.role, people)


def _join_url(shop: Shop) -> str:
    """Where somebody joins who stands at the counter; a sandbox has no page for that."""
    (item,) = shop.table.get(keys.merchant(shop.merchant_id), consistent=False)
    slug = item.get("slug") if item else None
    return f"{settings().base_url}/j/{slug}?source=counter" if slug else ""


def _gifts(program: Program) -> dict[str, tuple[Text, Text]]:
    """What staff may give unasked: by id what it is for, and the reward."""
    return {
        terms.id: (terms.name, program.rewards[terms.reward].name)
        for terms in program.surprises
        if terms.by == "staff"
    }


def _counted(program: Program) -> str | None:
    """The unit that is counted today: the stamps that visits or items earn; None for visits."""
    stamps = {unit.id for unit in program.units.values() if unit.kind == "stamps"}
    earned = (rule.unit for rule in program.earn if rule.on in {"visit", "item"})
    return next((unit for unit in earned if unit in stamps), None)


def _today(shop: Shop, staff_id: str, counted: str | None) -> int:
    """What a person has booked since the merchant's midnight: units of one kind, or visits."""
    program, now = shop.program, shop.now
    start = calendar.local_start(calendar.local_date(now, program.timezone), program.timezone)
    return sum(
        int(entry.facts.get("visits", 0))
        if counted is None
        else sum(line.amount for line in ledger.granted(entry.lines) if line.unit == counted)
        for _, entry in activity.entries(
            shop.table, shop.merchant_id, start, now + timedelta(hours=1), aside.only_logged
        )
        if entry.kind == "earn" and entry.staff == staff_id
    )


ROUTES = {
    "GET /staff/counter": who.asked_first(show),
    "GET /staff/worker.js": worker,
    "GET /staff/api/state": state,
    **members.ROUTES,
}
