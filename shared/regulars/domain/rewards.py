"""Rewards: issuing locks units in a voucher, redeeming is final, cancelling gives them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from regulars.domain import calendar
from regulars.domain.card import NEVER, Card, OpenVoucher
from regulars.domain.draft import Draft
from regulars.domain.operations import Cancel, Issue, Redeem, Voucher
from regulars.domain.program import Program, Reward
from regulars.domain.refusals import Code, Refused

Closed = Literal["redeemed", "cancelled", "expired"]
"""The final statuses of a voucher."""

OPEN_VOUCHERS_MAX = 20
"""Open vouchers a card can hold; more automatic rewards wait on the balance until some are used."""


def refusal(program: Program, card: Card, reward: Reward, today: str) -> Code | None:
    """Why a reward cannot be had just now, by precedence; None when it can."""
    if any(card.debt.values()):
        return Code.DEBT
    if reward.tiers and (card.tier is None or card.tier.id not in reward.tiers):
        return Code.TIER_REQUIRED
    if reward.limit is not None:
        period, count = card.taken.get(reward.id, ("", 0))
        if period == limit_period(reward, today) and count >= reward.limit:
            return Code.LIMIT_REACHED
    if len(card.open) >= OPEN_VOUCHERS_MAX:
        return Code.LIMIT_REACHED
    if card.available(reward.unit, today) < reward.cost:
        return Code.INSUFFICIENT_BALANCE
    return None


def limit_period(reward: Reward, today: str) -> str:
    """The name of the period a limit counts in: a prefix of the ISO date."""
    length = {"day": 10, "month": 7, "year": 4, "lifetime": 0}[reward.limit_window]
    return today[:length]


def issue(draft: Draft, operation: Issue) -> Voucher:
    """Lock the cost of the reward the member chose; raises Refused when it cannot be had."""
    reward = draft.program.rewards.get(operation.reward_id)
    if reward is None:
        raise Refused(Code.NOT_FOUND)
    code = refusal(draft.program, draft.card, reward, draft.today.isoformat())
    if code is not None:
        raise Refused(code, _refusal_words(code, draft, reward))
    return _issue(draft, reward)


def issue_automatic(draft: Draft) -> tuple[Voucher, ...]:
    """Issue every automatic reward whose cost is there, as often as it is."""
    issued = []
    for reward in draft.program.rewards.values():
        while (
            reward.auto
            and reward.cost
            and refusal(draft.program, draft.card, reward, draft.today.isoformat()) is None
        ):
            issued.append(_issue(draft, reward))
    return tuple(issued)


def _issue(draft: Draft, reward: Reward) -> Voucher:
    code = draft.new_code()
    voucher_id = f"vou_{code.lower()}"
    why = {"k": "reward", "r": reward.id, "v": voucher_id}
    pieces, rest = draft.spend(reward.unit, reward.cost, reward.id, why)
    if rest:
        raise AssertionError("a reward is issued only when its cost is available")
    expires_on = NEVER
    if reward.valid_days is not None:
        expires_on = (draft.today + timedelta(days=reward.valid_days)).isoformat()
    voucher = Voucher(
        voucher_id=voucher_id,
        code=code,
        reward_id=reward.id,
        status="issued",
        unit=reward.unit,
        lots=pieces,
        issued_ms=draft.now_ms,
        expires_on=expires_on,
        issued_seq=draft.card.seq + 1,
    )
    draft.vouchers[voucher_id] = voucher
    card = draft.card
    draft.card = replace(
        card,
        open={
            **card.open,
            voucher_id: OpenVoucher(reward.id, code, draft.now_ms, expires_on),
        },
        taken=_taken_once_more(card, reward, draft.today.isoformat()),
    )
    draft.facts.setdefault("vouchers", []).append(voucher_id)
    return voucher


def _taken_once_more(card: Card, reward: Reward, today: str) -> dict[str, tuple[str, int]]:
    if reward.limit is None:
        return dict(card.taken)
    period, count = card.taken.get(reward.id, ("", 0))
    current = limit_period(reward, today)
    return {**card.taken, reward.id: (current, count + 1 if period == current else 1)}


def redeem(draft: Draft, operation: Redeem) -> None:
    """Hand the reward over: the voucher is closed for good, nothing returns."""
    voucher = operation.voucher
    require_open(draft, voucher)
    if any(draft.card.debt.values()):
        raise Refused(Code.DEBT, "A refund left this card owing; it is settled by the next visits.")
    close(draft, voucher, "redeemed")
    draft.facts.update({"voucher": voucher.voucher_id, "reward": voucher.reward_id})
    if operation.order_id:
        draft.facts["order"] = operation.order_id


def cancel(draft: Draft, operation: Cancel) -> None:
    """Give the voucher back: the same lots return, with the dates they had."""
    require_open(draft, operation.voucher, expired_too=True)
    give_back(draft, operation.voucher, "cancelled")
    if operation.reason:
        draft.facts["note"] = operation.reason


def give_back(draft: Draft, voucher: Voucher, status: Closed) -> None:
    """Close a voucher and book its lots in again."""
    why = {"k": "returned", "r": voucher.reward_id, "v": voucher.voucher_id}
    draft.put_back(voucher.unit, voucher.lots, voucher.reward_id, why)
    close(draft, voucher, status)
    draft.facts.setdefault("returned", []).append(voucher.voucher_id)
    period, count = draft.card.taken.get(voucher.reward_id, ("", 0))
    if count:
        issued_on = calendar.local_date(
            calendar.from_ms(voucher.issued_ms), draft.program.timezone
        ).isoformat()
        if issued_on.startswith(period):
            taken = {**draft.card.taken, voucher.reward_id: (period, count - 1)}
            draft.card = replace(draft.card, taken=taken)


def close(draft: Draft, voucher: Voucher, status: Closed) -> None:
    """Move a voucher from issued to a final status."""
    still_open = {key: value for key, value in draft.card.open.items() if key != voucher.voucher_id}
    draft.card = replace(draft.card, open=still_open)
    draft.vouchers[voucher.voucher_id] = voucher._replace(status=status, closed_ms=draft.now_ms)


def require_open(draft: Draft, voucher: Voucher, *, expired_too: bool = False) -> None:
    """Raise the refusal that says why a voucher can no longer be used."""
    if voucher.status == "redeemed":
        at = calendar.rfc3339(voucher.closed_ms)
        raise Refused(Code.VOUCHER_REDEEMED, f"This voucher was redeemed at {at}.")
    if voucher.status == "cancelled":
        raise Refused(Code.VOUCHER_CANCELLED, "This voucher was cancelled; its cost was returned.")
    past = bool(voucher.expires_on) and voucher.expires_on < draft.today.isoformat()
    if voucher.status == "expired" or (past and not expired_too):
        raise Refused(Code.VOUCHER_EXPIRED, f"This voucher was valid until {voucher.expires_on}.")


def _refusal_words(code: Code, draft: Draft, reward: Reward) -> str:
    available = draft.available(reward.unit)
    return {
        Code.DEBT: "A refund left this card owing; it is settled by the next visits.",
        Code.TIER_REQUIRED: f"This reward is for {', '.join(reward.tiers)}.",
        Code.LIMIT_REACHED: "This card has had as many of this reward as it may.",
        Code.INSUFFICIENT_BALANCE: f"It costs {reward.cost}; {available} can be spent.",
    }.get(code, "")
