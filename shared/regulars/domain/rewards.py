"""Issue rewards as vouchers, redeem them, cancel them.

Issuing locks units in a voucher, redeeming is final, cancelling returns the units.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from regulars.domain import calendar, carryover, limits, reasons
from regulars.domain.card import NEVER, Card, Lot, OpenVoucher
from regulars.domain.draft import Draft
from regulars.domain.operations import Cancel, Issue, Redeem, ReverseRedemption, Voucher
from regulars.domain.program import Program, Reward
from regulars.domain.refusals import RefusalCode, Refused

Closed = Literal["redeemed", "cancelled", "expired", "moved"]
"""The final statuses of a voucher."""

OPEN_VOUCHERS_MAX = 20
"""Open vouchers a card can hold. Beyond that automatic rewards stay on the balance; gifts queue."""

QUEUED = "w:"
"""The prefix of the names under which a card counts queued gifts, by reward."""

UNUSED = "x:"
"""The prefix of the names under which a card counts, by reward, that one was not used in time."""

PAID_FOR = ("/membership", "/purchase")
"""How the names of rights end that were paid for (see `tiering.right`)."""

HELD = "This card is on hold: the shop looks at something first. It goes on earning."
"""What is said of a card on hold."""

_DEBT = "A refund left a debt on this card; the next visits pay it off."


def in_debt(program: Program, card: Card) -> bool:
    """Tell whether a card owes units that can still be earned; others can block nothing."""
    owed = {unit for unit, units in card.debt.items() if units}
    return bool(owed) and not owed.isdisjoint(earnable(program))


def earnable(program: Program) -> frozenset[str]:
    """Return the units that visits, sales, actions, campaigns, milestones or referrals grant."""
    referral = program.referral
    sides = (referral.friend, referral.referrer) if referral else ()
    granted: list[str | None] = [rule.unit for rule in program.earn if rule.on != "join"]
    granted += [campaign.bonus_unit for campaign in program.campaigns]
    granted += [milestone.unit for milestone in program.milestones]
    granted += [side.unit for side in sides]
    return frozenset(filter(None, granted))


def refusal(
    program: Program,
    card: Card,
    reward: Reward,
    today: str,
    exhausted: frozenset[str] = frozenset(),
) -> RefusalCode | None:
    """Find why a reward cannot be issued now, by precedence; None when it can."""
    if card.holds:
        return RefusalCode.HELD
    if in_debt(program, card):
        return RefusalCode.DEBT
    if reward.tiers and (card.tier is None or card.tier.id not in reward.tiers):
        return RefusalCode.TIER_REQUIRED
    if reward.stock and stock_name(reward) in exhausted:
        return RefusalCode.OUT_OF_STOCK
    if reward.limit is not None:
        period = limits.period(reward.limit_window, today)
        if limits.given(card, reward.id, period) >= reward.limit:
            return RefusalCode.LIMIT_REACHED
    if len(card.open) >= OPEN_VOUCHERS_MAX:
        return RefusalCode.LIMIT_REACHED
    if card.available(reward.unit, today) < reward.cost:
        return RefusalCode.INSUFFICIENT_BALANCE
    return None


def stock_name(reward: Reward) -> str:
    """Name the shared counter of a reward's stock."""
    return f"stock:{reward.id}"


def issue(draft: Draft, operation: Issue) -> Voucher:
    """Issue the reward the member chose; raises Refused when it cannot be issued."""
    reward = draft.program.rewards.get(operation.reward_id)
    if reward is None or not reward.unit:
        raise Refused(RefusalCode.NOT_FOUND)
    if operation.units is not None:
        from regulars.domain import credit

        reward = credit.sized(reward, operation.units)
    code = _refusal(draft, reward)
    if code is not None:
        raise Refused(code, _refusal_words(code, draft, reward))
    return _issue(draft, reward)


def issue_automatic(draft: Draft) -> None:
    """Issue queued gifts, then automatic rewards, while the card has room."""
    for reward in draft.program.rewards.values():
        name = QUEUED + reward.id
        while limits.given(draft.card, name, "") and len(draft.card.open) < OPEN_VOUCHERS_MAX:
            draft.card = limits.counted(draft.card, name, "", -1)
            if gift := give(draft, reward):
                draft.facts.setdefault("waited", []).append(gift.voucher_id)
    for reward in draft.program.rewards.values():
        issue_paid(draft, reward)


