"""Make two cards of one member one, and take that back.

Everything comes over as it was: lots with their dates, windows in their months, rights to tiers
with their ends, remainders, counts of limits, open vouchers with their codes. What two cards count,
one card counts together. Debt is paid as always: by what can be spent. The other card is empty
from then on and names the one that is kept; the entries of both name each other.

Taking a merge back books the difference between the kept card before it and after it, as it is
done for a refund that is taken back. What the kept card earned since stays on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from regulars.domain import (
    benefits,
    carryover,
    compact,
    first_purchase,
    limits,
    reasons,
    reversal,
    rewards,
    streaks,
    tiering,
    visits,
    voiding,
)
from regulars.domain.card import MONTHS_KEPT, NOTHING, Card, Lot, OpenVoucher, TierRight, Window
from regulars.domain.decision import Decision
from regulars.domain.draft import Draft
from regulars.domain.ledger import lot_dates, lot_name
from regulars.domain.operations import (
    Carry,
    Merge,
    MergeInto,
    Origin,
    Refunded,
    Restore,
    Unmerge,
    Voucher,
)
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

_V = TypeVar("_V")

UNDO_DAYS = 30
"""Days for which a merge can be taken back."""

VOUCHERS_MAX = 25
"""Open vouchers that can come over: they are written in one transaction with both cards."""

RULE = "merge"
"""The rule that the lines of a merge name."""

_FIRST = ("0.0", 1)
"""How a card counts a first purchase that another card made."""


def book(draft: Draft, operation: Merge | MergeInto | Unmerge | Restore) -> None:
    """Book one side of a merge, or of taking it back."""
    match operation:
        case Merge():
            merge(draft, operation)
        case MergeInto():
            merge_into(draft, operation)
        case Unmerge():
            unmerge(draft, operation)
        case Restore():
            restore(draft, operation)


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
    _bring(draft, operation.vouchers, other.open, other.member_id)
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
    _send(draft, operation.vouchers)
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
    )  # fmt: skip


def moved(decision: Decision) -> dict[str, int]:
    """Sum by unit what came over with a merge; below 0 where the other card owed more."""
    sums: dict[str, int] = {}
    for line in decision.entry.lines if decision.entry else ():
        if line.reason.kind is ReasonKind.MERGED:
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
    return sums


def unmerge(draft: Draft, operation: Unmerge) -> None:
    """Book what came over out again.

    Raises UNDO_EXPIRED after UNDO_DAYS, ALREADY_SPENT when units or vouchers that came over were
    used since, or a sale of the other card was changed.
    """
    booked = operation.merge
    if draft.now_ms > booked.recorded_ms + UNDO_DAYS * 24 * 3600 * 1000:
        raise Refused(RefusalCode.UNDO_EXPIRED, f"A merge can be undone for {UNDO_DAYS} days.")
    if operation.carried:
        raise _spent("a sale of the other card was refunded or changed since")
    before, after = (
        carryover.carried_over(draft.program, card, draft.today)[0] for card in operation.around
    )
    as_now = draft.card
    draft.facts.update(
        {"unmerges": booked.seq, "merge": booked.facts["merge"], "from": operation.other.member_id}
    )
    more = _vouchers_leave(draft, operation)
    _lots_leave(draft, before, after, more)
    voiding.debts(draft, before, after, RULE, reasons.plain(ReasonKind.UNMERGED))
    _uncount(draft, before, after)
    held = dict(draft.card.held)
    for name in dict.fromkeys((*before.held, *after.held)):
        if held.get(name) == after.held.get(name):
            _put(held, name, before.held.get(name))
    draft.card = draft.card._replace(held=held)
    if as_now.tier == after.tier:
        draft.card = draft.card._replace(tier=before.tier)
        draft.card = tiering.as_of(draft.program, draft.card, draft.today)
    else:
        draft.card = tiering.reviewed(draft.program, draft.card, draft.today)
    draft.pay_debt()


def restored(decision: Decision, operation: Unmerge, origin: Origin) -> Restore:
    """Return what the other card gets back when a merge is undone."""
    if decision.entry is None:
        raise AssertionError("what is undone is booked")
    facts = decision.entry.facts
    known = {voucher.voucher_id: voucher for voucher in operation.vouchers}
    closed = (known[one] for one in operation.other.open if one not in facts.get("moved", ()))
    return Restore(
        origin,
        facts["merge"],
        operation.other,
        tuple(known[one] for one in facts.get("moved", ())),
        tuple(closed),
        tuple((unit, Lot(*lot_dates(lot), amount)) for unit, lot, amount in facts.get("lapsed", ())),
    )


def restore(draft: Draft, operation: Restore) -> None:
    """Book everything in again that the card had before the merge, less what expired since."""
    shell, reason = draft.card, reasons.plain(ReasonKind.UNMERGED)
    back, _ = carryover.carried_over(draft.program, operation.before, draft.today)
    lots = _by_lot(back)
    for voucher in operation.closed:
        _add(lots, *_lots_now(draft, voucher))
    for unit, gone in operation.lapsed:
        _add(lots, unit, (gone._replace(amount=-gone.amount),))
    draft.card = back._replace(
        version=shell.version, seq=shell.seq, head=shell.head, recorded_ms=shell.recorded_ms,
        traced=shell.traced, lots={}, debt={}, open={}, due={}, merged_into="",
    )  # fmt: skip
    for (unit, *dates), amount in lots.items():
        if amount > 0:
            draft.put_back(unit, (Lot(*dates, amount),), RULE, reason)
    for unit, owed in back.debt.items():
        draft.owe(unit, owed, RULE, reason)
    still = {one: held for one, held in back.open.items() if one in _ids(operation.vouchers)}
    _bring(draft, operation.vouchers, still, shell.merged_into)
    draft.facts["merge"] = operation.merge_id
    draft.card = tiering.as_of(draft.program, draft.card, draft.today)


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
        windows=_newest_months(months),
        lifetime=kept.lifetime.plus(*other.lifetime),
        last_visit_ms=max(kept.last_visit_ms, other.last_visit_ms),
        came=visits.newest_days(came),
        visited=visits.newest(visited),
        held=held,
        inactive_after=inactive_after,
        taken=_taken(kept, other),
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


def _uncount(draft: Draft, before: Card, after: Card) -> None:
    """Take what the other card counted off the kept one."""
    card = draft.card
    months = {
        month: _difference(*(one.windows.get(month, NOTHING) for one in (card, before, after)))
        for month in sorted({*card.windows, *before.windows, *after.windows})
    }
    months = {
        month: sums for month, sums in months.items() if month in before.windows or sums != NOTHING
    }
    draft.card = card._replace(
        windows=_newest_months(months),
        lifetime=_difference(card.lifetime, before.lifetime, after.lifetime),
    )
    if draft.card.enrolled_ms == after.enrolled_ms:
        draft.card = draft.card._replace(enrolled_ms=before.enrolled_ms)
    for rule in dict.fromkeys((*before.carry, *after.carry)):
        reversal.move_carry(draft, rule, before.carry.get(rule, 0) - after.carry.get(rule, 0))
    inactive_after = dict(draft.card.inactive_after)
    for unit, day in after.inactive_after.items():
        if inactive_after.get(unit) == day:
            _put(inactive_after, unit, before.inactive_after.get(unit))
    now = draft.card.taken
    as_merged = [
        name for name in (*before.taken, *after.taken) if now.get(name) == after.taken.get(name)
    ]
    draft.card = draft.card._replace(inactive_after=inactive_after)
    voiding.count_again(draft, before, after)
    taken = dict(draft.card.taken)
    for name in as_merged:  # nobody has counted there since
        _put(taken, name, before.taken.get(name))
    draft.card = draft.card._replace(taken=taken)


def _difference(now: Window, before: Window, after: Window) -> Window:
    """Return a sum without what lies between two others."""
    return now.plus(*before).plus(*(-amount for amount in after))


def _newest_months(months: Mapping[int, Window]) -> dict[int, Window]:
    """Return the windows of the newest months, as many as a card keeps."""
    oldest = max(months, default=0) - MONTHS_KEPT + 1
    return {month: sums for month, sums in months.items() if month >= oldest}


def _vouchers_leave(draft: Draft, operation: Unmerge) -> dict[tuple[str, str, str], int]:
    """Send the vouchers that came over back, and cancel those that the merge issued; return by lot
    what the card holds more because some have given their units back."""
    now = {voucher.voucher_id: voucher for voucher in operation.vouchers}
    issued = operation.merge.facts.get("vouchers", ())
    if missing := [one for one in (*operation.other.open, *issued) if one not in now]:
        raise Refused(RefusalCode.CONFLICT, f"The voucher {missing[0]} cannot be read.")
    leaving, more = [], dict[tuple[str, str, str], int]()
    for voucher_id, held in operation.other.open.items():
        voucher = now[voucher_id]
        if voucher.status == "redeemed" or len(voucher.uses) != _uses_at(operation, voucher_id):
            raise _spent(f"the voucher {held.code} was used")
        if voucher_id in draft.card.open:
            leaving.append(voucher)
        elif voucher.uses:
            raise _spent(f"the voucher {held.code} has ended")
        else:  # its units came back to this card
            _add(more, *_lots_now(draft, voucher))
    for voucher_id in issued:
        voucher = now[voucher_id]
        if voucher.status == "redeemed" or voucher.uses:
            raise _spent(f"the voucher {voucher.code} was used")
        _add(more, *_lots_now(draft, voucher))
        if voucher_id in draft.card.open:
            _cancel(draft, voucher)
    _send(draft, tuple(leaving))
    return more


def _uses_at(operation: Unmerge, voucher_id: str) -> int:
    """Return how often a credit had been used in part when it came over."""
    written = operation.merge.facts.get("came", {}).get(voucher_id)
    return len(compact.voucher_of(voucher_id, 0, written).uses) if written else 0


def _cancel(draft: Draft, voucher: Voucher) -> None:
    """Cancel a voucher that the merge issued; what it counted in limits is uncounted apart."""
    unit, lots = _lots_now(draft, voucher)
    draft.put_back(unit, lots, voucher.reward_id, reasons.plain(ReasonKind.UNMERGED))
    rewards.close(draft, voucher, "cancelled")
    draft.facts.setdefault("returned", []).append(voucher.voucher_id)
    reward = draft.program.terms(voucher.reward_id, voucher.version)
    if reward and reward.stock:
        draft.count(rewards.stock_name(reward), -1, reward.stock)


def _lots_leave(
    draft: Draft, before: Card, after: Card, more: Mapping[tuple[str, str, str], int]
) -> None:
    """Book out by lot what the merge brought, as far as it has not expired since.

    Raises ALREADY_SPENT when something else of it is not there.
    """
    reason = reasons.plain(ReasonKind.UNMERGED)
    change = Counter(_by_lot(after))
    change.update(more)
    change.subtract(_by_lot(before))
    today = draft.today.isoformat()
    for (unit, *dates), amount in sorted(change.items()):
        lot = Lot(*dates, abs(amount))
        if amount < 0:
            draft.put_back(unit, (lot,), RULE, reason)
            continue
        there = {held.key: held.amount for held in draft.card.lots.get(unit, ())}.get(lot.key, 0)
        piece = min(amount, there)
        if piece:
            draft.take_out(unit, (lot._replace(amount=piece),), RULE, reason)
        if piece < amount:
            if not lot.expires_on or lot.expires_on >= today:
                raise _spent(f"{amount - piece} of {unit} are not there any more")
            gone = [unit, lot_name(*lot.key), amount - piece]
            draft.facts.setdefault("lapsed", []).append(gone)


def _spent(what: str) -> Refused:
    return Refused(RefusalCode.ALREADY_SPENT, f"The merge cannot be undone: {what}.")


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


def _bring(
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


def _send(draft: Draft, vouchers: tuple[Voucher, ...]) -> None:
    """Close vouchers that go to another card."""
    for voucher in vouchers:
        if voucher.voucher_id in draft.card.open:
            rewards.close(draft, voucher, "moved")
            draft.facts.setdefault("moved", []).append(voucher.voucher_id)


def _lots_now(draft: Draft, voucher: Voucher) -> tuple[str, tuple[Lot, ...]]:
    """Return the unit and the lots that a voucher gives back, in units of today."""
    return carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)


def _by_lot(card: Card) -> dict[tuple[str, str, str], int]:
    """Return the amounts of a card by unit and dates."""
    return {(unit, *lot.key): lot.amount for unit, lots in card.lots.items() for lot in lots}


def _add(sums: dict[tuple[str, str, str], int], unit: str, lots: tuple[Lot, ...]) -> None:
    for lot in lots:
        key = (unit, *lot.key)
        sums[key] = sums.get(key, 0) + lot.amount


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


def _put(mapping: dict[str, _V], name: str, value: _V | None) -> None:
    """Store a value under a name, or nothing for None."""
    mapping.pop(name, None)
    if value is not None:
        mapping[name] = value
