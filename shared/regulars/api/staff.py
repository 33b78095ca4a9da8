"""People who work at a merchant: who they are, what they may do, and links that enrol a device."""

from __future__ import annotations

from typing import Any

from regulars.actions import enrollment
from regulars.api import models_access as models
from regulars.api.reading import read_body
from regulars.core import checks, clock, contacts, tokens
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, roles
from regulars.http.credentials import Gathered
from regulars.render.qr import qr_svg
from regulars.store import audit, connect, passkeys, sign_ins, staff
from regulars.store.staff import MANAGER, OWNER, STAFF, Person
from regulars.store.table import Put

PEOPLE_MAX = 200
"""The most people of a merchant; a larger business gives each shop its own."""

LINK_S = 15 * 60


def list_people(request: protocol.Request) -> protocol.Response:
    """GET /v1/staff: everybody, by name; a manager sees who works at the same places."""
    gathered = credentials.gather(connect.table(), request)
    found = staff.people(connect.table(), gathered.shop.merchant_id)
    items = [_view(one) for one in found if _sees(gathered, one)]
    return protocol.json_answer(200, {"items": items, "next": None})


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/staff: somebody new."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.NewPerson)
    m = gathered.shop.merchant_id
    if len(staff.people(connect.table(), m)) >= PEOPLE_MAX:
        raise Refused(RefusalCode.LIMIT_REACHED, f"There are {PEOPLE_MAX} people already.")
    fields = _fields(gathered, body.model_dump(exclude_unset=True))
    person = _with(Person(tokens.random_id(8), body.name, STAFF, created_ms=_now_ms()), m, fields)
    _require_may(gathered, person)
    _write(gathered, request, "staff.created", None, person)
    return protocol.json_answer(201, _view(person))


def change(request: protocol.Request) -> protocol.Response:
    """PATCH /v1/staff/{id}: the fields that are sent."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.PersonChange)
    before = _known(gathered, request)
    _require_may(gathered, before)
    fields = _fields(gathered, body.model_dump(exclude_unset=True))
    after = _with(before, gathered.shop.merchant_id, fields)
    _require_may(gathered, after)
    _require_owner_left(gathered, before, after)
    if after != before:
        _write(gathered, request, "staff.changed", before, after)
    return protocol.json_answer(200, _view(after))


def remove(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/staff/{id}: they can sign in no more; what they booked goes on naming them."""
    gathered = credentials.gather(connect.table(), request)
    before = _known(gathered, request)
    _require_may(gathered, before)
    gone = before._replace(active=False, gone_ms=_now_ms(), email="", pin="")
    _require_owner_left(gathered, before, gone)
    emptied = passkeys.emptied(gathered.shop.merchant_id, before.staff_id, gone.gone_ms)
    _write(gathered, request, "staff.removed", before, gone, emptied)
    return protocol.empty(204)


