"""What corrects a ledger, done as the functions of the API and the till's events do it: orders that
are sent again, refunds taken back, sales moved, units given, holds ended, cards merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.actions import confirm, find, give, merge, move_sale, refunds, revise, void_refund
from regulars.domain.calendar import to_ms
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Redeem
from regulars.jobs import orders
from regulars.program.shop import Shop
from regulars.store import audit, cards
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.table import Put
from tests.simulation import tills
from tests.simulation.requests import (
    Asks,
    Till,
    _card,
    _origin,
    _perform,
    _render,
    _request,
    _with_voucher,
)


def _shop(till: Till) -> Shop:
    return Shop(till.table, till.m, till.program, till.now)


def _order(till: Till, asks: Asks) -> Answer:
    """An order comes by the API, for the first time or with another content."""
    member, visits, spend, items, order = asks.content
    alias, known = f"order:{order}", _request(asks, f"order:{order}")
    operation = Earn(
        _origin(asks), visits, spend, items=tills.lines(items), order_id=order
    )  # fmt: skip
    card = _card(till, member, consistent=False)
    answer = till.ledger.perform(
        till.program, card, operation, till.now, idempotency=known, render=_render
    )
    if answer.replayed:
        shop, member_id = _shop(till), _card(till, member).member_id
        answer = revise.sent_again(
            shop, member_id, answer, operation, f"key:{asks.key}", known, _render
        )
    refunds.apply_parked(till.ledger, till.program, alias, till.now)
    return answer


def _resend(till: Till, asks: Asks) -> None:
    """A till tells an order again, with another content: an event."""
    member = asks.content[0]
    profile = find.read_member_card(_shop(till), member).profile
    orders.process(tills.sold(till.m, asks.content, profile.email, profile.handle))


def _void(till: Till, asks: Asks) -> Answer | None:
    """A refund is taken back, by a caller of the API or by a till's event."""
    (refund_id,) = asks.content
    if not asks.key:
        orders.process(tills.voided(refund_id))
        return None
    return void_refund.void_refund(
        _shop(till), refund_id, "api", f"key:{asks.key}", _request(asks), _render
    )


def _move(till: Till, asks: Asks) -> Answer:
    entry_id, to = asks.content
    shop = _shop(till)
    find.read_member_card(shop, entry_id.partition(".")[0])
    right = find.read_member_card(shop, to)
    return move_sale.move_sale(
        shop, entry_id, right, "because", f"key:{asks.key}", _request(asks), _on_two
    )


def _give(till: Till, asks: Asks) -> Answer:
    member, unit, amount, to = asks.content
    shop = _shop(till)
    giver, taker = (find.read_member_card(shop, one) for one in (member, to))
    what, op = (unit, amount, None), f"key:{asks.key}"
    return give.give(shop, giver, taker, what, op, _request(asks), _on_two)


def _confirm(till: Till, asks: Asks) -> Answer:
    member, seq = asks.content
    return confirm.confirm(_shop(till), member, seq, f"key:{asks.key}", _request(asks), _render)


def _merge(till: Till, asks: Asks) -> Answer:
    member, other = asks.content
    kept = find.read_member_card(_shop(till), member).card.member_id
    return merge.merge(
        _shop(till), kept, other, f"key:{asks.key}", _request(asks), _merged, _noted(till)
    )


def _unmerge(till: Till, asks: Asks) -> Answer:
    member, merge_id = asks.content
    noted = _noted(till)(merge_id)
    return merge.unmerge(_shop(till), member, merge_id, Idempotency(), _merged, noted)


def _noted(till: Till) -> Callable[[str], Put]:
    actor = audit.Actor("key", "simulated", "Simulated")
    at_ms = to_ms(till.now)
    return lambda merge_id: audit.put(till.m, at_ms, actor, "member.merged", merge_id)


def _pay(till: Till, asks: Asks) -> Answer:
    """A voucher is redeemed with an order."""
    member, voucher_id, order = asks.content
    state, item = _with_voucher(till, member, voucher_id)
    operation = Redeem(_origin(asks), cards.voucher_of(item), order)
    return _perform(till, asks, cards.card_of(state).member_id, operation)


def _on_two(one: Decision, two: Decision) -> Body:
    return {"from": _render(one), "to": _render(two)}


def _merged(one: Decision, two: Decision, merge_id: str) -> Body:
    return {"merge_id": merge_id, **_on_two(one, two)}


WAYS: Mapping[str, Callable[[Till, Asks], Any]] = {
    "order": _order, "resend": _resend, "void": _void, "move": _move, "give": _give,
    "confirm": _confirm, "merge": _merge, "unmerge": _unmerge, "pay": _pay,
}  # fmt: skip
