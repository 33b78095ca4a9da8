"""What is asked of the merchant's ledger, done as the functions and the jobs do it.

A request is a value: done again, it is the same request, with the same key.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from regulars.actions import earning_codes, enroll, refunds
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.operations import (
    Adjust,
    AnyOperation,
    Cancel,
    Earn,
    GiveSurprise,
    GrantTier,
    Issue,
    Origin,
    Redeem,
    ReverseRedemption,
    RewardAction,
)
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.jobs import orders
from regulars.jobs import schedules as jobs
from regulars.program.shop import Shop
from regulars.store import cards, keys, reversals
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Ledger
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Cancelled, Table
from tests.simulation import tills

UNDO_MS = 5 * 60 * 1000


class Asks(NamedTuple):
    """One request: what, under which key, with what content."""

    what: str
    key: str
    content: tuple[Any, ...]


class Till(NamedTuple):
    """Where and when a request is dealt with."""

    table: Table
    m: str
    program: Program
    now: datetime

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.table, self.m)


def do(till: Till, asks: Asks) -> Answer | None:
    """Deal with a request; raises what the product raises. None for what has no answer."""
    from tests.simulation import corrections  # it calls what is here

    return (_WAYS.get(asks.what) or corrections.WAYS[asks.what])(till, asks)


def _origin(asks: Asks, effective_ms: int | None = None) -> Origin:
    op = f"key:{asks.key}"
    return Origin(op, "api", effective_ms=effective_ms, entropy=os.urandom(16))


def _request(asks: Asks, alias: str | None = None) -> Idempotency:
    fingerprint = sha256(repr((asks.what, asks.content)).encode()).hexdigest()
    return Idempotency(fingerprint, alias, expires=True, store_refusal=True)


def _render(decision: Decision) -> dict[str, Any]:
    entry = decision.entry
    if entry is None:
        return {}
    return {"seq": entry.seq, "balances": dict(entry.balances), "kind": entry.kind}


def _card(till: Till, member: str, *, consistent: bool = True) -> Card:
    """The card; one that an eventually consistent read does not know yet is asked for again."""
    (item,) = till.table.get(keys.state(till.m, member), consistent=consistent)
    if item is None and not consistent:
        (item,) = till.table.get(keys.state(till.m, member))
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    card = cards.card_of(item)
    return _card(till, card.merged_into) if card.merged_into else card


def _perform(till: Till, asks: Asks, member: str, operation: AnyOperation) -> Answer:
    return till.ledger.perform(
        till.program, _card(till, member), operation, till.now,
        idempotency=_request(asks), render=_render, fresh=True,
    )  # fmt: skip


def _join(till: Till, asks: Asks) -> Answer:
    """As with a key: the contact is confirmed at once."""
    email, birthday, consent, referred_by = asks.content
    profile = Profile(
        "", "", 0, email=email, birthday=birthday, consents={"email": consent},
        referred_by=referred_by,
    )  # fmt: skip
    enrolled = enroll.enroll(
        Shop(till.table, till.m, till.program, till.now), profile,
        op=f"key:{asks.key}", source="api", idempotency=_request(asks),
        render=lambda decision: {"member_id": decision.card.member_id},
    )  # fmt: skip
    return enrolled.answer or Answer(200, {"member_id": enrolled.member_id}, True)


def _consent(till: Till, asks: Asks) -> None:
    """As the links in mails and the API do it."""
    member, agreed = asks.content
    members = Members(till.table, till.m)
    profile = members.profile(member)
    if profile is None or profile.consents.get("email") == agreed:
        return
    consents = {**profile.consents, "email": agreed}
    changed = profile._replace(consents=consents, version=profile.version + 1)
    try:
        members.change(profile, changed)
    except Cancelled as cancelled:
        raise Refused(RefusalCode.CONFLICT) from cancelled


def _stamp(till: Till, asks: Asks) -> Answer:
    """At the counter, on a card that was read eventually consistently."""
    member, visits, spend, items, order, refusable = asks.content
    alias = f"order:{order}" if order else None
    operation = Earn(
        _origin(asks), visits, spend if spend or items else None, items=tills.lines(items),
        order_id=order,
        refusable=refusable,
    )  # fmt: skip
    answer = till.ledger.perform(
        till.program, _card(till, member, consistent=False), operation, till.now,
        idempotency=_request(asks, alias), render=_render,
    )  # fmt: skip
    if alias:
        refunds.apply_parked(till.ledger, till.program, alias, till.now)
    return answer


def _sale(till: Till, asks: Asks) -> Answer | None:
    """As a till's event comes from the queue: late, twice, in any order.

    An event of ours has no tip; one with a tip is booked as the events of other tills are.
    """
    member, spend, paid, items, order, effective_ms = asks.content
    if paid == spend:
        profile = Members(till.table, till.m).profile(member)
        if profile is None:
            raise Refused(RefusalCode.NOT_FOUND)
        scanned = profile.handle if int(order) % 2 else ""
        orders.process(tills.sold(till.m, asks.content, profile.email, scanned))
        return None
    op = f"order:{order}"
    operation = Earn(
        Origin(op, "square", effective_ms=effective_ms, entropy=os.urandom(16)),
        spend_minor=spend, paid_minor=paid, items=tills.lines(items),
        order_id=order,
    )  # fmt: skip
    card = _card(till, member)
    answer = till.ledger.perform(till.program, card, operation, till.now, fresh=True)
    refunds.apply_parked(till.ledger, till.program, op, till.now)
    return answer


def _refund(till: Till, asks: Asks) -> Answer | None:
    """With a key as a caller of the API, as a till's event without one."""
    order, refund_id, amount, items = asks.content
    if not asks.key and amount != 0:
        orders.process(tills.refunded(asks.content))
        return None
    given_back = tills.lines(items)
    wanted = refunds.Refund(f"order:{order}", refund_id, amount, "api", given_back)
    if not asks.key:
        answer = refunds.refund(till.ledger, till.program, wanted, till.now)
        return None if answer.status == PARKED else answer  # another answer once it is booked
    return refunds.refund(
        till.ledger, till.program, wanted, till.now, op=f"key:{asks.key}", render=_render,
        idempotency=_request(asks, None),
    )  # fmt: skip