def invite(request: protocol.Request) -> protocol.Response:
    """POST /v1/staff/{id}/devices: a link that enrols one device for a person, once."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.NewDevice)
    person, program = _known(gathered, request), gathered.program
    _require_may(gathered, person)
    checks.require(_unknown_places(gathered, [body.location] if body.location else [], "location"))
    if not person.works:
        raise Refused(RefusalCode.INVALID, "", (("id", "is somebody who may not sign in"),))
    if not person.works_at(body.location):
        hint = checks.must_be_one_of(person.locations)
        raise Refused(RefusalCode.INVALID, "", (("location", hint),))
    location = body.location or _only(person.locations) or _only(tuple(program.locations))
    link = enrollment.link(
        gathered.shop.merchant_id, person.staff_id, body.name, location,
        _now_ms() + LINK_S * 1000,
    )  # fmt: skip
    noted = audit.put(
        gathered.shop.merchant_id, _now_ms(), credentials.actor(gathered.caller, request),
        "device.invited", person.staff_id, after={"name": body.name, "location": location},
    )  # fmt: skip
    staff.write(connect.table(), [link.put, noted])
    return protocol.json_answer(
        201,
        {
            "enrol_url": link.url,
            "svg": str(qr_svg(link.url)),
            "expires_at": rfc3339(link.expires_ms),
        },
    )


def _known(gathered: Gathered, request: protocol.Request) -> Person:
    """Return the person of the path; raises NOT_FOUND, also for one whom a manager does not see."""
    found = staff.person(connect.table(), gathered.shop.merchant_id, request.param("id"))
    if found is None or not _sees(gathered, found):
        raise Refused(RefusalCode.NOT_FOUND)
    return found


def _sees(gathered: Gathered, person: Person) -> bool:
    """Tell whether who asks sees a person: a manager of some places those who work there."""
    places = gathered.caller.places
    return not places or not person.locations or not places.isdisjoint(person.locations)


def _require_may(gathered: Gathered, person: Person) -> None:
    """Raise FORBIDDEN when a manager reaches for more than staff of their own places."""
    session = gathered.caller.staff
    if session is None or session.role == OWNER:
        return
    if roles.reaches(person.role, MANAGER):
        raise Refused(RefusalCode.FORBIDDEN, "Managers and owners are the owner's to change.")
    own = session.person.locations
    if own and not (person.locations and {*own} >= {*person.locations}):
        raise Refused(RefusalCode.FORBIDDEN, "A manager looks after the staff of own places.")


def _require_owner_left(gathered: Gathered, before: Person, after: Person) -> None:
    """Raise INVALID when nobody would be an owner any more."""
    if before.role != OWNER or not before.works or (after.role == OWNER and after.works):
        return
    others = staff.people(connect.table(), gathered.shop.merchant_id)
    if not any(one.role == OWNER and one.works for one in others if one[0] != before[0]):
        raise Refused(RefusalCode.INVALID, "", (("role", "is the last owner's: name another"),))


def _fields(gathered: Gathered, sent: dict[str, Any]) -> dict[str, Any]:
    """Check what the programme and libraries know more of; raises INVALID."""
    always = ("name", "role", "locations", "active")
    errors = [(name, checks.NOT_NULL) for name in sent if name in always and sent[name] is None]
    errors += _unknown_places(gathered, sent.get("locations") or [], "locations")
    if sent.get("email"):
        sent["email"] = contacts.email(sent["email"])
        if sent["email"] is None:
            errors.append(("email", contacts.NOT_AN_EMAIL))
    checks.require(errors)
    return sent


def _unknown_places(gathered: Gathered, places: list[str], path: str) -> list[tuple[str, str]]:
    known = gathered.program.locations
    if known and any(place not in known for place in places):
        return [(path, checks.must_be_one_of(known))]
    return []


def _with(person: Person, merchant_id: str, fields: dict[str, Any]) -> Person:
    """Return a person with the fields that were sent; null takes away what need not be known."""
    changes = dict(fields)
    if "locations" in changes:
        changes["locations"] = tuple(dict.fromkeys(changes["locations"]))
    if "limits" in changes:
        own = changes["limits"] or {}
        changes["limits"] = own and {**person.limits, **own}
    if "email" in changes:
        changes["email"] = changes["email"] or ""
    if "pin" in changes:
        pin = changes["pin"]
        changes["pin"] = tokens.pin_digest(merchant_id, person.staff_id, pin) if pin else ""
    return person._replace(**changes)


def _write(
    gathered: Gathered, request: protocol.Request, what: str, before: Person | None, after: Person,
    *more: Put,
) -> None:  # fmt: skip
    m = gathered.shop.merchant_id
    noted = audit.put(
        m, _now_ms(), credentials.actor(gathered.caller, request), what, after.staff_id,
        before=_told(before) if before else None, after=_told(after),
    )  # fmt: skip
    if roles.reaches(after.role, MANAGER) or (before and roles.reaches(before.role, MANAGER)):
        credentials.require_sure(gathered.caller)
    found = sign_ins.mailbox_put(m, after)
    staff.write(connect.table(), [staff.put_person(m, after), *found, *more, noted])


def _told(person: Person) -> dict[str, Any]:
    """What the audit log tells of a person: nothing that signs them in."""
    return {
        "name": person.name,
        "role": person.role,
        "locations": list(person.locations),
        "limits": dict(person.limits),
        "active": person.active,
    }


def _view(person: Person) -> dict[str, Any]:
    return {
        "staff_id": person.staff_id,
        "name": person.name,
        "role": person.role,
        "locations": list(person.locations),
        "limits": dict(person.limits) or None,
        "email": person.email or None,
        "has_pin": bool(person.pin),
        "active": person.active,
        "created_at": rfc3339(person.created_ms) if person.created_ms else None,
    }


def _only(places: tuple[str, ...]) -> str | None:
    return places[0] if len(places) == 1 else None


def _now_ms() -> int:
    """The real time: people do not work by a sandbox's clock."""
    return to_ms(clock.now())


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/staff": list_people,
    "POST /v1/staff": create,
    "PATCH /v1/staff/{id}": change,
    "DELETE /v1/staff/{id}": remove,
    "POST /v1/staff/{id}/devices": invite,
}
