"""The editor: its parts, and what is done to their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.frame import Notice
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.pages.console.program import (
    changing,
    drafting,
    parts,
    showing,
    starters,
)
from regulars.pages.console.program.changing import Mistaken
from regulars.pages.console.program.parts import ABOVE
from regulars.pages.console.program.showing import Sent
from regulars.pages.console.program.view import TEMPLATE

FIELDS_MAX = 5000
"""Fields of the form of one row: a tier in all languages has hundreds."""


def first(here: Console) -> Response:
    """GET /console/programme: the first part."""
    return _page(here, "earning")


def show(here: Console) -> Response:
    """GET /console/programme/{part}."""
    return _page(here, here.request.param("part"))


def save(here: Console) -> Response:
    """POST /console/programme/{part}/{row}: what was typed into a row, and what its buttons do."""
    slug, name = here.request.param("part"), here.request.param("row")
    part = _part(here, slug)
    if name.partition(".")[0] not in part.fields:
        raise Refused(RefusalCode.NOT_FOUND)
    typed = form_of(here)
    if part.elsewhere and typed.get("do") == "remove":
        raise Refused(RefusalCode.NOT_FOUND)
    try:
        saved = drafting.change(
            here,
            lambda known, opened: changing.changed(here, known, opened, name, typed),
            typed.get("seen", ""),
        )
    except Mistaken as mistaken:
        return _page(here, slug, Sent(name, typed, mistaken.errors), status=422)
    except starters.NeededFirstError as needed:
        section = parts.of_field(here.words.t, str(needed))
        text = here.words.t("First there must be something in “{part}”.", part=section.label)
        return _page(here, slug, Sent(name, typed, {"": text}), status=422)
    if saved.conflicts:
        disagreed = changing.disagreement(here, saved, name, typed)
        if disagreed:
            return _page(here, slug, Sent(name, typed, {}, disagreed), status=409)
    return _to(part.path, f"r-{name}")


def add(here: Console) -> Response:
    """POST /console/programme/{part}/new: one more rule, reward, tier ..."""
    part = _part(here, here.request.param("part"))
    typed = form_of(here)
    field, variant = typed.get("field", ""), typed.get("variant", "")
    if field not in part.fields or variant not in starters.offers(field, here.words):
        raise Refused(RefusalCode.NOT_FOUND)
    made: dict[str, str] = {}

    def make(known: dict[str, Any], opened: drafting.Opened) -> dict[str, Any]:
        new = starters.new(opened.document, field, variant, here.words, showing.today(here))
        made["id"] = new["id"]
        return {**known, field: [*known.get(field, ()), new]}

    try:
        drafting.change(here, make, typed.get("seen", ""))
    except starters.NeededFirstError as needed:
        section = parts.of_field(here.words.t, str(needed))
        text = here.words.t("First there must be something in “{part}”.", part=section.label)
        return _page(here, part.slug, Sent(field, {}, {"": text}), status=422)
    return _to(part.path, f"r-{field}.{made['id']}")


def discard(here: Console) -> Response:
    """POST /console/programme/discard: nothing is edited any more; it can be brought back."""
    number = drafting.discard(here)
    return frame.done(ABOVE, "discarded", undo=str(number))


def restore(here: Console) -> Response:
    """POST /console/programme/restore: what was discarded is edited again."""
    number = here.request.form.get("number", "")
    known = number.isdigit() and len(number) < 9 and drafting.bring_back(here, int(number))
    return frame.done(ABOVE, "back" if known else "gone")


def form_of(here: Console) -> dict[str, str]:
    """The fields of a posted form, of which a row may have many; raises TOO_LARGE and MALFORMED."""
    body = here.request.body
    if len(body) > protocol.BODY_MAX:
        raise Refused(RefusalCode.TOO_LARGE)
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_MAX
        )
    except ValueError as error:
        raise Refused(RefusalCode.MALFORMED, "The form has too many fields.") from error
    return dict(fields)


def _part(here: Console, slug: str) -> parts.EditorPart:
    part = parts.find(here.words.t, slug)
    if part is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return part


def _page(here: Console, slug: str, sent_: Sent | None = None, *, status: int = 200) -> Response:
    part = _part(here, slug)
    view = showing.page(here, part, sent_)
    return frame.page(here, TEMPLATE, view, "programme", status=status, notice=_notice(here))


def _notice(here: Console) -> Notice | None:
    t, undo = here.words.t, here.request.query.get("undo", "")
    texts: Mapping[str, str] = {
        "discarded": t("Discarded. Members see the same as before."),
        "back": t("Your changes are back."),
        "gone": t("They are not there any more."),
        "published": t("Published. Members see it now."),
        "waits": t("It is published at its time."),
    }
    found = frame.noticed(here, texts)
    if found and undo.isdigit():
        return found._replace(undo=(f"{ABOVE}/restore", (("number", undo),)))
    return found


def _to(path: str, place: str) -> Response:
    return protocol.redirect(f"{path}#{place}")


ROUTES = {
    f"GET {ABOVE}": shown(first),
    f"GET {ABOVE}/{{part}}": shown(show),
    f"POST {ABOVE}/{{part}}/{{row}}": sent(save),
    f"POST {ABOVE}/{{part}}/new": sent(add),
    f"POST {ABOVE}/discard": sent(discard),
    f"POST {ABOVE}/restore": sent(restore),
}
