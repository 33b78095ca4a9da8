"""The one decision function: programme, card, operation and time in; what to write out.

Pure: the same values always give the same Decision, or raise the same Refused. The stamp at the
counter, the till, the jobs, the previews and the simulator all run this.
"""

from __future__ import annotations

from datetime import datetime

from regulars.domain import (
    accrual,
    benefits,
    lapsed,
    reasons,
    reversal,
    rewards,
    surprises,
    tiering,
)
from regulars.domain.card import Card, expired
from regulars.domain.draft import Draft
from regulars.domain.due import BENEFITS, EXPIRE, TIER
from regulars.domain.ledger import Kind
from regulars.domain.operations import (
    Act,
    Adjust,
    AnyOperation,
    Bonus,
    Cancel,
    Celebrate,
    Decision,
    Earn,
    Expire,
    GiveBenefits,
    GrantTier,
    Issue,
    Join,
    Redeem,
    Remind,
    Reverse,
    ReviewTier,
    Surprise,
    Voucher,
)
from regulars.domain.program import Program
from regulars.domain.refusals import Code, Refused


def decide(program: Program, card: Card, operation: AnyOperation, now: datetime) -> Decision:
    """Decide one operation on one card.

    `now` is an aware instant; the entry is recorded at it, or a millisecond after the newest
    entry if that is later. Raises Refused with the first refusal that applies.
    """
    draft = Draft(program, card, operation, now)
    if isinstance(operation, _ON_A_STANDING_CARD):
        draft.card = tiering.as_of(program, draft.card, draft.today)
    if isinstance(operation, _BY_THE_MEMBER):
        draft.settle()
    match operation:
        case Join():
            accrual.join(draft, operation)
            return draft.decision("join", unlocked=_issued(draft))
        case Earn():
            refused = accrual.earn(draft, operation)
            return draft.decision("earn", unlocked=_issued(draft), refused=tuple(refused))
        case Act():
            accrual.act(draft, operation)
            return draft.decision("bonus", unlocked=_issued(draft))
        case Bonus():
            accrual.bonus(draft, operation)
            return draft.decision("bonus", unlocked=_issued(draft))
        case Surprise():
            surprises.give_by_hand(draft, operation)
            return draft.decision("bonus", unlocked=_issued(draft))
        case Celebrate():
            return _celebrate(draft, operation)
        case GiveBenefits():
            return _give_benefits(draft)
        case GrantTier():
            return _grant_tier(draft, operation)
        case Issue():
            rewards.issue(draft, operation)
            return draft.decision("issue")
        case Redeem():
            rewards.redeem(draft, operation)
            return draft.decision("redeem")
        case Cancel():
            rewards.cancel(draft, operation)
            return draft.decision("cancel")
        case Adjust():
            _adjust(draft, operation)
            return draft.decision("adjust", unlocked=_issued(draft))
        case Reverse():
            refunded = reversal.reverse(draft, operation)
            return draft.decision(
                "reverse",
                unlocked=_issued(draft),
                refunded_minor=refunded.minor,
                refunded_rules=refunded.rules,
            )
        case Expire():
            return _expire(draft, operation)
        case ReviewTier():
            draft.birthday = operation.birthday
            return _review_tier(draft)
        case Remind():
            draft.birthday = operation.birthday
            return _no_longer_due(draft, operation.job).nothing_to_book()


_BY_THE_MEMBER = (
    Earn, Act, Bonus, Surprise, Issue, Redeem, Cancel, Adjust, GrantTier, Reverse
)  # fmt: skip
"""What is done for or by a member, whose debt is paid first with what there is."""

_ON_A_STANDING_CARD = (
    Earn, Act, Bonus, Surprise, Celebrate, GiveBenefits, Issue, Adjust, Reverse, Expire
)  # fmt: skip
"""What asks in which tier the card stands, today."""


def _issued(draft: Draft) -> tuple[Voucher, ...]:
    return tuple(voucher for voucher in draft.vouchers.values() if voucher.status == "issued")


