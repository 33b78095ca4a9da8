"""Routes of the campaigns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from regulars.domain import accrual, calendar, surprises
from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.insights import campaigns as insights
from regulars.insights import today as counted
from regulars.insights.campaigns import CampaignFigures
from regulars.pages.console.campaigns import calendar_of
from regulars.pages.console.campaigns.view import TEMPLATE, CampaignsPage, Game, Shown, Spent
from regulars.pages.console.frame import forms as framed
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, path, sent, shown
from regulars.pages.console.program import (
    choices,
    drafting,
    forms,
    problems,
    showing,
    spoken,
    starters,
)
from regulars.program.document import Campaign
from regulars.render.brand import brand_of
from regulars.store import keys

ABOVE = "/console/campaigns"
EDIT = "/console/programme/campaigns"
FACTORS = ("2", "1.5", "3")
LATEST = 200
"""Of how many of the newest bookings the last day is looked at."""


def show(here: Console) -> Response:
    """GET /console/campaigns: a month, what runs, budgets and games."""
    return _page(here, Form())


def start(here: Console) -> Response:
    """POST /console/campaigns: more than usual on a day of the week. Published at once when nothing
    else is being edited and nobody loses anything; else it waits in the draft."""
    form, t = here.request.form, here.words.t
    days = [day for day in choices.weekdays(here.words) if form.get(f"day.{day}")]
    factor, unit = form.get("factor", ""), form.get("unit", "")
    if not days:
        return _page(here, framed.wrong(here, days=t("Choose at least one day.")), status=422)
    opened = drafting.open_draft(here)
    known = {one["id"] for one in opened.document.get("units", ())}
    if factor not in FACTORS or (unit and unit not in known):
        return _page(here, framed.wrong(here, days=t("Choose one of these.")), status=422)
    new: dict[str, Any] = {"multiplier": factor, "weekdays": days}
    if unit:
        new["units"] = [unit]
    if form.get("until"):
        new["until"] = form["until"]
    was_changed = opened.is_changed
    made: dict[str, Any] = {}

    def make(document: dict[str, Any], _: drafting.Opened) -> dict[str, Any]:
        made.update({"id": starters.fresh_id(document, "campaigns", "campaign"), **new})
        return {**document, "campaigns": [*document.get("campaigns", ()), dict(made)]}

    candidate = make(opened.document, opened)
    place = f"campaigns.{made['id']}"
    wrong = problems.of(candidate).get(place)
    if wrong:
        worded = problems.worded(here.words, next(iter(wrong.values())))
        return _page(here, framed.wrong(here, until=worded), status=422)
    if was_changed:
        drafting.change(here, make)
        return protocol.redirect(f"{EDIT}#r-{place}")
    outcome = here.ask("PUT /v1/program", candidate, if_match=str(opened.version))
    if outcome.ok:
        return frame.done(ABOVE, "started")
    drafting.change(here, make)
    return protocol.redirect("/console/programme/preview")


def _page(here: Console, form: Form, *, status: int = 200) -> Response:
    words, program = here.words, here.gathered.program
    t, now = words.t, showing.today(here)
    month = calendar_of.month_of(here.request.query.get("month", ""), now)
    opened = drafting.open_draft(here)
    document = opened.published
    one = spoken.speaker(forms.reader(words, document), document)
    campaigns = document.get("campaigns", ())
    last = (month - timedelta(days=1)).replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    names = [name for _, name in words.months()]
    units = [(unit["id"], one.names["units"][unit["id"]]) for unit in document.get("units", ())]
    view = CampaignsPage(
        brand_of(program), month, f"{words.sentence(names[month.month - 1])} {month.year}",
        f"{last:%Y-%m}", f"{following:%Y-%m}", now, tuple(choices.weekdays(words).values()),
        tuple(calendar_of.weeks(month, campaigns)), _campaigns(here, campaigns, one, now),
        _budgets(here, one), (*_raffles(here), *_boards(here)), form,
        tuple(choices.weekdays(words).items()), (("", t("everything")), *units),
        tuple((it, f"×{words.decimal(round(float(it) * 10), 1)}") for it in FACTORS),
        opened.is_changed,
    )  # fmt: skip
    notice = frame.noticed(here, {"started": t("Published. It counts from now on.")})
    return frame.page(here, TEMPLATE, view, "campaigns", status=status, notice=notice)


def _campaigns(here: Console, campaigns: Any, one: spoken.Speaker, now: date) -> tuple[Shown, ...]:
    """All campaigns, what runs first."""
    did = _did(here)
    over = insights.over(here.gathered.program, now.isoformat())
    counted_of = insights.read(here.gathered.shop, over)
    found = []
    for number, campaign in enumerate(campaigns, 1):
        worded = spoken.worded(Campaign, campaign, one)
        name = here.words.pick(campaign.get("name")) or worded[0]
        state = calendar_of.state(campaign, now)
        found.append(Shown(
            number, name, ", ".join(worded), state,
            _in_all(here, counted_of.get(campaign["id"])) if state == "past"
            else _what_it_did(here, campaign, state, did),
            f"{EDIT}#r-campaigns.{campaign['id']}",
        ))  # fmt: skip
    order = ("running", "waiting", "past")
    return tuple(sorted(found, key=lambda it: order.index(it.state)))


def _did(here: Console) -> Counter[str]:
    """How often each campaign counted among the newest bookings of the last day."""
    found: Counter[str] = Counter()
    for _, entry in counted.latest(here.gathered.shop, LATEST):
        found.update({str(it.reason.stored["c"]) for it in entry.lines if "c" in it.reason.stored})
    return found


def _what_it_did(here: Console, campaign: Mapping[str, Any], state: str, did: Counter[str]) -> str:
    """What a campaign that is not over has done: uses of a total, or those of the last day."""
    words = here.words
    if campaign.get("total"):
        name = accrual.campaign_counter(campaign["id"])
        used = _counter(here, name)
        return words.t(
            "{n} of {total} used", n=words.number(used), total=words.number(campaign["total"])
        )
    if state == "running":
        n = did[campaign["id"]]
        return words.n("{n} time in the last 24 hours", "{n} times in the last 24 hours", n)
    return ""


def _in_all(here: Console, did: CampaignFigures | None) -> str:
    """What a campaign that is over did: how often, to how many members, what it added, and what
    that is worth where the owner has set it."""
    words, program = here.words, here.gathered.program
    if did is None:
        return words.t("What it did is counted on Monday.")
    if not did.uses:
        return words.t("It was never used.")
    worth, amounts = 0, []
    for unit_id, amount in did.granted.items():
        unit = program.unit(unit_id)
        if unit is None or not amount:
            continue
        amounts.append(words.amount(cast(Any, unit.name), amount))
        worth += amount * unit.value_minor // unit.value_units if unit.value_units else 0
    parts = [
        words.n("used once", "used {n} times", did.uses),
        words.n("one member", "{n} members", did.members),
    ]
    if amounts:
        parts.append(words.t("{amount} given", amount=", ".join(amounts)))
    if worth:
        parts.append(words.t("worth {money}", money=words.money(worth, program.currency)))
    day = calendar.local_date(calendar.from_ms(did.at_ms), program.timezone)
    when = words.t("Counted on {date}.", date=words.date(day))
    return f"{words.sentence(', '.join(parts))}. {when}"


def _counter(here: Console, name: str) -> int:
    shop = here.gathered.shop
    (item,) = shop.table.get(keys.count(shop.merchant_id, name), consistent=False)
    return int(item["n"]) if item else 0


def _budgets(here: Console, one: spoken.Speaker) -> tuple[Spent, ...]:
    """What of each budget of surprises is used in its running period."""
    words, program = here.words, here.gathered.program
    now = showing.today(here).isoformat()
    found = []
    for rule in program.surprises:
        used = _counter(here, surprises.budget_counter(rule, now))
        worded = words.t(
            "{used} of {budget} used", used=words.money(used, program.currency),
            budget=words.money(rule.budget_minor, program.currency),
        )  # fmt: skip
        percent = min(100, used * 100 // max(1, rule.budget_minor))
        href = f"/console/programme/surprises#r-surprises.{rule.id}"
        found.append(Spent(words.pick(rule.name), worded, percent, href))
    return tuple(found)


def _raffles(here: Console) -> tuple[Game, ...]:
    words, program, t = here.words, here.gathered.program, here.words.t
    found = []
    for one in program.raffles:
        answer = here.get(path("/v1/raffles/{}", one.id))
        last = words.date(date.fromisoformat(one.last_day))
        worded = t("Drawn after {date}.", date=last)
        if answer["drawn"]:
            worded = t("Drawn. Winners: {n}.", n=words.number(len(answer["winners"] or ())))
        href = f"/console/programme/games#r-raffles.{one.id}"
        found.append(Game(words.pick(one.name), worded, (), href))
    return tuple(found)


def _boards(here: Console) -> tuple[Game, ...]:
    words, program, t = here.words, here.gathered.program, here.words.t
    found = []
    for one in program.leaderboards:
        running = here.get(path("/v1/leaderboards/{}", one.id))["running"]
        worded = t("Counted every night; nobody takes part yet.")
        places: tuple[str, ...] = ()
        if running and running["places"]:
            worded = words.n("{n} member takes part", "{n} members take part", running["members"])
            places = tuple(f"{it['rank']}. {it['name']}" for it in running["places"][:3])
        href = f"/console/programme/games#r-leaderboards.{one.id}"
        found.append(Game(words.pick(one.name), worded, places, href))
    return tuple(found)


ROUTES = {f"GET {ABOVE}": shown(show), f"POST {ABOVE}": sent(start)}