def issue_paid(draft: Draft, reward: Reward, kept: int = 0) -> None:
    """Issue an automatic reward as often as the balance without `kept` pays for it."""
    while is_paid(draft, reward) and draft.available(reward.unit) - kept >= reward.cost:
        _issue(draft, reward)


def is_paid(draft: Draft, reward: Reward) -> bool:
    """Tell whether a reward is automatic and can be issued now."""
    return bool(reward.auto and reward.cost) and _refusal(draft, reward) is None


def give(
    draft: Draft,
    reward: Reward,
    expires_on: str | None = None,
    *,
    queues: bool = True,
    benefit: str = "",
) -> Voucher | None:
    """Issue a voucher as a gift, such as a benefit or for a milestone.

    None when the stock is empty or the card is full; a full card queues the gift if `queues`.
    """
    if draft.exhausted(stock_name(reward), reward.stock):
        return None
    if len(draft.card.open) >= OPEN_VOUCHERS_MAX:
        if queues:
            draft.card = limits.counted(draft.card, QUEUED + reward.id, "")
            draft.facts.setdefault("waiting", []).append(reward.id)
        return None
    return _voucher(draft, reward, draft.new_code(), (), expires_on, benefit)


def _refusal(draft: Draft, reward: Reward) -> RefusalCode | None:
    stock = stock_name(reward)
    exhausted = frozenset({stock} if draft.exhausted(stock, reward.stock) else ())
    return refusal(draft.program, draft.card, reward, draft.today.isoformat(), exhausted)


def _issue(draft: Draft, reward: Reward) -> Voucher:
    code = draft.new_code()
    reason = reasons.reward(reward.id, _voucher_id(code), reward.value_minor)
    pieces, rest = draft.spend(reward.unit, reward.cost, reward.id, reason)
    draft.renew(reward.unit)
    if rest:
        raise AssertionError("a reward is issued only when its cost is available")
    if reward.limit is not None:
        period = limits.period(reward.limit_window, draft.today.isoformat())
        draft.card = limits.counted(draft.card, reward.id, period)
    return _voucher(draft, reward, code, pieces, None)


def _voucher_id(code: str) -> str:
    return f"vou_{code.lower()}"


def _voucher(
    draft: Draft,
    reward: Reward,
    code: str,
    pieces: tuple[Lot, ...],
    expires_on: str | None,
    benefit: str = "",
) -> Voucher:
    """Open a voucher that holds the locked pieces (none for a gift)."""
    if expires_on is None:
        expires_on = NEVER
        if reward.valid_days is not None:
            expires_on = (draft.today + timedelta(days=reward.valid_days)).isoformat()
    voucher = Voucher(
        voucher_id=_voucher_id(code),
        code=code,
        reward_id=reward.id,
        status="issued",
        unit=reward.unit,
        lots=pieces,
        issued_ms=draft.now_ms,
        expires_on=expires_on,
        issued_seq=draft.card.seq + 1,
        version=draft.program.version,
        benefit=benefit,
        value_minor=reward.value_minor,
        left_minor=reward.value_minor,
    )
    keep_open(draft, voucher)
    if reward.stock:
        draft.count(stock_name(reward), 1, reward.stock)
    draft.facts.setdefault("vouchers", []).append(voucher.voucher_id)
    return voucher


def keep_open(draft: Draft, voucher: Voucher) -> None:
    """Put a voucher among the open ones of the card, or what has changed of one."""
    draft.vouchers[voucher.voucher_id] = voucher
    cost = sum(piece.amount for piece in voucher.lots)
    opened = OpenVoucher(
        voucher.reward_id,
        voucher.code,
        voucher.issued_ms,
        voucher.expires_on,
        cost,
        voucher.version,
        voucher.benefit,
        voucher.value_minor,
        voucher.left_minor,
    )
    draft.card = draft.card._replace(open={**draft.card.open, voucher.voucher_id: opened})


