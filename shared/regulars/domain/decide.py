"""Decide what one operation does to one card.

Pure: the same programme, card, operation and time always give the same Decision, or raise the same
Refused. The counter, the tills, the jobs, the previews and the simulator all call this.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from regulars.domain import (
    accrual,
    benefits,
    breakage,
    reasons,
    rewards,
    surprises,
    tiering,
)
from regulars.domain.card import Card, Lot, expired
from regulars.domain.decision import Decision
from regulars.domain.draft import Draft
from regulars.domain.due import BENEFITS, EXPIRE, HELD_VISIT, TIER
from regulars.domain.ledger import Kind
from regulars.domain.operations import (
    Adjust,
    Adopt,
    AnyOperation,
    Cancel,
    Celebrate,
    ClearDue,
    Confirm,
    Earn,
    Erase,
    Expire,
    Give,
    GiveBenefits,
    GiveSurprise,
    GrantBonus,
    GrantTier,
    Issue,
    Join,
    Receive,
    Redeem,
    Reverse,
    ReverseRedemption,
    ReviewTier,
    Revise,
    RewardAction,
    Void,
    Voucher,
)
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused

if TYPE_CHECKING:
    from regulars.domain.held_visits import ConfirmVisit, DropVisit, HoldVisit
    from regulars.domain.holding import Hold, Release
    from regulars.domain.merge_operations import Merge, MergeInto, Restore, Unmerge
    from regulars.domain.operations import Carry


def decide(program: Program, card: Card, operation: AnyOperation, now: datetime) -> Decision:
    """Decide one operation on one card.

    `now` is an aware instant; the entry is recorded at it, or a millisecond after the newest
    entry if that is later. Raises Refused with the first refusal that applies: NOT_FOUND for a card
    whose member was erased, or that was merged into another.
    """
    if card.erased_ms or (card.merged_into and not _restores(operation)):
        raise Refused(RefusalCode.NOT_FOUND)
    draft = Draft(program, card, operation, now)
    if operation.origin.allowance:
        from regulars.domain import staff_limits

        staff_limits.require_within(operation.origin.allowance, operation, draft.today.isoformat())
    if isinstance(operation, _REVIEWS_TIER_FIRST):
        draft.card = tiering.as_of(program, draft.card, draft.today)
    if isinstance(operation, _PAYS_DEBT_FIRST):
        draft.pay_debt()
    # What is rare is imported where it is needed: every cold start of a stamp waits for the rest.
    match operation:
        case Join():
            accrual.join(draft, operation)
            return draft.decision("join", unlocked=_issued(draft))
        case Earn():
            refused = accrual.earn(draft, operation)
            return draft.decision("earn", unlocked=_issued(draft), refused=tuple(refused))
        case RewardAction():
            accrual.act(draft, operation)
            return draft.decision("bonus", unlocked=_issued(draft))
        case GrantBonus():
            accrual.bonus(draft, operation)
            return draft.decision("bonus", unlocked=_issued(draft))
        case GiveSurprise():
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
        case ReverseRedemption():
            rewards.reverse_redemption(draft, operation)
            return draft.decision("reverse")
        case Cancel():
            rewards.cancel(draft, operation)
            return draft.decision("cancel")
        case Adjust():
            _adjust(draft, operation)
            return draft.decision("adjust", unlocked=_issued(draft))
        case Give():
            from regulars.domain import giving

            giving.give(draft, operation)
            return draft.decision("adjust")
        case Receive():
            from regulars.domain import giving

            giving.receive(draft, operation)
            return draft.decision("adjust", unlocked=_issued(draft))
        case Reverse():
            from regulars.domain import reversal

            refunded, refused = reversal.reverse(draft, operation)
            return draft.decision(
                "reverse", unlocked=_issued(draft), refused=tuple(refused),
                refunded=refunded, refunded_of=operation.original.seq,
            )  # fmt: skip
        case Revise():
            from regulars.domain import revising

            refunded, refused = revising.revise(draft, operation)
            return draft.decision(
                "earn", unlocked=_issued(draft), refused=tuple(refused),
                refunded=refunded, refunded_of=operation.original.seq,
            )  # fmt: skip
        case Adopt():
            from regulars.domain import moving

            refunded, refused = moving.adopt(draft, operation)
            return draft.decision(
                "earn", unlocked=_issued(draft), refused=tuple(refused), refunded=refunded
            )
        case Confirm():
            from regulars.domain import confirming

            refunded = confirming.confirm(draft, operation)
            return draft.decision(
                "adjust", unlocked=_issued(draft),
                refunded=refunded, refunded_of=operation.sale.original.seq,
            )  # fmt: skip
        case Void():
            from regulars.domain import voiding

            refunded = voiding.void(draft, operation)
            return draft.decision(
                "reverse", unlocked=_issued(draft),
                refunded=refunded, refunded_of=operation.original.seq,
            )  # fmt: skip
        case Expire():
            return _expire(draft, operation)
        case ReviewTier():
            draft.birthday = operation.birthday
            return _review_tier(draft)
        case ClearDue():
            draft.birthday = operation.birthday
            return _no_longer_due(draft, operation.job).nothing_to_book()
        case Erase():
            if operation.seq not in {0, card.seq}:
                raise Refused(RefusalCode.CONFLICT, "The card was used meanwhile; look again.")
            draft.card = draft.card._replace(erased_ms=draft.now_ms, due={})
            return draft.decision("erase")
        case _:
            return _rare(draft, operation)


def _restores(operation: AnyOperation) -> bool:
    """Tell whether an operation gives a card back what a merge took."""
    from regulars.domain.merge_operations import Restore

    return isinstance(operation, Restore)


_Rare: TypeAlias = (
    "Hold | Release | HoldVisit | ConfirmVisit | DropVisit | Merge | MergeInto | Unmerge | Restore"
    "| Carry"
)


def _rare(draft: Draft, operation: _Rare) -> Decision:
    """Book what is rare: a hold, its end, a visit that waits, one side of a merge."""
    from regulars.domain import held_visits, holding

    match operation:
        case held_visits.HoldVisit():
            held_visits.hold(draft, operation)
            return draft.decision("earn")
        case held_visits.ConfirmVisit():
            refused = held_visits.confirm(draft, operation)
            _no_longer_due(draft, HELD_VISIT)
            return draft.decision("earn", unlocked=_issued(draft), refused=tuple(refused))
        case held_visits.DropVisit():
            held_visits.drop(draft, operation)
            _no_longer_due(draft, HELD_VISIT)
            return draft.decision("expire")
        case holding.Hold():
            holding.hold(draft, operation)
            return draft.decision("adjust")
        case holding.Release():
            holding.release(draft, operation)
            rewards.issue_automatic(draft)
            return draft.decision("adjust", unlocked=_issued(draft))
        case _:
            return _merge(draft, operation)


def _merge(draft: Draft, operation: Merge | MergeInto | Unmerge | Restore | Carry) -> Decision:
    """Book one side of a merge, of taking it back, or a sale that came over with one."""
    from regulars.domain import merging, unmerging
    from regulars.domain.merge_operations import Merge, MergeInto, Restore, Unmerge

    match operation:
        case Merge():
            merging.merge(draft, operation)
        case MergeInto():
            merging.merge_into(draft, operation)
        case Unmerge():
            unmerging.unmerge(draft, operation)
        case Restore():
            unmerging.restore(draft, operation)
        case _:
            return draft.decision("merge", refunded=merging.carry(draft, operation))
    return draft.decision("merge")


_PAYS_DEBT_FIRST = (
    Earn, RewardAction, GrantBonus, GiveSurprise, Issue, Redeem, Cancel, Adjust, GrantTier, Reverse,
    Revise, Void, Give, Receive, Adopt, Confirm,
)  # fmt: skip
"""Operations by or for the member: available units pay debt before anything else."""

_REVIEWS_TIER_FIRST = (
    Earn,
    RewardAction,
    GrantBonus,
    GiveSurprise,
    Celebrate,
    GiveBenefits,
    Issue,
    Adjust,
    Receive,
    Reverse,
    Revise,
    Void,
    Adopt,
    Expire,
)
"""Operations that depend on the tier: it is brought up to date first."""


def _issued(draft: Draft) -> tuple[Voucher, ...]:
    return tuple(voucher for voucher in draft.vouchers.values() if voucher.status == "issued")


def _adjust(draft: Draft, operation: Adjust) -> None:
    """Correct a balance by hand; raises INSUFFICIENT_BALANCE instead of unwanted debt."""
    reason = reasons.adjust(operation.reason)
    if operation.unit not in {*draft.program.units, *draft.card.units()}:
        known = ", ".join(dict.fromkeys((*draft.program.units, *draft.card.units())))
        raise Refused(RefusalCode.INVALID, "No such unit.", (("unit", f"must be one of: {known}"),))
    if operation.amount > 0 and operation.expires_on:
        draft.renew(operation.unit)
        lot = Lot(operation.expires_on, "", operation.amount)
        draft.grant_into(operation.unit, operation.amount, "adjust", reason, lot)
        rewards.issue_automatic(draft)
        return
    if operation.amount > 0:
        draft.grant(operation.unit, operation.amount, "adjust", reason)
        rewards.issue_automatic(draft)
        return
    pieces, rest = draft.spend(operation.unit, -operation.amount, "adjust", reason)
    if pieces:
        draft.renew(operation.unit)
    if rest and not operation.allow_debt:
        available = sum(piece.amount for piece in pieces)
        raise Refused(RefusalCode.INSUFFICIENT_BALANCE, f"Only {available} can be taken off.")
    draft.owe(operation.unit, rest, "adjust", reason)


def _expire(draft: Draft, operation: Expire) -> Decision:
    """Return the lots of expired vouchers, book out expired lots, then use what is no longer
    pending: it pays debt and unlocks automatic rewards."""
    today = draft.today.isoformat()
    for voucher in operation.vouchers:
        past = bool(voucher.expires_on) and voucher.expires_on < today
        if past and voucher.voucher_id in draft.card.open:
            rewards.give_back(draft, voucher, "expired")
            rewards.lapse(draft, voucher)
    for unit in draft.card.units():
        lots = draft.card.lots.get(unit, ())
        valid = draft.card.valid_lots(unit, today)
        draft.expire_lots(unit, [lot for lot in lots if not valid or expired(lot, today)])
    draft.pay_debt()
    if draft.lines or draft.vouchers:  # alone it is not worth an entry
        draft.card = breakage.pruned(draft.card, draft.today)
    kind: Kind = "tier" if draft.tier_changed else "issue"
    if len(draft.lines) > draft.carried or draft.vouchers:
        kind = "expire"
    if not draft.vouchers:  # an expired voucher is not issued again before the next visit
        _issue_by_job(draft)
    _no_longer_due(draft, EXPIRE)
    return _booked_if_any(draft, kind)


def _issue_by_job(draft: Draft) -> None:
    from regulars.domain import by_job

    by_job.issue(draft)


def _celebrate(draft: Draft, operation: Celebrate) -> Decision:
    """Give what is due for the day; book an entry only when there is something."""
    draft.birthday = operation.birthday
    benefits.celebrate(draft, operation.occasion)
    _issue_by_job(draft)
    _no_longer_due(draft, operation.occasion)
    return _booked_if_any(draft, "bonus")


def _give_benefits(draft: Draft) -> Decision:
    """Give the tier's benefits of the new period."""
    benefits.give_due(draft)
    _no_longer_due(draft, BENEFITS)
    return _booked_if_any(draft, "issue")


