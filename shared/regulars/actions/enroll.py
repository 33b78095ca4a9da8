"""Enrolment: a new card with its profile, link, handle and contacts, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from regulars.core import tokens
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.operations import Join, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render, TakenError
from regulars.store.members import ERASED, Members
from regulars.store.profiles import Profile

TRIES = 8
"""How often a handle is drawn, and contacts are looked up, before others are let go first."""

NOBODY: Mapping[str, str] = MappingProxyType({})


class Enrolled(NamedTuple):
    """Who was enrolled: now, or before with all contacts that were given (`answer` is None then).

    `known` are the contacts that another member has, who is named by kind. They are not on the new
    card; what it claims of them can only be confirmed when the other has given it up.
    """

    member_id: str
    answer: Answer | None
    known: Mapping[str, str] = NOBODY


def enroll(
    shop: Shop,
    profile: Profile,
    *,
    op: str,
    source: str,
    idempotency: Idempotency,
    render: Render,
) -> Enrolled:
    """Enrol a member with what the profile says (its id, handle and instant are set here).

    When one member has all the contacts that are given, its card is meant; in any other case, and
    for contacts that are only claimed, there is a new card. Contacts that others have stay with
    them, and the answer names their kinds as `not_taken`; what is claimed stays a claim, whoever
    has it. Who was erased and joins again is a new member, but what is given for joining was given
    before. The same operation leads to the card it made, whatever the profile's new id would have
    been.
    """
    members = Members(shop.table, shop.merchant_id)
    claimed = {kind: claim.value for kind, claim in profile.claims.items()}
    elsewhere = members.who_has(claimed) if claimed else {}
    known, again = NOBODY, ERASED in elsewhere.values()
    for _ in range(TRIES):
        new = profile.without(known)._replace(
            referred_by="" if again else profile.referred_by,
            member_id=tokens.new_member_id(),
            handle=tokens.random_id(tokens.HANDLE_LENGTH).upper(),
            enrolled_ms=to_ms(shop.now),
        )
        origin = Origin(op, source, entropy=os.urandom(16))
        operation = Join(origin, new.member_id, new.birthday[-5:], again)
        try:
            answer = shop.ledger.perform(
                shop.program,
                Card(new.member_id),
                operation,
                shop.now,
                idempotency=idempotency,
                render=_naming(render, tuple(known)),
                extra=members.enrollment(new, again=again),
                fresh=True,
            )
        except TakenError:  # a handle, which is drawn again, or contacts, which are looked up again
            found = members.who_has(profile.contacts_by_kind())
            known = {kind: who for kind, who in found.items() if who != ERASED}
            again = ERASED in (*found.values(), *elsewhere.values())
            owners = set(known.values())
            if len(owners) == 1 and len(known) == len(profile.contacts()) and not claimed:
                return Enrolled(owners.pop(), None)
            continue
        member_id = str(answer.body["member_id"])
        known = {} if answer.replayed else {**known}
        known |= {k: who for k, who in elsewhere.items() if who not in {ERASED, member_id}}
        return Enrolled(member_id, answer, known)
    raise Refused(RefusalCode.CONFLICT, "Others are enrolling with this; try again.")


def _naming(render: Render, not_taken: tuple[str, ...]) -> Render:
    """The answer that also names the contacts that stayed with others, where there are any."""
    if not not_taken:
        return render
    return lambda decision: {**render(decision), "not_taken": list(not_taken)}