def reopen(draft: Draft, voucher: Voucher, expires_on: str) -> None:
    """Open a closed voucher again, with the same code, until a last day (`""` without an end)."""
    draft.reopened[voucher.voucher_id] = voucher.status
    keep_open(draft, voucher._replace(status="issued", expires_on=expires_on, closed_ms=0))
    draft.facts.setdefault("reopened", []).append(voucher.voucher_id)


def redeem(draft: Draft, operation: Redeem) -> None:
    """Redeem a voucher: it is closed and nothing returns; one for `credit` once it is used up."""
    voucher = operation.voucher
    require_open(draft, voucher)
    if draft.card.holds:
        raise Refused(RefusalCode.HELD, HELD)
    if in_debt(draft.program, draft.card) and not _is_paid_for(draft, voucher):
        raise Refused(RefusalCode.DEBT, _DEBT)
    if voucher.value_minor:
        from regulars.domain import credit

        credit.use(draft, operation)
    elif operation.amount_minor is not None:
        hint = "belongs to vouchers of the kind credit; leave it out"
        raise Refused(RefusalCode.INVALID, "It is redeemed whole.", (("amount_minor", hint),))
    else:
        close(draft, voucher, "redeemed")
    draft.facts.update({"voucher": voucher.voucher_id, "reward": voucher.reward_id})
    if _earlier(draft, voucher):
        draft.facts["terms"] = voucher.version
    if operation.order_id:
        draft.facts["order"] = operation.order_id


def reverse_redemption(draft: Draft, operation: ReverseRedemption) -> None:
    """Open a redeemed voucher again, with its code and its end as they were.

    Raises ALREADY_REVERSED for one that is open, VOUCHER_CANCELLED or VOUCHER_EXPIRED for one that
    was never redeemed, UNDO_EXPIRED when it is too late.
    """
    voucher = operation.voucher
    if voucher.status == "issued" and not voucher.value_minor:
        raise Refused(RefusalCode.ALREADY_REVERSED, "This voucher is open: it is not redeemed.")
    if voucher.status in {"cancelled", "expired"} and not voucher.uses:
        require_open(draft, voucher)
    if voucher.value_minor:
        from regulars.domain import credit

        credit.take_back(draft, operation)
    else:
        require_in_time(draft, voucher.closed_ms + operation.within_ms)
        reopen(draft, voucher, voucher.expires_on)
    draft.facts.update({"voucher": voucher.voucher_id, "reward": voucher.reward_id})


def require_in_time(draft: Draft, until_ms: int) -> None:
    """Raise UNDO_EXPIRED when a redemption can no longer be taken back."""
    if draft.now_ms > until_ms:
        raise Refused(
            RefusalCode.UNDO_EXPIRED,
            "Staff can take it back for five minutes, the owner for 30 days.",
        )


def _is_paid_for(draft: Draft, voucher: Voucher) -> bool:
    """Tell whether a voucher is a benefit of a tier that was paid for with money: a debt does not
    block it."""
    return bool(voucher.benefit) and any(
        benefit.id == voucher.benefit
        for tier in draft.program.tiers
        if any(
            held.id == tier.id
            and name.endswith(PAID_FOR)
            and (not held.until or held.until >= draft.today.isoformat())
            for name, held in draft.card.held.items()
        )
        for benefit in tier.benefits
    )


def cancel(draft: Draft, operation: Cancel) -> None:
    """Give the voucher back: the same lots return, with the dates they had."""
    require_open(draft, operation.voucher, expired_too=True)
    give_back(draft, operation.voucher, "cancelled")
    if operation.reason:
        draft.facts["note"] = operation.reason