def _grant_tier(draft: Draft, operation: GrantTier) -> Decision:
    """Give a right to a tier, or end it, and give the tier's benefits at once."""
    rank = draft.program.tier_rank(operation.tier_id)
    if rank < 0:
        known = ", ".join(tier.id for tier in draft.program.tiers)
        raise Refused(RefusalCode.INVALID, "No such tier.", (("tier", f"must be one of: {known}"),))
    until, first = operation.until, draft.today
    if operation.by == "membership":
        first = tiering.paid_from(draft.card, operation.tier_id, draft.today)
    if operation.by == "membership" and not until:
        until = tiering.paid_until(draft.program.tiers[rank], first)
        if not until:
            hint = "is needed: this tier is not sold by the month or year"
            raise Refused(RefusalCode.INVALID, "Until when?", (("until", hint),))
    draft.card = tiering.given(draft.card, operation.tier_id, operation.by, until, draft.today)
    draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    draft.facts.update({"tier": operation.tier_id, "until": until, "by": operation.by})
    if operation.by == "membership":
        draft.facts["from"] = first.isoformat()
    if operation.paid_minor:
        draft.facts["paid"] = operation.paid_minor
    if operation.order_id:
        draft.facts["order"] = operation.order_id
    benefits.give_due(draft)
    rewards.issue_automatic(draft)
    return draft.decision("tier", unlocked=_issued(draft))


def _booked_if_any(draft: Draft, kind: Kind) -> Decision:
    """Book an entry when anything was booked, given or changed; else only update the due list.

    A right that was prolonged or a date of inactivity that was set changes the card, too: without
    an entry nobody could rebuild it.
    """
    if draft.only_carried and not (draft.vouchers or draft.tier_changed):
        return draft.decision("adjust")
    if draft.lines or draft.vouchers or "waiting" in draft.facts:
        return draft.decision(kind, unlocked=_issued(draft))
    return draft.decision("tier") if draft.changed else draft.nothing_to_book()


def _review_tier(draft: Draft) -> Decision:
    """Review the tier; book an entry only when something changes."""
    draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    benefits.give_due(draft)
    rewards.issue_automatic(draft)
    _no_longer_due(draft, TIER)
    return _booked_if_any(draft, "tier" if draft.tier_changed else "issue")


def _no_longer_due(draft: Draft, job: str) -> Draft:
    """Remove the card from one job's due list; `decision` adds it again if it has a next date."""
    due = {name: hour for name, hour in draft.card.due.items() if name != job}
    draft.card = draft.card._replace(due=due)
    return draft
