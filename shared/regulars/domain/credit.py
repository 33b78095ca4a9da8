"""Points as money off: a voucher of the kind `credit` holds money that is used in parts.

Its units are worth a whole number of minor units, so that value and units are exact when it is
issued. Money that was used takes the units of the lots that were locked first, a unit in part as
a whole one; what comes back are the units of the lots that were locked last. At any time

    value = what was used + what is left, while it is open or redeemed
    units = those that are used up + those that came back, once it is cancelled or expired.
"""

from __future__ import annotations

from collections.abc import Iterable

from regulars.domain import carryover, reasons, rewards
from regulars.domain.card import Lot, Use, used_up
from regulars.domain.draft import Draft
from regulars.domain.operations import Redeem, ReverseRedemption, Void, Voucher
from regulars.domain.program import Reward
from regulars.domain.refusals import RefusalCode, Refused

USES_MAX = 30
"""How often one voucher can be used in part; what is left then can be given back."""

VALUE_MAX = 10**12
"""Minor units one voucher can be worth."""


def sized(reward: Reward, units: int | None) -> Reward:
    """Return the reward at the cost of so many units, the least when None.

    Raises INVALID for what is too little, no whole number of steps, or not to be chosen at all.
    """
    if units is None:
        return reward
    hint = ""
    if reward.rate is None:
        hint = "belongs to rewards of the kind credit; leave it out"
    elif units < reward.cost or units % reward.step_units:
        hint = f"must be at least {reward.cost}, in steps of {reward.step_units}"
    elif reward.rate.of(units) > VALUE_MAX:
        hint = f"must not be worth more than {VALUE_MAX}"
    if hint:
        raise Refused(RefusalCode.INVALID, "So many cannot be taken.", (("units", hint),))
    return reward._replace(cost=units)


def use(draft: Draft, operation: Redeem) -> None:
    """Use some of the money, or all that can be used; what is used up closes the voucher."""
    voucher, order_id = operation.voucher, operation.order_id or ""
    before = [one.amount_minor for one in voucher.uses if order_id and one.order_id == order_id]
    if before:
        raise Refused(
            RefusalCode.VOUCHER_REDEEMED,
            f"{before[0]} of it was used with this order already; take that back to use another "
            "amount.",
        )
    _book(draft, voucher, _amount(draft, operation), order_id)


def _amount(draft: Draft, operation: Redeem) -> int:
    """Return how much is used; raises LIMIT_REACHED for more than the order allows and
    INSUFFICIENT_BALANCE for more than is left, both with what is possible."""
    voucher, wanted = operation.voucher, operation.amount_minor
    if len(voucher.uses) >= USES_MAX:
        raise Refused(
            RefusalCode.LIMIT_REACHED,
            f"It was used {USES_MAX} times; give it back to get the rest.",
            more={"possible_minor": 0},
        )
    allowed = _allowed(draft, operation)
    left = voucher.left_minor
    most = left if allowed is None else min(left, allowed)
    over = allowed is not None and (allowed <= 0 or (wanted or 0) > allowed)
    if over or (wanted or 0) > left:
        raise Refused(
            RefusalCode.LIMIT_REACHED if over else RefusalCode.INSUFFICIENT_BALANCE,
            f"At most {max(0, most)} can be used with this order; {left} is left on the voucher.",
            more={"possible_minor": max(0, most)},
        )
    return most if wanted is None else wanted


def _allowed(draft: Draft, operation: Redeem) -> int | None:
    """Return how much of the order can still be paid with credit; None when nobody told the order
    and no share limits it."""
    voucher = operation.voucher
    terms = draft.program.terms(voucher.reward_id, voucher.version)
    share = terms.max_share if terms else 0
    if operation.order_minor is None:
        if not share:
            return None
        hint = "is required: only a share of the order can be paid with this voucher"
        raise Refused(RefusalCode.INVALID, "How much is the order?", (("order_minor", hint),))
    beside = sum(
        one.amount_minor
        for other in operation.beside
        if other.voucher_id != voucher.voucher_id
        for one in other.uses
        if one.order_id == operation.order_id
    )
    return operation.order_minor * (share or 1000) // 1000 - beside


def _book(draft: Draft, voucher: Voucher, amount: int, order_id: str) -> None:
    """Book that money was used; of a closed voucher its units have been taken already."""
    seq, is_open = draft.card.seq + 1, voucher.status == "issued"
    changed = voucher._replace(
        left_minor=voucher.left_minor - amount if is_open else 0,
        uses=(*voucher.uses, Use(amount, draft.now_ms, order_id, seq)),
    )
    draft.was.setdefault(voucher.voucher_id, voucher)
    if changed.left_minor:
        rewards.keep_open(draft, changed)
    elif is_open:
        rewards.close(draft, changed, "redeemed")
    else:
        draft.vouchers[voucher.voucher_id] = changed
    _note(draft, voucher, amount, seq)


