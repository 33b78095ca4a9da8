"""Routes of the preview, of publishing, and of versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.core import checks
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms as framed
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, Outcome, path, sent, shown
from regulars.pages.console.program import drafting, forms, parts, problems, showing, spoken
from regulars.pages.console.program.drafting import Opened
from regulars.pages.console.program.parts import ABOVE
from regulars.pages.console.program.publishing import effects
from regulars.pages.console.program.publishing.view import (
    TEMPLATE,
    VERSION,
    VERSIONS,
    PreviewPage,
    VersionPage,
    VersionRow,
    VersionsPage,
)
from regulars.render.brand import brand_of

GOES_ON = 20
"""How often a preview goes on within one page before it asks the person to wait."""

PREVIEW_PATH, VERSIONS_PATH = f"{ABOVE}/preview", f"{ABOVE}/versions"
NOTHING: dict[str, Any] = {
    "members": 0, "up": (), "down": (), "unchanged": 0, "newly_rewarded": 0, "losses": (),
    "cost_minor_estimate": 0, "examples": (), "more": False, "next": None, "preview_id": "",
}  # fmt: skip


def preview(here: Console) -> Response:
    """GET /console/programme/preview: what publishing the draft would do to everybody."""
    opened = drafting.open_draft(here)
    if not opened.is_changed:
        return protocol.redirect(ABOVE)
    return _preview(here, opened, framed.fresh())


def publish(here: Console) -> Response:
    """POST /console/programme/publish: now, or on a day."""
    form, t = here.request.form, here.words.t
    opened = drafting.open_draft(here)
    if not opened.is_changed:
        return protocol.redirect(ABOVE)
    if form.get("seen") != opened.seen:
        stale = Form(dict(form), {}, t("The draft was changed since. Look at it again."))
        return _preview(here, opened, stale, status=409)
    query = {"note": form.get("note", "")} if form.get("note") else {}
    if form.get("confirm_losses"):
        query["confirm_losses"] = "true"
    if form.get("preview_id"):
        query["preview_id"] = form["preview_id"]
    if form.get("when") == "day":
        query["publish_at"] = _instant(here, form.get("day", ""), form.get("time", ""))
    outcome = here.ask(
        "PUT /v1/program", opened.document, query=query, if_match=str(opened.version)
    )
    if not outcome.ok:
        return _preview(here, opened, _refused(here, outcome), status=outcome.status)
    if "publish_at" in query:
        drafting.discard(here)
        return frame.done(VERSIONS_PATH, "waits")
    drafting.publish_done(here, opened.document)
    return frame.done(ABOVE, "published")


def _refused(here: Console, outcome: Outcome) -> Form:
    t, typed = here.words.t, dict(here.request.form)
    if outcome.code is RefusalCode.LOSSES:
        worded = t("Tick this first: it says what members lose.")
        return Form(typed, {"confirm_losses": worded})
    if outcome.code is RefusalCode.PREVIEW_NEEDED:
        return Form(typed, {}, t("Everybody must be counted first. Wait until that is done."))
    return framed.refused(here, outcome, {"publish_at": "day"})


def _instant(here: Console, day: str, time: str) -> str:
    """The instant of a day and a time in the shop's zone; what was typed where that is none."""
    found = checks.parse_day(day)
    hour, _, minute = (time or "08:00").partition(":")
    if found is None or not (hour.isdigit() and minute.isdigit()):
        return day
    zone = here.gathered.program.timezone
    at = calendar.local_start(found, zone) + timedelta(
        hours=int(hour) % 24, minutes=int(minute) % 60
    )
    return calendar.rfc3339(calendar.to_ms(at))


def _preview(here: Console, opened: Opened, form: Form, *, status: int = 200) -> Response:
    words = here.words
    wrong = problems.of(opened.document)
    answer, problem = (NOTHING, "") if wrong else _played(here, opened)
    was = spoken.speaker(forms.reader(words, opened.published), opened.published)
    now = spoken.speaker(forms.reader(words, opened.document), opened.document)
    found = [one for one in effects.effects(answer, was, now) if one.members]
    losses = tuple(
        f"{words.number(row['members'])} {effects.loss(row, was)}" for row in answer["losses"]
    )
    changes = list(spoken.differences(opened.published, opened.document, was, now))
    cost = answer["cost_minor_estimate"]
    gathered = here.gathered
    view = PreviewPage(
        brand_of(gathered.program),
        words.t("Something must be corrected first") if wrong else effects.headline(found, words),
        answer["members"], tuple(found),
        words.money(cost, gathered.program.currency) if cost else "",
        losses,
        form._replace(problem=form.problem or problem),
        opened.seen, answer["preview_id"], opened.version + 1, opened.version,
        (showing.today(here) + timedelta(days=1)).isoformat(), effects.by_part(changes, words),
        answer["next"] or "",
        tuple((_part_of(here, name), problems.worded(words, worded))
              for name, known in wrong.items() for worded in known.values()),
    )  # fmt: skip
    back = (words.t("Back to the draft"), ABOVE)
    return frame.page(here, TEMPLATE, view, "programme", status=status, back=back)