PARKED = 202


def _undo(till: Till, asks: Asks) -> Answer:
    member, seq = asks.content
    read = refunds.original(
        till.ledger, till.program, member, seq, op=f"key:{asks.key}", source="staff",
        undo_within_ms=UNDO_MS, now=till.now,
    )  # fmt: skip
    if read is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return till.ledger.perform(
        till.program, read.card, read.operation, till.now,
        idempotency=_request(asks), render=_render, fresh=True,
    )  # fmt: skip


def _with_voucher(till: Till, member: str, voucher_id: str) -> tuple[Any, Any]:
    """The card that has a voucher, and the voucher; its code leads to them after a merge."""
    state, item = till.table.get(
        keys.state(till.m, member), keys.voucher(till.m, member, voucher_id)
    )
    if state is None or item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if item["status"] == "moved":
        (leads,) = till.table.get(keys.code(till.m, item["code"]))
        if leads and leads["c"] != member:
            return _with_voucher(till, leads["c"], voucher_id)
    return state, item


def _close(till: Till, asks: Asks) -> Answer:
    member, voucher_id = asks.content
    state, item = _with_voucher(till, member, voucher_id)
    kind = Redeem if asks.what == "redeem" else Cancel
    operation = kind(_origin(asks), cards.voucher_of(item))
    return till.ledger.perform(
        till.program, cards.card_of(state), operation, till.now,
        idempotency=_request(asks), render=_render, fresh=True,
    )  # fmt: skip


def _take(till: Till, asks: Asks) -> Answer:
    member, units = asks.content
    return _perform(till, asks, member, Issue(_origin(asks), "money", units))


def _use(till: Till, asks: Asks) -> Answer:
    """As the function does it: card, voucher, then what else the order used."""
    member, voucher_id, amount, order, bill = asks.content
    state, item = _with_voucher(till, member, voucher_id)
    others = reversals.beside(till.table, till.m, member, order, voucher_id)
    operation = Redeem(_origin(asks), cards.voucher_of(item), order, bill, amount, others)
    return till.ledger.perform(
        till.program, cards.card_of(state), operation, till.now,
        idempotency=_request(asks), render=_render, fresh=True,
    )  # fmt: skip


def _reverse(till: Till, asks: Asks) -> Answer:
    member, voucher_id, order = asks.content
    state, item = _with_voucher(till, member, voucher_id)
    operation = ReverseRedemption(_origin(asks), cards.voucher_of(item), OWNER_MS, order)
    return till.ledger.perform(
        till.program, cards.card_of(state), operation, till.now,
        idempotency=_request(asks), render=_render, fresh=True,
    )  # fmt: skip


OWNER_MS = 30 * 24 * 3600 * 1000


def _issue(till: Till, asks: Asks) -> Answer:
    member, reward_id = asks.content
    return _perform(till, asks, member, Issue(_origin(asks), reward_id))


def _adjust(till: Till, asks: Asks) -> Answer:
    member, unit, amount, debt = asks.content
    return _perform(till, asks, member, Adjust(_origin(asks), unit, amount, "because", debt))


def _act(till: Till, asks: Asks) -> Answer:
    member, action = asks.content
    return _perform(till, asks, member, RewardAction(_origin(asks), action))


def _gift(till: Till, asks: Asks) -> Answer:
    member, name = asks.content
    return _perform(till, asks, member, GiveSurprise(_origin(asks), name))


def _grant(till: Till, asks: Asks) -> Answer:
    member, tier, until, by = asks.content
    return _perform(till, asks, member, GrantTier(_origin(asks), tier, until, by))


def _job(till: Till, asks: Asks) -> None:
    member, name = asks.content
    jobs.JOBS[name](Shop(till.table, till.m, till.program, till.now), member)


def _scan(till: Till, asks: Asks) -> Answer:
    """As the page behind a code does it."""
    member, code_id = asks.content
    shop = Shop(till.table, till.m, till.program, till.now)
    code = earning_codes.by_id(shop, code_id)
    return earning_codes.use(shop, code, _card(till, member), _render)


_WAYS = {
    "join": _join, "stamp": _stamp, "sale": _sale, "refund": _refund, "undo": _undo,
    "issue": _issue, "redeem": _close, "cancel": _close, "adjust": _adjust, "act": _act,
    "grant": _grant, "gift": _gift, "job": _job, "consent": _consent, "take": _take, "use": _use,
    "reverse": _reverse, "scan": _scan,
}  # fmt: skip
