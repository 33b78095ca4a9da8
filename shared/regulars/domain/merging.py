"""Make two cards of one member one.

Everything comes over as it was: lots with their dates, windows in their months, rights to tiers
with their ends, remainders, counts of limits, open vouchers with their codes. What two cards count,
one card counts together. Debt is paid as always: by what can be spent. The other card is empty
from then on and names the one that is kept; the entries of both name each other.
`unmerging.py` takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from regulars.domain import (
    benefits,
    compact,
    first_purchase,
    limits,
    reasons,
    rewards,
    streaks,
    tiering,
    visits,
)
from regulars.domain.card import MONTHS_KEPT, NOTHING, Card, OpenVoucher, TierRight, Window
from regulars.domain.decision import Decision
from regulars.domain.draft import Draft
from regulars.domain.merge_operations import Merge, MergeInto
from regulars.domain.operations import Carry, Refunded, Voucher
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

VOUCHERS_MAX = 25
"""Open vouchers that can come over: they are written in one transaction with both cards."""

RULE = "merge"
"""The rule that the lines of a merge name."""

_FIRST = ("0.0", 1)
"""How a card counts a first purchase that another card made."""


def merge(draft: Draft, operation: Merge) -> None:
    """Book everything of the other card in.

    Raises LIMIT_REACHED when it has more open vouchers than VOUCHERS_MAX, CONFLICT when some of
    them were not read.
    """
    _expire_idle(draft)
    kept, other = draft.card, _as_it_leaves(draft, operation)
    _require_vouchers(other, operation.vouchers)
    reason = reasons.plain(ReasonKind.MERGED)
    for unit, lots in other.lots.items():
        draft.put_back(unit, lots, RULE, reason)
    for unit, owed in other.debt.items():
        draft.owe(unit, owed, RULE, reason)
    draft.card = together(draft.program, draft.card, other)
    draft.facts.update(
        {"merge": operation.merge_id, "from": other.member_id, "from_head": operation.other.head}
    )
    bring(draft, operation.vouchers, other.open, other.member_id)
    draft.birthday = operation.birthday
    draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    draft.card = draft.card._replace(tier=_since(draft.card.tier, kept.tier, other.tier))
    benefits.give_due(draft)
    draft.pay_debt()
    rewards.issue_automatic(draft)


def merge_into(draft: Draft, operation: MergeInto) -> None:
    """Book everything out; the card names the one that is kept."""
    _expire_idle(draft)
    card = draft.card
    _require_vouchers(card, operation.vouchers)
    reason = reasons.plain(ReasonKind.MERGED)
    for unit, lots in card.lots.items():
        draft.take_out(unit, lots, RULE, reason)
    for unit, owed in card.debt.items():
        draft.owe(unit, -owed, RULE, reason)
    send(draft, operation.vouchers)
    draft.facts.update(
        {
            "merge": operation.merge_id,
            "into": operation.kept.member_id,
            "into_head": operation.kept.head,
        }
    )
    draft.card = Card(
        card.member_id, card.version, card.seq, card.head, card.recorded_ms, card.enrolled_ms,
        stepped=card.stepped, traced=card.traced, merged_into=operation.kept.member_id,
        rest=card.rest,
    )  # fmt: skip


def moved(decision: Decision) -> dict[str, int]:
    """Sum by unit what came over with a merge; below 0 where the other card owed more."""
    sums: dict[str, int] = {}
    for line in decision.entry.lines if decision.entry else ():
        if line.reason.kind is ReasonKind.MERGED:
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
    return sums


def carry(draft: Draft, operation: Carry) -> Refunded:
    """Book that a sale of the other card is one of this card now; nothing else moves."""
    draft.facts["carried"] = [operation.of, operation.seq, operation.refunded.revised_seq]
    if operation.order_id:
        draft.facts["order"] = operation.order_id
    if operation.vouchers:
        draft.facts["came"] = {}
    for of, voucher in operation.vouchers:
        here = voucher._replace(issued_seq=draft.card.seq + 1)
        draft.vouchers[here.voucher_id] = here
        draft.came[here.voucher_id] = of
        draft.facts["came"][here.voucher_id] = compact.voucher(here)
    return operation.refunded._replace(revised_seq=0)


def together(program: Program, kept: Card, other: Card) -> Card:
    """Return the kept card with what the other one counts; lots, debt, vouchers and the tier that
    holds are booked apart."""
    months = {
        month: kept.windows.get(month, NOTHING).plus(*other.windows.get(month, NOTHING))
        for month in sorted({*kept.windows, *other.windows})
    }
    held = dict(kept.held)
    for name, theirs in other.held.items():
        held[name] = _longer(held.get(name), theirs)
    inactive_after = dict(kept.inactive_after)
    for unit, day in other.inactive_after.items():
        inactive_after[unit] = max(day, inactive_after.get(unit, ""))
    carry = Counter(kept.carry)
    carry.update(other.carry)
    came, visited = Counter(kept.came), Counter(kept.visited)
    came.update(other.came)
    visited.update(other.visited)
    card = kept._replace(
        enrolled_ms=min(filter(None, (kept.enrolled_ms, other.enrolled_ms)), default=0),
        carry={rule: left for rule, left in carry.items() if left},
        windows=newest_months(months),
        lifetime=kept.lifetime.plus(*other.lifetime),
        last_visit_ms=max(kept.last_visit_ms, other.last_visit_ms),
        came=visits.newest_days(came),
        visited=visits.newest(visited),
        held=held,
        inactive_after=inactive_after,
        taken=_taken(kept, other),
        holds={**other.holds, **kept.holds},
    )
    return _streaks(program, card, kept, other)


def _taken(kept: Card, other: Card) -> dict[str, tuple[str, int]]:
    """Add up what both cards count: within a period; of two periods the later one counts."""
    taken = dict(kept.taken)
    for name, (period, count) in other.taken.items():
        mine = taken.get(name)
        if name == first_purchase.NAME:
            taken.setdefault(name, _FIRST)
        elif mine is None or name.startswith(_SINGLE):
            taken.setdefault(name, (period, count))
        elif name.startswith(_EXPIRED):
            taken[name] = max(mine[0], period), mine[1] + count
        elif mine[0] == period:
            taken[name] = period, mine[1] + count
        else:
            taken[name] = max(mine, (period, count))
    return taken


_SINGLE = "l:"
"""Names of visits that were refunded: each is known once."""

_EXPIRED = "x:"
"""Names of what expired, by lot: the period is the last day by inactivity."""


def _streaks(program: Program, card: Card, kept: Card, other: Card) -> Card:
    """Return the card with the streaks of both joined. What was rewarded of either counts for the
    streak it is part of now."""
    for kind in sorted(streaks.KINDS):
        runs = [(one, streaks.running(one, kind)) for one in (kept, other)]
        periods = Counter(runs[0][1].by_period())
        periods.update(runs[1][1].by_period())
        joined = streaks.joined(periods)
        if not joined.visits:
            continue
        card, first = streaks.stored(card, kind, joined), streaks.name_of(kind, joined)
        for milestone in program.milestones:
            name = f"m:{milestone.id}"
            if milestone.metric == kind:
                rewarded = sum(
                    limits.given(one, name, streaks.name_of(kind, run))
                    for one, run in runs
                    if run.visits and run.first >= joined.first
                )
                card = limits.with_count(card, name, first, rewarded)
    return card


def newest_months(months: Mapping[int, Window]) -> dict[int, Window]:
    """Return the windows of the newest months, as many as a card keeps."""
    oldest = max(months, default=0) - MONTHS_KEPT + 1
    return {month: sums for month, sums in months.items() if month >= oldest}


def _expire_idle(draft: Draft) -> None:
    """Book out what has expired by inactivity, in case the hourly job has not run yet: a merge
    gives nothing of it back."""
    for unit, lots in tuple(draft.card.lots.items()):
        if not draft.card.valid_lots(unit, draft.today.isoformat()):
            draft.expire_lots(unit, lots)


def _as_it_leaves(draft: Draft, operation: Merge) -> Card:
    """Return the other card as its own entry leaves it, just before it is emptied."""
    other = Draft(draft.program, operation.other, operation, draft.now)
    _expire_idle(other)
    return other.card


def _require_vouchers(card: Card, vouchers: tuple[Voucher, ...]) -> None:
    if len(card.open) > VOUCHERS_MAX:
        raise Refused(
            RefusalCode.LIMIT_REACHED,
            f"The other card has {len(card.open)} open vouchers and {VOUCHERS_MAX} can come over; "
            "merge the other way round, or let some be used first.",
        )
    if missing := set(card.open) - _ids(vouchers):
        raise Refused(RefusalCode.CONFLICT, f"The voucher {min(missing)} cannot be read.")


def _ids(vouchers: tuple[Voucher, ...]) -> set[str]:
    return {voucher.voucher_id for voucher in vouchers}


def bring(
    draft: Draft, vouchers: tuple[Voucher, ...], held: Mapping[str, OpenVoucher], of: str
) -> None:
    """Open vouchers that come from another card, as they were there."""
    seq = draft.card.seq + 1
    here = [
        voucher._replace(issued_seq=seq, status="issued", closed_ms=0)
        for voucher in vouchers
        if voucher.voucher_id in held
    ]
    draft.card = draft.card._replace(open={**draft.card.open, **held})
    for voucher in here:
        draft.vouchers[voucher.voucher_id] = voucher
        draft.came[voucher.voucher_id] = of
    if here:
        draft.facts["came"] = {one.voucher_id: compact.voucher(one) for one in here}


def send(draft: Draft, vouchers: tuple[Voucher, ...]) -> None:
    """Close vouchers that go to another card."""
    for voucher in vouchers:
        if voucher.voucher_id in draft.card.open:
            rewards.close(draft, voucher, "moved")
            draft.facts.setdefault("moved", []).append(voucher.voucher_id)


def _longer(mine: TierRight | None, theirs: TierRight) -> TierRight:
    """Return the right that lasts longer, held since the earlier day."""
    if mine is None:
        return theirs
    longer = theirs if tiering.later(theirs.until, mine.until) else mine
    return longer._replace(since=min(mine.since, theirs.since))


def _since(now: TierRight | None, *before: TierRight | None) -> TierRight | None:
    """Return the tier with the earliest day on which either card had it."""
    days = [one.since for one in before if one and now and one.id == now.id]
    return now._replace(since=min(days)) if now and days else now
