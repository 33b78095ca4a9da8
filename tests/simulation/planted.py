"""Mistakes put in on purpose: a simulator that does not find them finds nothing.

Each is a change of the product's own functions for as long as a block lasts; what it does wrong is
in its name. They are small, as the mistakes of a tired afternoon are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from regulars.actions import refunds
from regulars.domain import (
    accrual,
    card,
    decide,
    draft,
    due,
    expiry,
    limits,
    reasons,
    reversal,
    rewards,
    shares,
    taking,
    tiering,
    visits,
)
from regulars.domain import (
    ledger as domain_ledger,
)
from regulars.domain.card import Lot
from regulars.domain.operations import Refunded
from regulars.domain.refusals import Refused
from regulars.store import answers, cards, ledger, reversals, table
from regulars.store.table import Count, Put
from tests.simulation import (
    planted_around,
    planted_corrections,
    planted_damage,
    planted_program,
    planted_refunds,
)
from tests.simulation.planted_around import Patch, patched


def _without_condition(matches: Callable[[Put], bool]) -> list[Patch]:
    """Writes as they are, but some have no condition."""
    writes = ledger.Ledger._writes

    def changed(self: Any, *given: Any) -> list[Any]:
        return [
            Put(one.item) if isinstance(one, Put) and matches(one) else one
            for one in writes(self, *given)
        ]

    return [(ledger.Ledger, "_writes", changed)]


def _sort_key(start: str) -> Callable[[Put], bool]:
    return lambda put: put.item["SK"].startswith(start)


def _one_by_one() -> list[Patch]:
    def transact(self: table.Table, writes: Sequence[Any]) -> None:
        for write in writes:
            if isinstance(write, Put):
                self.put(write.item, write.condition)

    return [(table.Table, "transact", transact)]


def _last_to_expire_first() -> list[Patch]:
    order = card._spending_order
    return [(card, "_spending_order", lambda lot: tuple(_reversed_text(x) for x in order(lot)))]


def _reversed_text(part: Any) -> Any:
    return not part if isinstance(part, bool) else (*(-ord(char) for char in part), 1)


def _spendable(test: Callable[[Lot, str], bool]) -> list[Patch]:
    return [(card, "spendable", test)]


def _expired(test: Callable[[Lot, str], bool]) -> list[Patch]:
    return [(card, "expired", test), (decide, "expired", test)]


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _share_up(span: shares.Span, size: int, part: int) -> int:
    return size if part >= span.whole else -(-size * part // span.whole)


def _each_part_by_itself(span: shares.Span, granted: int) -> int:
    return int(granted * (span.after - span.before) / span.whole)


def _fresh_lots() -> list[Patch]:
    def give_back(of: Any, voucher: Any, status: Any) -> None:
        reason = reasons.returned(voucher.reward_id, voucher.voucher_id)
        if voucher.lots:
            of.grant(
                voucher.unit, sum(lot.amount for lot in voucher.lots), voucher.reward_id, reason
            )
        rewards.close(of, voucher, status)
        of.facts.setdefault("returned", []).append(voucher.voucher_id)

    return [(rewards, "give_back", give_back)]


def _refusals_are_not_kept() -> list[Patch]:
    refuse = ledger.Ledger._refuse

    def changed(self: Any, operation: Any, request: Any, refused: Refused, now: Any) -> Any:
        return refuse(self, operation, request._replace(store_refusal=False), refused, now)

    return [(ledger.Ledger, "_refuse", changed)]


def _debt_is_not_paid() -> list[Patch]:
    def grant(self: Any, unit_id: str, amount: int, rule: str, why: Any) -> None:
        dates = expiry.lot_dates_for(self.program.units.get(unit_id), self.today)
        self.put_back(unit_id, (Lot(*dates, amount),), rule, why)

    return [(draft.Draft, "grant", grant)]


def _numbered_by_the_clock() -> list[Patch]:
    entry = domain_ledger.Entry

    def changed(**given: Any) -> Any:
        return entry(**{**given, "seq": given["recorded_ms"] % 10**9})

    return [(draft, "Entry", changed)]


def _chained_to_none() -> list[Patch]:
    recorded = domain_ledger.recorded
    return [(draft, "recorded", lambda entry, _: recorded(entry, ""))]


def _moved_down_at_once() -> list[Patch]:
    def changed(program: Any, one: Any, today: date, _: date) -> Any:
        return tiering.reviewed(program, one, today)

    return [(accrual, "upgraded", changed)]


def _uses_stay_used() -> list[Patch]:
    return [(taking, "rest", lambda *_: None)]


def _counters_without_a_limit() -> list[Patch]:
    count = table._count

    def changed(write: Count) -> Any:
        update = count(write)
        update.pop("ConditionExpression", None)
        update["ExpressionAttributeValues"].pop(":most", None)
        return update

    return [(table, "_count", changed)]


def _fingerprints_are_not_compared() -> list[Patch]:
    replay = answers.replay
    return [(ledger, "replay", lambda item, _: replay(item, None))]


def _no_alias() -> list[Patch]:
    items = ledger.Ledger._operation_items

    def changed(self: Any, *given: Any) -> Any:
        return items(self, *given)[:1]

    return [(ledger.Ledger, "_operation_items", changed)]


def _refunds_start_again() -> list[Patch]:
    original = refunds.original

    def changed(*given: Any, **more: Any) -> Any:
        read = original(*given, **more)
        return read and read._replace(operation=read.operation._replace(refunded=Refunded()))

    item = reversals.refunded_put

    def unconditional(*given: Any) -> Put:
        return Put(item(*given).item)

    return [(refunds, "original", changed), (reversals, "refunded_put", unconditional)]


def _debt_does_not_block() -> list[Patch]:
    redeem = rewards.redeem

    def changed(of: Any, operation: Any) -> None:
        owed = of.card.debt
        of.card = of.card._replace(debt={})
        redeem(of, operation)
        of.card = of.card._replace(debt=owed)

    return [(rewards, "redeem", changed)]


def _a_stamp_is_never_late() -> list[Patch]:
    return [(draft, "_effective_ms", lambda _, now_ms: now_ms)]


def _vouchers_outlive_their_day() -> list[Patch]:
    expire = decide._expire
    return [(decide, "_expire", lambda of, operation: expire(of, operation._replace(vouchers=())))]


def _due_marks_are_not_written() -> list[Patch]:
    return [(ledger.Ledger, "_due_items", lambda *_: [])]


def _given_again(*starts: str) -> list[Patch]:
    given = limits.given

    def forgetful(of: Any, name: str, in_period: str) -> int:
        return 0 if name.startswith(starts) else given(of, name, in_period)

    return [(limits, "given", forgetful)]


def _windows_keep_refunds() -> list[Patch]:
    return [(taking, "windows", lambda *_: None)]


def _a_refund_takes_any_lot() -> list[Patch]:
    def take(of: Any, _operation: Any, _under: Any, grant: Any, amount: int, _why: Any) -> None:
        of.owe(grant.line.unit, amount, grant.line.rule, reasons.reward("", ""))

    return [(reversal, "take", take)]


def _a_new_token_for_a_new_try() -> list[Patch]:
    """Without recognising its own operation, a try whose answer was lost is carried out twice."""

    def learn(self: Any, of: Any, operation: Any, _request: Any, _writes: Any, reasons: Any) -> Any:
        for reason in reasons:
            if reason.failed and reason.item and "s" in reason.item:
                of = cards.card_of(reason.item)
        origin = operation.origin._replace(op=f"{operation.origin.op}+")
        return of, operation._replace(origin=origin)

    return [(ledger.Ledger, "_learn", learn)]


def _answered_from_an_old_reading() -> list[Patch]:
    perform = ledger.Ledger.perform

    def changed(*given: Any, **more: Any) -> Any:
        return perform(*given, **{**more, "fresh": True})

    return [(ledger.Ledger, "perform", changed)]


def _first_mark_stays() -> list[Patch]:
    newly_due = due.newly_due

    def changed(program: Any, of: Any, *more: Any) -> Any:
        return tuple(one for one in newly_due(program, of, *more) if one[0] not in of.due)

    return [(draft, "newly_due", changed)]


def _idle_after_one(name: str) -> list[Patch]:
    """A job that looks at a card once and never again."""
    no_longer_due = decide._no_longer_due

    def changed(of: Any, job: str) -> Any:
        return of if job == name else no_longer_due(of, job)

    return [(decide, "_no_longer_due", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "the state is written whatever it is by now": lambda: _without_condition(_sort_key("STATE")),
    "an operation may be there already": lambda: _without_condition(_sort_key("OP")),
    "puts one by one instead of a transaction": _one_by_one,
    "the last to expire is spent first": _last_to_expire_first,
    "expired lots are spent": lambda: _spendable(lambda lot, today: lot.available_on <= today),
    "held lots are spent": lambda: _spendable(lambda lot, today: not card.expired(lot, today)),
    "lots expire on their last day": lambda: _expired(
        lambda lot, today: bool(lot.expires_on) and lot.expires_on <= today
    ),
    "lots expire a day late": lambda: _expired(
        lambda lot, today: bool(lot.expires_on) and _next_day(lot.expires_on) < today
    ),
    "a sale is refunded from the start each time": _refunds_start_again,
    "refunds are rounded up": lambda: [(shares.Span, "upto", _share_up)],
    "each part of a refund is rounded by itself": lambda: [
        (shares.Span, "of", _each_part_by_itself)
    ],
    "the remainder of a sale is forgotten": lambda: [(accrual, "_carry", lambda *_: None)],
    "a refund leaves the remainder": lambda: [(reversal, "move_carry", lambda *_: None)],
    "a voucher is redeemed whatever its status": lambda: [
        (rewards, "require_open", lambda *_, **__: None),
        *_without_condition(_sort_key("VOUCHER#")),
    ],
    "a cancelled voucher gives fresh lots": _fresh_lots,
    "the daily cap is ignored": lambda: [
        (visits, "granted", lambda _, operation, basket: (operation.visits, []))
    ],
    "shared counters have no limit": _counters_without_a_limit,
    "fingerprints are not compared": _fingerprints_are_not_compared,
    "refusals are not kept": _refusals_are_not_kept,
    "parked refunds are not applied": lambda: [(refunds, "apply_parked", lambda *_: 0)],
    "debt is not paid first": _debt_is_not_paid,
    "debt does not block": _debt_does_not_block,
    "entries are numbered by the clock": _numbered_by_the_clock,
    "entries are chained to none": _chained_to_none,
    "a stamp moves a tier down": _moved_down_at_once,
    "a refund leaves campaigns and milestones used": _uses_stay_used,
    "an order is known by its key alone": _no_alias,
    "sales count when they arrive": _a_stamp_is_never_late,
    "vouchers outlive their day": _vouchers_outlive_their_day,
    "due marks are not written": _due_marks_are_not_written,
    "a birthday is celebrated again and again": lambda: _given_again("y:"),
    "milestones are rewarded again and again": lambda: _given_again("m:"),
    "actions are rewarded without end": lambda: _given_again("a:"),
    "rewards have no limit": lambda: _given_again("small"),
    "benefits are given again and again": lambda: _given_again("b:"),
    "a refund leaves the windows": _windows_keep_refunds,
    "a refund is booked as debt for another reason": _a_refund_takes_any_lot,
    "a refusal is answered from an old reading": _answered_from_an_old_reading,
    "an earlier due day is not written": _first_mark_stays,
    "what was expired stays due": lambda: _idle_after_one("expire"),
    "what was carried out is not recognised": _a_new_token_for_a_new_try,
    **planted_around.BUGS,
    **planted_corrections.BUGS,
    **planted_damage.BUGS,
    **planted_program.BUGS,
    **planted_refunds.BUGS,
}
"""By what they do."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the product has this bug."""
    return patched(BUGS[name]())
