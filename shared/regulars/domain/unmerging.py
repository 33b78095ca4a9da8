"""Take a merge of two cards back, exactly, as long as nothing of what came over was used.

The difference between the kept card before the merge and after it is booked on the card as it is
now, as for a refund that is taken back. What the kept card earned since stays on it; the other
card is what it was, less what has expired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from regulars.domain import (
    calendar,
    carryover,
    compact,
    limits,
    reasons,
    reversal,
    rewards,
    tiering,
    voiding,
)
from regulars.domain.card import NOTHING, Card, Lot, Window
from regulars.domain.decision import Decision
from regulars.domain.draft import Draft
from regulars.domain.ledger import lot_dates, lot_name
from regulars.domain.merge_operations import Restore, Unmerge
from regulars.domain.merging import RULE, bring, newest_months, send
from regulars.domain.operations import Origin, Voucher
from regulars.domain.reasons import ReasonKind
from regulars.domain.refusals import RefusalCode, Refused

_V = TypeVar("_V")

_LotKey: TypeAlias = tuple[str, str, str]
"""A unit with the dates of a lot."""

UNDO_DAYS = 30
"""Days for which a merge can be taken back."""


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
    draft.card = _without_what_came(draft, draft.card._replace(held=held), as_now, before)
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
        tuple(
            (unit, Lot(*lot_dates(lot), amount)) for unit, lot, amount in facts.get("lapsed", ())
        ),
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
        rest=shell.rest,
    )  # fmt: skip
    for (unit, expires_on, available_on), amount in lots.items():
        if amount > 0:
            draft.put_back(unit, (Lot(expires_on, available_on, amount),), RULE, reason)
    for unit, owed in back.debt.items():
        draft.owe(unit, owed, RULE, reason)
    for voucher in operation.closed:
        _count(draft, voucher, -1)
    ids = {voucher.voucher_id for voucher in operation.vouchers}
    still = {one: held for one, held in back.open.items() if one in ids}
    bring(draft, operation.vouchers, still, shell.merged_into)
    draft.facts["merge"] = operation.merge_id
    draft.card = tiering.as_of(draft.program, draft.card, draft.today)


def _without_what_came(draft: Draft, card: Card, as_now: Card, before: Card) -> Card:
    """Return the card without rights to tiers that it has earned since the merge and would not have
    earned by its own months; those of before the merge stay."""
    judged = tiering.without_sale(draft.program, as_now, card, draft.today).held
    old = {name: held for name, held in card.held.items() if before.held.get(name) == held}
    kept = {name: old.get(name) or judged.get(name) for name in card.held}
    return card._replace(held={name: held for name, held in kept.items() if held})


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
        windows=newest_months(months),
        lifetime=_difference(card.lifetime, before.lifetime, after.lifetime),
        holds={
            signal: since
            for signal, since in card.holds.items()
            if signal in before.holds or signal not in after.holds
        },
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


def _vouchers_leave(draft: Draft, operation: Unmerge) -> dict[_LotKey, int]:
    """Send the vouchers that came over back, and cancel those that the merge issued; return by lot
    what the card holds more because some have given their units back."""
    now = {voucher.voucher_id: voucher for voucher in operation.vouchers}
    issued = operation.merge.facts.get("vouchers", ())
    if missing := [one for one in (*operation.other.open, *issued) if one not in now]:
        raise Refused(RefusalCode.CONFLICT, f"The voucher {missing[0]} cannot be read.")
    leaving, more = [], dict[_LotKey, int]()
    for voucher_id, held in operation.other.open.items():
        voucher = now[voucher_id]
        if voucher.status == "redeemed" or len(voucher.uses) != _uses_at(operation, voucher_id):
            raise _spent(f"the voucher {held.code} was used")
        if voucher_id in draft.card.open:
            leaving.append(voucher)
        elif voucher.uses:
            raise _spent(f"the voucher {held.code} has ended")
        else:  # its units came back to this card, and its place under a limit
            _add(more, *_lots_now(draft, voucher))
            _count(draft, voucher, 1)
    for voucher_id in issued:
        voucher = now[voucher_id]
        if voucher.status == "redeemed" or voucher.uses:
            raise _spent(f"the voucher {voucher.code} was used")
        _add(more, *_lots_now(draft, voucher))
        if voucher_id in draft.card.open:
            _cancel(draft, voucher)
        else:
            _count(draft, voucher, 1)
    send(draft, tuple(leaving))
    return more


def _count(draft: Draft, voucher: Voucher, times: int) -> None:
    """Count a voucher again (negative: no more) under the limit of its reward."""
    reward = draft.program.terms(voucher.reward_id, voucher.version)
    if reward and reward.limit is not None and voucher.lots:
        issued = calendar.local_date(calendar.from_ms(voucher.issued_ms), draft.program.timezone)
        period = limits.period(reward.limit_window, issued.isoformat())
        draft.card = limits.counted(draft.card, reward.id, period, times)


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


def _lots_leave(draft: Draft, before: Card, after: Card, more: Mapping[_LotKey, int]) -> None:
    """Book out by lot what the merge brought, as far as it has not expired since.

    Raises ALREADY_SPENT when something else of it is not there.
    """
    reason = reasons.plain(ReasonKind.UNMERGED)
    change = Counter(_by_lot(after))
    change.update(more)
    change.subtract(_by_lot(before))
    today = draft.today.isoformat()
    for (unit, expires_on, available_on), amount in sorted(change.items()):
        lot = Lot(expires_on, available_on, abs(amount))
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


def _lots_now(draft: Draft, voucher: Voucher) -> tuple[str, tuple[Lot, ...]]:
    """Return the unit and the lots that a voucher gives back, in units of today."""
    return carryover.lots_now(draft.program, voucher.unit, voucher.lots, voucher.version)


def _by_lot(card: Card) -> dict[_LotKey, int]:
    """Return the amounts of a card by unit and dates."""
    return {(unit, *lot.key): lot.amount for unit, lots in card.lots.items() for lot in lots}


def _add(sums: dict[_LotKey, int], unit: str, lots: tuple[Lot, ...]) -> None:
    for lot in lots:
        key = (unit, *lot.key)
        sums[key] = sums.get(key, 0) + lot.amount


def _put(mapping: dict[str, _V], name: str, value: _V | None) -> None:
    """Store a value under a name, or nothing for None."""
    mapping.pop(name, None)
    if value is not None:
        mapping[name] = value