def _part_of(here: Console, name: str) -> str:
    return parts.of_field(here.words.t, name.partition(".")[0]).path


def _played(here: Console, opened: Opened) -> tuple[dict[str, Any], str]:
    """The preview of all members, as far as it comes within this page; and what stands against
    publishing at all."""
    cursor = here.request.query.get("cursor", "")
    answer = NOTHING
    for _ in range(GOES_ON):
        query = {"cursor": cursor} if cursor else {}
        outcome = here.ask("POST /v1/program/preview", opened.document, query=query)
        if not outcome.ok:
            errors = outcome.body.get("errors", ())
            worded = " ".join(problems.worded(here.words, one["message"]) for one in errors)
            return answer, worded or framed.refusal(here.words, outcome)
        answer = dict(outcome.body)
        cursor = answer["next"] or ""
        if not cursor:
            break
    return answer, ""


def list_versions(here: Console) -> Response:
    """GET /console/programme/versions: all of them, with those that wait for their time."""
    cursor = here.request.query.get("cursor", "")
    answer = here.get("/v1/program/versions", **({"cursor": cursor} if cursor else {}))
    rows = tuple(_row(here, one) for one in answer["items"])
    view = VersionsPage(brand_of(here.gathered.program), rows, answer["next"] or "")
    t = here.words.t
    notice = frame.noticed(here, {
        "waits": t("It is published at its time."),
        "withdrawn": t("Taken back. It is not published."),
        "gone": t("It does not wait any more."),
    })  # fmt: skip
    back = (t("Programme"), ABOVE)
    return frame.page(here, VERSIONS, view, "programme", notice=notice, back=back)


def _row(here: Console, one: dict[str, Any]) -> VersionRow:
    words, zone = here.words, here.gathered.program.timezone
    at = calendar.from_ms(checks.parse_instant(one["published_at"] or one["publish_at"]) or 0)
    when = f"{words.date(calendar.local_date(at, zone))}, {words.clock(at, zone)}"
    by = "" if one["by"] in {None, "api"} else one["by"]
    return VersionRow(one["version"], one["state"], when, by, one["note"] or "")


def version(here: Console) -> Response:
    """GET /console/programme/versions/{n}: what it said otherwise."""
    number, document = _document(here)
    opened = drafting.open_draft(here)
    was = spoken.speaker(forms.reader(here.words, opened.published), opened.published)
    then = spoken.speaker(forms.reader(here.words, document), document)
    changes = list(spoken.differences(opened.published, document, was, then))
    view = VersionPage(
        brand_of(here.gathered.program), number, opened.version,
        effects.by_part(changes, here.words),
    )  # fmt: skip
    back = (here.words.t("Versions"), VERSIONS_PATH)
    return frame.page(here, VERSION, view, "programme", back=back)


def bring_back(here: Console) -> Response:
    """POST /console/programme/versions/{n}/back: it becomes the draft; its effects are shown."""
    _, document = _document(here)
    drafting.change(here, lambda *_: document)
    return protocol.redirect(PREVIEW_PATH)


def withdraw(here: Console) -> Response:
    """POST /console/programme/versions/{n}/withdraw: it is not published after all."""
    outcome = here.ask(f"DELETE {path('/v1/program/versions/{}', here.request.param('n'))}")
    return frame.done(VERSIONS_PATH, "withdrawn" if outcome.ok else "gone")


def _document(here: Console) -> tuple[int, dict[str, Any]]:
    number = here.request.param("n")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Refused(RefusalCode.NOT_FOUND)
    return int(number), dict(here.get("/v1/program", version=number)["program"])


ROUTES = {
    f"GET {PREVIEW_PATH}": shown(preview),
    f"POST {ABOVE}/publish": sent(publish, PREVIEW_PATH),
    f"GET {VERSIONS_PATH}": shown(list_versions),
    f"GET {VERSIONS_PATH}/{{n}}": shown(version),
    f"POST {VERSIONS_PATH}/{{n}}/back": sent(bring_back),
    f"POST {VERSIONS_PATH}/{{n}}/withdraw": sent(withdraw),
}