def give_back(draft: Draft, voucher: Voucher, status: Closed) -> None:
    """Close a voucher and return its lots, of a credit those of what is left. Its place under a
    limit and in a stock comes back when nothing of it was used."""
    if voucher.value_minor:
        from regulars.domain import credit

        credit.give_back(draft, voucher)
    else:
        earlier = voucher.version if _earlier(draft, voucher) else 0
        reason = reasons.returned(voucher.reward_id, voucher.voucher_id, earlier)
        unit, lots = carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)
        draft.put_back(unit, lots, voucher.reward_id, reason)
        draft.pay_debt()
    close(draft, voucher, status)
    draft.facts.setdefault("returned", []).append(voucher.voucher_id)
    reward = draft.program.terms(voucher.reward_id, voucher.version)
    if reward is None or voucher.uses:
        return
    if reward.limit is not None and voucher.lots:
        issued = calendar.local_date(calendar.from_ms(voucher.issued_ms), draft.program.timezone)
        period = limits.period(reward.limit_window, issued.isoformat())
        if limits.given(draft.card, reward.id, period):
            draft.card = limits.counted(draft.card, reward.id, period, -1)
    if reward.stock:
        draft.count(stock_name(reward), -1, reward.stock)


def lapse(draft: Draft, voucher: Voucher) -> None:
    """Book out what an automatic reward that was not used in time gave back, where its terms say
    so: always (`ends`), or from the second time on (`once`). What has paid a debt stays paid."""
    reward = draft.program.terms(voucher.reward_id, voucher.version)
    if reward is None or not reward.auto or reward.when_unused == "returns" or not voucher.lots:
        return
    name = UNUSED + reward.id
    before = limits.given(draft.card, name, "")
    if reward.when_unused == "once":
        draft.card = limits.counted(draft.card, name, "", -before or 1)
        if not before:
            return
    unit, lots = carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)
    there = {lot.key: lot.amount for lot in draft.card.lots.get(unit, ())}
    amounts = ((lot, min(lot.amount, there.get(lot.key, 0))) for lot in lots)
    draft.expire_lots(unit, [lot._replace(amount=left) for lot, left in amounts if left])
    draft.facts.setdefault("lapsed", []).append(voucher.voucher_id)


def _earlier(draft: Draft, voucher: Voucher) -> bool:
    """Tell whether a voucher was issued under an earlier version, whose number is known."""
    return 0 < voucher.version < draft.program.version


def close(draft: Draft, voucher: Voucher, status: Closed) -> None:
    """Move a voucher from issued to a final status."""
    still_open = {key: value for key, value in draft.card.open.items() if key != voucher.voucher_id}
    draft.card = draft.card._replace(open=still_open)
    if voucher.value_minor:
        draft.was.setdefault(voucher.voucher_id, voucher)
    draft.vouchers[voucher.voucher_id] = voucher._replace(
        status=status, closed_ms=draft.now_ms, left_minor=0
    )


def require_open(draft: Draft, voucher: Voucher, *, expired_too: bool = False) -> None:
    """Raise VOUCHER_REDEEMED, VOUCHER_CANCELLED or VOUCHER_EXPIRED when a voucher is not open."""
    if voucher.status == "redeemed":
        at = calendar.rfc3339(voucher.closed_ms)
        raise Refused(RefusalCode.VOUCHER_REDEEMED, f"This voucher was redeemed at {at}.")
    if voucher.status == "cancelled":
        raise Refused(
            RefusalCode.VOUCHER_CANCELLED, "This voucher was cancelled; its cost was returned."
        )
    past = bool(voucher.expires_on) and voucher.expires_on < draft.today.isoformat()
    if voucher.status == "expired" or (past and not expired_too):
        raise Refused(
            RefusalCode.VOUCHER_EXPIRED, f"This voucher was valid until {voucher.expires_on}."
        )


def _refusal_words(code: RefusalCode, draft: Draft, reward: Reward) -> str:
    available = draft.available(reward.unit)
    limit = "This card has reached the limit of this reward."
    if len(draft.card.open) >= OPEN_VOUCHERS_MAX:
        limit = f"This card has {OPEN_VOUCHERS_MAX} open vouchers; some must be used first."
    return {
        RefusalCode.HELD: HELD,
        RefusalCode.DEBT: _DEBT,
        RefusalCode.TIER_REQUIRED: f"This reward is for {', '.join(reward.tiers)}.",
        RefusalCode.OUT_OF_STOCK: "All of them have been given out.",
        RefusalCode.LIMIT_REACHED: limit,
        RefusalCode.INSUFFICIENT_BALANCE: f"It costs {reward.cost}; {available} can be spent.",
    }.get(code, "")