def _note(draft: Draft, voucher: Voucher, amount: int, seq: int) -> None:
    """Write into the facts what was used (or, below 0, put back), and which entry booked it."""
    of_all = draft.facts.setdefault("credit", {})
    of_all.setdefault(voucher.voucher_id, []).append([amount, seq])


def take_back(draft: Draft, operation: ReverseRedemption) -> None:
    """Take back what was used with an order, or last; the money is on the voucher again.

    Raises ALREADY_REVERSED when nothing is used, UNDO_EXPIRED when it is too late.
    """
    voucher, order_id = operation.voucher, operation.order_id
    uses = [one for one in voucher.uses if order_id is None or one.order_id == order_id]
    if not uses:
        of_order = "with this order " if order_id else ""
        raise Refused(RefusalCode.ALREADY_REVERSED, f"Nothing of it is used {of_order}now.")
    rewards.require_in_time(draft, uses[-1].at_ms + operation.within_ms)
    put_back(draft, voucher, uses[-1])


def put_back_of_order(draft: Draft, voucher: Voucher, order_id: str, until: str) -> None:
    """Put back what was used with an order that is refunded whole."""
    for one in voucher.uses:
        if one.order_id == order_id:
            put_back(draft, draft.vouchers.get(voucher.voucher_id, voucher), one, until)


def put_back(draft: Draft, voucher: Voucher, one: Use, until: str | None = None) -> None:
    """Put money that was used back onto its voucher; of one that was given back or has expired
    since, the units come back instead. `until` is its new last day."""
    rest = tuple(other for other in voucher.uses if other != one)
    draft.was.setdefault(voucher.voucher_id, voucher)
    _note(draft, voucher, -one.amount_minor, one.seq)
    if voucher.status in {"issued", "redeemed"}:
        again = voucher._replace(uses=rest, left_minor=voucher.left_minor + one.amount_minor)
        rewards.reopen(draft, again, voucher.expires_on if until is None else until)
        return
    draft.vouchers[voucher.voucher_id] = voucher._replace(uses=rest)
    _return(draft, voucher, _units_used(voucher, rest), _units_used(voucher, voucher.uses))


def use_again(draft: Draft, operation: Void, voucher: Voucher, until: str | None) -> None:
    """Book again what a refund had put back, as far as it is there; what was used or returned
    since is owed in units. `until` is the last day that the voucher had before; None for one that
    was used up."""
    facts = operation.refund.facts
    draft.was.setdefault(voucher.voucher_id, voucher)
    voucher = draft.vouchers.get(voucher.voucher_id, voucher)
    amount = -sum(one for one, _ in facts["credit"][voucher.voucher_id])
    there = amount
    if voucher.voucher_id in facts.get("reopened", ()):
        there = min(amount, voucher.left_minor)
    if voucher.status == "issued" and until is not None:
        voucher = voucher._replace(expires_on=until)
    if there:
        _book(draft, voucher, there, facts.get("order", ""))
    missing = used_up(amount - there, _units(voucher), voucher.value_minor)
    unit, units = carryover.amount_now(draft.program, voucher.unit, missing, voucher.version)
    if units:
        draft.charge(unit, units, voucher.reward_id, reasons.void(operation.refund.seq))


def give_back(draft: Draft, voucher: Voucher) -> None:
    """Return the units of what is not used, from the lots that were locked last."""
    _return(draft, voucher, _units_used(voucher, voucher.uses), _units(voucher))


def _return(draft: Draft, voucher: Voucher, first: int, last: int) -> None:
    """Return the units from one place to another in the order in which they were locked."""
    pieces = _between(voucher.lots, first, last)
    earlier = 0 < voucher.version < draft.program.version
    worth = voucher.value_minor * (last - first) // (_units(voucher) or 1)
    reason = reasons.returned(
        voucher.reward_id, voucher.voucher_id, voucher.version if earlier else 0, worth
    )
    unit, lots = carryover.lots_now(draft.program, voucher.unit, pieces, voucher.version)
    draft.put_back(unit, lots, voucher.reward_id, reason)
    draft.pay_debt()


def _between(lots: Iterable[Lot], first: int, last: int) -> tuple[Lot, ...]:
    """Return the pieces of units `first` to `last` (not included), counted over all lots."""
    pieces, place = [], 0
    for lot in lots:
        low, high = max(first, place), min(last, place + lot.amount)
        if low < high:
            pieces.append(lot._replace(amount=high - low))
        place += lot.amount
    return tuple(pieces)


def _units(voucher: Voucher) -> int:
    return sum(lot.amount for lot in voucher.lots)


def _units_used(voucher: Voucher, uses: Iterable[Use]) -> int:
    """The units that these uses take of a voucher."""
    used = sum(one.amount_minor for one in uses)
    return used_up(used, _units(voucher), voucher.value_minor)
