"""Staff and devices: people, their limits, and the devices that they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from regulars.domain import calendar
from regulars.domain.allowances import StaffLimits
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import roles
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame, notation
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, instant, path, sent, shown
from regulars.pages.console.staff.view import (
    LINK,
    PERSON,
    TEMPLATE,
    DeviceRow,
    LinkPage,
    PersonPage,
    PersonRow,
    StaffPage,
)  # fmt: skip
from regulars.render.brand import brand_of
from regulars.store import staff
from regulars.store.staff import MANAGER, OWNER, STAFF

PATH = "/console/staff"
COUNTS = ("visits_per_day", "gifts_per_day", "undos_per_day")
SUMS = ("spend_minor_per_day", "spend_minor_per_sale")


def show(here: Console) -> Response:
    """GET /console/staff."""
    return _list(here, forms.fresh())


def new(here: Console) -> Response:
    """GET /console/staff/new."""
    return _form(here, {}, forms.fresh())


def create(here: Console) -> Response:
    """POST /console/staff/new."""
    body, bad = _body(here)
    if bad:
        return _form(here, {}, bad, status=422)
    outcome = here.ask("POST /v1/staff", body)
    if not outcome.ok:
        return _form(here, {}, forms.refused(here, outcome, _NAMES), status=outcome.status)
    return frame.done(f"{PATH}/{outcome.body['staff_id']}", "created")


def edit(here: Console) -> Response:
    """GET /console/staff/{id}."""
    return _form(here, _person(here), forms.fresh())


def change(here: Console) -> Response:
    """POST /console/staff/{id}."""
    person = _person(here)
    body, bad = _body(here)
    if bad:
        return _form(here, person, bad, status=422)
    operation = path("PATCH /v1/staff/{}", person["staff_id"])
    taken_back = set(person["limits"] or {}) - set(body["limits"] or {})
    if taken_back and body["limits"]:  # what is sent is added to what there is
        here.ask(operation, {"limits": None})
    outcome = here.ask(operation, body)
    if not outcome.ok:
        refused = forms.refused(here, outcome, _NAMES)
        return _form(here, person, refused, status=outcome.status)
    return frame.done(PATH, "changed")


def remove(here: Console) -> Response:
    """POST /console/staff/{id}/remove: they can sign in no more."""
    person = _person(here)
    outcome = here.ask(path("DELETE /v1/staff/{}", person["staff_id"]))
    if not outcome.ok:
        return _form(here, person, forms.refused(here, outcome), status=outcome.status)
    return frame.done(PATH, "removed")


def enroll(here: Console) -> Response:
    """POST /console/staff/{id}/device: a code that enrols one device, once."""
    person, form = _person(here), here.request.form
    words = here.words
    name = form.get("device", "").strip() or words.t("{name}'s device", name=person["name"])
    body: dict[str, Any] = {"name": name[:60]}
    if form.get("location"):
        body["location"] = form["location"]
    outcome = here.ask(path("POST /v1/staff/{}/devices", person["staff_id"]), body)
    if not outcome.ok:
        refused = forms.refused(here, outcome, {"name": "device"})
        return _form(here, person, forms.fresh(), device=refused, status=outcome.status)
    link, program = outcome.body, here.gathered.program
    view = LinkPage(
        brand_of(program), program.timezone, person["name"], person["staff_id"],
        link["enrol_url"], Markup(link["svg"]),  # noqa: S704 - drawn by the API
        instant(link["expires_at"]),
    )  # fmt: skip
    return frame.page(here, LINK, view, "staff", back=(words.t("Staff and devices"), PATH))


def revoke(here: Console) -> Response:
    """POST /console/staff/devices/{id}: from now on nobody can sign in on it."""
    outcome = here.ask(path("DELETE /v1/devices/{}", here.request.param("id")))
    if not outcome.ok:
        return _list(here, forms.refused(here, outcome), outcome.status)
    return frame.done(PATH, "revoked")


def _list(here: Console, form: Form, status: int = 200) -> Response:
    t, program, shop = here.words.t, here.gathered.program, here.gathered.shop
    found = here.get("/v1/staff")["items"]
    names = {one["staff_id"]: one["name"] for one in found}
    today = calendar.local_date(shop.now, program.timezone).isoformat()
    visits = staff.visits_of(shop.table, shop.merchant_id, list(names), today)
    people = tuple(
        PersonRow(
            one["staff_id"], one["name"], frame.role_name(t, one["role"]),
            _places(here, one["locations"]), visits[one["staff_id"]], _limit(here, one),
            one["active"], _may(here, one),
        )
        for one in found
    )  # fmt: skip
    devices = tuple(
        DeviceRow(
            one["device_id"], one["name"],
            _places(here, [one["location"]]) if one["location"] else "",
            instant(one["last_seen_at"]),
            ", ".join(names[who] for who in one["staff"] if who in names),
            one["device_id"] == here.session.device.device_id,
        )
        for one in here.get("/v1/devices")["items"]
    )  # fmt: skip
    view = StaffPage(brand_of(program), program.timezone, shop.now, people, devices, form)
    notice = frame.noticed(here, {
        "changed": t("Saved."), "removed": t("They cannot sign in any more."),
        "revoked": t("Nobody can sign in on that device any more."),
    })  # fmt: skip
    return frame.page(here, TEMPLATE, view, "staff", status=status, notice=notice)


def _form(
    here: Console, person: Mapping[str, Any], form: Form, *, device: Form | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    t, program = here.words.t, here.gathered.program
    may = [role for role in (STAFF, MANAGER, OWNER) if here.session.role == OWNER or role == STAFF]
    view = PersonPage(
        brand_of(program), person.get("staff_id", ""), person.get("name", ""),
        person.get("role", STAFF), person.get("email") or "", person.get("has_pin", False),
        person.get("active", True), tuple(person.get("locations", ())), _limits(here, person),
        tuple(program.locations.items()),
        tuple((role, frame.role_name(t, role)) for role in may), form, device or forms.fresh(),
    )  # fmt: skip
    notice = frame.noticed(here, {"created": t("{name} can start. Now their device.",
                                               name=person.get("name", ""))})  # fmt: skip
    back = (t("Staff and devices"), PATH)
    return frame.page(here, PERSON, view, "staff", status=status, notice=notice, back=back)


_NAMES = {"locations": "places", **{f"limits.{name}": name for name in (*COUNTS, *SUMS)}}


def _body(here: Console) -> tuple[dict[str, Any], Form | None]:
    """What the form says, as the API reads it; or the form with what cannot be read."""
    form, currency = here.request.form, here.gathered.program.currency
    bad: dict[str, str] = {}
    limits: dict[str, int] = {}
    for name in (*COUNTS, *SUMS):
        typed = form.get(name, "").strip()
        number = (
            notation.read_money(here.words, typed, currency)
            if name in SUMS
            else notation.read_whole(typed)
        )
        if typed and number is None:
            bad[name] = here.words.t("Type a number.")
        if number is not None:
            limits[name] = number
    body: dict[str, Any] = {
        "name": form.get("name", "").strip(),
        "role": form.get("role", STAFF),
        "locations": [one for one in here.gathered.program.locations if form.get(f"at-{one}")],
        "email": form.get("email", "").strip() or None,
        "limits": limits or None,
    }
    if form.get("pin", "").strip():
        body["pin"] = form["pin"].strip()
    if "staying" in form:
        body["active"] = bool(form.get("active"))
    return body, forms.wrong(here, **bad) if bad else None


def _person(here: Console) -> Mapping[str, Any]:
    wanted = here.request.param("id")
    for one in here.get("/v1/staff")["items"]:
        if one["staff_id"] == wanted:
            return dict(one)
    raise Refused(RefusalCode.NOT_FOUND)


def _limits(here: Console, person: Mapping[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    t, words, program = here.words.t, here.words, here.gathered.program
    labels = {
        "visits_per_day": t("Visits a day"), "gifts_per_day": t("Gifts a day"),
        "undos_per_day": t("Undos a day"), "spend_minor_per_day": t("Sales a day, in all"),
        "spend_minor_per_sale": t("One sale"),
    }  # fmt: skip
    own, all_ = person.get("limits") or {}, _limits_of_all(here, person)._asdict()

    def shown_as(name: str, number: int | None) -> str:
        if not number:
            return ""
        return words.money(number, program.currency) if name in SUMS else words.number(number)

    return tuple(
        (name, labels[name], shown_as(name, own.get(name)), shown_as(name, all_.get(name)))
        for name in (*COUNTS, *SUMS)
    )


def _limit(here: Console, person: Mapping[str, Any]) -> str:
    own = (person.get("limits") or {}).get("visits_per_day")
    limit = own if own is not None else _limits_of_all(here, person).visits_per_day
    return here.words.number(limit) if limit else ""


def _limits_of_all(here: Console, person: Mapping[str, Any]) -> StaffLimits:
    """The limits of whoever has none of their own: those of their place, if they have one place."""
    places: list[str] = person.get("locations") or []
    return here.gathered.program.limits_at(places[0] if len(places) == 1 else None).staff


def _places(here: Console, ids: list[str]) -> str:
    known = here.gathered.program.locations
    return ", ".join(known.get(one, one) for one in ids)


def _may(here: Console, person: Mapping[str, Any]) -> bool:
    return here.session.role == OWNER or not roles.reaches(person["role"], MANAGER)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"GET {PATH}/new": shown(new),
    f"POST {PATH}/new": sent(create),
    f"GET {PATH}/{{id}}": shown(edit),
    f"POST {PATH}/{{id}}": sent(change),
    f"POST {PATH}/{{id}}/remove": sent(remove),
    f"POST {PATH}/{{id}}/device": sent(enroll),
    f"POST {PATH}/devices/{{id}}": sent(revoke),
}
