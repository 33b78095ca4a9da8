"""What members say they did: rewarded on trust, or kept until the owner has decided."""

from __future__ import annotations

import os

from regulars.domain import limits
from regulars.domain.calendar import local_date, to_ms
from regulars.domain.card import Card
from regulars.domain.operations import Origin, RewardAction
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import waiting_actions
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render, TakenError
from regulars.store.waiting_actions import WaitingAction

BY_THE_MEMBER = ("self", "owner")
"""Proofs of actions that a member can begin on the card."""


def is_used_up(program: Program, card: Card, action: str, today: str) -> bool:
    """Tell whether every rule on an action has rewarded the card as often as it does."""
    rules = [rule for rule in program.earn if rule.on == "action" and rule.action == action]
    return any(limits.is_full(card, rule, today) for rule in rules)


def claim(shop: Shop, card: Card, action: str, ref: str, once: str) -> WaitingAction | None:
    """Take a member at their word, or let it wait; return what waits, None when it was rewarded.

    Raises NOT_FOUND for an action that is not begun on the card, LIMIT_REACHED for one that was
    rewarded as often as it is.
    """
    rule = shop.program.action_rule(action)
    if rule is None or rule.proof not in BY_THE_MEMBER:
        raise Refused(RefusalCode.NOT_FOUND)
    today = local_date(shop.now, shop.program.timezone).isoformat()
    if rule.proof == "owner":
        if is_used_up(shop.program, card, action, today):
            raise Refused(RefusalCode.LIMIT_REACHED, "It has been rewarded as often as it is.")
        return _wait(shop, card, action, ref)
    origin = Origin(
        f"once:{card.member_id}:{once}", "card", entropy=os.urandom(16), marks={"proof": "self"}
    )
    shop.ledger.perform(
        shop.program, card, RewardAction(origin, action, ref or None), shop.now,
        idempotency=Idempotency(fingerprint=f"action:{action}", expires=True), fresh=True,
    )  # fmt: skip
    return None


def _wait(shop: Shop, card: Card, action: str, ref: str) -> WaitingAction:
    """Keep it for the owner; one that waits already stays as it is."""
    item_id = f"{card.member_id}.{action}"
    before = waiting_actions.read(shop.table, shop.merchant_id, item_id)
    if before and before.status == "waiting":
        return before
    number = before.number + 1 if before else 1
    rest = before.rest if before else {}
    one = WaitingAction(card.member_id, action, to_ms(shop.now), ref=ref, number=number, rest=rest)
    put = waiting_actions.put_new(shop.merchant_id, one, before)
    if shop.table.put(put.item, put.condition) is not None:  # the form was sent twice
        return waiting_actions.read(shop.table, shop.merchant_id, item_id) or one
    return one


def refuse(shop: Shop, item_id: str, note: str) -> WaitingAction:
    """Let the owner say no, with a note for the member; raises as `_waiting` does."""
    one = _waiting(shop, item_id, "refused")
    if one.status == "refused":
        return one
    decided = one._replace(status="refused", ref="", note=note, decided_ms=to_ms(shop.now))
    put = waiting_actions.put_decided(shop.merchant_id, decided)
    if shop.table.put(put.item, put.condition) is not None:
        raise Refused(RefusalCode.CONFLICT, "It was decided at the same moment.")
    return decided


def grant(shop: Shop, item_id: str, note: str, render: Render) -> tuple[WaitingAction, Answer]:
    """Let the owner say yes: it is rewarded, once; raises as `_waiting` and `RewardAction` do."""
    one = _waiting(shop, item_id, "granted")
    if known := shop.ledger.known(one.op, ""):
        newest = waiting_actions.read(shop.table, shop.merchant_id, item_id)
        return newest or one, known
    card = shop.ledger.card(one.member_id)
    if card is None:
        raise Refused(RefusalCode.NOT_FOUND)
    decided = one._replace(status="granted", ref="", note=note, decided_ms=to_ms(shop.now))
    origin = Origin(one.op, "api", entropy=os.urandom(16), marks={"proof": "owner"})
    try:
        answer = shop.ledger.perform(
            shop.program, card, RewardAction(origin, one.action, one.ref or None), shop.now,
            render=render, extra=(waiting_actions.put_decided(shop.merchant_id, decided),),
            fresh=True,
        )  # fmt: skip
    except TakenError as taken:
        raise Refused(RefusalCode.CONFLICT, "It was decided at the same moment.") from taken
    return decided, answer


def _waiting(shop: Shop, item_id: str, wanted: str) -> WaitingAction:
    """One that waits, or was decided as it is wanted. Raises NOT_FOUND, CONFLICT when it was
    decided otherwise."""
    one = waiting_actions.read(shop.table, shop.merchant_id, item_id)
    if one is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if one.status not in {"waiting", wanted}:
        raise Refused(RefusalCode.CONFLICT, f"It was {one.status} before.")
    return one
