"""Gives units of one member to another: both cards change, or none."""

from __future__ import annotations

import os
from collections.abc import Callable

from regulars.actions.find import MemberCard
from regulars.actions.once import once
from regulars.domain import giving
from regulars.domain.decision import Decision
from regulars.domain.operations import Give, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.answers import Answer, Body, Idempotency


def give(
    shop: Shop,
    giver: MemberCard,
    taker: MemberCard,
    what: tuple[str, int, str | None],
    op: str,
    idempotency: Idempotency,
    render: Callable[[Decision, Decision], Body],
) -> Answer:
    """Give `what` (unit, amount, note) away.

    Raises INVALID for one and the same card, which two members' ids can lead to after a merge, and
    what the decision raises.
    """

    def do() -> Answer:
        if giver.card.member_id == taker.card.member_id:
            raise Refused(RefusalCode.INVALID, "", (("to", "must be another member"),))
        unit, amount, note = what
        origin, other = (Origin(one, "api", entropy=os.urandom(16)) for one in (op, f"{op}:to"))
        return shop.ledger.perform_on_two(
            shop.program,
            (giver.card, Give(origin, unit, amount, taker.card.member_id, note)),
            (taker.card, lambda decision: giving.received(decision, other)),
            shop.now,
            idempotency,
            render,
        )

    return once(shop.ledger, op, idempotency, shop.now, do)
