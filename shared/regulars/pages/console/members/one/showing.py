"""The page of one member: what the owner should know, what was booked and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from regulars.domain import calendar, undoing
from regulars.domain.ledger import UNREADABLE, Entry, parse
from regulars.http import roles
from regulars.http.protocol import Response
from regulars.i18n.of_others import of_others
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import Notice
from regulars.pages.console.frame.here import Console, instant, path
from regulars.pages.console.members.handlers import PATH
from regulars.pages.console.members.one.view import (
    TEMPLATE,
    Contact,
    Fact,
    Line,
    MemberPage,
    Waiting,
)
from regulars.pages.console.members.view import Choices
from regulars.pages.counter.screen.members import UNDO_MS
from regulars.render.brand import brand_of
from regulars.render.page import language_name
from regulars.views import history

LINES = "12"


def page(
    here: Console, member_id: str, form: Form, doing: str = "", status: int = 200, asked: str = ""
) -> Response:
    """The page of a member, with a form that was sent and has mistakes."""
    program, t = here.gathered.program, here.words.t
    card = here.get(path("/v1/members/{}", member_id))
    if "merged_into" in card:
        return frame.done(f"{PATH}/{card['merged_into']}", "merged")
    profile = here.get(path("/v1/members/{}/profile", member_id))
    lines, following = _lines(here, member_id)
    view = MemberPage(
        brand_of(program), program.timezone, here.gathered.now, member_id, card["name"] or "",
        _fact(here, card, profile), _facts(here, card), lines, following, _vouchers(here, card),
        tuple(Contact(one["kind"], one["value"], one["confirmed_at"] is not None)
              for one in profile["contacts"]),
        _consents(here, profile), _devices(here, profile),
        profile["note"] or "", profile["birthday"] or "",
        profile["language"] or "", tuple(profile["attributes"].items()), _units(here),
        tuple((one.id, here.words.pick(one.name)) for one in program.tiers),
        tuple((one.id, here.words.pick(one.name)) for one in program.surprises
              if one.by == "staff"),
        tuple((code, language_name(code)) for code in program.languages),
        program.currency, form, doing, asked,
        roles.allows(here.session.role, "DELETE /v1/members/{id}"),
    )  # fmt: skip
    return frame.page(
        here, TEMPLATE, view, "members", status=status, notice=_notice(here, member_id),
        back=(t("Members"), PATH),
    )  # fmt: skip


def _notice(here: Console, member_id: str) -> Notice | None:
    t, query = here.words.t, here.request.query
    done = frame.noticed(here, {
        "created": t("Added."), "known": t("They are a member already: this is their card."),
        "visit": t("Booked."), "amount": t("Booked."), "gift": t("Given."),
        "adjust": t("Adjusted."), "tier": t("The tier is given."), "note": t("Saved."),
        "change": t("Saved."), "confirm": t("Confirmed."), "redeem": t("Redeemed."),
        "cancel": t("Taken back; what it cost is on the card again."), "merged": t("Merged."),
        "unmerged": t("The merge is undone."), "undone": t("Taken back."),
    })  # fmt: skip
    if done is None:
        return None
    if query.get("seq", "").isdigit():
        return done._replace(undo=(f"{PATH}/{member_id}/undo", (("seq", query["seq"]),)))
    if query.get("merge"):
        return done._replace(undo=(f"{PATH}/{member_id}/unmerge", (("merge", query["merge"]),)))
    return done


def _fact(here: Console, card: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """What the owner should know first."""
    words, n, t = here.words, here.words.n, here.words.t
    today = calendar.local_date(here.gathered.now, here.gathered.program.timezone)
    owes = [(unit, one["debt"]) for unit, one in card["balances"].items() if one["debt"]]
    if owes:
        return t("Owes {amount} after a refund.", amount=_amount(here, *owes[0]))
    if card["segment"] in {"at_risk", "lapsed"} and card["last_visit_at"]:
        seen = instant(card["last_visit_at"])
        days = (today - calendar.local_date(seen, here.gathered.program.timezone)).days
        away = n("Not here for one day.", "Not here for {n} days.", days)
        usual = profile["usual_days"]
        if not usual:
            return away
        comes = n("Usually comes every day.", "Usually comes every {n} days.", usual)
        return f"{away} {comes}"
    waits = next((one for one in card["vouchers"] if one["status"] == "issued"), None)
    if waits:
        return t("{reward} waits for them.", reward=words.sentence(waits["name"]))
    if not card["visits"]:
        return t("Has not paid a visit yet.")
    return n("Came once so far.", "Came {n} times so far.", card["visits"])


def _facts(here: Console, card: Mapping[str, Any]) -> tuple[Fact, ...]:
    words, t, program = here.words, here.words.t, here.gathered.program
    found = []
    tier = card["tier"]
    if tier and tier["name"]:
        until = date.fromisoformat(tier["until"]) if tier["until"] else None
        ends = t("until {date}", date=words.date(until)) if until else ""
        found.append(Fact(t("Tier"), tier["name"], ends))
    joined = calendar.local_date(instant(card["enrolled_at"]), program.timezone)
    since = t("since {date}", date=words.date(joined))
    found.append(Fact(t("Visits"), words.number(card["visits"]), since))
    found.append(Fact(t("Spent"), words.money(card["spend_minor"], program.currency)))
    for unit, one in card["balances"].items():
        soon = next((it for it in card["expiring"] if it["unit"] == unit), None)
        day = date.fromisoformat(soon["on"]) if soon else None
        under = (
            t("{amount} expire on {date}", amount=_amount(here, unit, soon["amount"]),
              date=words.date(day)) if soon and day else ""
        )  # fmt: skip
        found.append(Fact(t("On the card"), _amount(here, unit, one["available"]), under))
    return tuple(found)


def _amount(here: Console, unit_id: str, amount: int) -> str:
    unit = here.gathered.program.unit(unit_id)
    if unit is None:
        return f"{here.words.number(amount)} {unit_id}"
    return here.words.amount(cast(Any, unit.name), amount)


def _lines(here: Console, member_id: str) -> tuple[tuple[Line, ...], str]:
    """The ledger in words, newest first, and where older lines are."""
    words, program = here.words, here.gathered.program
    before = here.request.query.get("before", "")
    at = {"cursor": before} if before.isdigit() and len(before) <= 10 else {}
    found = here.get(path("/v1/members/{}/entries", member_id), limit=LINES, **at)
    names = {one["staff_id"]: one["name"] for one in here.get("/v1/staff")["items"]}
    lines, taken_back = [], set()
    for one in found["items"]:
        try:
            entry = parse(one["canonical"])
        except UNREADABLE:  # the list of what needs a person has it
            continue
        taken_back.add(entry.facts.get("reverses"))
        (row,) = history.events(program, [entry], of_others(words.lang))
        who = names.get(entry.staff or "", "")
        if not who and entry.source == "import":
            who = words.t("from a file")
        gained = ", ".join(words.change(cast(Any, unit), n) for unit, n in row.changes)
        note = entry.facts.get("note", "")
        more = [*row.more, f"“{note}”" if note else "", who, row.location,
                words.clock(row.at, program.timezone)]  # fmt: skip
        is_gain = bool(row.changes) and row.changes[0].amount > 0
        text = ", ".join(part for part in more if part)
        can_undo = entry.seq not in taken_back and _can_undo(here, entry)
        undo = entry.seq if can_undo else 0
        lines.append(Line(row.at, words.sentence(row.why), text, gained, is_gain, undo))
    following = f"{PATH}/{member_id}?before={found['next']}" if found["next"] else ""
    return tuple(lines), following


def _can_undo(here: Console, entry: Entry) -> bool:
    """Whether an entry is of the kind that is taken back at the counter, and young enough."""
    age_ms = calendar.to_ms(here.gathered.now) - entry.recorded_ms
    return entry.source == "staff" and undoing.is_undone(entry) and age_ms < UNDO_MS


def _vouchers(here: Console, card: Mapping[str, Any]) -> tuple[Waiting, ...]:
    zone = here.gathered.program.timezone
    found = []
    for one in card["vouchers"]:
        ends = instant(one["expires_at"]) - timedelta(seconds=1) if one["expires_at"] else None
        until = calendar.local_date(ends, zone) if ends else None
        if one["status"] == "issued":
            found.append(Waiting(one["code"], one["name"], until))
    return tuple(found)


def _consents(here: Console, profile: Mapping[str, Any]) -> tuple[tuple[str, bool, str], ...]:
    words, t, zone = here.words, here.words.t, here.gathered.program.timezone
    named = {"email": t("Mails"), "sms": t("SMS"), "push": t("Notices on the phone"),
             "leaderboard": t("On leaderboards")}  # fmt: skip
    found = []
    for one in profile["consents"]:
        at = instant(one["at"]) if one["at"] else None
        day = words.date(calendar.local_date(at, zone)) if at else ""
        how = ", ".join(part for part in (day, one["wording"] or "") if part)
        found.append((named.get(one["channel"], one["channel"]), one["given"], how))
    return tuple(found)


def _devices(here: Console, profile: Mapping[str, Any]) -> tuple[tuple[str, date], ...]:
    zone = here.gathered.program.timezone
    return tuple(
        (one["system"] or "", calendar.local_date(instant(one["since"]), zone))
        for one in profile["devices"]
    )


def _units(here: Console) -> Choices:
    return tuple(
        (unit.id, here.words.unit(cast(Any, unit.name), 2))
        for unit in here.gathered.program.units.values()
    )
