"""POST /staff/api/bookings: what a counter booked while it had no connection. Lean: no pydantic.

Each booking is the body of POST /v1/earn with the number and the time that the device gave it, and
its signature. The counter also sends a booking directly while it has a connection, under the same
operation (`<device>:<n>`): however often and on which way it comes, it counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from regulars.actions import book, find
from regulars.api import bodies, earning
from regulars.core import checks, clock, tokens
from regulars.domain import calendar
from regulars.domain.calendar import to_ms
from regulars.domain.decision import Decision
from regulars.domain.draft import EFFECTIVE_AHEAD_MS
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import counter_devices, problems, protocol
from regulars.http.counter_devices import Known
from regulars.store import connect, keys, staff
from regulars.store.answers import Answer
from regulars.store.members import Members
from regulars.store.staff import Person, Session
from regulars.views import integration

KEPT_MS = 24 * 3600 * 1000
"""How old a booking may be."""

MOST = 50
"""Bookings in one call."""

NUMBER_MAX = 10**15

_FIELDS: dict[str, checks.Check] = {
    "n": checks.integer(1, NUMBER_MAX),
    "at": checks.instant,
    "body": lambda value: "" if isinstance(value, dict) else checks.NOT_AN_OBJECT,
    "signature": checks.text(),
}
_BODY = frozenset({"member_id", "code", "visits", "spend_minor", "items", "staff", "note"})


def book_all(request: protocol.Request) -> protocol.Response:
    """POST /staff/api/bookings: books them in order, and answers each as if it came alone.

    After one that may succeed later the others are not tried: their order is kept.
    """
    known = counter_devices.gather(connect.lean_table(), request)
    sent = _read(request.json)
    answers: list[dict[str, Any]] = []
    last = known.device.booked_n, known.device.booked_ms
    for booking in sent:
        answer, done = _answered(known, booking, last)
        answers.append(answer)
        if not done:
            break
        last = max(last, (booking["n"], _at_ms(booking)))
    _note(known, last)
    return protocol.json_answer(200, answers)


def give_key(request: protocol.Request) -> protocol.Response:
    """POST /staff/api/key: the key with which this device signs, for the browser to keep."""
    table = connect.lean_table()
    checks.require(checks.fields(request.json if request.body else {}, {}))
    for _ in range(3):
        known = counter_devices.gather(table, request)
        device, m = known.device, known.shop.merchant_id
        if device.revoked_ms or not device.who or device.until_ms <= to_ms(clock.now()):
            raise Refused(RefusalCode.UNAUTHORIZED, "Nobody is signed in on this device.")
        if not device.key_from:  # it was enrolled before there was a key
            device = device._replace(key_from=tokens.seed())
            try:
                staff.write(table, [staff.put_device(m, device)])
            except Refused as refused:
                if refused.code is not RefusalCode.CONFLICT:
                    raise
                continue
        key = counter_devices.key_of(m, device)
        body = {"shop": m, "device_id": device.device_id, "key": key.hex()}
        return protocol.json_answer(200, body | {"now": calendar.rfc3339(to_ms(known.shop.now))})
    raise Refused(RefusalCode.CONFLICT)


def _read(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = checks.fields(body, {"bookings": _is_list}, required=("bookings",))
    sent = body.get("bookings") if not errors else []
    for place, one in enumerate(sent or ()):
        if not isinstance(one, dict):
            errors.append((f"bookings.{place}", checks.NOT_AN_OBJECT))
            continue
        wrong = checks.fields(one, _FIELDS, required=tuple(_FIELDS))
        errors += [(f"bookings.{place}.{name}", message) for name, message in wrong]
    checks.require(errors)
    numbers = [one["n"] for one in sent or ()]
    for place, (before, after) in enumerate(pairwise(numbers), 1):
        if after <= before:
            errors.append((f"bookings.{place}.n", "must be more than the one before it"))
    checks.require(errors)
    return list(sent or ())


def _is_list(value: Any) -> str:
    if not isinstance(value, list):
        return checks.NOT_A_LIST
    return checks.at_most_items(MOST) if len(value) > MOST else ""


def _answered(
    known: Known, booking: dict[str, Any], last: tuple[int, int]
) -> tuple[dict[str, Any], bool]:
    """The answer to one booking, and whether it is final."""
    try:
        answer = _book(known, booking, last)
    except Refused as refused:
        status, document = problems.document(refused)
        return {"n": booking["n"], "status": status, "problem": document}, not (
            refused.code.transient
        )
    return {"n": booking["n"], "status": answer.status, "answer": dict(answer.body)}, True


def _book(known: Known, booking: dict[str, Any], last: tuple[int, int]) -> Answer:
    shop, device = known.shop, known.device
    if not counter_devices.is_signed(shop.merchant_id, device, booking):
        raise Refused(RefusalCode.FORBIDDEN, "The signature is not that of this device.")
    body, at_ms = booking["body"], _at_ms(booking)
    op = f"key:{device.device_id}:{booking['n']}"
    as_sent = protocol.idempotency_of("POST", "/v1/earn", body)
    if first := shop.ledger.known(op, as_sent.fingerprint):
        return book.personal_answer(shop, first, None)
    _require_in_time(known, at_ms)
    checks.require([(name, checks.UNKNOWN) for name in body if name not in _BODY])
    bodies.earn(body)
    person = _person(known, body, at_ms)
    day, _ = staff.read_day(shop.table, shop.merchant_id, person.staff_id)
    member = _member(known, body, at_ms)
    _require_new(booking["n"], at_ms, last)

    def render(decision: Decision) -> integration.View:
        return integration.earned(shop.program, decision, shop.now, member.words)

    session = Session(person, device, day)
    origin = book.origin_of_booking(shop.program, op, session, at_ms)
    return book.book(
        shop,
        member,
        earning.sale(shop.program, origin, body, refusable=True),
        as_sent,
        render,
        fresh=True,
    )


def _require_in_time(known: Known, at_ms: int) -> None:
    """Raise UNAUTHORIZED for what a device booked after it was taken off, INVALID for a time that
    cannot be."""
    now_ms = to_ms(known.shop.now)
    if known.was_revoked(at_ms):
        raise Refused(RefusalCode.UNAUTHORIZED, "The device had been taken off by then.")
    if at_ms < now_ms - KEPT_MS:
        raise _wrong("at", "is more than 24 hours ago; book it again by hand")
    if at_ms > now_ms + EFFECTIVE_AHEAD_MS:
        raise _wrong("at", "is in the future; correct the clock of the device")


def _require_new(n: int, at_ms: int, last: tuple[int, int]) -> None:
    """Raise INVALID for a number below one that was sent, or a time before that of such a one."""
    if n <= last[0]:
        raise _wrong("n", "must be more than every number that was sent before")
    if at_ms < last[1]:
        raise _wrong("at", "is before that of an earlier number")


def _wrong(name: str, remedy: str) -> Refused:
    return Refused(RefusalCode.INVALID, "The booking cannot be of this device.", ((name, remedy),))


def _person(known: Known, body: Mapping[str, Any], at_ms: int) -> Person:
    """Who booked: somebody who has signed in on the device, and worked there at the time."""
    staff_id = body.get("staff")
    checks.require([] if staff_id else [("staff", checks.REQUIRED)])
    shop = known.shop
    (item,) = shop.table.get(keys.staff(shop.merchant_id, str(staff_id)))
    person = staff.person_of(item) if item else None
    was_there = person is not None and person.active and staff_id in known.device.staff
    if person is None or not was_there or 0 < person.gone_ms <= at_ms:
        raise Refused(RefusalCode.FORBIDDEN, "Who booked it may not book on this device.")
    return person


def _member(known: Known, body: Mapping[str, Any], at_ms: int) -> find.MemberCard:
    """The member of a booking; a code is that of the moment at which it was read."""
    shop = known.shop
    if body.get("member_id"):
        return find.read_member_card(shop, body["member_id"])
    member_id = None
    if body.get("code"):
        member_id = Members(shop.table, shop.merchant_id).by_code(body["code"], at_ms // 1000)
    if member_id is None:
        known.wrong_code()
        raise Refused(RefusalCode.NOT_FOUND, "No card showed this code at that time.")
    return find.read_member_card(shop, member_id)


def _note(known: Known, last: tuple[int, int]) -> None:
    """Keep the last number and time of a device. Who is faster wins: numbers are held to be new by
    their operations, too."""
    device = known.device
    if last > (device.booked_n, device.booked_ms) and not device.revoked_ms:
        noted = device._replace(booked_n=last[0], booked_ms=last[1])
        try:
            staff.write(known.shop.table, [staff.put_device(known.shop.merchant_id, noted)])
        except Refused as refused:
            if refused.code is not RefusalCode.CONFLICT:
                raise


def _at_ms(booking: Mapping[str, Any]) -> int:
    return checks.parse_instant(booking["at"]) or 0


ROUTES = {
    "POST /staff/api/bookings": book_all,
    "POST /staff/api/key": give_key,
}
