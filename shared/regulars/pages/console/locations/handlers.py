"""Locations and hours: each change is a new version of the programme."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from regulars.core import tokens
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Response
from regulars.i18n.words import Words
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.pages.console.locations.view import (
    ONE,
    TEMPLATE,
    Day,
    LocationPage,
    LocationsPage,
    Place,
)
from regulars.render.brand import brand_of

PATH = "/console/locations"
WEEK = 7
SPANS = 2
"""Times of one day that the form has: open, and open again after a break."""

Document = dict[str, Any]
Location = Mapping[str, Any]


def show(here: Console) -> Response:
    """GET /console/locations."""
    document = here.get("/v1/program")["program"]
    places = tuple(
        Place(one["id"], one["name"], tuple(_hours(here.words, one)))
        for one in document.get("locations", ())
    )
    t = here.words.t
    view = LocationsPage(brand_of(here.gathered.program), places)
    notice = frame.noticed(here, {"saved": t("Saved."), "removed": t("It is off the list.")})
    return frame.page(here, TEMPLATE, view, "locations", notice=notice)


def edit(here: Console) -> Response:
    """GET /console/locations/{id}; `new` is an empty form."""
    return _form(here, forms.fresh())


def change(here: Console) -> Response:
    """POST /console/locations/{id}: published as a new version."""
    form, wanted = here.request.form, here.request.param("id")
    opening, bad = _opening(here)
    if bad:
        return _form(here, forms.wrong(here, **bad), 422)

    def put(document: Document) -> str:
        places = document.setdefault("locations", [])
        is_new = wanted == "new"
        place: Document = (
            {"id": _new_id(form.get("name", ""), places)} if is_new else _of(places, wanted)
        )
        place["name"] = form.get("name", "").strip()
        place["opening"] = opening
        if not opening:
            place.pop("opening")
        if place not in places:
            places.append(place)
        return f"locations.{places.index(place)}"

    return _publish(here, put, "saved")


def remove(here: Console) -> Response:
    """POST /console/locations/{id}/remove: what was booked there goes on naming it."""
    wanted = here.request.param("id")

    def take(document: Document) -> str:
        places = document.get("locations", [])
        places.remove(_of(places, wanted))
        return "locations"

    return _publish(here, take, "removed")


def _publish(here: Console, make: Callable[[Document], str], done: str) -> Response:
    read = here.get("/v1/program")
    version, document = read["version"], dict(read["program"])
    typed = here.request.form.get("version", "")
    at = make(document)
    outcome = here.ask("PUT /v1/program", document, if_match=typed or str(version))
    if outcome.ok:
        return frame.done(PATH, done)
    if outcome.code is RefusalCode.STALE_VERSION:
        t = here.words.t
        problem = t(
            "Somebody else published the programme meanwhile. What you typed is still here: "
            "look it over and save it again."
        )
        again = {**here.request.form, "version": str(version)}
        return _form(here, Form(again, {}, problem), outcome.status)
    return _form(here, forms.refused(here, outcome, {f"{at}.name": "name"}), outcome.status)


def _form(here: Console, form: Form, status: int = 200) -> Response:
    read, wanted, words = here.get("/v1/program"), here.request.param("id"), here.words
    places = read["program"].get("locations", [])
    place: Location = {"name": ""} if wanted == "new" else _of(places, wanted)
    by_day: dict[int, list[tuple[str, str]]] = {day: [] for day in range(WEEK)}
    for one in place.get("opening", ()):
        for day in one["days"]:
            by_day[_number(day)].append((one["from"], one["until"]))
    days = tuple(
        Day(day, words.weekday_name(day), (*spans, *[("", "")] * (SPANS - len(spans))))
        for day, spans in by_day.items()
    )
    view = LocationPage(
        brand_of(here.gathered.program), "" if wanted == "new" else wanted, place["name"], days,
        read["version"], form, len(places) - (wanted != "new"),
    )  # fmt: skip
    back = (words.t("Locations, hours"), PATH)
    return frame.page(here, ONE, view, "locations", status=status, back=back)


def _of(places: list[Document], wanted: str) -> Document:
    for one in places:
        if one["id"] == wanted:
            return one
    raise Refused(RefusalCode.NOT_FOUND)


def _opening(here: Console) -> tuple[list[Document], dict[str, str]]:
    """The hours of the form: days with the same times stand together."""
    form, bad = here.request.form, {}
    times: dict[tuple[str, str], list[str]] = {}
    for day in range(WEEK):
        own = f"from-{day}-"
        spans = [field.removeprefix(own) for field in form if field.startswith(own)]
        for span in spans:
            name = f"{day}-{span}"
            begins, ends = form.get(f"from-{name}", ""), form.get(f"until-{name}", "")
            if not begins and not ends:
                continue
            if not begins or not ends or begins == ends:
                bad[f"from-{name}"] = here.words.t("Say when it opens and when it closes.")
                continue
            ends = "24:00" if ends == "00:00" else ends
            times.setdefault((begins, ends), []).append(DAYS[day])
    return [{"days": days, "from": span[0], "until": span[1]} for span, days in times.items()], bad


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _number(day: str) -> int:
    return DAYS.index(day)


def _hours(words: Words, place: Location) -> list[str]:
    """Hours in words, days that follow each other with the same times as one line."""
    lines = []
    spans = place.get("opening", ())
    of_day = [
        ", ".join(f"{one['from']}–{one['until']}" for one in spans if day in one["days"])
        for day in DAYS
    ]
    for hours, run in groupby(range(WEEK), key=of_day.__getitem__):
        days = list(run)
        if hours:
            names = [words.weekday_name(day) for day in (days[0], days[-1])]
            span = names[0] if len(days) == 1 else "–".join(names)
            lines.append(f"{span} {hours}")
    return lines


def _new_id(name: str, places: list[Document]) -> str:
    bare = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:30].strip("-")
    known = {one["id"] for one in places}
    return bare if bare and bare not in known else f"p-{tokens.random_id(6)}"


ROUTES = {
    f"GET {PATH}": shown(show),
    f"GET {PATH}/{{id}}": shown(edit),
    f"POST {PATH}/{{id}}": sent(change),
    f"POST {PATH}/{{id}}/remove": sent(remove),
}
