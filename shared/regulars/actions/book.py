"""Books an operation on a card and personalises its answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from regulars.actions.find import MemberCard, read_member_card
from regulars.domain.operations import AnyOperation, Origin
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render
from regulars.store.merchants import Staff
from regulars.views import integration


def origin(
    key: str, staff: Staff | None, body: Mapping[str, Any], effective_ms: int | None = None
) -> Origin:
    """Return where a request with a key comes from.

    A signed-in device is the staff that it was enrolled for; over the API the body may name one.
    """
    return Origin(
        op=f"key:{key}",
        source="api" if staff is None else "staff",
        staff=staff.staff_id if staff else body.get("staff"),
        location=body.get("location") or (staff.location if staff else None),
        effective_ms=effective_ms,
        entropy=os.urandom(16),
    )


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
    return {**voucher, "qr_url": f"{member.card_url}#{voucher['code']}"}
