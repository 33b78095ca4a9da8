"""Bringing members in: a file, its columns, what would happen, doing it, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from regulars.http import uploads
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import KEY, Console, instant, path, sent, shown
from regulars.pages.console.members.bring.view import (
    ONE,
    TEMPLATE,
    Before,
    BringPage,
    ImportPage,
)
from regulars.pages.console.members.bring.words import column, doubt, mistake
from regulars.pages.console.members.handlers import PATH as MEMBERS
from regulars.render.brand import brand_of

PATH = f"{MEMBERS}/import"
FILE_MAX = 5 * 1024 * 1024


def show(here: Console) -> Response:
    """GET /console/members/import."""
    return _page(here, forms.fresh())


def take(here: Console) -> Response:
    """POST /console/members/import: the file is looked at first, whatever is in it."""
    sent_form = uploads.upload(here.request, "file", FILE_MAX)
    key, t = sent_form.fields.get(KEY, ""), here.words.t
    if not sent_form.file:
        wrong = Form({}, {"file": t("Choose a file.")}, "", key)
        return _page(here, wrong, 422)
    outcome = here.ask(
        "POST /v1/imports", raw=("text/csv", sent_form.file), query={"dry_run": "true"}, key=key
    )
    if not outcome.ok:
        why = forms.refusal(here.words, outcome)
        if outcome.status == 422:
            why = t("This is no table of members: headings, and a line for each. "
                    "Save it as CSV.")  # fmt: skip
        return _page(here, Form({}, {"file": why}, "", forms.fresh().key), outcome.status)
    return frame.done(f"{PATH}/{outcome.body['import_id']}", "sent")


def one(here: Console) -> Response:
    """GET /console/members/import/{id}: how far it is, and what comes next."""
    return _one(here, here.get(path("/v1/imports/{}", here.request.param("id"))), forms.fresh())


def start(here: Console) -> Response:
    """POST /console/members/import/{id}/start: with other columns it is looked at again."""
    import_id, form = here.request.param("id"), here.request.form
    found = here.get(path("/v1/imports/{}", import_id))
    body: dict[str, Any] = {}
    if "columns" in form:
        names = list(found["mapping"])
        chosen = {name: form.get(f"c{n}", "") or None for n, name in enumerate(names)}
        body = {"mapping": chosen}
    outcome = here.ask(path("POST /v1/imports/{}/start", import_id), body)
    if not outcome.ok:
        return _one(here, found, forms.refused(here, outcome), outcome.status)
    return frame.done(f"{PATH}/{import_id}", "started")


def undo(here: Console) -> Response:
    """POST /console/members/import/{id}/undo."""
    import_id = here.request.param("id")
    outcome = here.ask(path("POST /v1/imports/{}/undo", import_id))
    if not outcome.ok:
        found = here.get(path("/v1/imports/{}", import_id))
        return _one(here, found, forms.refused(here, outcome), outcome.status)
    return frame.done(f"{PATH}/{import_id}", "started")


def _page(here: Console, form: Form, status: int = 200) -> Response:
    program = here.gathered.program
    before = tuple(
        Before(f"{PATH}/{it['import_id']}", instant(it["created_at"]), _title(here, it)[0])
        for it in here.get("/v1/imports")["items"]
    )
    view = BringPage(brand_of(program), program.timezone, here.gathered.now, before, form)
    back = (here.words.t("Members"), MEMBERS)
    return frame.page(here, TEMPLATE, view, "members", status=status, back=back)


def _one(here: Console, found: Mapping[str, Any], form: Form, status: int = 200) -> Response:
    t, program = here.words.t, here.gathered.program
    title, under = _title(here, found)
    units = {
        unit.id: here.words.sentence(here.words.unit(cast(Any, unit.name), 2))
        for unit in program.units.values()
    }
    ours = (("", t("not used")), *((name, units.get(name) or column(t, name))
                                   for name in found["columns"]))  # fmt: skip
    view = ImportPage(
        brand_of(program), found["import_id"], found["state"], title, under,
        found["progress"]["done"], found["progress"]["of"],
        tuple(doubt(t, text) for text in found["doubts"]),
        tuple((heading, name or "") for heading, name in found["mapping"].items()), ours,
        tuple((it["line"], it["column"] or "", mistake(t, it["code"])) for it in found["errors"]),
        found["counts"]["refused"], form,
    )  # fmt: skip
    back = (t("Bring in a list"), PATH)
    return frame.page(here, ONE, view, "members", status=status, back=back)


def _title(here: Console, found: Mapping[str, Any]) -> tuple[str, str]:
    """What is so, and what comes of it."""
    t, n, number, counts = here.words.t, here.words.n, here.words.number, found["counts"]
    lines = n("one line", "{n} lines", counts["lines"])
    figures = {name: number(count) for name, count in counts.items()}
    would = t("{new} new, {changed} changed, {same} as they are, {refused} left out", **figures)
    state = found["state"]
    if state == "asks" and found["doubts"]:
        return t("What are the columns?"), t("We are not sure what is what. Say it below.")
    if state == "asks":
        return would, t("Nothing is brought in yet. Look at it, then start.")
    if state in {"undoes", "undone"}:
        taken = t("{undone} taken back, {kept} kept because they were used", **figures)
        return taken, "" if state == "undone" else t("It goes on by itself.")
    if state == "failed":
        return t("The file is not kept any more"), t("Bring it in again.")
    if state == "done":
        return would, t("Done. It can be taken back as long as cards were not used.")
    looking = t("Looking at {lines}", lines=lines)
    title = looking if state == "checks" else t("Bringing in {lines}", lines=lines)
    return title, t("It goes on by itself, also when you close this page.")


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}": sent(take),
    f"GET {PATH}/{{id}}": shown(one),
    f"POST {PATH}/{{id}}/start": sent(start),
    f"POST {PATH}/{{id}}/undo": sent(undo),
}
