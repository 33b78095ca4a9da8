"""Members: found, sorted into views, added, handed out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from regulars.actions import by_number, find
from regulars.domain import calendar
from regulars.http import credentials, protocol, roles
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import KEY, Console, instant, path, sent, shown
from regulars.pages.console.members.view import (
    NEW,
    TEMPLATE,
    Choices,
    MembersPage,
    NewPage,
    Row,
    Tab,
)
from regulars.render.brand import brand_of
from regulars.render.page import language_name
from regulars.views import integration

PATH = "/console/members"
VIEWS = ("", "new", "loyal", "at_risk", "lapsed", "birthday")
AWAY_DAYS = ("30", "60", "90", "180")


def show(here: Console) -> Response:
    """GET /console/members: a view of the list, or who was searched for."""
    query = here.request.query
    view = query.get("view", "") if query.get("view") in VIEWS else ""
    q, tier, visit = (query.get(name, "").strip() for name in ("q", "tier", "visit"))
    asked = _asked(here, view, q, tier, visit)
    counted = here.get("/v1/members/counts")
    at = {"cursor": query["after"]} if query.get("after") else {}
    outcome = here.ask("GET /v1/members", query={**asked, "limit": "25", **at})
    if not outcome.ok:  # a place of before
        return protocol.redirect(PATH)
    found = outcome.body
    what, numbered = _by_number(here, q, found["items"]) if q and not at else ("", [])
    kept = {name: query[name] for name in ("view", "q", "tier", "visit") if query.get(name)}
    following = urlencode({**kept, "after": found["next"]}) if found["next"] else ""
    title, under = _title(here, view, q, counted, narrowed=bool(tier or visit))
    under = what or under
    program = here.gathered.program
    page = MembersPage(
        brand_of(program), program.timezone, here.gathered.now, title, under, q,
        _tabs(here, counted, view), view, _tiers(here), tier, _visits(here), visit,
        tuple(_row(here, one) for one in [*numbered, *found["items"]]),
        f"{PATH}?{following}" if following else "", bool(q or tier or visit or view),
        roles.allows(here.session.role, "POST /v1/imports"),
    )  # fmt: skip
    t = here.words.t
    done = frame.noticed(here, {"erased": t("Erased. What the shop counted stays, without a name."),
                                "undone": t("Taken back.")})  # fmt: skip
    return frame.page(here, TEMPLATE, page, "members", notice=done)


def export(here: Console) -> Response:
    """GET /console/members/export: leads to the file; it is asked again who is here."""
    credentials.require_sure(here.gathered.caller)
    return protocol.redirect("/v1/export/members.csv")


def new(here: Console) -> Response:
    """GET /console/members/new."""
    return _new(here, forms.fresh())


def enroll(here: Console) -> Response:
    """POST /console/members/new."""
    form = here.request.form
    names = ("name", "email", "phone", "birthday", "language")
    body: dict[str, Any] = {
        name: form[name].strip() for name in names if form.get(name, "").strip()
    }
    if form.get("consent_email"):
        body["consents"] = {"email": True}
    outcome = here.ask("POST /v1/members", body, key=form.get(KEY, ""))
    if not outcome.ok:
        return _new(here, forms.refused(here, outcome), outcome.status)
    what = "created" if outcome.status == 201 else "known"
    return frame.done(f"{PATH}/{outcome.body['member_id']}", what)


def _new(here: Console, form: Form, status: int = 200) -> Response:
    program = here.gathered.program
    languages = tuple((code, language_name(code)) for code in program.languages)
    page = NewPage(brand_of(program), languages, program.join.min_age, form)
    back = (here.words.t("Members"), PATH)
    return frame.page(here, NEW, page, "members", status=status, back=back)


def _by_number(
    here: Console, q: str, listed: list[Mapping[str, Any]]
) -> tuple[str, list[Mapping[str, Any]]]:
    """Who has the number that was typed, besides those who are listed anyway, and what it is."""
    t, found = here.words.t, by_number.find(here.gathered.shop, q)
    if found is None:
        return "", []
    member_id = found.member_id
    outcome = here.ask(f"GET {path('/v1/members/{}', member_id)}")
    if outcome.ok and "merged_into" in outcome.body:
        member_id = outcome.body["merged_into"]
        outcome = here.ask(f"GET {path('/v1/members/{}', member_id)}")
    if not outcome.ok:  # of somebody who was erased
        return "", []
    card = outcome.body
    holder = find.read_member_card(here.gathered.shop, member_id)
    card = {**card, **integration.listed(holder.profile, holder.card)}
    worded = {
        "card": t("It is the code of a card."), "voucher": t("It is the code of a voucher."),
        "order": t("It is the number of an order."), "member": t("It is the id of a member."),
    }  # fmt: skip
    there = any(one["member_id"] == card["member_id"] for one in listed)
    return worded[found.what], [] if there else [card]


def _asked(here: Console, view: str, q: str, tier: str, visit: str) -> dict[str, str]:
    """What the API is asked for."""
    today = calendar.local_date(here.gathered.now, here.gathered.program.timezone)
    asked = {name: value for name, value in (("q", q), ("tier", tier)) if value}
    if view == "birthday":
        asked["birthday_month"] = str(today.month)
    elif view:
        asked["segment"] = view
    if visit in AWAY_DAYS:
        asked["last_visit_before"] = (today - timedelta(days=int(visit))).isoformat()
    elif visit == "week":
        asked["last_visit_from"] = (today - timedelta(days=6)).isoformat()
    return asked


def _title(
    here: Console, view: str, q: str, counted: Mapping[str, Any], *, narrowed: bool
) -> tuple[str, str]:
    """How many there are and why they are here."""
    t, n, number = here.words.t, here.words.n, here.words.number
    if q:
        return t("Who is “{q}”?", q=q), ""
    every = counted["members"]
    if not view:
        text = n("One member", "{n} members", every)
        return text, t("Those you chose are below.") if narrowed else ""
    month = f"{calendar.local_date(here.gathered.now, here.gathered.program.timezone).month:02}"
    count = counted["birthdays"][month] if view == "birthday" else counted["segments"][view]
    whole = number(every)
    titles = {
        "new": (n("{n} of {all} members is new",
                    "{n} of {all} members are new", count, all=whole),
                t("Came once at most, and lately.")),
        "loyal": (n("{n} of {all} members comes regularly",
                    "{n} of {all} members come regularly", count, all=whole),
                  t("Eight visits or more, and still here.")),
        "at_risk": (n("{n} of {all} members is drifting away",
                    "{n} of {all} members are drifting away", count, all=whole),
                    t("Away for longer than usual.")),
        "lapsed": (n("{n} of {all} members stays away",
                    "{n} of {all} members stay away", count, all=whole),
                   t("Away for so long that they may not come back by themselves.")),
        "birthday": (n("{n} of {all} members has their birthday this month",
                    "{n} of {all} members have their birthday this month", count, all=whole), ""),
    }  # fmt: skip
    return titles[view]


def _tabs(here: Console, counted: Mapping[str, Any], view: str) -> tuple[Tab, ...]:
    t, of = here.words.t, counted["segments"]
    month = f"{calendar.local_date(here.gathered.now, here.gathered.program.timezone).month:02}"
    known = (
        ("", t("Everybody"), counted["members"]), ("new", t("New"), of["new"]),
        ("loyal", t("Regulars"), of["loyal"]), ("at_risk", t("Drifting away"), of["at_risk"]),
        ("lapsed", t("Away"), of["lapsed"]),
        ("birthday", t("Birthday this month"), counted["birthdays"][month]),
    )  # fmt: skip
    return tuple(
        Tab(label, f"{PATH}?view={name}" if name else PATH, count, name == view)
        for name, label, count in known
    )


def _tiers(here: Console) -> Choices:
    words, tiers = here.words, here.gathered.program.tiers
    if not tiers:
        return ()
    return (("", words.t("any tier")), *((one.id, words.pick(one.name)) for one in tiers))


def _visits(here: Console) -> Choices:
    words = here.words
    return (
        ("", words.t("any time")), ("week", words.t("in the last 7 days")),
        *((days, words.n("more than one day ago", "more than {n} days ago", int(days)))
          for days in AWAY_DAYS),
    )  # fmt: skip


def _row(here: Console, card: Mapping[str, Any]) -> Row:
    words, program = here.words, here.gathered.program
    seen = card["last_visit_at"]
    return Row(
        card["member_id"], card["name"] or "", card["contact_hint"] or "",
        card["tier"]["name"] or "" if card["tier"] else "", card["visits"],
        words.money(card["spend_minor"], program.currency) if card["spend_minor"] else "",
        instant(seen) if seen else None, card["usual_days"], fact(here, card),
    )  # fmt: skip


def fact(here: Console, card: Mapping[str, Any]) -> str:
    """What a member has: a voucher that waits, else the balance."""
    words, program = here.words, here.gathered.program
    waits = next((one for one in card["vouchers"] if one["status"] == "issued"), None)
    if waits:
        return words.t("waiting: {reward}", reward=waits["name"])
    parts = []
    for unit_id, balance in card["balances"].items():
        unit = program.units.get(unit_id)
        if unit and balance["available"]:
            names: Any = unit.name
            parts.append(words.amount(names, balance["available"]))
    return ", ".join(parts)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"GET {PATH}/export": shown(export),
    f"GET {PATH}/new": shown(new),
    f"POST {PATH}/new": sent(enroll),
}
