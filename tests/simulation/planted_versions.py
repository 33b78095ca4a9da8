"""Mistakes about new versions of a programme, put in on purpose: what members hold is lost.

The changing merchant (`changing.py`) must find each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from regulars.actions import publish
from regulars.domain import breakage, carryover, draft, expiry, losses, reasons, rewards, tiering
from regulars.domain.card import Lot
from regulars.domain.program import Program
from regulars.program import past
from tests.simulation.planted_around import Patch, patched


def _terms_in_force() -> list[Patch]:
    return [(Program, "terms", lambda self, reward, _: self.rewards.get(reward))]


def _terms_of_the_last_change() -> list[Patch]:
    def terms(self: Program, reward: str, version: int) -> Any:
        earlier = self.past.rewards.get(reward, ())
        return earlier[-1][1] if earlier and version <= earlier[-1][0] else self.rewards.get(reward)

    return [(Program, "terms", terms)]


def _steps(change: Callable[[Any], Any]) -> list[Patch]:
    """Each step is another one than was published."""
    stepped = carryover._stepped
    return [(carryover, "_stepped", lambda card, step, lines: stepped(card, change(step), lines))]


def _not_remembered() -> list[Patch]:
    """A step is taken again with every entry."""
    stepped = carryover._stepped
    return [(
        carryover, "_stepped",
        lambda card, step, lines: stepped(card, step, lines)._replace(stepped=card.stepped),
    )]  # fmt: skip


def _rounded_up() -> list[Patch]:
    def scaled(amount: int, rate: int) -> int:
        return -(-amount * rate // carryover.MILLION)

    return [(carryover, "scaled", scaled)]


def _without_dates() -> list[Patch]:
    stepped = carryover._stepped

    def changed(card: Any, step: Any, lines: Any) -> Any:
        bare = {
            unit: tuple(Lot("", "", lot.amount) for lot in lots) if unit in step.replaced else lots
            for unit, lots in card.lots.items()
        }
        return stepped(card._replace(lots=bare), step, lines)

    return [(carryover, "_stepped", changed)]


def _debt_is_forgotten() -> list[Patch]:
    stepped = carryover._stepped

    def changed(card: Any, step: Any, lines: Any) -> Any:
        debt = {unit: owed for unit, owed in card.debt.items() if unit not in step.replaced}
        return stepped(card._replace(debt=debt), step, lines)

    return [(carryover, "_stepped", changed)]


def _old_programs_are_good_enough() -> list[Patch]:
    begin = draft.Draft.__init__

    def changed(self: Any, program: Any, card: Any, *rest: Any) -> None:
        begin(self, program, card._replace(stepped=min(card.stepped, program.version)), *rest)

    return [(draft.Draft, "__init__", changed)]


def _only_the_newest_step() -> list[Patch]:
    after = past.after

    def changed(left: Any, *rest: Any) -> Any:
        return after({**left, "steps": []}, *rest)

    return [(past, "after", changed)]


def _earlier_terms_are_forgotten() -> list[Patch]:
    after = past.after

    def changed(left: Any, *rest: Any) -> Any:
        return after({**left, "rewards": {}}, *rest)

    return [(past, "after", changed)]


def _rights_are_forgotten() -> list[Patch]:
    ended = tiering._ended
    return [(
        tiering, "_ended",
        lambda program, held, today: program.tier_rank(held.id) < 0 or ended(program, held, today),
    )]  # fmt: skip


def _gives_back_to_the_stock_in_force() -> list[Patch]:
    give_back = rewards.give_back

    def changed(draft_: Any, voucher: Any, status: Any) -> None:
        give_back(draft_, voucher._replace(version=draft_.program.version), status)
        closed = draft_.vouchers[voucher.voucher_id]
        draft_.vouchers[voucher.voucher_id] = closed._replace(version=voucher.version)

    return [(rewards, "give_back", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "a voucher is for what the reward is now": _terms_in_force,
    "a voucher is for what the reward was last": _terms_of_the_last_change,
    "earlier terms are kept for one version": _earlier_terms_are_forgotten,
    "a unit that was replaced stays on the card": lambda: _steps(
        lambda step: step._replace(replaced={})
    ),
    "a remainder outlives its rule": lambda: _steps(lambda step: step._replace(dropped=())),
    "a unit is replaced again and again": _not_remembered,
    "a mapping rounds up": _rounded_up,
    "mapped lots lose their dates": _without_dates,
    "a debt is forgotten with its unit": _debt_is_forgotten,
    "what is locked comes back in the old unit": lambda: [
        (carryover, "lots_now", lambda program, unit, lots, version: (unit, tuple(lots)))
    ],
    "a refund takes the old unit": lambda: [
        (carryover, "lines_now", lambda program, entry: entry.lines)
    ],
    "a refund restores a remainder that was lost": lambda: [
        (carryover, "dropped_since", lambda *_: frozenset())
    ],
    "a programme that was read long ago is good enough": _old_programs_are_good_enough,
    "a card that sleeps misses all versions but the newest": _only_the_newest_step,
    "what was mapped is a new grant": lambda: [
        (reasons, "_MOVED", reasons._MOVED - {reasons.ReasonKind.REPLACED})
    ],
    "a page shows what was": lambda: [(carryover, "of", lambda program, card, today: card)],
    "a right goes with its tier": _rights_are_forgotten,
    "a stock is that of the reward in force": _gives_back_to_the_stock_in_force,
    "a unit does not end": lambda: [(expiry, "last_of", lambda one, other: one)],
    "a debt outlives its unit": lambda: [(carryover, "is_over", lambda *_: False)],
    "a held unit can vanish": lambda: [(publish, "require_units", lambda *_: None)],
    "the currency can change": lambda: [(publish, "require_fixed", lambda *_: None)],
    "nobody asks about vouchers": lambda: [(losses, "_vouchers", lambda *_: 0)],
    "nobody asks about rights": lambda: [(losses, "_rights", lambda *_: ())],
    "what lies in vouchers is not held": lambda: [(losses, "locked", lambda *_: 0)],
    "what expired of a unit is forgotten with it": lambda: [
        (breakage, "renamed", lambda card, *_: card)
    ],
}
"""By what they do."""


def planted(name: str) -> AbstractContextManager[None]:
    """Within the block the product has this bug."""
    return patched(BUGS[name]())
