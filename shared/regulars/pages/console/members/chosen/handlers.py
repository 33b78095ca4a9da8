"""Routes of what is done for several members at once.

For each member it is one operation of the API, under a key of the form and the member: a form that
is sent twice, or breaks off half-way, does each once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from regulars.http import protocol, roles
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame, notation
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import KEY, Console, Outcome, path, sent, shown
from regulars.pages.console.members.chosen.view import (
    RESULT,
    TEMPLATE,
    ChosenPage,
    One,
    ResultPage,
)
from regulars.pages.console.members.handlers import PATH, fact
from regulars.render.brand import brand_of

HERE = f"{PATH}/chosen"
MOST = 50
"""Members at once: a page of the list has half of it."""

DOINGS = ("gift", "adjust")


def choose(here: Console) -> Response:
    """GET /console/members/chosen: who was chosen, and what can be done."""
    members = _members(here, here.request.query)
    if not members:
        return protocol.redirect(PATH)
    return _page(here, members, forms.fresh())


def look(here: Console) -> Response:
    """POST /console/members/chosen: what is about to be done, for how many; nothing is done yet."""
    form = here.request.form
    members, doing = _members(here, form), form.get("doing", "")
    if not members or doing not in DOINGS:
        return protocol.redirect(PATH)
    typed = Form(form, key=forms.fresh().key)
    if wrong := _mistakes(here, doing):
        return _page(here, members, forms.wrong(here, **wrong), doing, status=422)
    return _page(here, members, typed, doing, _preview(here, doing, len(members)))


def do(here: Console) -> Response:
    """POST /console/members/chosen/do: each member by themselves; the answer says what came of
    it."""
    form = here.request.form
    members, doing, key = _members(here, form), form.get("doing", ""), form.get(KEY, "")
    if not members or doing not in DOINGS or not key or _mistakes(here, doing):
        return protocol.redirect(PATH)
    body = _body(form, doing)
    operation = "POST /v1/gifts" if doing == "gift" else "POST /v1/adjust"
    done, refused, undo = [], [], []
    for one in members:
        outcome = here.ask(
            operation, {"member_id": one.member_id, **body}, key=f"{key}.{one.member_id}"
        )
        if outcome.ok:
            done.append(one._replace(fact=""))
            undo.append((one.member_id, str(outcome.body["entry"]["seq"])))
        else:
            refused.append(_refused(here, one, outcome))
    n = here.words.n
    title = (
        n("Given to one member", "Given to {n} members", len(done))
        if doing == "gift"
        else n("Adjusted for one member", "Adjusted for {n} members", len(done))
    ) if done else here.words.t("It was done for nobody")  # fmt: skip
    return _result(here, title, done, refused, tuple(undo))


def undo(here: Console) -> Response:
    """POST /console/members/chosen/undo: what was done just now is taken back, for each member."""
    form, done, refused = here.request.form, [], []
    for one in _members(here, form):
        seq = notation.read_whole(form[f"m.{one.member_id}"]) or 0
        body = {"member_id": one.member_id, "seq": seq}
        outcome = here.ask("POST /staff/api/undo", body, key=f"undo.{one.member_id}.{seq}")
        if outcome.ok:
            done.append(one._replace(fact=""))
        else:
            refused.append(_refused(here, one, outcome))
    n = here.words.n
    title = n("Taken back from one member", "Taken back from {n} members", len(done))
    return _result(here, title if done else here.words.t("Nothing was taken back"), done, refused)


def export(here: Console) -> Response:
    """GET /console/members/chosen/export: leads to the file of those who were chosen."""
    ids = ",".join(_ids(here.request.query))
    return protocol.redirect(f"/v1/export/members.csv?member_ids={ids}" if ids else PATH)


def _ids(fields: Mapping[str, str]) -> list[str]:
    named = [name.removeprefix("m.") for name in fields if name.startswith("m.")]
    return [one for one in named if one.isalnum() and one.isascii()][:MOST]


def _members(here: Console, fields: Mapping[str, str]) -> list[One]:
    """Those of the fields who are there (still): a card that was merged is none of its own."""
    found = []
    for member_id in _ids(fields):
        outcome = here.ask(f"GET {path('/v1/members/{}', member_id)}")
        if outcome.ok and "merged_into" not in outcome.body:
            card = outcome.body
            found.append(One(member_id, card["name"] or "",
                             fact(here, card)))  # fmt: skip
    return found


def _refused(here: Console, one: One, outcome: Outcome) -> One:
    """A member with why it was not done for them."""
    mistakes = [forms.mistake(here.words, it["message"]) for it in outcome.body.get("errors", ())]
    return one._replace(fact=" ".join(mistakes) or forms.refusal(here.words, outcome))


def _body(form: Mapping[str, str], doing: str) -> dict[str, Any]:
    if doing == "gift":
        note = form.get("note", "").strip()
        return {"surprise": form.get("surprise", ""), **({"note": note} if note else {})}
    amount = notation.read_whole(form.get("amount", ""))
    reason = form.get("reason", "").strip()
    return {"unit": form.get("unit", ""), "amount": amount, "reason": reason}


def _mistakes(here: Console, doing: str) -> dict[str, str]:
    """What is wrong with what was typed, before anybody is asked."""
    t, form = here.words.t, here.request.form
    if doing == "gift":
        known = {value for value, _ in _surprises(here)}
        return {} if form.get("surprise") in known else {"surprise": t("Choose one of these.")}
    wrong = {}
    if not notation.read_whole(form.get("amount", "")):
        wrong["amount"] = t("Type a number.")
    if not form.get("reason", "").strip():
        wrong["reason"] = t("This is needed.")
    if form.get("unit") not in here.gathered.program.units:
        wrong["unit"] = t("Choose one of these.")
    return wrong


def _preview(here: Console, doing: str, count: int) -> str:
    """What is about to be done, in one sentence with how many it is for."""
    words, form = here.words, here.request.form
    if doing == "gift":
        name = dict(_surprises(here))[form["surprise"]]
        return words.n(
            "One member gets: {gift}", "{n} members get: {gift}", count, gift=name
        )  # fmt: skip
    amount = notation.read_whole(form["amount"]) or 0
    unit: Any = here.gathered.program.units[form["unit"]].name
    each = words.change(unit, amount)
    return words.n("One member: {each}", "{n} members: {each} for each", count, each=each)


def _surprises(here: Console) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.id, here.words.pick(one.name))
        for one in here.gathered.program.surprises
        if one.by == "staff"
    )


def _page(
    here: Console, members: list[One], form: Form, doing: str = "", preview: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    words, program = here.words, here.gathered.program
    units = tuple((one.id, words.unit(cast(Any, one.name), 2)) for one in program.units.values())
    view = ChosenPage(
        brand_of(program), tuple(members), _surprises(here), units, form, doing, preview,
        roles.allows(here.session.role, "GET /v1/export/members.csv"),
    )  # fmt: skip
    back = (words.t("Members"), PATH)
    return frame.page(here, TEMPLATE, view, "members", status=status, back=back)


def _result(
    here: Console, title: str, done: list[One], refused: list[One],
    undo: tuple[tuple[str, str], ...] = (),
) -> Response:  # fmt: skip
    brand = brand_of(here.gathered.program)
    view = ResultPage(brand, title, tuple(done), tuple(refused), undo)
    return frame.page(here, RESULT, view, "members", back=(here.words.t("Members"), PATH))


ROUTES = {
    f"GET {HERE}": shown(choose),
    f"POST {HERE}": sent(look),
    f"POST {HERE}/do": sent(do),
    f"POST {HERE}/undo": sent(undo),
    f"GET {HERE}/export": shown(export),
}
