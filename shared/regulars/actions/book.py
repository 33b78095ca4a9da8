"""Books an operation on a card and personalises its answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from regulars.actions.find import MemberCard, read_member_card
from regulars.domain.allowances import Allowance
from regulars.domain.operations import AnyOperation, Origin
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render
from regulars.store.staff import MANAGER, OWNER, Session
from regulars.views import integration

OVERRIDE = (MANAGER, OWNER)
"""Who may go beyond the limits of staff."""


def origin(
    program: Program, key: str, staff: Session | None, body: Mapping[str, Any],
    effective_ms: int | None = None,
) -> Origin:  # fmt: skip
    """Return where a request with a key comes from.

    At the counter it is who is signed in, and where; over the API the body may name somebody and a
    place. Raises INVALID for a place where the device is not, FORBIDDEN when somebody goes beyond
    their limits who must not.
    """
    place = body.get("location")
    if staff and place and not staff.may_name(place):
        hint = "is not the place of this device: leave it out"
        raise Refused(RefusalCode.INVALID, "", (("location", hint),))
    made = Origin(
        op=f"key:{key}",
        source="api" if staff is None else "staff",
        staff=staff.staff_id if staff else body.get("staff"),
        location=place or (staff.location if staff else None),
        effective_ms=effective_ms,
        entropy=os.urandom(16),
    )
    beyond = bool(body.get("override"))
    if beyond and (staff is None or staff.role not in OVERRIDE):
        raise Refused(RefusalCode.FORBIDDEN, "Going beyond limits needs a signed-in manager.")
    if staff is None:
        return made
    marks = {"device": staff.device.device_id} | ({"override": 1} if beyond else {})
    return made._replace(marks=marks, allowance=None if beyond else allowance(program, staff))


def origin_of_booking(program: Program, op: str, at: Session, effective_ms: int) -> Origin:
    """Return where a booking comes from that a device made without a connection."""
    return Origin(
        op=op, source="staff", staff=at.staff_id, location=at.location, effective_ms=effective_ms,
        entropy=os.urandom(16), marks={"device": at.device.device_id},
        allowance=allowance(program, at),
    )  # fmt: skip


def allowance(program: Program, staff: Session) -> Allowance | None:
    """Return what bounds a person at the counter, or None when nothing does."""
    limits = program.limits_at(staff.location).staff._replace(**staff.person.limits)
    return Allowance(limits, staff.day) if any(limits) else None


def book(
    shop: Shop,
    member: MemberCard,
    operation: AnyOperation,
    idempotency: Idempotency,
    render: Render,
    *,
    fresh: bool = False,
) -> Answer:
    """Book an operation that came with a key; the same key gets the same answer."""
    answer = shop.ledger.perform(
        shop.program,
        member.card,
        operation,
        shop.now,
        idempotency=idempotency,
        render=render,
        fresh=fresh,
    )
    return personal_answer(shop, answer, member)


def personal_answer(shop: Shop, answer: Answer, member: MemberCard | None) -> Answer:
    """Return an answer with the member's personal fields, which are not stored with it.

    An order that was booked before may belong to another member than the one asked about.
    """
    if member is None or answer.member_id != member.profile.member_id:
        member = read_member_card(shop, answer.member_id)
    body = dict(answer.body)
    if isinstance(body.get("card"), dict):
        body["card"] = personal(body["card"], member)
    if "unlocked" in body:
        body["unlocked"] = [scannable(voucher, member) for voucher in body["unlocked"]]
    if "code" in body:
        body = scannable(body, member)
    return answer._replace(body=body)


def personal(view: integration.View, member: MemberCard) -> integration.View:
    """Return a card's view with name, language and link."""
    profile = member.profile
    return integration.personal(view, profile.name, profile.language, member.card_url)


def scannable(voucher: integration.View, member: MemberCard) -> integration.View:
    """A voucher with the link at which its member finds the code."""
    url = f"{member.card_url}#{voucher['code']}" if member.card_url else None
    return {**voucher, "qr_url": url}