def _adjust(draft: Draft, operation: Adjust) -> None:
    """Correct a balance by hand, never below zero unless debt is allowed."""
    reason = reasons.adjust(operation.reason)
    if operation.unit not in draft.program.units:
        known = ", ".join(draft.program.units)
        raise Refused(Code.INVALID, "No such unit.", (("unit", f"must be one of: {known}"),))
    if operation.amount > 0:
        draft.grant(operation.unit, operation.amount, "adjust", reason)
        rewards.issue_automatic(draft)
        return
    pieces, rest = draft.spend(operation.unit, -operation.amount, "adjust", reason)
    if pieces:
        draft.touch(operation.unit)
    if rest and not operation.allow_debt:
        available = draft.before.available(operation.unit, draft.today.isoformat())
        raise Refused(Code.INSUFFICIENT_BALANCE, f"Only {available} can be taken off.")
    draft.owe(operation.unit, rest, "adjust", reason)


def _expire(draft: Draft, operation: Expire) -> Decision:
    """Give back the lots of expired vouchers, then book out every expired lot. What is no longer
    held back pays debt, or unlocks what is issued by itself."""
    today = draft.today.isoformat()
    for voucher in operation.vouchers:
        past = bool(voucher.expires_on) and voucher.expires_on < today
        if past and voucher.voucher_id in draft.card.open:
            rewards.give_back(draft, voucher, "expired")
    for unit in draft.card.units():
        lots = draft.card.lots.get(unit, ())
        living = draft.card.living(unit, today)
        draft.lose(unit, [lot for lot in lots if not living or expired(lot, today)])
    draft.settle()
    draft.card = lapsed.forgotten(draft.card, draft.today)
    kind: Kind = "tier" if draft.tier_changed else "issue"
    if draft.lines or draft.vouchers:
        kind = "expire"
    if not draft.vouchers:  # what lapsed unused is not issued anew before somebody comes again
        rewards.issue_automatic(draft)
    _no_longer_due(draft, EXPIRE)
    return _booked_if_any(draft, kind)


def _celebrate(draft: Draft, operation: Celebrate) -> Decision:
    """Give what there is for the day; an entry only when there is something."""
    draft.birthday = operation.birthday
    benefits.celebrate(draft, operation.occasion)
    rewards.issue_automatic(draft)
    _no_longer_due(draft, operation.occasion)
    return _booked_if_any(draft, "bonus")


def _give_benefits(draft: Draft) -> Decision:
    """Give what the tier brings in the new period."""
    benefits.give_due(draft)
    _no_longer_due(draft, BENEFITS)
    return _booked_if_any(draft, "issue")


def _grant_tier(draft: Draft, operation: GrantTier) -> Decision:
    """Give a right to a tier, or end it; what it brings is given at once."""
    rank = draft.program.tier_rank(operation.tier_id)
    if rank < 0:
        known = ", ".join(tier.id for tier in draft.program.tiers)
        raise Refused(Code.INVALID, "No such tier.", (("tier", f"must be one of: {known}"),))
    until = operation.until
    if operation.by == "membership" and not until:
        until = tiering.paid_until(draft.program.tiers[rank], draft.card, draft.today)
        if not until:
            mend = "is needed: this tier is not sold by the month or year"
            raise Refused(Code.INVALID, "Until when?", (("until", mend),))
    draft.card = tiering.given(draft.card, operation.tier_id, operation.by, until, draft.today)
    draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    draft.facts.update({"tier": operation.tier_id, "until": until, "by": operation.by})
    benefits.give_due(draft)
    rewards.issue_automatic(draft)
    return draft.decision("tier", unlocked=_issued(draft))


def _booked_if_any(draft: Draft, kind: Kind) -> Decision:
    """An entry when anything was booked, given or changed, else only the due list moves."""
    if draft.lines or draft.vouchers or draft.tier_changed or "waiting" in draft.facts:
        return draft.decision(kind, unlocked=_issued(draft))
    return draft.nothing_to_book()


def _review_tier(draft: Draft) -> Decision:
    """Decide the tier anew; an entry only when it changes."""
    draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    benefits.give_due(draft)
    rewards.issue_automatic(draft)
    _no_longer_due(draft, TIER)
    return _booked_if_any(draft, "tier" if draft.tier_changed else "issue")


def _no_longer_due(draft: Draft, job: str) -> Draft:
    """Take the card off the due list of one job; it is put on again if there is a next time."""
    due = {name: hour for name, hour in draft.card.due.items() if name != job}
    draft.card = draft.card._replace(due=due)
    return draft
