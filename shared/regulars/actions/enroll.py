"""Enrolment: a new card with its profile, link, handle and contacts, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from regulars.core import tokens
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.operations import Decision, Join, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.ledger import Answer, Body, Idempotency, TakenError
from regulars.store.members import Members, Profile

HANDLE_TRIES = 5


class Enrolled(NamedTuple):
    """Who was enrolled: now, or before with one of the contacts (`answer` is None then)."""

    member_id: str
    answer: Answer | None


def enroll(
    shop: Shop,
    profile: Profile,
    *,
    op: str,
    source: str,
    idempotency: Idempotency,
    render: Callable[[Decision], Body],
) -> Enrolled:
    """Enrol a member with what the profile says (its id, handle and instant are set here).

    A contact that is enrolled already leads to its card. The same operation leads to the card it
    made, whatever the profile's new id would have been.
    """
    members = Members(shop.table, shop.merchant_id)
    for _ in range(HANDLE_TRIES):
        profile = profile._replace(
            member_id=tokens.new_member_id(),
            handle=tokens.random_id(tokens.HANDLE_LENGTH).upper(),
            enrolled_ms=to_ms(shop.now),
        )
        origin = Origin(op, source, entropy=os.urandom(16))
        operation = Join(origin, profile.member_id, profile.birthday[-5:])
        card = Card(profile.member_id)
        try:
            answer = shop.ledger.perform(
                shop.program,
                card,
                operation,
                shop.now,
                idempotency=idempotency,
                render=render,
                extra=members.enrollment(profile),
                fresh=True,
            )
        except TakenError as taken:
            if taken.item.get("SK") == keys.handle("", "")[1]:
                continue  # another card has the handle: draw again
            return Enrolled(taken.item["c"], None)
        return Enrolled(str(answer.body["member_id"]), answer)
    raise Refused(RefusalCode.CONFLICT, "No free handle was found; try again.")
